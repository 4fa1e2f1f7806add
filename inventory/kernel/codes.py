"""Codes on labels and registrations: NDC, GTIN, GS1 scans, DEA numbers.

Each is read as printed or refused. Nothing is looked up and nothing is guessed: a code
that reads two ways is AMBIGUOUS_CODE. A check digit finds slips of the finger; it is no
proof that a product or a registration exists.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import cycle
from typing import Final

from biip import ParseError
from biip.gs1_element_strings import GS1ElementString

from inventory.kernel.errors import ErrorCode, InventoryError

# Lengths of labeler, product and package, and what uses them.
NDC10_LAYOUTS: Final = ("4-4-2", "5-3-2", "5-4-1")  # on labels, 21 CFR 207.33
NDC11_LAYOUT: Final = "5-4-2"  # in billing
NDC12_LAYOUT: Final = "6-4-2"  # on labels from 2033, 91 FR 10749
_LAYOUTS: Final = (*NDC10_LAYOUTS, NDC11_LAYOUT, NDC12_LAYOUT)

_MAX_INDICATOR: Final = 8  # 9 marks goods sold by variable measure
_GTIN_LENGTHS: Final = (8, 12, 13, 14)
_GTIN: Final = re.compile(r"[0-9]{8}|[0-9]{12,14}")

_GS: Final = "\x1d"
_MAX_SCAN_LENGTH: Final = 500
# AIM identifiers some scanners put first: GS1-128, DataBar, DataMatrix, QR, DotCode ...
_GS1_PREFIXES: Final = ("]C1", "]e0", "]d2", "]Q3", "]J1")
_GTIN_PREFIXES: Final = ("]E0", "]E4", "]I1")  # ... and EAN-13/UPC, EAN-8, ITF-14
_BRACKETED: Final = re.compile(r"(?:\([0-9]{2,4}\)[^()]+)+")
_BRACKETED_ELEMENT: Final = re.compile(r"\(([0-9]{2,4})\)([^()]+)")

_NDC: Final = re.compile(r"([0-9]+)-([0-9]+)-([0-9]+)")
# The first letter is the kind of registrant: every letter known to have been issued.
_DEA: Final = re.compile(
    r"(?P<base>[ABCDEFGHJKLMPRSTUX][A-Z9][0-9]{7})(?:-(?P<suffix>[0-9A-Z]{1,10}))?"
)


@dataclass(frozen=True, slots=True)
class Ndc:
    """A National Drug Code, its segments kept as printed.

    The lengths of the segments are the layout, without which an NDC cannot be turned
    back from its padded forms (AC-41).
    """

    labeler: str
    product: str
    package: str

    @property
    def layout(self) -> str:
        """Lengths of the segments, such as "5-3-2"."""
        return f"{len(self.labeler)}-{len(self.product)}-{len(self.package)}"

    @property
    def printed(self) -> str:
        """The code as on the label: "42023-113-10"."""
        return f"{self.labeler}-{self.product}-{self.package}"

    @property
    def ndc11(self) -> str | None:
        """The billing form: "42023-0113-10"; None if the labeler needs 6 digits."""
        ndc12 = self.ndc12
        return ndc12[1:] if ndc12.startswith("0") else None

    @property
    def ndc12(self) -> str:
        """The form in use from 2033: "042023-0113-10"."""
        labeler, product = self.labeler.zfill(6), self.product.zfill(4)
        return f"{labeler}-{product}-{self.package.zfill(2)}"

    def in_layout(self, layout: str, *, field: str) -> "Ndc":
        """Return the same code in a known layout: the way back from a padded form.

        Raises:
            InventoryError: INVALID_CODE if the layout is unknown or has no room.
        """
        if layout not in _LAYOUTS:
            raise _invalid(f"{layout} is no layout of an NDC", field)
        widths = [int(width) for width in layout.split("-")]
        fitted = [
            segment.lstrip("0").rjust(width, "0")
            for segment, width in zip(self.ndc12.split("-"), widths, strict=True)
        ]
        if [len(segment) for segment in fitted] != widths:
            raise _invalid(f"{self.printed} does not fit the layout {layout}", field)
        return Ndc(*fitted)

    def gtin14(self, indicator: int = 0, *, field: str | None = None) -> str:
        """Return the GTIN of this package: indicator, `03`, the 10 digits, check digit.

        Args:
            indicator: 0 for the unit itself, 1-8 for a pack of it. Another indicator is
                another quantity.
            field: name of the input at fault.

        Raises:
            InventoryError: INVALID_CODE unless the layout has 10 digits.
        """
        if not 0 <= indicator <= _MAX_INDICATOR:
            raise ValueError(f"an indicator digit is 0 to 8: {indicator}")
        if self.layout not in NDC10_LAYOUTS:
            raise _invalid("Only an NDC of 10 digits is part of a GTIN", field)
        payload = f"{indicator}03{self.labeler}{self.product}{self.package}"
        return f"{payload}{gtin_check_digit(payload)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What a bar code says; None where it says nothing.

    Attributes:
        gtin14: 14 digits, check digit verified, AI (01).
        lot: AI (10).
        expires_on: last day of use, AI (17); a day of 00 is the end of the month.
        serial: AI (21).
    """

    gtin14: str | None = None
    lot: str | None = None
    expires_on: date | None = None
    serial: str | None = None

    @property
    def indicator(self) -> int | None:
        """The GTIN's first digit: 0 a unit, 1-8 a pack whose factor must be known."""
        return int(self.gtin14[0]) if self.gtin14 else None


@dataclass(frozen=True, slots=True)
class DeaNumber:
    """A DEA registration number, and the code after its hyphen (21 CFR 1301.22(c))."""

    base: str
    suffix: str | None = None

    def __str__(self) -> str:
        return f"{self.base}-{self.suffix}" if self.suffix else self.base


def parse_ndc(text: str, *, field: str) -> Ndc:
    """Read an NDC: hyphenated in any of five layouts, or 11 or 12 bare digits.

    Raises:
        InventoryError: AMBIGUOUS_CODE for 10 bare digits, which fit three layouts;
            INVALID_CODE.
    """
    if re.fullmatch("[0-9]{10}", text):
        raise InventoryError(
            ErrorCode.AMBIGUOUS_CODE,
            "Without its hyphens a 10-digit NDC can be read in three ways. "
            "Copy the hyphens from the label.",
            field=field,
        )
    if re.fullmatch("[0-9]{11,12}", text):
        return Ndc(text[:-6], text[-6:-2], text[-2:])
    hyphenated = _NDC.fullmatch(text)
    if hyphenated:
        ndc = Ndc(*hyphenated.groups())
        if ndc.layout in _LAYOUTS:
            return ndc
    raise _invalid(
        'This is not an NDC. Write it as on the label: "0409-2051-05"', field
    )


def gtin_check_digit(payload: str) -> int:
    """Return the GS1 check digit of the digits before it (weights 3, 1 from the right).

    >>> gtin_check_digit("0034202311310")
    8
    """
    weighted = zip(map(int, reversed(payload)), cycle((3, 1)), strict=False)
    return -sum(digit * weight for digit, weight in weighted) % 10


def parse_gtin14(text: str, *, field: str) -> str:
    """Read a GTIN of 8, 12, 13 or 14 digits as 14, padded with zeros on the left.

    Raises:
        InventoryError: INVALID_CODE; for a wrong check digit it names the right one.
    """
    if not _GTIN.fullmatch(text):
        raise _invalid("A GTIN has 8, 12, 13 or 14 digits and nothing else", field)
    expected = gtin_check_digit(text[:-1])
    if int(text[-1]) != expected:
        raise _invalid(
            f"The last digit of {text} should be {expected}: a digit is wrong or two "
            "are swapped. Scan it again or compare it with the label",
            field,
            expected_digit=expected,
        )
    return text.zfill(14)


def parse_scan(text: str, *, field: str) -> Scan:
    """Read a scanned bar code: a plain GTIN or GS1 element strings, in any order.

    Bare digits of a GTIN's length are a GTIN. Anything else is a raw scan, its variable
    fields ended by GS (ASCII 29), with or without the scanner's symbology prefix, or
    the text printed below the code, `(01)...(10)...`. Other application identifiers,
    such as (715), must be well formed and are passed over.

    A year of two digits lies within 49 years back and 50 ahead of today (GS1 General
    Specifications 7.12). A lot that swallowed the next field, because a keyboard wedge
    dropped GS, is refused only where GS1 forbids it: over 20 characters.

    Raises:
        InventoryError: INVALID_CODE.
    """
    if len(text) > _MAX_SCAN_LENGTH or not text.isascii():
        raise _invalid("This is not a GS1 bar code. Scan it again", field)
    prefix, content = (text[:3], text[3:]) if text.startswith("]") else ("", text)
    if prefix not in ("", *_GS1_PREFIXES, *_GTIN_PREFIXES):
        raise _invalid("This type of bar code does not identify a product", field)
    if prefix in _GTIN_PREFIXES or (not prefix and _GTIN.fullmatch(content)):
        return Scan(gtin14=parse_gtin14(content, field=field))
    elements = _by_identifier(_elements(content, field), field)
    gtin, expiry = elements.get("01"), elements.get("17")
    lot, serial = elements.get("10"), elements.get("21")
    return Scan(
        gtin14=gtin.value if gtin else None,
        lot=lot.value if lot else None,
        expires_on=expiry.date if expiry else None,
        serial=serial.value if serial else None,
    )


def parse_dea_number(text: str, *, field: str) -> DeaNumber:
    """Read a DEA number, with or without an institution's suffix (AC-22, AC-42).

    Case and spaces are normalised. The first character is a letter that the DEA issues;
    the second a letter, or 9 for a registrant under a business address. The checksum
    finds typing errors only: it is no proof of registration.

    Raises:
        InventoryError: INVALID_CODE.
    """
    compact = text.replace(" ", "").upper() if text.isascii() else ""
    matched = _DEA.fullmatch(compact)
    if not matched:
        raise _invalid('A DEA number is 2 letters and 7 digits, as "AP5836727"', field)
    digits = [int(digit) for digit in matched["base"][2:]]
    expected = (sum(digits[0:6:2]) + 2 * sum(digits[1:6:2])) % 10
    if digits[6] != expected:
        raise _invalid(
            f"The last digit of {matched['base']} does not match the others: a digit "
            "is wrong or two are swapped. Copy it from the certificate",
            field,
        )
    return DeaNumber(matched["base"], matched["suffix"])


def _elements(content: str, field: str) -> Iterator[GS1ElementString]:
    if not content.startswith("("):
        yield from _raw_elements(content.removeprefix(_GS), field)
        return
    if not _BRACKETED.fullmatch(content):
        raise _unreadable("The brackets do not each hold a GS1 identifier", field)
    for identifier, value in _BRACKETED_ELEMENT.findall(content):
        element = _element(identifier + value, GS1ElementString.parse, field)
        if element.ai.ai != identifier:
            raise _unreadable(f"({identifier}) is not a GS1 identifier", field)
        yield element


def _raw_elements(content: str, field: str) -> Iterator[GS1ElementString]:
    rest = content
    while rest:
        element = _element(rest, GS1ElementString.extract, field)
        rest = rest[len(element) :]
        # biip would go on here; GS1 says that a field of variable length ends with GS
        # or with the code, so whatever follows it directly makes the field too long.
        if rest and element.ai.separator_required and not rest.startswith(_GS):
            raise _unreadable(f"The field ({element.ai.ai}) does not end", field)
        yield element
        rest = rest.removeprefix(_GS)


def _element(
    text: str, read: Callable[[str], GS1ElementString], field: str
) -> GS1ElementString:
    try:
        element = read(text)
    except ParseError as error:
        start = text.partition(_GS)[0][:12]
        fault = f'What starts with "{start}" is not a GS1 field'
        raise _unreadable(fault, field) from error
    if element.ai.ai == "01":
        parse_gtin14(element.value, field=field)
    elif element.gtin_error or element.sscc_error or element.gln_error:
        raise _unreadable(f"The check digit in ({element.ai.ai}) is wrong", field)
    return element


def _by_identifier(
    elements: Iterator[GS1ElementString], field: str
) -> dict[str, GS1ElementString]:
    found: dict[str, GS1ElementString] = {}
    for element in elements:
        if element.ai.ai in found:
            raise _unreadable(f"The field ({element.ai.ai}) comes twice", field)
        found[element.ai.ai] = element
    if not found:
        raise _unreadable("The bar code is empty", field)
    return found


def _unreadable(fault: str, field: str) -> InventoryError:
    return _invalid(f"{fault}. Scan again, or type what is printed below it", field)


def _invalid(fault: str, field: str | None, **figures: int) -> InventoryError:
    return InventoryError(ErrorCode.INVALID_CODE, f"{fault}.", field=field, **figures)
