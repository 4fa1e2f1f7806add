"""A ledger names every signature: who, when with its zone, meaning what, with what."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from inventory.journal.signed import read_signatures
from inventory.kernel.actors import Identification
from tests.clinic import Clinic
from tests.reports import samples
from tests.reports.ward import Ward

AUTHOR = {"name": "Cleo", "meaning": "authorship", "factors": ["password", "totp"]}
WITNESS = {
    "name": "Wim",
    "meaning": "witness",
    "factors": ["passkey"],
    "proven_at": "2026-11-02T14:01:00.000000Z",
}


@pytest.fixture
def signing_ward(clinic: Clinic) -> Ward:
    """A clinic whose clinician gave a password and a code."""
    known_by = Identification(factors=("password", "totp"))
    return Ward(replace(clinic, clinician=replace(clinic.clinician, known_by=known_by)))


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_the_ledger_prints_each_signature_once(signing_ward: Ward) -> None:
    product_id = signing_ward.work().lines[0].product_id
    text = " ".join(samples.pages_of(signing_ward.print_ledger(product_id)))
    signatures = text.partition("Position Printed name Meaning Signed With")[2]
    at = "2026-11-02T09:00:00-05:00"
    author = f"Cleo Clinician authorship {at} password, authenticator"
    assert signatures.count(author) == 3  # draw, administration, waste
    assert signatures.count(f"Wim Witness witness {at} password") == 1
    assert "Pat Pharmacist authorship" not in signatures  # gave no credential


def test_signatures_are_read_in_order_the_authors_first() -> None:
    second = WITNESS | {"name": "Pat"}
    body = {
        "recorded_at": "2026-11-02T14:02:00.000000Z",
        "actor": AUTHOR,
        "witness": WITNESS,
        "second_witness": second,
    }
    read = read_signatures(body)
    assert [(each.name, each.meaning) for each in read] == [
        ("Cleo", "authorship"),
        ("Wim", "witness"),
        ("Pat", "witness"),
    ]
    assert read[0].signed_at == datetime(2026, 11, 2, 14, 2, tzinfo=UTC)
    assert read[1].signed_at == datetime(2026, 11, 2, 14, 1, tzinfo=UTC)
    assert read[1].factors == ("passkey",)


@pytest.mark.parametrize(
    "actor",
    [{"name": "Nightly job", "meaning": "authorship", "factors": []}, {"name": "Old"}],
)
def test_an_entry_that_nobody_proved_anything_for_has_no_signature(
    actor: dict[str, object],
) -> None:
    body = {
        "recorded_at": "2026-11-02T14:02:00.000000Z",
        "actor": actor,
        "witness": None,
    }
    assert read_signatures(body) == ()
