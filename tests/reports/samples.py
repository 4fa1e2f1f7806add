"""A clinic's data for the reports: one product short of a vial, one in agreement."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

from pypdf import PdfReader

from inventory.journal.notes import Checkpoint, sign
from inventory.journal.written_proofs import WrittenProof
from inventory.kernel.clock import period_bounds, zone
from inventory.kernel.quantities import Form, Strength
from inventory.reconciliation.figures import (
    ContainerFigures,
    CountFigures,
    CountLineFigures,
    DiscrepancyFigures,
    DrawnFigures,
    LotFigures,
    PlaceFigures,
    ProductFigures,
    ReconciliationFigures,
    SignatureFigures,
)
from inventory.reconciliation.rules import ZERO, Equation, Quantity, Shelf, Term
from reports.ledger_data import Holding, LedgerLine, PerpetualLedger, Signer
from reports.masthead import Edition, Evidence, Facility, Period
from reports.reconciliation import Reconciliation
from tests.signing import LOG_KEYS

SOLUTION = Strength(Form.SOLUTION, 50_000)
DEVICE = Strength(Form.DEVICE, 28_000)
VIAL_UG = 500_000
KETAMINE = "Ketamine 50 mg/mL, 10 mL vial"
NEW_YORK = zone("America/New_York", field="zone")
FIRST_DAY, LAST_DAY = date(2026, 9, 1), date(2026, 11, 30)
STARTS_AT, ENDS_AT = period_bounds(FIRST_DAY, LAST_DAY, NEW_YORK)
ROOT = "3f9a1c07d2b84e65a1f09c3d7be24f1877e0c5a9d6b3120f4e8d7c6b5a493827"

FACILITY = Facility(
    name="Harbour Ketamine Clinic",
    dea_number="FH1234563",
    address="12 Harbour Street, Brooklyn, NY 11201",
    kind="infusion clinic",
)
PERIOD = Period(
    first_day=FIRST_DAY,
    last_day=LAST_DAY,
    zone=NEW_YORK,
    starts_at=STARTS_AT,
    ends_at=ENDS_AT,
)
NOTE = sign(
    str(Checkpoint("countersign/reg_01M6E8YKR0K0CN05224HP39K6V", 1490, bytes(32))),
    LOG_KEYS.signer("reg_01M6E8YKR0K0CN05224HP39K6V"),
)
PROOF = WrittenProof(1482, tuple(bytes([n]) * 32 for n in range(11)), NOTE, b"{}")
EDITION = Edition(
    as_of=ENDS_AT,
    position=1482,
    root=ROOT,
    evidence=Evidence(note=NOTE, proof=PROOF),
    generated_at=datetime(2026, 12, 1, 14, 3, 11, tzinfo=UTC),
    generated_by="Ruth Okafor",
    software_version="Countersign 0.1.0",
)
COUNTER = SignatureFigures(name="Ruth Okafor", initials="RO")
WITNESS = SignatureFigures(
    name="Dana Whitfield", initials="DW", factors=("password", "passkey")
)


def vials(count: int) -> Quantity:
    """Sealed vials of 500 mg."""
    return Quantity(count * VIAL_UG, count)


def shelf(
    expected: Quantity,
    *,
    short: Quantity = ZERO,
    over: Quantity = ZERO,
    uncounted: tuple[str, ...] = (),
) -> Shelf:
    """A shelf that agrees with its count, unless told otherwise."""
    return Shelf(expected=expected, short=short, over=over, uncounted=uncounted)


def equation(drawn_ug: int = 0, **terms: Quantity) -> Equation:
    """An equation of the terms that are not zero."""
    named = {Term(name): quantity for name, quantity in terms.items()}
    return Equation(
        terms={term: named.get(term, ZERO) for term in Term}, drawn_ug=drawn_ug
    )


def lot(name: str, part: Shelf) -> LotFigures:
    """A lot beside its shelf."""
    return LotFigures(
        lot_id=f"lot_{name}",
        lot=name,
        expires_on=date(2027, 8, 31),
        equation=equation(),
        shelf=part,
    )


def place(name: str, part: Shelf) -> PlaceFigures:
    """A place beside its shelf."""
    return PlaceFigures(location_id=f"loc_{name}", place=name, shelf=part)


def ketamine() -> ProductFigures:
    """One sealed vial of lot A1234 is gone; 40 mg are drawn in an open session."""
    cart = Quantity(600_000, 2)
    return ProductFigures(
        product_id="prd_ketamine",
        product_name=KETAMINE,
        ndc="0143-9508-10",
        strength=SOLUTION,
        equation=equation(
            drawn_ug=40_000,
            opening=vials(12),
            received=vials(50),
            transferred_in=vials(2),
            administered=Quantity(19_485_000),
            wasted=Quantity(2_375_000),
            transferred_out=vials(4),
            emptied=Quantity(0, 43),
        ),
        shelf=shelf(Quantity(8_100_000, 17), short=vials(-1)),
        lots=(
            lot("A1234", shelf(vials(10), short=vials(-1))),
            lot("B0077", shelf(Quantity(3_100_000, 7))),
        ),
        places=(
            place("Main safe", shelf(vials(15), short=vials(-1))),
            place("Treatment cart 2", shelf(cart)),
        ),
        containers=(
            ContainerFigures(
                container_id="ctr_57",
                number=57,
                lot="B0077",
                place="Treatment cart 2",
                shelf=shelf(Quantity(100_000, 1)),
            ),
        ),
        drawn=(
            DrawnFigures(
                session_id="ses_01M7X22AM029ZCE81JA3RS53TN",
                lot_id="lot_B0077",
                container_number=57,
                drawn_at=ENDS_AT - timedelta(minutes=35),
                drawn_by="Dana Whitfield",
                amount_ug=40_000,
            ),
        ),
    )


def esketamine() -> ProductFigures:
    """Everything agrees."""
    left = Quantity(28_000 * 19, 19)
    return ProductFigures(
        product_id="prd_esketamine",
        product_name="Esketamine 28 mg nasal device",
        ndc="50458-028-00",
        strength=DEVICE,
        equation=equation(
            opening=Quantity(28_000 * 24, 24),
            received=Quantity(28_000 * 36, 36),
            administered=Quantity(28_000 * 41),
            emptied=Quantity(0, 41),
        ),
        shelf=shelf(left),
        lots=(lot("22CG541", shelf(left)),),
        places=(),
        containers=(),
        drawn=(),
    )


MISSING_VIAL = DiscrepancyFigures(
    label="D-0001",
    place="Main safe",
    product_name=KETAMINE,
    strength=SOLUTION,
    lot="A1234",
    container_number=31,
    variance=vials(-1),
    discovered_at=ENDS_AT - timedelta(hours=3),
)


def count_line(
    counted: Quantity,
    *,
    expected: Quantity,
    lot_name: str = "A1234",
    container_number: int | None = None,
    missing_numbers: tuple[int, ...] = (),
) -> CountLineFigures:
    """A line of a count of ketamine."""
    return CountLineFigures(
        lot_id=f"lot_{lot_name}",
        container_id=f"ctr_{container_number}" if container_number else None,
        product_name=KETAMINE,
        strength=SOLUTION,
        lot=lot_name,
        container_number=container_number,
        method="scan",
        expected=expected,
        counted=counted,
        missing_numbers=missing_numbers,
    )


def count(*lines: CountLineFigures) -> CountFigures:
    """The closing count of the main safe."""
    return CountFigures(
        count_id="cnt_93",
        kind="closing",
        location_id="loc_safe",
        place="Main safe",
        position=1470,
        committed_at=ENDS_AT - timedelta(hours=3, minutes=10),
        counted_by=COUNTER,
        witnessed_by=WITNESS,
        lines=lines,
    )


COUNT = count(count_line(vials(10), expected=vials(10)))
SHORT_COUNT = count(
    count_line(ZERO, expected=vials(1), container_number=31, missing_numbers=(31,))
)


def figures(
    *products: ProductFigures,
    discrepancies: tuple[DiscrepancyFigures, ...] = (),
    counts: tuple[CountFigures, ...] = (COUNT,),
    places_not_counted: tuple[str, ...] = (),
) -> ReconciliationFigures:
    """The figures of these products over the clinic's period."""
    return ReconciliationFigures(
        registration_id="reg_1",
        first_day=FIRST_DAY,
        last_day=LAST_DAY,
        time_zone="America/New_York",
        start=STARTS_AT,
        end=ENDS_AT,
        known_position=EDITION.position,
        root=bytes.fromhex(ROOT),
        products=products,
        counts=counts,
        places_not_counted=places_not_counted,
        discrepancies=discrepancies,
    )


def report(shown: ReconciliationFigures) -> Reconciliation:
    """The clinic's report of these figures."""
    return Reconciliation(facility=FACILITY, edition=EDITION, figures=shown)


def short_of_a_vial() -> Reconciliation:
    """The clinic as it is: one vial missing, one product in agreement."""
    return report(
        figures(
            ketamine(),
            esketamine(),
            discrepancies=(MISSING_VIAL,),
            counts=(SHORT_COUNT,),
        )
    )


RUTH, DANA = Signer("RO", "Ruth Okafor"), Signer("DW", "Dana Whitfield")
# What a day's work moves: shelf, drawn, given, wasted.
_DAY = (
    ("Received from Meridian into Main safe", "INV-20881", (10 * VIAL_UG, 0, 0, 0)),
    ("Drawn from Main safe", "P-1107", (-50_000, 50_000, 0, 0)),
    ("Given, IV", "P-1107", (0, -35_650, 35_650, 0)),
    ("Wasted, sequestration device", "P-1107", (0, -14_350, 0, 14_350)),
)


def ledger_lines(count: int) -> Iterator[LedgerLine]:
    """Entries that repeat a day's work, one every twenty minutes."""
    for index in range(count):
        event, reference, moved = _DAY[index % len(_DAY)]
        occurred_at = STARTS_AT + timedelta(minutes=20 * index + 480)
        shelf_ug, drawn_ug, given_ug, wasted_ug = moved
        yield LedgerLine(
            position=index + 101,
            occurred_at=occurred_at,
            recorded_at=occurred_at + timedelta(minutes=1),
            is_late=index % 23 == 20,
            event=event,
            containers="1 to 10" if shelf_ug > 0 else "7",
            lot="A1234",
            reference=reference,
            shelf_ug=shelf_ug,
            drawn_ug=drawn_ug,
            given_ug=given_ug,
            wasted_ug=wasted_ug,
            actor=RUTH,
            witness=DANA if wasted_ug else None,
        )


def ledger(
    count: int, *, shelf_off_by_ug: int = 0, drawn_off_by_ug: int = 0
) -> PerpetualLedger:
    """A ledger of so many entries."""
    opening = Holding(12 * VIAL_UG, 0)
    shelf_ug = sum(line.shelf_ug for line in ledger_lines(count))
    drawn_ug = sum(line.drawn_ug for line in ledger_lines(count))
    return PerpetualLedger(
        facility=FACILITY,
        period=PERIOD,
        edition=EDITION,
        product=KETAMINE,
        ndc="0143-9508-10",
        strength=SOLUTION,
        opening=opening,
        lines=ledger_lines(count),
        signed_lines=(),
        closing=Holding(
            opening.shelf_ug + shelf_ug + shelf_off_by_ug, drawn_ug + drawn_off_by_ug
        ),
    )


def pages_of(pdf: bytes) -> list[str]:
    """Read each page's text back, with white space as single spaces."""
    reader = PdfReader(BytesIO(pdf))
    return [" ".join(page.extract_text().split()) for page in reader.pages]
