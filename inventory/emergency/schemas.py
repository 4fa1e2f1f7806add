"""Emergency access as JSON."""

from marshmallow import Schema, fields

from inventory.emergency.rules import Finding, State
from inventory.emergency.shown import Part
from inventory.web.answers import RecordedView
from inventory.web.fields import Choice, Digest, Identifier, Instant, Text
from inventory.web.own_signature import OwnSignature
from inventory.web.signatures import SecondPerson, SignedByAuthor


class StartEmergencySchema(SignedByAuthor):
    """Why it cannot wait for somebody who is entitled."""

    reason = Text(max_length=400, required=True)


class _Review(Schema):
    """The finding and why, and the digest of what the reviewer was shown."""

    finding = Choice(Finding, required=True)
    words = Text(max_length=400, required=True)
    digest = Digest(
        required=True,
        metadata={"description": "As looking at the emergency access answered it."},
    )


class ReviewEmergencySchema(_Review, SecondPerson):
    """A review, and the reviewer's credential over what they were shown."""


class StartEmergencyForm(OwnSignature):
    """Why it cannot wait, signed."""

    reason = Text(max_length=400, required=True)


class EndEmergencyForm(Schema):
    """Which one is given back."""

    access_id = Identifier("emg", required=True)


class ReviewEmergencyForm(_Review, OwnSignature):
    """A review, signed."""


class EmergencyStartedAnswer(RecordedView):
    """An emergency access that runs, and until when."""

    access_id = fields.String(required=True)
    started_at = Instant(required=True)
    ends_at = Instant(required=True)


class EmergencyEndedAnswer(RecordedView):
    """An emergency access that is over; its review is still to come."""

    access_id = fields.String(required=True)
    ended_at = Instant(required=True)


class EmergencyReviewedAnswer(RecordedView):
    """An emergency access that somebody else has reviewed and signed."""

    access_id = fields.String(required=True)
    finding = Choice(Finding, required=True)
    reviewed_by = fields.String(required=True)


class EmergencyAnswer(Schema):
    """An emergency access as a task: it stays open until another person signs it."""

    access_id = fields.String(required=True)
    person_id = fields.String(required=True)
    person_name = fields.String(required=True)
    started_at = Instant(required=True)
    over_at = Instant(required=True)
    state = Choice(State, required=True)
    age_s = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Since its start; null once it is reviewed."},
    )
    is_overdue = fields.Boolean(required=True)
    reviewed_by = fields.String(required=True, allow_none=True)
    reviewed_at = Instant(required=True, allow_none=True)


class MadeUnderAnswer(Schema):
    """One entry that the person made, or witnessed, under an emergency access."""

    event_id = fields.String(required=True)
    position = fields.Integer(required=True)
    tag = fields.String(required=True)
    subject = fields.String(required=True)
    part = Choice(Part, required=True)
    occurred_at = Instant(required=True)
    recorded_at = Instant(required=True)
    moved_ug = fields.Integer(required=True)
    moved_mg = fields.String(required=True)
    leaf_hash = fields.String(required=True)


class EmergencyDetailsAnswer(Schema):
    """What a reviewer must see, the digest to sign, and what a reviewer found."""

    access = fields.Nested(EmergencyAnswer, required=True)
    reason = fields.String(required=True)
    lapses = fields.List(fields.String(), required=True)
    entries = fields.List(fields.Nested(MadeUnderAnswer), required=True)
    digest = fields.String(required=True)
    finding = Choice(Finding, required=True, allow_none=True)
    words = fields.String(required=True, allow_none=True)
