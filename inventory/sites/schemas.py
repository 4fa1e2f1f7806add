"""Places that hold stock, and the rules of a site, as JSON."""

from marshmallow import Schema, fields

from inventory.profiles.rules import NAMES
from inventory.sites.rules import LocationKind, LockClass
from inventory.web.answers import RecordedView
from inventory.web.fields import Choice, Instant, Text


class AddLocationSchema(Schema):
    """A place and its lock."""

    name = Text(max_length=100, required=True)
    kind = Choice(LocationKind, required=True)
    lock_class = Choice(LockClass, required=True)


class LocationAddedView(RecordedView):
    """The place, and where the entry stands in the book."""

    location_id = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)
    lock_class = fields.String(required=True)


class LocationView(Schema):
    """A place that holds stock; `closed_at` is null while it does."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)
    lock_class = fields.String(required=True)
    created_at = Instant(required=True)
    closed_at = Instant(required=True, allow_none=True)


class ChangeSettingSchema(Schema):
    """A rule of the site, its value in words, and why."""

    name = Choice(NAMES, required=True)
    value = Text(
        max_length=20, required=True, metadata={"examples": ["us-oh", "yes", "10"]}
    )
    reason = Text(max_length=200, required=True)


class SettingChangedView(RecordedView):
    """The rule as it is from now on."""

    name = fields.String(required=True)
    value = fields.String(required=True)


class RuleView(Schema):
    """A rule in force, where it comes from, and how well the source is known."""

    name = fields.String(required=True)
    value = fields.String(required=True)
    source = fields.String(required=True)
    evidence = fields.String(required=True)


class SiteRulesView(Schema):
    """The profile of a site, and every rule in force there."""

    profile = fields.String(required=True, attribute="profile.name")
    title = fields.String(required=True, attribute="profile.title")
    rules = fields.List(fields.Nested(RuleView), required=True)
