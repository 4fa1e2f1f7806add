"""Reconciliations as JSON: the equation, the shelf against its counts, what is open."""

from marshmallow import Schema, fields

from inventory.discrepancies.schemas import MeasureView
from inventory.reconciliation.rules import Term
from inventory.web.answers import RecordedView
from inventory.web.fields import CivilDay, Hash, Instant


class ReconcileSchema(Schema):
    """Whole civil days of the site, both included."""

    first_day = CivilDay(required=True)
    last_day = CivilDay(required=True)


class ReconciledView(RecordedView):
    """Which reconciliation holds; `repeated` when nothing is new in the book."""

    reconciliation_id = fields.String(required=True)
    first_day = CivilDay(required=True)
    last_day = CivilDay(required=True)
    known_position = fields.Integer(required=True)
    repeated = fields.Boolean(required=True)


class ReconciliationView(Schema):
    """A reconciliation that was made."""

    reconciliation_id = fields.String(required=True)
    first_day = CivilDay(required=True)
    last_day = CivilDay(required=True)
    known_position = fields.Integer(required=True)
    position = fields.Integer(required=True)
    made_by = fields.String(required=True)
    made_at = Instant(required=True)


# The terms have no sign; their names say whether they add or take away.
TermsView = Schema.from_dict(
    {term.value: fields.Nested(MeasureView, required=True) for term in Term},
    name="TermsView",
)


class EquationView(Schema):
    """Opening, in and out: on the books; without what is drawn: on the shelf."""

    terms = fields.Nested(TermsView, required=True)
    on_the_books = fields.Nested(MeasureView, required=True)
    drawn = fields.Nested(MeasureView, required=True)
    on_the_shelf = fields.Nested(MeasureView, required=True)


class ShelfView(Schema):
    """Expected against counted; null where a place with some of it was not counted."""

    expected = fields.Nested(MeasureView, required=True)
    short = fields.Nested(MeasureView, required=True)
    over = fields.Nested(MeasureView, required=True)
    counted = fields.Nested(MeasureView, required=True, allow_none=True)
    places_not_counted = fields.List(fields.String(), required=True)


class LotFiguresView(Schema):
    """One lot."""

    lot = fields.String(required=True)
    expires_on = CivilDay(required=True)
    equation = fields.Nested(EquationView, required=True)
    shelf = fields.Nested(ShelfView, required=True)


class PlaceFiguresView(Schema):
    """One place."""

    place = fields.String(required=True)
    shelf = fields.Nested(ShelfView, required=True)


class ContainerFiguresView(Schema):
    """A container partly used, or counted by itself."""

    number = fields.Integer(required=True)
    lot = fields.String(required=True)
    place = fields.String(required=True)
    shelf = fields.Nested(ShelfView, required=True)


class DrawnFiguresView(Schema):
    """What a session still held at the end of the period."""

    session_id = fields.String(required=True)
    container_number = fields.Integer(required=True)
    drawn_at = Instant(required=True)
    drawn_by = fields.String(required=True)
    held = fields.Nested(MeasureView, required=True)


class ProductFiguresView(Schema):
    """One product."""

    product_name = fields.String(required=True)
    ndc = fields.String(required=True)
    equation = fields.Nested(EquationView, required=True)
    shelf = fields.Nested(ShelfView, required=True)
    lots = fields.List(fields.Nested(LotFiguresView), required=True)
    places = fields.List(fields.Nested(PlaceFiguresView), required=True)
    containers = fields.List(fields.Nested(ContainerFiguresView), required=True)
    drawn = fields.List(fields.Nested(DrawnFiguresView), required=True)


class CountLineFiguresView(Schema):
    """One line of a count."""

    product_name = fields.String(required=True)
    lot = fields.String(required=True)
    container_number = fields.Integer(required=True, allow_none=True)
    method = fields.String(required=True)
    expected = fields.Nested(MeasureView, required=True)
    counted = fields.Nested(MeasureView, required=True)
    variance = fields.Nested(MeasureView, required=True)
    missing_numbers = fields.List(fields.Integer(), required=True)


class CountFiguresView(Schema):
    """The latest count of a place in the period."""

    count_id = fields.String(required=True)
    kind = fields.String(required=True)
    place = fields.String(required=True)
    position = fields.Integer(required=True)
    committed_at = Instant(required=True)
    counted_by = fields.String(required=True)
    witnessed_by = fields.String(required=True, allow_none=True)
    lines = fields.List(fields.Nested(CountLineFiguresView), required=True)


class OpenDiscrepancyView(Schema):
    """A case open at the known position."""

    label = fields.String(required=True)
    place = fields.String(required=True)
    product_name = fields.String(required=True)
    lot = fields.String(required=True)
    container_number = fields.Integer(required=True, allow_none=True)
    variance = fields.Nested(MeasureView, required=True)
    discovered_at = Instant(required=True)


class FiguresView(Schema):
    """The figures, made again from the books as they were known."""

    time_zone = fields.String(required=True)
    start = Instant(required=True)
    end = Instant(required=True)
    known_root = Hash(required=True)
    products = fields.List(fields.Nested(ProductFiguresView), required=True)
    counts = fields.List(fields.Nested(CountFiguresView), required=True)
    places_not_counted = fields.List(fields.String(), required=True)
    discrepancies = fields.List(fields.Nested(OpenDiscrepancyView), required=True)


class ReconciliationWithFiguresView(Schema):
    """A reconciliation with everything it says."""

    reconciliation = fields.Nested(ReconciliationView, required=True)
    figures = fields.Nested(FiguresView, required=True)
