"""Waste and its signature as JSON."""

from marshmallow import Schema, fields

from inventory.waste.rules import Manner, State
from inventory.web.answers import QuantityView, RecordedView
from inventory.web.fields import (
    AmountText,
    Choice,
    CivilDay,
    Digest,
    Instant,
    Secret,
    Text,
)
from inventory.web.own_signature import Code, OwnSignature, PasskeyText
from inventory.web.signatures import SecondPerson, SignedByAuthor


class RequestWasteSchema(SignedByAuthor):
    """What is wasted, how and where."""

    amount = AmountText(required=True)
    manner = Choice(Manner, required=True)
    place = Text(max_length=200)
    occurred_at = Instant()


class _OverShown(Schema):
    digest = Digest(
        required=True,
        metadata={"description": "As the request for a witness answered it."},
    )


class WitnessWasteSchema(SecondPerson, _OverShown):
    """The witness's own credential, and the digest of the entry they were shown."""


class WasteForm(OwnSignature):
    """What is wasted, how and where, signed by who wastes it."""

    amount = AmountText(required=True)
    manner = Choice(Manner, required=True)
    place = Text(max_length=200)


class WitnessForm(_OverShown):
    """What a witness gives on their own device, where their name is known."""

    password = Secret()
    code = Code()
    witness_passkey = PasskeyText()
    witness_challenge = PasskeyText()
    organisation = Choice(["yes"])


class CoSignForm(WitnessForm):
    """What a witness gives on the screen of who asked."""

    sign_in_name = Text(max_length=100)


class CancelWasteSchema(Schema):
    """Why the request is withdrawn."""

    reason = Text(max_length=200, required=True)


class WastedContainerView(QuantityView):
    """A part of the waste, and the container it was drawn from."""

    container_id = fields.String(required=True)
    number = fields.Integer(required=True)
    lot = fields.String(required=True)
    expires_on = CivilDay(required=True)


class ShownWasteView(QuantityView):
    """The entry word for word: what a witness must see before signing."""

    request_id = fields.String(required=True)
    session_id = fields.String(required=True)
    product_name = fields.String(required=True)
    ndc = fields.String(required=True)
    containers = fields.List(fields.Nested(WastedContainerView), required=True)
    manner = Choice(Manner, required=True)
    place = fields.String(required=True, allow_none=True)
    occurred_at = Instant(required=True)
    requested_by = fields.String(required=True)


class PairHintView(Schema):
    """Who has witnessed more than half of the requester's wastes of 90 days."""

    name = fields.String(required=True)
    witnessed = fields.Integer(required=True)
    of = fields.Integer(required=True)
    sentence = fields.String(required=True)


class WasteRequestedView(RecordedView):
    """The entry to show to the witness, and the digest to sign until `valid_until`."""

    shown = fields.Nested(ShownWasteView, required=True)
    digest = fields.String(required=True)
    requested_at = Instant(required=True)
    valid_until = Instant(required=True)
    witnesses_needed = fields.Integer(
        required=True,
        metadata={"description": "1, or 2 where chance asked for a second witness."},
    )
    pair = fields.Nested(PairHintView, required=True, allow_none=True)


class WasteWitnessedView(RecordedView):
    """A signature in the books, and what the session holds now.

    The waste is recorded once nobody is awaited any more.
    """

    shown = fields.Nested(ShownWasteView, required=True)
    witnessed_by = fields.String(required=True)
    awaiting = fields.Integer(
        required=True,
        metadata={"description": "How many witnesses still have to sign: 0 or 1."},
    )
    remaining = fields.Nested(QuantityView, required=True)


class WasteCancelledView(RecordedView):
    """A request that nobody can sign any more."""

    request_id = fields.String(required=True)
    session_id = fields.String(required=True)


class WasteRequestAnswer(Schema):
    """A request, and what became of it."""

    shown = fields.Nested(ShownWasteView, required=True)
    digest = fields.String(required=True)
    state = Choice(State, required=True)
    requested_at = Instant(required=True)
    valid_until = Instant(required=True)
    too_late = fields.Boolean(required=True)
    witnesses_needed = fields.Integer(required=True)
    signed_by = fields.List(fields.String(), required=True)
    cancelled_because = fields.String(required=True, allow_none=True)
    ended_at = Instant(required=True, allow_none=True)
