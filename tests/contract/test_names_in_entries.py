"""A name of another site inside an entry is answered as a name of nothing.

Addresses are walled by `tests/http/test_site_walls.py`; here it is what bodies name.
Apart from the request_id the answers are word for word the same: one that differed
would tell that there is such a thing.
"""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from inventory.web.endpoints import REGISTRATION_PREFIX
from tests.contract.furnished import KINDS, Names
from tests.faults.recipes import RECIPES
from tests.http.api_client import ApiClient
from tests.http.neighbours import next_door
from tests.http.walls import ABSENT

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("/access-requests", "person_id"),
        ("/counts", "location_id"),
        ("/counts/<count_id>/commit", "lot_id"),
        ("/initial-inventory", "location_id"),
        ("/receipts", "location_id"),
        ("/sessions", "clinician_id"),
        ("/sessions/<session_id>/draws", "container_id"),
    ],
)
def test_a_name_of_ours_in_an_entry_next_door_is_one_of_nothing(
    client: ApiClient, names: Names, address: str, field: str
) -> None:
    ward = next_door(client.clinic)
    if address != "/initial-inventory":
        ward.take_inventory()
    rule = f"{REGISTRATION_PREFIX}{address}"
    asked = RECIPES[rule](ward)
    named = {"registration_id": ward.clinic.registration_id, **asked.path}
    path = rule.replace("<", "{").replace(">", "}").format_map(named)
    body = {name: asked.body[name] for name in asked.body.keys() - {"witness"}}

    def told(name: str) -> tuple[int, Any]:
        answer = client.post(path, _naming(body, field, name), by=asked.by)
        shown = answer.json
        shown.pop("request_id", None)
        return answer.status_code, shown

    for name in names[KINDS[field]]:
        kind, _, _ = name.partition("_")
        status, shown = told(name)
        assert (status, shown) == told(f"{kind}_{ABSENT}")
        assert status in (404, 422)
        assert shown["fields"][0]["field"].endswith(field)


def _naming(body: Mapping[str, Any], field: str, name: str) -> Any:
    """Give an entry in which a field, wherever it stands, names something else."""

    def put(members: dict[str, Any]) -> dict[str, Any]:
        return members | {field: name} if field in members else members

    return json.loads(json.dumps(body), object_hook=put)
