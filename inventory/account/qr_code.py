"""A QR code as one SVG path, drawn by the page itself: no image is fetched. PURE."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import zxingcpp

_DARK: Final = re.compile(rb"\x00+")
_QUIET_ZONE: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class QrCode:
    """A QR code in modules.

    Attributes:
        side: width and height with the quiet zone.
        path: its dark modules, as the `d` of an SVG path.
    """

    side: int
    path: str


def draw_qr_code(text: str) -> QrCode:
    """Draw a text as a QR code."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    image: Any = code.to_image(scale=1, add_quiet_zones=False)
    modules, _ = image.shape
    pixels = memoryview(image).tobytes()
    rows = [pixels[row * modules : (row + 1) * modules] for row in range(modules)]
    return QrCode(side=modules + 2 * _QUIET_ZONE, path="".join(_runs(rows)))


def _runs(rows: list[bytes]) -> Iterator[str]:
    for y, row in enumerate(rows, start=_QUIET_ZONE):
        for run in _DARK.finditer(row):
            width = run.end() - run.start()
            yield f"M{run.start() + _QUIET_ZONE} {y}h{width}v1h-{width}z"
