"""The field types of every schema: what may stand in a request, and how answers read.

A field refuses or accepts; it never trims, rounds or fills in. Its sentences are shown
to the caller as they stand.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, ClassVar, Final, Generic, TypeVar

from marshmallow import ValidationError, fields
from marshmallow.validate import OneOf

from inventory.kernel.clock import format_instant, parse_day, parse_instant
from inventory.kernel.errors import InventoryError
from inventory.kernel.identifiers import check_id
from inventory.web import patterns

AMOUNT_LENGTH_MAX: Final = 40
WHOLE_MAX: Final = 2**53 - 1

# Separates the elements of a GS1 scan; the one control character that is data.
GROUP_SEPARATOR: Final = "\x1d"

# Control characters, line and paragraph separators, halves of a surrogate pair.
_UNPRINTABLE: Final = frozenset({"Cc", "Zl", "Zp", "Cs"})
# Marks that turn the direction of writing make a text read differently from what it is.
_DIRECTION_MARKS: Final = frozenset(
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)

_SHA256: Final = re.compile(r"[0-9a-f]{64}")

_REQUIRED: Final = "This is required. Add it and send the entry again."
_NULL: Final = "This may not be null. Give a value."

T = TypeVar("T")


class _Written(fields.Field[T], Generic[T]):
    """A value that travels as text and is read by one function."""

    default_error_messages = {  # noqa: RUF012 - marshmallow's own declaration
        "required": _REQUIRED,
        "null": _NULL,
        "not_text": "Send this as text in quotes.",
    }
    shape: ClassVar[dict[str, Any]] = {}

    def __init__(self, **options: Any) -> None:
        described = {"type": "string", **self.shape, **options.pop("metadata", {})}
        super().__init__(metadata=described, **options)

    def read(self, text: str) -> T:
        """Turn text into the value, or refuse it."""
        raise NotImplementedError

    def write(self, value: T) -> str | int:
        """Turn a value into JSON."""
        return str(value)

    def _deserialize(
        self,
        value: Any,
        attr: str | None,  # noqa: ARG002 - marshmallow's signature
        data: Any,  # noqa: ARG002 - as above
        **kwargs: Any,  # noqa: ARG002 - as above
    ) -> T:
        if not isinstance(value, str):
            raise self.make_error("not_text")
        try:
            return self.read(value)
        except InventoryError as refusal:
            raise ValidationError(refusal.message) from refusal

    def _serialize(
        self,
        value: T | None,
        attr: str | None,  # noqa: ARG002 - marshmallow's signature
        obj: Any,  # noqa: ARG002 - as above
        **kwargs: Any,  # noqa: ARG002 - as above
    ) -> str | int | None:
        return None if value is None else self.write(value)


class Text(_Written[str]):
    """A line of text: not empty, no control characters, no blanks at either end."""

    def __init__(self, *, max_length: int, **options: Any) -> None:
        self.max_length = max_length
        described = {
            "minLength": 1,
            "maxLength": max_length,
            "pattern": patterns.TRIMMED_LINE,
            **options.pop("metadata", {}),
        }
        super().__init__(metadata=described, **options)

    def read(self, text: str) -> str:
        """Return the text unchanged."""
        if not text.strip():
            raise ValidationError("This is empty. Write something, or leave it out.")
        if len(text) > self.max_length:
            raise ValidationError(
                f"This has {len(text)} characters. Use at most {self.max_length}."
            )
        require_printable(text)
        if text != text.strip():
            raise ValidationError("Remove the blanks before and after this text.")
        return text


class Secret(_Written[str]):
    """A password: taken as it is, at most 256 characters, never shown."""

    LENGTH_MAX: ClassVar = 256

    def __init__(self, **options: Any) -> None:
        described = {
            "format": "password",
            "minLength": 1,
            "maxLength": self.LENGTH_MAX,
            "pattern": patterns.PLAIN_LINE,
            **options.pop("metadata", {}),
        }
        super().__init__(load_only=True, metadata=described, **options)

    def read(self, text: str) -> str:
        """Return the secret unchanged."""
        if not 1 <= len(text) <= self.LENGTH_MAX:
            raise ValidationError(f"Give 1 to {self.LENGTH_MAX} characters.")
        require_printable(text)
        return text


class Scan(_Written[str]):
    """What a scanner read, with its group separators: `kernel.codes` knows the rest."""

    LENGTH_MAX: ClassVar = 500
    shape: ClassVar[dict[str, Any]] = {
        "minLength": 1,
        "maxLength": LENGTH_MAX,
        "pattern": patterns.SCANNED_LINE,
    }

    def read(self, text: str) -> str:
        """Return the scan unchanged."""
        if not 1 <= len(text) <= self.LENGTH_MAX:
            raise ValidationError("This is no scan of a label. Scan it again.")
        require_printable(text.replace(GROUP_SEPARATOR, ""))
        return text


class AmountText(_Written[str]):
    """An amount as text: `35.65 mg`, `0.713 mL`, `1 device`.

    The grammar needs the product's strength: the handler reads it with
    `kernel.quantities.parse_amount`.
    """

    default_error_messages = {  # noqa: RUF012 - marshmallow's own declaration
        "not_text": "Send the amount as text in quotes with its unit, "
        'such as "35.65 mg", "0.713 mL" or "2 devices".',
    }
    shape: ClassVar[dict[str, Any]] = {
        "minLength": 1,
        "maxLength": AMOUNT_LENGTH_MAX,
        "pattern": patterns.PLAIN_LINE,
        "examples": ["35.65 mg", "0.713 mL", "1 device"],
    }

    def read(self, text: str) -> str:
        """Return the amount unchanged."""
        if not 1 <= len(text) <= AMOUNT_LENGTH_MAX:
            raise self.make_error("not_text")
        require_printable(text)
        return text


class Instant(_Written[datetime]):
    """A moment, RFC 3339 with its offset: `2026-11-02T08:30:00Z`."""

    shape: ClassVar[dict[str, Any]] = {
        "format": "date-time",
        "pattern": patterns.MOMENT,
    }

    def read(self, text: str) -> datetime:
        """Read the moment, in UTC."""
        return parse_instant(text, field=self.name or "")

    def write(self, value: datetime) -> str:
        """Write the canonical form."""
        return format_instant(value)


class CivilDay(_Written[date]):
    """A day of the calendar: `2026-11-02`."""

    shape: ClassVar[dict[str, Any]] = {"format": "date", "pattern": patterns.DAY}

    def read(self, text: str) -> date:
        """Read the day."""
        return parse_day(text, field=self.name or "")

    def write(self, value: date) -> str:
        """Write the day."""
        return value.isoformat()


class Identifier(_Written[str]):
    """An identifier of one kind: `ses_` and 26 characters."""

    def __init__(self, prefix: str, **options: Any) -> None:
        self.prefix = prefix
        pattern = f"^{prefix}_[0-7][0-9A-HJKMNP-TV-Z]{{25}}$"
        super().__init__(metadata={"pattern": pattern}, **options)

    def read(self, text: str) -> str:
        """Return the identifier unchanged."""
        return check_id(text, self.prefix, field=self.name or "")


class Digest(_Written[str]):
    """The digest of an entry that was shown: its signer sends it back, in hex."""

    shape: ClassVar[dict[str, Any]] = {"pattern": patterns.SHA256}

    def read(self, text: str) -> str:
        """Return the digest unchanged."""
        if not _SHA256.fullmatch(text):
            raise ValidationError("Send the digest of the entry shown.")
        return text


class Choice(_Written[str]):
    """One of a closed list; members of a StrEnum come out as members."""

    def __init__(self, choices: Iterable[str], **options: Any) -> None:
        self.choices = {str(choice): choice for choice in choices}
        listed = OneOf(list(self.choices), error="Use one of: {choices}.")
        super().__init__(validate=listed, **options)

    def read(self, text: str) -> str:
        """Give the member that the text names; the validator refuses all others."""
        return self.choices.get(text, text)


class Whole(fields.Integer):
    """A whole number in JSON: no text, no boolean, no decimals, within bounds."""

    default_error_messages = {  # noqa: RUF012 - marshmallow's own declaration
        "required": _REQUIRED,
        "null": _NULL,
        "invalid": "Send a whole number without quotes, such as 12.",
    }

    def __init__(
        self, *, minimum: int = 0, maximum: int = WHOLE_MAX, **options: Any
    ) -> None:
        self.minimum, self.maximum = minimum, maximum
        described = {"minimum": minimum, "maximum": maximum}
        super().__init__(strict=True, metadata=described, **options)

    def _validated(self, value: Any) -> int:
        number = super()._validated(value)
        if not self.minimum <= number <= self.maximum:
            raise ValidationError(f"Use {self.minimum} to {self.maximum}.")
        return number


class WholeText(_Written[int]):
    """A whole number in a query string: ASCII digits without leading zeros."""

    def __init__(self, *, minimum: int, maximum: int, **options: Any) -> None:
        self.minimum, self.maximum = minimum, maximum
        described = {"type": "integer", "minimum": minimum, "maximum": maximum}
        super().__init__(metadata=described, **options)

    def read(self, text: str) -> int:
        """Read the number."""
        plain = len(text) <= len(str(self.maximum)) and text.isascii()
        if plain and text.isdigit() and str(int(text)) == text:
            number = int(text)
            if self.minimum <= number <= self.maximum:
                return number
        raise ValidationError(
            f"Use a whole number from {self.minimum} to {self.maximum}."
        )

    def write(self, value: int) -> int:
        """Give the number; it is text in a query string only."""
        return value


class Hash(_Written[bytes]):
    """A SHA-256 in an answer, in hex."""

    shape: ClassVar[dict[str, Any]] = {"pattern": patterns.SHA256}

    def __init__(self, **options: Any) -> None:
        super().__init__(dump_only=True, **options)

    def write(self, value: bytes) -> str:
        """Write the hash in hex."""
        return value.hex()


def is_printable(text: str) -> bool:
    """Tell whether every character can be seen and leaves the others as they are."""
    return not any(
        character in _DIRECTION_MARKS or unicodedata.category(character) in _UNPRINTABLE
        for character in text
    )


def require_printable(text: str) -> None:
    """Refuse characters that cannot be seen or that change how others are read.

    Raises:
        ValidationError: with a sentence for the caller.
    """
    if not is_printable(text):
        raise ValidationError(
            "This has control characters or line breaks. Type it as one plain line."
        )
