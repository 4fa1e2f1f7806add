"""A clinic's data for the reports: one product short of a vial, one in agreement."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

from pypdf import PdfReader

from inventory.kernel.clock import period_bounds, zone
from inventory.kernel.quantities import Form, Strength
from reports.layout import Edition, Facility, Period
from reports.perpetual_ledger import LedgerLine, PerpetualLedger
from reports.reconciliation_data import (
    Comparison,
    CountUsed,
    DiscrepancyLine,
    Flow,
    OpenDraw,
    Person,
    ProductBooks,
    Quantity,
    Reconciliation,
)

SOLUTION = Strength(Form.SOLUTION, 50_000)
DEVICE = Strength(Form.DEVICE, 28_000)
VIAL_UG = 500_000
KETAMINE = "Ketamine 50 mg/mL, 10 mL vial"
NEW_YORK = zone("America/New_York", field="zone")
FIRST_DAY, LAST_DAY = date(2026, 9, 1), date(2026, 11, 30)
STARTS_AT, ENDS_AT = period_bounds(FIRST_DAY, LAST_DAY, NEW_YORK)

FACILITY = Facility(
    name="Harbour Ketamine Clinic",
    dea_number="FH1234563",
    address="12 Harbour Street, Brooklyn, NY 11201",
    kind="mid-level practitioner clinic",
)
PERIOD = Period(
    first_day=FIRST_DAY,
    last_day=LAST_DAY,
    zone=NEW_YORK,
    starts_at=STARTS_AT,
    ends_at=ENDS_AT,
)
EDITION = Edition(
    as_of=ENDS_AT,
    position=1482,
    root="3f9a1c07d2b84e65a1f09c3d7be24f1877e0c5a9d6b3120f4e8d7c6b5a493827",
    record_count=417,
    generated_at=datetime(2026, 12, 1, 14, 3, 11, tzinfo=UTC),
    generated_by="Ruth Okafor",
    software_version="Countersign 0.1.0",
)


def vials(count: int) -> Quantity:
    """Sealed vials of 500 mg."""
    return Quantity(count * VIAL_UG, count)


def compared(
    name: str, detail: str, expected: Quantity, counted: Quantity | None
) -> Comparison:
    """Books against count."""
    return Comparison(name=name, detail=detail, expected=expected, counted=counted)


def ketamine() -> ProductBooks:
    """One sealed vial of lot A1234 is gone; 40 mg are drawn in an open session."""
    shelf = Quantity(8_712_350, 18)
    short = Quantity(8_212_350, 17)
    return ProductBooks(
        name=KETAMINE,
        ndc="0143-9508-10",
        strength=SOLUTION,
        flows={
            Flow.OPENING: vials(12),
            Flow.RECEIVED: vials(50),
            Flow.TRANSFERRED_IN: vials(2),
            Flow.OVERFILL: Quantity(612_350),
            Flow.ADMINISTERED: Quantity(19_485_000),
            Flow.WASTED: Quantity(2_375_000),
            Flow.TRANSFERRED_OUT: vials(4),
            Flow.EMPTIED: Quantity(0, 42),
        },
        counted=short,
        lots=(
            compared("A1234", "expires 2027-03-31", vials(10), vials(9)),
            compared(
                "B0077",
                "expires 2027-08-31",
                Quantity(3_712_350, 8),
                Quantity(3_712_350, 8),
            ),
        ),
        containers=(
            compared(
                "V-0057",
                "lot B0077, Treatment cart 2, in use since 2026-11-29",
                Quantity(212_350, 1),
                Quantity(212_350, 1),
            ),
        ),
        places=(
            compared("Main safe", "safe", vials(16), vials(15)),
            compared(
                "Treatment cart 2",
                "cabinet",
                shelf - vials(16),
                shelf - vials(16),
            ),
        ),
        open_draws=(
            OpenDraw(
                session="S-0412",
                container="V-0057",
                drawn_at=ENDS_AT - timedelta(minutes=35),
                drawn_by="Dana Whitfield (DW)",
                amount_ug=40_000,
            ),
        ),
    )


def esketamine() -> ProductBooks:
    """Everything agrees."""
    return ProductBooks(
        name="Esketamine 28 mg nasal device",
        ndc="50458-028-00",
        strength=DEVICE,
        flows={
            Flow.OPENING: Quantity(28_000 * 24, 24),
            Flow.RECEIVED: Quantity(28_000 * 36, 36),
            Flow.ADMINISTERED: Quantity(28_000 * 41, 41),
        },
        counted=Quantity(28_000 * 19, 19),
        lots=(
            compared(
                "22CG541",
                "expires 2027-01-31",
                Quantity(28_000 * 19, 19),
                Quantity(28_000 * 19, 19),
            ),
        ),
    )


MISSING_VIAL = DiscrepancyLine(
    number="D-0001",
    opened_at=ENDS_AT - timedelta(hours=3),
    product=KETAMINE,
    strength=SOLUTION,
    place="Main safe",
    lot="A1234",
    container="V-0031",
    variance=vials(-1),
    state="open",
    is_open=True,
)
COUNT = CountUsed(
    number="C-0093",
    kind="closing inventory",
    place="Main safe",
    counted_at=ENDS_AT - timedelta(hours=3, minutes=10),
    counted_by="Ruth Okafor (RO)",
    witnessed_by="Dana Whitfield (DW)",
    factors=("password", "passkey"),
)
PEOPLE = (
    Person(name="Ruth Okafor", initials="RO", role="pharmacist"),
    Person(name="Dana Whitfield", initials="DW", role="clinician"),
    Person(name="Iris Lindqvist-Ávila", initials="IL", role="compliance officer"),
)


def reconciliation(
    *products: ProductBooks, discrepancies: tuple[DiscrepancyLine, ...] = ()
) -> Reconciliation:
    """Print these products, with the clinic's count and people."""
    return Reconciliation(
        facility=FACILITY,
        period=PERIOD,
        edition=EDITION,
        products=products,
        counts=(COUNT,),
        discrepancies=discrepancies,
        people=PEOPLE,
    )


def short_of_a_vial() -> Reconciliation:
    """The clinic as it is: one vial missing, one product in agreement."""
    return reconciliation(ketamine(), esketamine(), discrepancies=(MISSING_VIAL,))


_DAY = (
    ("Received from supplier", 10 * VIAL_UG, "", "INV-20881"),
    ("Drawn for a session", -50_000, "", "S-0412 / P-1107"),
    ("Drawn for a session", -35_650, "", "S-0413 / P-0988"),
    ("Returned unused from a session", 12_500, "DW", "S-0413 / P-0988"),
    ("Wasted at close-out", -14_350, "DW", "S-0413 / P-0988"),
)


def ledger_lines(count: int) -> Iterator[LedgerLine]:
    """Entries that repeat a day's work, one every twenty minutes."""
    for index in range(count):
        event, change_ug, witness, reference = _DAY[index % len(_DAY)]
        occurred_at = STARTS_AT + timedelta(minutes=20 * index + 480)
        yield LedgerLine(
            position=index + 101,
            occurred_at=occurred_at,
            recorded_at=occurred_at + timedelta(minutes=1),
            is_late=index % 23 == 20,
            event=event,
            container=f"V-{index // 5 + 1:04}",
            lot="A1234",
            place="Main safe" if change_ug > 0 else "Cart 2",
            reference=reference,
            change_ug=change_ug,
            actor_initials="RO",
            witness_initials=witness,
        )


def ledger(count: int, *, closing_off_by_ug: int = 0) -> PerpetualLedger:
    """A ledger of so many entries."""
    opening_ug = 12 * VIAL_UG
    change_ug = sum(line.change_ug for line in ledger_lines(count))
    return PerpetualLedger(
        facility=FACILITY,
        period=PERIOD,
        edition=EDITION,
        product=KETAMINE,
        ndc="0143-9508-10",
        strength=SOLUTION,
        opening_ug=opening_ug,
        lines=ledger_lines(count),
        closing_ug=opening_ug + change_ug + closing_off_by_ug,
    )


def pages_of(pdf: bytes) -> list[str]:
    """Read each page's text back, with white space as single spaces."""
    reader = PdfReader(BytesIO(pdf))
    return [" ".join(page.extract_text().split()) for page in reader.pages]
