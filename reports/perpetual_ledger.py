"""The perpetual ledger: every entry of one product with the balance after it.

The balance is what should stand on the shelf: a receipt adds to it and a draw takes
from it, so that at any line it can be laid beside a count of the cabinet. What a
session did with its draw, given to the patient or wasted before a witness, moves
nothing on the shelf: it stands in columns of its own, and the end of the ledger proves
that what was drawn was given, was wasted or is still drawn (21 CFR 1304.21,
1304.22(c)).

Balances are computed line by line from the opening and the amounts printed, and
compared at the end with what the books hold. Nothing is edited or left out.
"""

from collections.abc import Iterator
from typing import Final

from reportlab.lib.pagesizes import landscape
from reportlab.platypus import Flowable, Spacer

from inventory.kernel.quantities import Strength, format_amount, format_mg
from reports.blocks import Finding, Later, Verdict, section
from reports.catalogue import PERPETUAL_LEDGER
from reports.figures import in_unit, mg, unit_of
from reports.how_to_check import how_to_check
from reports.layout import Paper, build, particulars, title_block
from reports.ledger_data import Holding, LedgerLine, PerpetualLedger, Signer
from reports.signatures import COLUMNS as SIGNATURES
from reports.signatures import signature_rows
from reports.tables import Align, Column, Row, Table, Tone

_BALANCES: Final = slice(12, 14)  # where they stand in a row
_DECIMALS: Final = 3


def render(data: PerpetualLedger, *, paper: Paper = Paper.LETTER) -> bytes:
    """Print the ledger as PDF, landscape; the same data gives the same bytes (P18)."""
    return build(
        _story(data),
        title=f"{PERPETUAL_LEDGER.title}: {data.product}",
        facility=data.facility,
        edition=data.edition,
        page_size=landscape(paper.portrait),
    )


class _Running:
    """Rows with a running balance; its sums and signers once the last row is made."""

    def __init__(self, data: PerpetualLedger) -> None:
        self._data = data
        self._shelf_ug, self._drawn_ug = data.opening.shelf_ug, data.opening.drawn_ug
        self._in_ug = self._out_ug = self._given_ug = self._wasted_ug = 0
        self._lines = 0
        self._signers: set[Signer] = set()

    def rows(self) -> Iterator[Row]:
        """Make the rows, opening and closing balance included."""
        yield self._labelled_row("Opening balance", ("",) * 4)
        for line in self._data.lines:
            self._add(line)
            yield self._line_row(line)
        moved = (self._in_ug, self._out_ug, self._given_ug, self._wasted_ug)
        yield self._labelled_row("Totals, closing balance", tuple(map(mg, moved)))

    def signers(self) -> Iterator[Row]:
        """Name whom the initials stand for (AC-20); to be asked after the rows."""
        for signer in sorted(self._signers):
            yield Row((signer.initials, signer.name))

    def verdict(self) -> Flowable:
        """Compare the sums of the lines with the books; to be asked after the rows."""
        computed, held = Holding(self._shelf_ug, self._drawn_ug), self._data.closing
        if computed == held:
            words = f"These {self._lines} lines add up to what the books hold"
            return Verdict(Finding.AGREES, words, (f"{self._words(held)}.",))
        return Verdict(
            Finding.SHORT,
            "DOES NOT ADD UP: these lines and the books differ",
            (
                f"The lines add up to {self._words(computed)}.",
                f"The books hold {self._words(held)}.",
            ),
        )

    def summary(self) -> Flowable:
        """State beginning and end, before the lines between them are read."""
        opening, closing = self._data.opening, self._data.closing
        return Verdict(
            Finding.AGREES,
            f"On the shelf at the end, by the books: {self._amount(closing.shelf_ug)}",
            (
                f"At the beginning: {self._words(opening)}.",
                f"At the end: {self._words(closing)}.",
                "The balance after each entry is what should stand on the shelf.",
                "The last page compares the sum of all entries with the books.",
            ),
        )

    def _words(self, holding: Holding) -> str:
        shelf, drawn = self._amount(holding.shelf_ug), self._amount(holding.drawn_ug)
        return f"{shelf} on the shelf, {drawn} drawn in open sessions"

    def _amount(self, amount_ug: int) -> str:
        unit = format_amount(amount_ug, self._data.strength)
        return f"{format_mg(amount_ug)} ({unit})"

    def _add(self, line: LedgerLine) -> None:
        self._lines += 1
        self._shelf_ug += line.shelf_ug
        self._drawn_ug += line.drawn_ug
        self._in_ug += max(line.shelf_ug, 0)
        self._out_ug += max(-line.shelf_ug, 0)
        self._given_ug += line.given_ug
        self._wasted_ug += line.wasted_ug
        self._signers.update(filter(None, (line.actor, line.witness)))

    def _labelled_row(self, label: str, moved: tuple[str, ...]) -> Row:
        cells = ("", "", label, *[""] * 5, *moved[:4], *self._balances())
        return Row(cells, Tone.TOTAL, ruled=True)

    def _line_row(self, line: LedgerLine) -> Row:
        period = self._data.period
        occurred = period.local(line.occurred_at)
        if line.is_late:
            occurred += f" LATE: recorded {period.local(line.recorded_at)}"
        return Row(
            (
                str(line.position),
                occurred,
                line.event,
                line.containers,
                line.lot,
                line.reference,
                line.actor.initials,
                line.witness.initials if line.witness else "",
                _if_any(max(line.shelf_ug, 0)),
                _if_any(max(-line.shelf_ug, 0)),
                _if_any(line.given_ug),
                _if_any(line.wasted_ug),
                *self._balances(),
            ),
            Tone.PLAIN if line.shelf_ug else Tone.SOFT,
        )

    def _balances(self) -> tuple[str, str]:
        return mg(self._shelf_ug), in_unit(self._shelf_ug, self._data.strength)


def _story(data: PerpetualLedger) -> Iterator[Flowable]:
    running = _Running(data)
    facts = particulars(data.facility, data.period, data.edition)
    subtitle = f"{data.product}, NDC {data.ndc}"
    yield from title_block(PERPETUAL_LEDGER.title, subtitle, facts)
    yield running.summary()
    yield Spacer(0, 14)
    yield Table(_columns(data.strength), running.rows(), carry=_carry)
    yield Spacer(0, 12)
    yield Later(running.verdict)
    yield from section("People named by initials")
    names = [Column("Initials", 60), Column("Printed name", 200, stretch=1)]
    yield Table(names, running.signers())
    yield from section("Signatures")
    yield Table(SIGNATURES, signature_rows(data.signed_lines, data.period))
    yield from how_to_check(data.period, data.edition)


def _columns(strength: Strength) -> list[Column]:
    unit = unit_of(strength)
    return [
        Column("Position", 28, Align.FIGURE),
        Column("Occurred", 70),
        Column("Event", 80, stretch=1),
        Column("Container", 36),
        Column("Lot", 44),
        Column("Patient or document", 54),
        Column("By", 16),
        Column("Wit.", 16),
        *(
            Column(f"{title} mg", width, Align.FIGURE, decimals=_DECIMALS)
            for title, width in (
                ("In", 38),
                ("Out", 38),
                ("Given", 38),
                ("Wasted", 37),
                ("Balance", 42),
            )
        ),
        Column(f"Balance {unit}", 42, Align.FIGURE, decimals=_DECIMALS),
    ]


def _if_any(amount_ug: int) -> str:
    return mg(amount_ug) if amount_ug else ""


def _carry(last: Row) -> tuple[Row, Row]:
    forward, brought = (
        Row(("", "", label, *[""] * 9, *last.cells[_BALANCES]), Tone.SOFT)
        for label in ("Carried forward", "Brought forward")
    )
    return forward, brought
