"""Refused attempts and reads of patients' data, as JSON."""

from marshmallow import Schema, fields

from inventory.kernel.errors import ErrorCode
from inventory.web.fields import Choice, CivilDay, Identifier, Instant, Text

_ACTION_LENGTH_MAX = 200


class AttemptsQuery(Schema):
    """Which attempts to list; `day` is one of the site's calendar."""

    person_id = Identifier("per", load_default=None)
    action = Text(max_length=_ACTION_LENGTH_MAX, load_default=None)
    code = Choice(ErrorCode, load_default=None)
    day = CivilDay(load_default=None)
    before = Identifier("att", load_default=None)


class AttemptView(Schema):
    """One attempt that was refused; nothing was recorded in the books."""

    id = fields.String(required=True)
    tried_at = Instant(required=True)
    person_id = fields.String(required=True, allow_none=True)
    person = fields.String(required=True, allow_none=True)
    claimed_person_id = fields.String(required=True, allow_none=True)
    source = fields.String(required=True)
    network = fields.String(required=True)
    action = fields.String(required=True)
    path = fields.String(required=True)
    code = fields.String(required=True)
    field = fields.String(required=True, allow_none=True)
    detail = fields.String(required=True)


class SuppressedView(Schema):
    """How many more there were like an attempt in the ten minutes it was in."""

    like = fields.String(required=True)
    action = fields.String(required=True)
    code = fields.String(required=True)
    window_from = Instant(required=True)
    attempts = fields.Integer(required=True)
    last_at = Instant(required=True)


class AttemptsAnswer(Schema):
    """Attempts, latest first; `next_before` is `before` of the next page."""

    attempts = fields.List(fields.Nested(AttemptView), required=True)
    suppressed = fields.List(fields.Nested(SuppressedView), required=True)
    next_before = fields.String(required=True, allow_none=True)


class PatientReadsQuery(Schema):
    """Which reads to list; `day` is one of the site's calendar."""

    person_id = Identifier("per", load_default=None)
    day = CivilDay(load_default=None)
    before = Identifier("prd", load_default=None)


class PatientReadView(Schema):
    """One look at something that belongs to a patient."""

    id = fields.String(required=True)
    read_at = Instant(required=True)
    person_id = fields.String(required=True)
    person = fields.String(required=True)
    source = fields.String(required=True)
    action = fields.String(required=True)
    path = fields.String(required=True)


class PatientReadsAnswer(Schema):
    """Reads, latest first; `next_before` is `before` of the next page."""

    reads = fields.List(fields.Nested(PatientReadView), required=True)
    next_before = fields.String(required=True, allow_none=True)
