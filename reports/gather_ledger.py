"""From the books to the perpetual ledger of one product."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.evidence.proving import Prover
from inventory.journal import book
from inventory.kernel.clock import civil_day, period_bounds, zone
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.ledger.accounts import Kind
from inventory.ledger.balances import By, Window, sums_ug
from inventory.ledger.blind import require_no_count_under_way
from inventory.ledger.containers import strength_of
from inventory.models.containers import Lot
from inventory.models.sites import Registration
from inventory.reconciliation.rules import ON_HAND, require_period
from reports.ledger_data import Holding, PerpetualLedger
from reports.ledger_lines import ledger_lines
from reports.masthead import Edition, Evidence, Facility, Period


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerAsked:
    """Which ledger: a product at a registration, whole civil days, both included."""

    registration_id: str
    product_id: str
    first_day: date
    last_day: date


def gather(
    db: Session,
    asked: LedgerAsked,
    *,
    generated_at: datetime,
    generated_by: str,
    prover: Prover,
) -> PerpetualLedger:
    """Gather a product's ledger from all that is in the book now.

    Lines are read from `db` while the report is printed: print it before `db` closes.
    The number of statements does not grow with history, and with the lines of the
    period only by one for every few hundred.

    Raises:
        InventoryError: INVALID_FIELD for a period that runs backwards or into the
            future; NOT_FOUND for a product that this registration never held;
            COUNT_UNDER_WAY while a place of it is being counted; EVIDENCE_BROKEN when
            the books do not go on from what was signed of them.
    """
    require_no_count_under_way(db, asked.registration_id)
    registration = db.get_one(Registration, asked.registration_id)
    period = _period(registration, asked, now=generated_at)
    lot = _latest_lot(db, asked)
    head = book.read_head(db, asked.registration_id)
    signed = prover.checkpoint(asked.registration_id, head.size)
    before, until, within = _windows(period, known_position=head.size)
    return PerpetualLedger(
        facility=Facility.of(registration),
        period=period,
        edition=Edition(
            as_of=min(period.ends_at, generated_at),
            position=head.size,
            root=head.root.hex(),
            evidence=Evidence(note=signed.note),
            generated_at=generated_at,
            generated_by=generated_by,
        ),
        product=lot.product_name,
        ndc=lot.ndc,
        strength=strength_of(lot),
        opening=_holding(db, asked, before),
        lines=ledger_lines(db, asked.registration_id, asked.product_id, within),
        signed_lines=ledger_lines(db, asked.registration_id, asked.product_id, within),
        closing=_holding(db, asked, until),
    )


def _period(registration: Registration, asked: LedgerAsked, *, now: datetime) -> Period:
    here = zone(registration.time_zone, field="time_zone")
    require_period(asked.first_day, asked.last_day, today=civil_day(now, here))
    starts_at, ends_at = period_bounds(asked.first_day, asked.last_day, here)
    return Period(
        first_day=asked.first_day,
        last_day=asked.last_day,
        zone=here,
        starts_at=starts_at,
        ends_at=ends_at,
    )


def _windows(period: Period, *, known_position: int) -> tuple[Window, Window, Window]:
    """Give what happened before the period, until its end, and within it."""
    start, end = period.starts_at, period.ends_at
    return (
        Window(before=start, known_position=known_position),
        Window(before=end, known_position=known_position),
        Window(since=start, before=end, known_position=known_position),
    )


def _latest_lot(db: Session, asked: LedgerAsked) -> Lot:
    lot = db.scalar(
        select(Lot)
        .where(
            Lot.registration_id == asked.registration_id,
            Lot.product_id == asked.product_id,
        )
        .order_by(Lot.id.desc())
        .limit(1)
    )
    if lot is None:
        raise InventoryError(
            ErrorCode.NOT_FOUND,
            "This site has never held this product. Look it up in the list.",
        )
    return lot


def _holding(db: Session, asked: LedgerAsked, window: Window) -> Holding:
    by = (By.PRODUCT, By.KIND)
    book_id = asked.registration_id
    sums = sums_ug(db, book_id, by=by, window=window, kinds=ON_HAND)
    return Holding(
        sums.get((asked.product_id, Kind.STOCK), 0),
        sums.get((asked.product_id, Kind.DRAWN), 0),
    )
