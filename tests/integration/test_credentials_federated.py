"""Identities of an organisation's own sign-in: linked by the person, and by no name."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import update

from inventory.credentials.federated import link_federated, unlink_federated
from inventory.journal import book
from inventory.kernel.actors import Actor
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.people import Person
from tests.clinic import Clinic
from tests.credentials import identifier_of, just_identified

ISSUER = "https://sign-in.example"
SUBJECT = "4711"


def _link(clinic: Clinic, person: Actor, subject: str = SUBJECT) -> None:
    with clinic.database.transaction() as db:
        by = just_identified(clinic, person)
        link_federated(db, by, ISSUER, subject, clock=clinic.clock)


def _unlink(clinic: Clinic, person: Actor) -> None:
    with clinic.database.transaction() as db:
        by = just_identified(clinic, person)
        unlink_federated(db, by, ISSUER, SUBJECT, clock=clinic.clock)


def _refused(clinic: Clinic, issuer: str, subject: str) -> ErrorCode:
    with pytest.raises(InventoryError) as caught:
        identifier_of(clinic).identify_federated(issuer, subject, clinic.clock.now())
    return caught.value.code


def test_a_linked_identity_is_its_person(clinic: Clinic) -> None:
    _link(clinic, clinic.pharmacist)
    at = clinic.clock.now() - timedelta(seconds=20)
    found = identifier_of(clinic).identify_federated(ISSUER, SUBJECT, at)
    assert (found.actor.id, found.factors, found.at) == (
        clinic.pharmacist.id,
        ("oidc",),
        at,
    )
    with clinic.database.reading() as db:
        (event,) = book.read(db, clinic.registration_id)
    assert json.loads(event.body)["data"] == {
        "what": "identity_linked",
        "label": ISSUER,
    }


@pytest.mark.parametrize(
    ("issuer", "subject"), [(ISSUER, "4712"), ("https://other.example", SUBJECT)]
)
def test_an_identity_nobody_linked_is_nobody(
    clinic: Clinic, issuer: str, subject: str
) -> None:
    _link(clinic, clinic.pharmacist)
    assert _refused(clinic, issuer, subject) is ErrorCode.NOT_SIGNED_IN


def test_an_identity_belongs_to_one_person_for_ever(clinic: Clinic) -> None:
    _link(clinic, clinic.pharmacist)
    _unlink(clinic, clinic.pharmacist)
    with pytest.raises(InventoryError) as caught:
        _link(clinic, clinic.colleague)
    assert caught.value.code is ErrorCode.ALREADY_EXISTS


def test_an_unlinked_identity_is_nobody(clinic: Clinic) -> None:
    _link(clinic, clinic.pharmacist)
    with pytest.raises(InventoryError) as caught:
        _unlink(clinic, clinic.colleague)
    assert caught.value.code is ErrorCode.NOT_FOUND
    _unlink(clinic, clinic.pharmacist)
    assert _refused(clinic, ISSUER, SUBJECT) is ErrorCode.NOT_SIGNED_IN


def test_the_identity_of_a_disabled_person_is_nobody(clinic: Clinic) -> None:
    _link(clinic, clinic.pharmacist)
    with clinic.database.transaction() as db:
        theirs = update(Person).where(Person.id == clinic.pharmacist.id)
        db.execute(theirs.values(disabled_at=clinic.clock.now()))
    assert _refused(clinic, ISSUER, SUBJECT) is ErrorCode.NOT_SIGNED_IN
