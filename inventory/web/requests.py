"""The form of a request: its path, its query string and its body."""

from typing import Any, Final

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.web.fields import is_printable
from inventory.web.strict_json import decode_object

BODY_BYTES_MAX: Final = 1024 * 1024  # a receipt of 2,000 containers is a tenth of it
_JSON: Final = "application/json"
_UTF_8: Final = frozenset({"utf-8", "utf8"})


def require_plain_path(path: dict[str, str]) -> None:
    """Refuse a path that names something with characters no name has.

    Raises:
        InventoryError: NOT_FOUND.
    """
    if not all(part.isprintable() for part in path.values()):
        raise InventoryError(
            ErrorCode.NOT_FOUND, "There is nothing at this address. Check its spelling."
        )


def query_fields() -> dict[str, Any]:
    """Give the query string as fields, each named once.

    Raises:
        InventoryError: MALFORMED_REQUEST.
    """
    for name, values in request.args.lists():
        if len(values) > 1:
            _refuse_query("This is given twice. Say it once.", name)
        if not is_printable(name + values[0]):
            _refuse_query("This has characters that cannot be seen. Remove them.", name)
    return request.args.to_dict()


def request_object() -> dict[str, Any]:
    """Read the body as one JSON object; no body at all is `{}`.

    Raises:
        InventoryError: MALFORMED_REQUEST.
        RequestEntityTooLarge: the body is over 1 MiB.
        UnsupportedMediaType: the body is not declared as JSON in UTF-8.
    """
    body = request.get_data(cache=False)
    if len(body) > BODY_BYTES_MAX:
        raise RequestEntityTooLarge
    if not body:
        return {}
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype != _JSON or charset not in _UTF_8:
        raise UnsupportedMediaType
    return decode_object(body)


def _refuse_query(sentence: str, name: str) -> None:
    raise InventoryError(ErrorCode.MALFORMED_REQUEST, sentence, field=name)
