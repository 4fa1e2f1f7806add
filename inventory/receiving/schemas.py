"""What comes in, as JSON."""

from marshmallow import Schema, fields

from inventory.receiving.rules import CONTAINERS_MAX, Moment
from inventory.web.answers import QuantityView, RecordedView
from inventory.web.fields import (
    Choice,
    CivilDay,
    Identifier,
    Instant,
    Scan,
    Text,
    Whole,
    WholeText,
)
from inventory.web.signatures import SignedByAuthor

_PAGE_MAX = 200


class EnteredLineSchema(Schema):
    """Containers of one lot: scanned, or typed as on the label, or both in agreement.

    Count `containers`, or `packages` that carry the code.
    """

    code = Text(max_length=20, metadata={"examples": ["42023-114-10"]})
    scan = Scan()
    lot = Text(max_length=20)
    expires_on = CivilDay()
    containers = Whole(minimum=1, maximum=CONTAINERS_MAX)
    packages = Whole(minimum=1, maximum=CONTAINERS_MAX)
    containers_per_package = Whole(minimum=1, maximum=CONTAINERS_MAX)


class OnHandLineSchema(EnteredLineSchema):
    """Sealed containers found in one place."""

    location_id = Identifier("loc", required=True)


class TakeInitialInventorySchema(SignedByAuthor):
    """What is on hand in all places; no lines is a zero inventory."""

    taken_on = CivilDay(required=True)
    moment = Choice(Moment, required=True)
    lines = fields.List(fields.Nested(OnHandLineSchema), required=True)


class RecordReceiptSchema(SignedByAuthor):
    """A delivery and its papers (21 CFR 1304.22(a)(2)(iv))."""

    location_id = Identifier("loc", required=True)
    supplier_name = Text(max_length=200, required=True)
    supplier_address = Text(max_length=300, required=True)
    supplier_dea_number = Text(max_length=20, required=True)
    invoice_number = Text(max_length=60, required=True)
    ordered_on = CivilDay()
    shipped_on = CivilDay()
    received_at = Instant(required=True)
    lines = fields.List(fields.Nested(EnteredLineSchema), required=True)


class NumberedContainerView(Schema):
    """A container and the number to write on it."""

    id = fields.String(required=True)
    number = fields.Integer(required=True)


class NumberedLineView(QuantityView):
    """Containers of one lot in one place; amounts are of the whole line."""

    location_id = fields.String(required=True)
    location = fields.String(required=True)
    product_id = fields.String(required=True)
    product = fields.String(required=True)
    ndc = fields.String(required=True)
    substance = fields.String(required=True)
    dea_schedule = fields.String(required=True)
    form = fields.String(required=True)
    ug_per_unit = fields.Integer(required=True)
    nominal_ug = fields.Integer(required=True)
    lot_id = fields.String(required=True)
    lot = fields.String(required=True)
    expires_on = CivilDay(required=True)
    containers = fields.List(fields.Nested(NumberedContainerView), required=True)


class InitialInventoryTakenView(RecordedView):
    """The inventory, and where the entry stands in the book."""

    inventory_id = fields.String(required=True)
    taken_on = CivilDay(required=True)
    moment = fields.String(required=True)
    containers = fields.Integer(required=True)
    lines = fields.List(fields.Nested(NumberedLineView), required=True)


class InitialInventoryView(Schema):
    """The inventory that the books start from."""

    inventory_id = fields.String(required=True)
    position = fields.Integer(required=True)
    taken_on = CivilDay(required=True)
    moment = fields.String(required=True)
    containers = fields.Integer(required=True)
    recorded_by = fields.String(required=True)
    recorded_at = Instant(required=True)
    lines = fields.List(fields.Nested(NumberedLineView), required=True)


class SupplierView(Schema):
    """Whom a delivery came from."""

    name = fields.String(required=True)
    address = fields.String(required=True)
    dea_number = fields.String(required=True)


class ReceiptRecordedView(RecordedView):
    """The receipt with its numbers, and where the entry stands in the book."""

    receipt_id = fields.String(required=True)
    supplier = fields.Nested(SupplierView, required=True)
    invoice_number = fields.String(required=True)
    received_at = Instant(required=True)
    containers = fields.Integer(required=True)
    lines = fields.List(fields.Nested(NumberedLineView), required=True)


class ReceiptPageSchema(Schema):
    """Which receipts to list: the latest, or those before an entry's position."""

    limit = WholeText(minimum=1, maximum=_PAGE_MAX, load_default=50)
    before = WholeText(minimum=1, maximum=2**53 - 1, load_default=None)


class ReceiptSummaryView(Schema):
    """One delivery, without its lines."""

    receipt_id = fields.String(required=True)
    position = fields.Integer(required=True)
    location_id = fields.String(required=True)
    supplier = fields.Nested(SupplierView, required=True)
    invoice_number = fields.String(required=True)
    ordered_on = CivilDay(required=True, allow_none=True)
    shipped_on = CivilDay(required=True, allow_none=True)
    received_at = Instant(required=True)
    containers = fields.Integer(required=True)


class ReceiptView(ReceiptSummaryView):
    """One delivery as the journal tells it."""

    received_by = fields.String(required=True)
    recorded_at = Instant(required=True)
    lines = fields.List(fields.Nested(NumberedLineView), required=True)
