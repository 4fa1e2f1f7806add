"""Counts as JSON: what is handed in, and answers that stay blind until the commit."""

from marshmallow import Schema, fields

from inventory.counts.rules import CONTAINERS_MAX, CountKind
from inventory.discrepancies.schemas import MeasureView
from inventory.web.answers import RecordedView
from inventory.web.fields import (
    AmountText,
    Choice,
    CivilDay,
    Identifier,
    Instant,
    Whole,
)
from inventory.web.signatures import SecondPerson, SignedByAuthor


class StartCountSchema(Schema):
    """Which place is counted, and why."""

    location_id = Identifier("loc", required=True)
    kind = Choice(CountKind, required=True)


class SealedLineSchema(Schema):
    """The sealed containers of a lot: how many, or the numbers that were scanned."""

    lot_id = Identifier("lot", required=True)
    containers = Whole(maximum=CONTAINERS_MAX)
    numbers = fields.List(Whole(minimum=1))


class InUseLineSchema(Schema):
    """A container in use and what is in it; null says that it was not found."""

    number = Whole(minimum=1, required=True)
    volume = AmountText(required=True, allow_none=True)


class CommitCountSchema(SignedByAuthor):
    """What was found; final."""

    sealed = fields.List(fields.Nested(SealedLineSchema), required=True)
    in_use = fields.List(fields.Nested(InUseLineSchema), required=True)
    witness = fields.Nested(
        SecondPerson,
        metadata={"description": "A second person signs exactly these figures."},
    )


class LotToCountView(Schema):
    """A lot with sealed containers at the place."""

    lot_id = fields.String(required=True, attribute="id")
    product_name = fields.String(required=True)
    lot = fields.String(required=True)
    expires_on = CivilDay(required=True)


class ContainerToCountView(Schema):
    """A container in use at the place."""

    number = fields.Integer(required=True)
    product_name = fields.String(required=True, attribute="lot.product_name")
    lot = fields.String(required=True, attribute="lot.lot")


class CountSheetView(Schema):
    """What to count, and never how many or how much."""

    lots = fields.List(fields.Nested(LotToCountView), required=True)
    in_use = fields.List(fields.Nested(ContainerToCountView), required=True)


class CountStartedView(RecordedView):
    """The sheet, and where the start stands in the book."""

    count_id = fields.String(required=True)
    sheet = fields.Nested(CountSheetView, required=True)


class CountLineView(Schema):
    """One line of a committed count."""

    lot_id = fields.String(required=True, attribute="lot.id")
    product_name = fields.String(required=True, attribute="lot.product_name")
    lot = fields.String(required=True, attribute="lot.lot")
    container_number = fields.Integer(required=True, allow_none=True)
    method = fields.String(required=True, attribute="line.method.value")
    counted = fields.Nested(MeasureView, required=True)
    expected = fields.Nested(MeasureView, required=True)
    variance = fields.Nested(MeasureView, required=True)
    missing_numbers = fields.List(
        fields.Integer(), required=True, attribute="line.missing_numbers"
    )


class CountView(Schema):
    """A count: `sheet` while it is open, `lines` once it is committed."""

    count_id = fields.String(required=True)
    location_id = fields.String(required=True)
    place = fields.String(required=True)
    kind = fields.String(required=True)
    state = fields.String(required=True)
    counted_by = fields.String(required=True)
    started_at = Instant(required=True)
    committed_at = Instant(required=True, allow_none=True)
    position = fields.Integer(required=True, allow_none=True)
    sheet = fields.Nested(CountSheetView, required=True, allow_none=True)
    lines = fields.List(fields.Nested(CountLineView), required=True)


class CountCommittedView(RecordedView):
    """The count with its variances, the cases it opened, and its place in the book."""

    count = fields.Nested(CountView, required=True)
    discrepancies = fields.List(
        fields.String(), required=True, metadata={"examples": [["D-0001"]]}
    )
