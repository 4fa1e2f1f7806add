"""JSON in: every request body means exactly one thing, or is refused.

Python's reader keeps the last of two equal keys, takes NaN, and turns 0.1 into a float
that is not 0.1. Here they are refused with the name of the field,
as is any text that the database could not hold.
"""

import json
from collections.abc import Mapping
from typing import Any, Final, NoReturn

from inventory.kernel.errors import ErrorCode, InventoryError

DEPTH_MAX: Final = 32
# Beyond this, readers that hold numbers as doubles would change them (RFC 8259, 6).
INTEGER_MAX: Final = 2**53 - 1
_DIGITS_MAX: Final = 16

# A scanner separates the elements of a GS1 code with it; no other control is data.
_GROUP_SEPARATOR: Final = 0x1D
_CONTROLS: Final = frozenset({*range(0x20), *range(0x7F, 0xA0)}) - {_GROUP_SEPARATOR}
_SURROGATES: Final = range(0xD800, 0xE000)


class _Pairs(list[tuple[str, Any]]):
    """An object's members as they were written, repeated keys included."""


class _Refused(str):
    """The text of a number that may not be read as a number."""

    __slots__ = ()


def decode_object(body: bytes) -> dict[str, Any]:
    """Read a request body that is one JSON object.

    Raises:
        InventoryError: MALFORMED_REQUEST, naming the field where there is one.
    """
    document = _settle(_parse(body), path=())
    if not isinstance(document, dict):
        _refuse('The body must be one JSON object, such as {"amount": "35.65 mg"}.', ())
    return document


def _parse(body: bytes) -> Any:
    try:
        return json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_Pairs,
            parse_int=_integer,
            parse_float=_Refused,
            parse_constant=_Refused,
        )
    except UnicodeDecodeError:
        _refuse("The body is not UTF-8. Encode it as UTF-8.", ())
    except json.JSONDecodeError as fault:
        _refuse(
            f"The body is not JSON (line {fault.lineno}, column {fault.colno}). "
            "Correct it there.",
            (),
        )
    except RecursionError:
        _refuse_depth(())


def _integer(digits: str) -> int | _Refused:
    if len(digits.removeprefix("-")) > _DIGITS_MAX or abs(int(digits)) > INTEGER_MAX:
        return _Refused(digits)
    return int(digits)


def _settle(value: Any, *, path: tuple[str, ...]) -> Any:
    if isinstance(value, list) and len(path) >= DEPTH_MAX:
        _refuse_depth(path)
    match value:
        case _Pairs():
            return _settle_object(value, path)
        case list():
            return [
                _settle(item, path=(*path, str(index)))
                for index, item in enumerate(value)
            ]
        case _Refused():
            _refuse(
                "This is not a number that can be taken exactly. Send amounts as text "
                'in quotes, such as "35.65 mg", and counts as plain digits.',
                path,
            )
        case str():
            _require_storable(value, path)
    return value


def _settle_object(pairs: _Pairs, path: tuple[str, ...]) -> Mapping[str, Any]:
    settled: dict[str, Any] = {}
    for name, value in pairs:
        _require_storable(name, path)
        if name in settled:
            _refuse("This is given twice. Say it once.", (*path, name))
        settled[name] = _settle(value, path=(*path, name))
    return settled


def _require_storable(text: str, path: tuple[str, ...]) -> None:
    if text.isascii() and text.isprintable():
        return
    for character in map(ord, text):
        if character in _CONTROLS or character in _SURROGATES:
            _refuse(
                f"This text holds the character U+{character:04X}, which cannot be "
                "kept. Remove it.",
                path,
            )


def _refuse_depth(path: tuple[str, ...]) -> NoReturn:
    _refuse(f"The body is nested more than {DEPTH_MAX} deep. Flatten it.", path[:1])


def _refuse(sentence: str, path: tuple[str, ...]) -> NoReturn:
    field = ".".join(path) or None
    raise InventoryError(ErrorCode.MALFORMED_REQUEST, sentence, field=field)
