"""The description tells the whole API, and nothing that is not there."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from inventory.kernel.errors import ErrorCode
from inventory.web.statuses import STATUS

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)

PROBLEM = "application/problem+json"


@pytest.fixture
def description(app: Flask) -> Any:
    """The description as anyone may fetch it, without a token."""
    answer = app.test_client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    return json.loads(answer.data)


def operations(description: Any) -> Iterator[tuple[str, str, Any]]:
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            if method != "parameters":
                yield path, method, operation


def test_it_is_openapi_3_1_with_bearer_tokens(description: Any) -> None:
    assert description["openapi"] == "3.1.0"
    scheme = description["components"]["securitySchemes"]["bearer_token"]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")


def test_every_address_of_the_api_is_described(app: Flask, description: Any) -> None:
    described = {path for path, _, _ in operations(description)}
    served = {
        rule.rule.replace("<path:", "<").replace("<", "{").replace(">", "}")
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/") and not rule.rule.endswith("openapi.json")
    }
    assert described == served


def test_every_operation_has_a_name_of_its_own_and_a_summary(description: Any) -> None:
    names = [operation["operationId"] for _, _, operation in operations(description)]
    assert len(names) == len(set(names))
    for _, _, operation in operations(description):
        assert operation["summary"].endswith(".")


def test_every_operation_needs_a_token_and_describes_its_refusals(
    description: Any,
) -> None:
    refusals = {str(status) for status in STATUS.values()}
    written = refusals | {"201", "415"}
    read = (refusals - {"413"}) | {"200"}
    for _, method, operation in operations(description):
        assert operation["security"] == [{"bearer_token": []}]
        expected = written if method == "post" else read
        assert set(operation["responses"]) == expected


def test_every_entry_asks_for_its_key(description: Any) -> None:
    for _, method, operation in operations(description):
        names = [
            one["name"] for one in operation["parameters"] if one["in"] == "header"
        ]
        assert names == (["Idempotency-Key"] if method == "post" else [])


def test_a_problem_lists_every_code(description: Any) -> None:
    response = description["components"]["responses"]["Refusal409"]
    assert PROBLEM in response["content"]
    problem = description["components"]["schemas"]["web.ProblemView"]
    assert problem["properties"]["code"]["enum"] == [code.value for code in ErrorCode]


def test_no_reference_leads_nowhere(description: Any) -> None:
    for reference in _references(description):
        target = description
        for step in reference.removeprefix("#/").split("/"):
            target = target[step]


def test_no_shape_is_described_that_nothing_refers_to(description: Any) -> None:
    shapes = description["components"]["schemas"]
    described = {f"#/components/schemas/{name}" for name in shapes}
    assert described <= set(_references(description))


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for child in node.values():
            yield from _references(child)
    elif isinstance(node, list):
        for child in node:
            yield from _references(child)
