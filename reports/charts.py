"""One bar that shows where every microgram of a product went.

Drawn to scale from the same integers as the equation above it, so it adds up to the
whole. Parts differ by shade and by a label; what is missing also stands out of the bar.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reportlab.platypus import Flowable

from inventory.kernel.quantities import format_mg
from reports.blocks import ALARM, INK, SMALL, draw, set_ink
from reports.fonts import fit

_BAR_HEIGHT: Final = 13
_LEGEND_STEP: Final = 11
_LEGEND_COLUMNS: Final = 3
_OVERHANG: Final = 3


@dataclass(frozen=True, slots=True)
class Share:
    """One part of the whole, in micrograms, and the shade it is printed in."""

    words: str
    amount_ug: int
    shade: int

    @property
    def is_missing(self) -> bool:
        """Tell whether this part must stand out."""
        return self.shade == ALARM


class WhereItWent(Flowable):
    """The bar and its labels."""

    def __init__(self, shares: Sequence[Share]) -> None:
        super().__init__()
        self._shares = [share for share in shares if share.amount_ug]
        self._width = 0.0

    def wrap(self, available_width: float, _: float) -> tuple[float, float]:
        """Take the whole width; as many lines of labels as there are parts."""
        self._width = available_width
        rows = -(-len(self._shares) // _LEGEND_COLUMNS)
        return available_width, _BAR_HEIGHT + 2 * _OVERHANG + rows * _LEGEND_STEP + 8

    def draw(self) -> None:
        """Draw the parts to scale, then name each with its amount."""
        rows = -(-len(self._shares) // _LEGEND_COLUMNS)
        self._draw_bar(rows * _LEGEND_STEP + 4 + _OVERHANG)
        step = self._width / _LEGEND_COLUMNS
        for index, share in enumerate(self._shares):
            row, column = divmod(index, _LEGEND_COLUMNS)
            x, y = column * step, (rows - row - 1) * _LEGEND_STEP
            self._fill(share.shade, (x, y, 6, 6))
            words = f"{share.words} {format_mg(share.amount_ug)}"
            draw(self.canv, x + 10, y + 0.6, fit(words, SMALL, step - 14), SMALL)

    def _draw_bar(self, y: float) -> None:
        total_ug = sum(share.amount_ug for share in self._shares)
        x = 0.0
        for share in self._shares:
            width = self._width * share.amount_ug / total_ug
            out = _OVERHANG if share.is_missing else 0
            self._fill(share.shade, (x, y - out, width, _BAR_HEIGHT + 2 * out))
            x += width

    def _fill(self, shade: int, box: tuple[float, float, float, float]) -> None:
        set_ink(self.canv, shade)
        self.canv.rect(*box, stroke=0, fill=1)
        set_ink(self.canv, INK)
        self.canv.setLineWidth(0.5)
        self.canv.rect(*box)
