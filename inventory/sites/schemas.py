"""Places that hold stock, as JSON."""

from marshmallow import Schema, fields

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
