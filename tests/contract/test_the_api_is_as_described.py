"""schemathesis asks all that the OpenAPI description allows, and what it forbids.

Requests are made from the description alone: what fits it, what just does not, other
methods, missing headers, no token, a wrong one, a stranger's. Every answer must be one
that the description names. What is asked about is there (`furnished`, `real_names`).

The ordinary run takes a minute at most. COUNTERSIGN_CONTRACT_EXAMPLES is how many
requests are made up for each operation, COUNTERSIGN_CONTRACT_SEED makes up others:

    COUNTERSIGN_CONTRACT_EXAMPLES=30 ./run test tests/contract     # two minutes
    COUNTERSIGN_CONTRACT_EXAMPLES=400 ./run test tests/contract    # twenty
"""

from pathlib import Path

import pytest

from tests.contract.campaign import FUZZING, IN_SEQUENCE, Campaign, load
from tests.contract.findings import Findings
from tests.contract.furnished import Names
from tests.contract.identities import STRANGER
from tests.faults.recipes import RECIPES
from tests.http.api_client import ApiClient
from tests.steps import Steps

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)

# Fewer operations that did what they are for would be a test of refusals. Entries made
# up at random seldom fit the books; each is made once as it should be, from a recipe.
READS_THAT_ANSWER = 0.95
ENTRIES_THAT_ANSWER = 0.4
OF_A_BOOK = "/api/v1/registrations/{registration_id}"


def _require(findings: Findings, *, share: float = 0) -> None:
    assert not findings.faults, findings.told()
    unanswered = sorted(set(findings.statuses) - findings.answered)
    assert len(findings.answered) >= share * len(findings.statuses), unanswered


def test_every_entry_is_answered_as_described(client: ApiClient) -> None:
    schema = load(client.app)
    ward = Steps(client.clinic)
    client.token(client.clinic.job)  # for the recipe that revokes it
    for rule, recipe in RECIPES.items():
        asked = recipe(ward)
        case = schema[_template(rule)]["POST"].Case(
            path_parameters={
                "registration_id": client.clinic.registration_id,
                **asked.path,
            },
            body=dict(asked.body),
            media_type="application/json",
        )
        answer = case.call_and_validate(headers=client.headers(by=asked.by))
        assert answer.status_code == 201, (rule, answer.text)


def _template(rule: str) -> str:
    return rule.replace("<", "{").replace(">", "}")


def test_reads_are_as_described(
    client: ApiClient, names: Names, tmp_path: Path
) -> None:
    findings = Campaign(client, names, tmp_path, method="GET").run()
    _require(findings, share=READS_THAT_ANSWER)


def test_entries_are_as_described(
    client: ApiClient, names: Names, tmp_path: Path
) -> None:
    findings = Campaign(client, names, tmp_path, method="POST").run()
    _require(findings, share=ENTRIES_THAT_ANSWER)


def test_what_follows_an_entry_is_as_described(
    client: ApiClient, names: Names, tmp_path: Path
) -> None:
    findings = Campaign(client, names, tmp_path, phases=IN_SEQUENCE).run()
    _require(findings)
    assert findings.answered


def test_a_stranger_is_told_of_no_book(
    client: ApiClient, names: Names, tmp_path: Path
) -> None:
    campaign = Campaign(
        client, names, tmp_path, method="GET", phases=FUZZING, asker=STRANGER
    )
    findings = campaign.run()
    _require(findings)
    assert findings.answered
    told = {
        status
        for operation, statuses in findings.statuses.items()
        if OF_A_BOOK in operation
        for status in statuses
    }
    assert 404 in told
    assert told <= {400, 401, 404}
