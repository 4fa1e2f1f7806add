"""What every answer is held to, beside the checks of schemathesis itself."""

from typing import Any

import schemathesis
from schemathesis import Case, CheckContext, Response
from schemathesis.core.failures import Failure
from schemathesis.openapi.checks import EnsureResourceAvailability
from schemathesis.specs.openapi.checks import ignored_auth, object_level_authorization

from inventory.web import headers

# A request within one process has no sockets that these could be settings of; the
# checks that send a request once more do not know that.
_OF_SOCKETS = ("max_redirects", "verify", "cert", "proxies")
# What any answer of ours has, and what HTTP itself puts there.
_OF_EVERY_ANSWER = {name.lower() for name in headers._HEADERS} | {
    "allow",
    "cache-control",
    "content-length",
    "content-type",
    "strict-transport-security",
}
_REFUSED_FORM = "see fields. Nothing was recorded."
# Rules between two fields, which JSON Schema has no words for.
_BETWEEN_FIELDS = ("A ledger is printed for ",)


@schemathesis.check
def access_is_enforced(ctx: CheckContext, response: Response, case: Case[Any]) -> None:
    """No token, a wrong one, a stranger's: two checks of schemathesis."""
    settings = ctx.internals.transport_kwargs or {}
    for name in _OF_SOCKETS:
        settings.pop(name, None)
    ignored_auth(ctx, response, case)
    object_level_authorization(ctx, response, case)


@schemathesis.check
def no_described_form_is_refused(
    ctx: CheckContext,  # noqa: ARG001 - schemathesis's signature
    response: Response,
    case: Case[Any],
) -> None:
    """A request that fits the description is well formed.

    A rule that needs the books or a calculation may refuse it all the same.
    """
    if case.meta is None or case.meta.generation.mode.is_negative:
        return
    assert response.status_code != 400, response.text
    if response.status_code == 422:
        shown = response.json()
        single = [
            fault
            for fault in shown["fields"]
            if not fault["detail"].startswith(_BETWEEN_FIELDS)
        ]
        assert not (single and shown["detail"].endswith(_REFUSED_FORM)), response.text


@schemathesis.check
def no_header_is_undescribed(
    ctx: CheckContext,  # noqa: ARG001 - schemathesis's signature
    response: Response,
    case: Case[Any],
) -> None:
    """An answer has no header of ours that the description does not name."""
    if case.method != case.operation.method.upper():
        return  # refused by HTTP, as of a method that is not there
    described = _described(case, response.status_code).get("headers", {})
    known = _OF_EVERY_ANSWER | {name.lower() for name in described}
    assert not set(response.headers) - known


def misses_something_else(
    failure: Failure, case: Case[Any], response: Response
) -> bool:
    """Whether a 404 after an entry is about another thing, which the body names."""
    if not isinstance(failure, EnsureResourceAvailability):
        return False
    faults = {fault["field"] for fault in response.json()["fields"]}
    return bool(faults - case.path_parameters.keys())


def _described(case: Case[Any], status: int) -> dict[str, Any]:
    described: dict[str, Any] = case.operation.definition.raw["responses"]
    answer: dict[str, Any] = described.get(str(status), {})
    if "$ref" in answer:
        name = answer["$ref"].rpartition("/")[2]
        root: dict[str, Any] = case.operation.schema.raw_schema
        answer = root["components"]["responses"][name]
    return answer


OURS = (access_is_enforced, no_described_form_is_refused, no_header_is_undescribed)
