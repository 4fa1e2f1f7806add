"""Forms on pages: what was entered, what is wrong with it, and the key of one sending.

A form is sent as fields of text. An input left empty is not given: browsers send it as
nothing. Secrets are never shown again, whatever else the person typed is.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from flask import request
from marshmallow import Schema, fields
from werkzeug.exceptions import UnsupportedMediaType

from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.web.fields import Secret

KEY_FIELD: Final = "idempotency_key"
TOKEN_FIELD: Final = "csrf_token"  # noqa: S105 - the name of an input, no secret

_FORM: Final = "application/x-www-form-urlencoded"
_KEY_BYTES: Final = 18
_MARKED: Final = "Nothing was recorded. Correct what is marked below."


def _new_key() -> str:
    return secrets.token_urlsafe(_KEY_BYTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form as a page shows it: empty at first, as it was left after a refusal.

    Attributes:
        entered: what the person typed, by input; no secrets.
        faults: what is wrong with an input, by input.
        refusal: what is wrong as a whole; "" when nothing is.
        key: names one sending, so that a form sent twice is recorded once.
    """

    entered: Mapping[str, Any] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""
    key: str = field(default_factory=_new_key)

    def value(self, name: str, otherwise: str = "") -> str:
        """What stands in an input."""
        return str(self.entered.get(name, otherwise))

    def has(self, name: str, choice: str) -> bool:
        """Whether a choice of a list of choices is made."""
        entered = self.entered.get(name, ())
        return choice in ([entered] if isinstance(entered, str) else entered)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownOnce:
    """A page with a secret: the answer of the form itself, never kept.

    Attributes:
        page: the page, as HTML.
        then: where the same form leads if it is sent again.
    """

    page: str
    then: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SentForm:
    """A form as it came in.

    Attributes:
        schema: its shape.
        entered: what was sent, by input, without the hidden ones.
        key: its idempotency key, None if it was left out.
    """

    schema: Schema
    entered: Mapping[str, Any]
    key: str | None

    @property
    def secrets(self) -> frozenset[str]:
        """Inputs that are never shown again and never part of what is kept."""
        declared = self.schema.fields.items()
        return frozenset(name for name, each in declared if isinstance(each, Secret))

    def again(self, problem: Mapping[str, Any]) -> Form:
        """Give the form back to the person who filled it in, with what is wrong."""
        faults = {fault["field"]: fault["detail"] for fault in problem["faults"]}
        beside = {name: faults[name] for name in faults if name in self.schema.fields}
        elsewhere = [faults[name] for name in faults if name not in beside]
        above = " ".join(elsewhere) or (_MARKED if beside else problem["detail"])
        is_spent = problem["code"] == ErrorCode.IDEMPOTENCY_KEY_REUSED
        return Form(
            entered={n: v for n, v in self.entered.items() if n not in self.secrets},
            faults=beside,
            refusal=above,
            key=_new_key() if is_spent or self.key is None else self.key,
        )


def read_form(schema: Schema) -> SentForm:
    """Read the form that was sent, without the inputs that were left empty.

    Raises:
        InventoryError: MALFORMED_REQUEST when an input that takes one value has more.
        UnsupportedMediaType: the body is not declared as a form.
    """
    if request.mimetype != _FORM:
        raise UnsupportedMediaType
    entered: dict[str, Any] = {}
    for name, values in request.form.lists():
        given = [value for value in values if value]
        if isinstance(schema.fields.get(name), fields.List):
            entered[name] = given
        elif len(given) > 1:
            _refuse_twice(name)
        elif given:
            entered[name] = given[0]
    entered.pop(TOKEN_FIELD, None)
    return SentForm(schema=schema, key=entered.pop(KEY_FIELD, None), entered=entered)


def _refuse_twice(name: str) -> None:
    raise InventoryError(
        ErrorCode.MALFORMED_REQUEST,
        "This was sent twice in one form. Open the page again and fill it in anew.",
        field=name,
    )
