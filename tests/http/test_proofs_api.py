"""Anyone who reads the books can carry away the proof of an entry."""

import pytest

from inventory.journal import tree
from inventory.journal.notes import Checkpoint
from inventory.journal.written_proofs import WrittenProof
from tests.clinic import Clinic
from tests.http.api_client import ApiClient
from tests.reports.ward import Ward


@pytest.fixture
def ward(clinic: Clinic) -> Ward:
    """A clinic at work."""
    return Ward(clinic)


def _path(client: ApiClient, event_id: str) -> str:
    return f"{client.books}/events/{event_id}/proof"


def test_a_program_gets_the_proof_of_an_entry(client: ApiClient, ward: Ward) -> None:
    receipt = ward.receive(2).recorded
    ward.receive(1)
    answer = client.get(_path(client, receipt.event_id), by=client.clinic.officer)
    assert answer.status_code == 200
    assert answer.content_type == "text/plain; charset=utf-8"
    given = answer.headers["Content-Disposition"]
    name = receipt.event_id.replace("_", "-")
    assert given == f"attachment; filename={name}.tlog-proof"
    proof = WrittenProof.read(answer.text)
    assert proof.index == receipt.position - 1
    assert proof.entry is not None
    assert receipt.event_id.encode() in proof.entry
    stated = Checkpoint.claimed_by(proof.note)
    leaf = tree.leaf_hash(proof.entry)
    root = tree.root_from_inclusion(proof.index, stated.size, leaf, proof.hashes)
    assert root == stated.root
    assert stated.size == client.events()


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
class TestRefusals:
    def test_an_entry_of_another_book_is_not_found(
        self, client: ApiClient, ward: Ward
    ) -> None:
        here, elsewhere = client.clinic.registration_id, client.clinic.elsewhere_id
        path = _path(client, ward.receive(1).recorded.event_id)
        for asked in (path, path.replace(here, elsewhere)):
            answer = client.get(asked, by=client.clinic.stranger)
            assert (answer.status_code, answer.json["code"]) == (404, "not_found")
        answer = client.get(_path(client, "evt_1"))
        assert (answer.status_code, answer.json["code"]) == (404, "not_found")

    def test_who_may_not_read_the_books_gets_no_proof(
        self, client: ApiClient, ward: Ward
    ) -> None:
        path = _path(client, ward.receive(1).recorded.event_id)
        assert client.get(path, by=client.clinic.administrator).status_code == 403

    def test_during_a_count_no_entry_is_shown(
        self, client: ApiClient, ward: Ward
    ) -> None:
        path = _path(client, ward.receive(1).recorded.event_id)
        ward.steps.start_count()
        answer = client.get(path)
        assert (answer.status_code, answer.json["code"]) == (409, "count_under_way")
