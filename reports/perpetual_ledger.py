"""The perpetual ledger: every entry of one product with the balance after it.

The balance is computed line by line from the opening balance and the amounts printed,
and compared at the end with the balance the books hold (21 CFR 1304.21; UK MDR 2001
regulation 19). Corrections are entries of their own: nothing is edited or left out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from reportlab.lib.pagesizes import landscape
from reportlab.platypus import Flowable, Spacer

from inventory.kernel.quantities import Strength, format_amount, format_mg
from reports.blocks import Finding, Later, Verdict
from reports.figures import in_unit, mg, unit_of
from reports.layout import (
    Edition,
    Facility,
    Paper,
    Period,
    build,
    how_to_check,
    particulars,
    title_block,
)
from reports.tables import Align, Column, Row, Table, Tone

TITLE: Final = "Perpetual ledger"

_BALANCES: Final = slice(11, 13)  # where they stand in a row
_DECIMALS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """One entry; `change_ug` is positive when it comes in, negative when it goes out.

    Attributes:
        position: of the entry in the journal.
        occurred_at: when it happened, as claimed.
        recorded_at: when the server wrote it; printed when `is_late`.
        is_late: recorded later than the facility's rules allow.
        event: what happened, in words; a correction names the entry it corrects.
        container: its number.
        lot: its lot.
        place: where it stood.
        reference: session and patient reference, or document number.
        change_ug: micrograms of active base.
        actor_initials: who did it.
        witness_initials: who saw it; empty if no witness is required.
    """

    position: int
    occurred_at: datetime
    recorded_at: datetime
    is_late: bool
    event: str
    container: str
    lot: str
    place: str
    reference: str
    change_ug: int
    actor_initials: str
    witness_initials: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PerpetualLedger:
    """All that the ledger prints; `lines` is read once, in journal order.

    `closing_ug` is the balance the books hold, not the sum of these lines: the report
    compares the two.
    """

    facility: Facility
    period: Period
    edition: Edition
    product: str
    ndc: str
    strength: Strength
    opening_ug: int
    lines: Iterable[LedgerLine]
    closing_ug: int


def render(data: PerpetualLedger, *, paper: Paper = Paper.LETTER) -> bytes:
    """Print the ledger as PDF, landscape; the same data gives the same bytes (P18)."""
    return build(
        _story(data),
        title=f"{TITLE}: {data.product}",
        facility=data.facility,
        edition=data.edition,
        page_size=landscape(paper.value),
    )


class _Balance:
    """Rows with a running balance, and its verdict once the last row is made."""

    def __init__(self, data: PerpetualLedger) -> None:
        self._data = data
        self._balance_ug = data.opening_ug

    def rows(self) -> Iterator[Row]:
        """Make the rows, opening and closing balance included."""
        yield self._balance_row("Opening balance")
        for line in self._data.lines:
            self._balance_ug += line.change_ug
            yield self._line_row(line)
        yield self._balance_row("Closing balance")

    def verdict(self) -> Flowable:
        """Compare the sum of the lines with the books; to be asked after the rows."""
        computed, held = self.words(self._balance_ug), self.words(self._data.closing_ug)
        if self._balance_ug == self._data.closing_ug:
            words = f"These lines add up to what the books hold: {held}"
            return Verdict(Finding.AGREES, words, ())
        return Verdict(
            Finding.SHORT,
            "DOES NOT ADD UP: these lines and the books differ",
            (f"The lines add up to {computed}; the books hold {held}.",),
        )

    def words(self, amount_ug: int) -> str:
        """Write an amount in mg and in the unit of the product."""
        unit = format_amount(amount_ug, self._data.strength)
        return f"{format_mg(amount_ug)} ({unit})"

    def _balance_row(self, label: str) -> Row:
        figures = (mg(self._balance_ug), in_unit(self._balance_ug, self._data.strength))
        return _labelled(label, figures, Tone.TOTAL)

    def _line_row(self, line: LedgerLine) -> Row:
        period, amount = self._data.period, mg(abs(line.change_ug))
        occurred = period.local(line.occurred_at)
        if line.is_late:
            occurred += f" LATE: recorded {period.local(line.recorded_at)}"
        return Row(
            (
                str(line.position),
                occurred,
                line.event,
                line.container,
                line.lot,
                line.place,
                line.reference,
                line.actor_initials,
                line.witness_initials,
                amount if line.change_ug > 0 else "",
                amount if line.change_ug < 0 else "",
                mg(self._balance_ug),
                in_unit(self._balance_ug, self._data.strength),
            )
        )


def _story(data: PerpetualLedger) -> Iterator[Flowable]:
    balance = _Balance(data)
    facts = particulars(data.facility, data.period, data.edition)
    yield from title_block(TITLE, f"{data.product}, NDC {data.ndc}", facts)
    closing, opening = balance.words(data.closing_ug), balance.words(data.opening_ug)
    held = f"The books hold {closing} at the end of the period"
    detail = (
        f"They held {opening} at its beginning. Every entry between follows, with the "
        "balance after it; the last page compares their sum with the books."
    )
    yield Verdict(Finding.AGREES, held, (detail,))
    yield Spacer(0, 14)
    yield Table(_columns(data.strength), balance.rows(), carry=_carry)
    yield Spacer(0, 12)
    yield Later(balance.verdict)
    yield from how_to_check(data.period, data.edition)


def _columns(strength: Strength) -> list[Column]:
    unit = unit_of(strength)
    return [
        Column("Position", 32, Align.FIGURE),
        Column("Occurred", 68),
        Column("Event", 80, stretch=3),
        Column("Container", 42),
        Column("Lot", 40),
        Column("Place", 44, stretch=1),
        Column("Session / patient", 64),
        Column("By", 18),
        Column("Wit.", 18),
        Column("In mg", 40, Align.FIGURE, decimals=_DECIMALS),
        Column("Out mg", 40, Align.FIGURE, decimals=_DECIMALS),
        Column("Balance mg", 48, Align.FIGURE, decimals=_DECIMALS),
        Column(f"Balance {unit}", 46, Align.FIGURE, decimals=_DECIMALS),
    ]


def _labelled(label: str, balances: tuple[str, ...], tone: Tone) -> Row:
    cells = ("", "", label, *[""] * 8, *balances)
    return Row(cells, tone, ruled=tone is Tone.TOTAL)


def _carry(last: Row) -> tuple[Row, Row]:
    balances = last.cells[_BALANCES]
    return (
        _labelled("Carried forward", balances, Tone.SOFT),
        _labelled("Brought forward", balances, Tone.SOFT),
    )
