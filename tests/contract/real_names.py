"""Puts what there is into generated requests, which cannot guess it.

Without the names every request would be about nothing; without plausible amounts and
times none would get past the first rule.
"""

import re
from collections.abc import Collection, Mapping
from itertools import count
from random import Random
from typing import Any

from schemathesis import BaseSchema, Case, HookContext
from schemathesis.core import NotSet
from schemathesis.core.parameters import ParameterLocation

from inventory.web.idempotency import HEADER
from tests.contract.furnished import KINDS, Names
from tests.steps.deliveries import KETAMINE_50, VIAL_SCAN

OFTEN, HALF = 0.8, 0.5
# Texts whose grammar the description does not tell, by field: right for the clinic.
PLAUSIBLE = {
    "amount": "0.01 mL",
    "code": KETAMINE_50,
    "expires_on": "2028-12-31",
    "first_day": "2026-10-01",
    "last_day": "2026-11-02",
    "lot": "ABC123",
    "occurred_at": "2026-11-02T13:59:00Z",
    "ordered_on": "2026-10-29",
    "patient_ref": "PT-20931-A",
    "received_at": "2026-11-02T13:30:00Z",
    "scan": VIAL_SCAN,
    "shipped_on": "2026-10-30",
    "supplier_dea_number": "PA1234563",
    "volume": "9 mL",
    "weight_kg": "71.3",
}
_NAMED = re.compile(r"(?P<kind>[a-z-]+)/\{(?P<name>\w+)\}")
_IDENTIFIER = re.compile(r"[a-z]{2,5}_[0-7][0-9A-HJKMNP-TV-Z]{25}")


class RealNames:
    """Sees every request before it is sent, and changes what the description allows."""

    def __init__(self, names: Names, *, kept: Collection[str]) -> None:
        """Take what there is.

        Args:
            names: of everything that may be put in.
            kept: tokens and people of those who ask; without them nothing follows.
        """
        self._names = names
        self._kept = frozenset(kept)
        self._random = Random(0)  # noqa: S311 - the same names in every run
        self._keys = count(1)

    def install(self, schema: BaseSchema) -> None:
        """Have a schema's requests shown."""

        @schema.hook
        def filter_case(context: HookContext, case: Case[Any]) -> bool:  # noqa: ARG001 - schemathesis's signature
            return self._harmless(case)

        @schema.hook
        def map_case(context: HookContext, case: Case[Any]) -> Case[Any]:  # noqa: ARG001 - as above
            return self._named(case)

    def _harmless(self, case: Case[Any]) -> bool:
        named = {str(value) for value in case.path_parameters.values()}
        return case.method == "GET" or self._kept.isdisjoint(named)

    def _named(self, case: Case[Any]) -> Case[Any]:
        if not _violates(case, ParameterLocation.PATH):
            kinds = {one["name"]: one["kind"] for one in _NAMED.finditer(case.path)}
            case.path_parameters = {
                name: self._real(kinds[name], value)
                for name, value in case.path_parameters.items()
            }
        if HEADER in case.headers and not _violates(case, ParameterLocation.HEADER):
            case.headers[HEADER] = f"key-{next(self._keys)}"
        if not isinstance(case.body, NotSet):
            fits = not _violates(case, ParameterLocation.BODY)
            plausible = PLAUSIBLE if fits and self._random.random() < HALF else {}
            case.body = self._within(case.body, plausible)
        return case

    def _real(self, kind: str, value: Any) -> Any:
        known = self._names.get(kind, ())
        if not known or value in known:
            return value
        if kind != "registrations" and self._random.random() > OFTEN:
            return value
        return self._random.choice(known)

    def _within(self, value: Any, plausible: Mapping[str, str], field: str = "") -> Any:
        match value:
            case dict():
                return {
                    name: self._within(item, plausible, name)
                    for name, item in value.items()
                }
            case list():
                return [self._within(item, plausible, field) for item in value]
            case float() if value.is_integer():
                # To JSON Schema 12.0 is an integer. The service takes plain digits: the
                # description says so in words, having no other way.
                return int(value)
            case str() if _IDENTIFIER.fullmatch(value):
                return self._real(KINDS.get(field, ""), value)
            case str():
                return plausible.get(field, value)
        return value


def _violates(case: Case[Any], location: ParameterLocation) -> bool:
    """Whether this part is meant not to fit the description."""
    return case.meta is not None and case.meta.is_negative_at(location)
