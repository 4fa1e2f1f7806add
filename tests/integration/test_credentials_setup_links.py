"""Set-up links: for one person, one use, one day; nobody else learns a password."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from inventory.credentials import factors, second_factors, setup_links
from inventory.credentials.passwords import NewPassword
from inventory.credentials.setup_links import LinkIssued
from inventory.journal import book
from inventory.kernel.actors import Actor
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.credentials import SetupLink
from inventory.models.people import Grant, Person
from tests.clinic import PASSWORDS, Clinic
from tests.credentials import (
    STEP,
    add_authenticator,
    identifier_of,
    make_recovery_codes,
    presented,
    resumed,
    signed_in,
)

NEW = "four unrelated words here"
SHORT = "gh7K2mPq"


def _password(password: str = NEW) -> NewPassword:
    return PASSWORDS.prepare(
        password, beside_second_factor=len(password) < 15, context=()
    )


def _reset(clinic: Clinic, person: Actor) -> LinkIssued:
    with clinic.database.transaction() as db:
        factors.reset(db, person.id, now=clinic.clock.now())
        return _issue(clinic, db, person)


def _issue(clinic: Clinic, db: Session, person: Actor) -> LinkIssued:
    return setup_links.issue(
        db,
        person.id,
        clinic.registration_id,
        purpose="reset",
        created_by=clinic.administrator.id,
        approved_by=clinic.officer.id,
        now=clinic.clock.now(),
    )


def _complete(clinic: Clinic, secret: str, password: NewPassword | None = None) -> None:
    with clinic.database.transaction() as db:
        setup_links.complete(db, secret, password or _password(), clock=clinic.clock)


def _refusal(
    clinic: Clinic, secret: str, password: NewPassword | None = None
) -> InventoryError:
    with pytest.raises(InventoryError) as caught:
        _complete(clinic, secret, password)
    return caught.value


def test_a_reset_takes_everything_and_a_link_gives_a_new_password(
    clinic: Clinic,
) -> None:
    app = add_authenticator(clinic, clinic.pharmacist)
    code = make_recovery_codes(clinic, clinic.pharmacist)[0]
    browser = signed_in(clinic, clinic.pharmacist)
    link = _reset(clinic, clinic.pharmacist)
    assert resumed(clinic, browser) is None
    identifier = identifier_of(clinic)
    for given in (None, app.at(clinic.clock.now()), code):
        with pytest.raises(InventoryError):
            identifier.identify(presented("pat", code=given))
    _complete(clinic, link.secret)
    found = identifier.identify(presented("pat", password=NEW))
    assert found.factors == ("password",)


def test_the_person_signs_for_the_new_password_in_their_books(clinic: Clinic) -> None:
    _complete(clinic, _reset(clinic, clinic.pharmacist).secret)
    with clinic.database.reading() as db:
        (event,) = book.read(db, clinic.registration_id)
        told = json.loads(event.body)
    assert (event.tag, told["data"]) == ("credential:changed", {"what": "password_set"})
    assert (event.actor_id, event.subject) == (clinic.pharmacist.id,) * 2
    assert told["actor"]["factors"] == ["setup_link"]


def test_somebody_without_a_role_yet_is_told_of_where_they_are_to_work(
    clinic: Clinic,
) -> None:
    with clinic.database.transaction() as db:
        theirs = update(Grant).where(Grant.person_id == clinic.stranger.id)
        db.execute(theirs.values(ended_at=clinic.clock.now(), duty=None))
    _complete(clinic, _reset(clinic, clinic.stranger).secret)
    with clinic.database.reading() as db:
        assert [event.tag for event in book.read(db, clinic.registration_id)] == [
            "credential:changed"
        ]
        assert list(book.read(db, clinic.elsewhere_id)) == []


def test_a_link_shows_for_whom_it_is(clinic: Clinic) -> None:
    link = _reset(clinic, clinic.pharmacist)
    with clinic.database.reading() as db:
        found = setup_links.look_up(db, link.secret, now=clinic.clock.now())
    assert found is not None
    assert (found.person_id, found.sign_in_name, found.name, found.purpose) == (
        clinic.pharmacist.id,
        "pat",
        "Pat Pharmacist",
        "reset",
    )
    assert link.secret not in repr(link)


def test_a_link_works_once(clinic: Clinic) -> None:
    link = _reset(clinic, clinic.pharmacist)
    _complete(clinic, link.secret)
    assert _refusal(clinic, link.secret).code is ErrorCode.NOT_FOUND


def test_of_two_at_once_one_uses_a_link(clinic: Clinic) -> None:
    link = _reset(clinic, clinic.pharmacist)

    def is_done(_turn: int) -> bool:
        try:
            _complete(clinic, link.secret)
        except InventoryError:
            return False
        return True

    with ThreadPoolExecutor(2) as callers:
        assert sorted(callers.map(is_done, range(2))) == [False, True]


def test_a_link_works_for_a_day(clinic: Clinic) -> None:
    link = _reset(clinic, clinic.pharmacist)
    clinic.clock.advance(timedelta(hours=24) - STEP)
    with clinic.database.reading() as db:
        assert setup_links.look_up(db, link.secret, now=clinic.clock.now())
    clinic.clock.advance(STEP)
    assert _refusal(clinic, link.secret).code is ErrorCode.NOT_FOUND


@pytest.mark.parametrize("secret", ["", "made up", "x" * 43])
def test_no_other_secret_is_a_link(clinic: Clinic, secret: str) -> None:
    _reset(clinic, clinic.pharmacist)
    assert _refusal(clinic, secret).code is ErrorCode.NOT_FOUND


def test_a_later_link_takes_the_place_of_an_earlier_one(clinic: Clinic) -> None:
    earlier = _reset(clinic, clinic.pharmacist)
    with clinic.database.transaction() as db:
        later = _issue(clinic, db, clinic.pharmacist)
    assert _refusal(clinic, earlier.secret).code is ErrorCode.NOT_FOUND
    _complete(clinic, later.secret)


def test_a_disabled_person_has_no_link(clinic: Clinic) -> None:
    link = _reset(clinic, clinic.pharmacist)
    with clinic.database.transaction() as db:
        theirs = update(Person).where(Person.id == clinic.pharmacist.id)
        db.execute(theirs.values(disabled_at=clinic.clock.now()))
    assert _refusal(clinic, link.secret).code is ErrorCode.NOT_FOUND


def test_whoever_has_a_password_gets_no_link(clinic: Clinic) -> None:
    with clinic.database.transaction() as db, pytest.raises(InventoryError) as caught:
        _issue(clinic, db, clinic.pharmacist)
    assert caught.value.code is ErrorCode.ALREADY_EXISTS


@pytest.mark.parametrize("who", ["job", "nobody"])
def test_there_is_no_link_for_a_job_or_nobody(clinic: Clinic, who: str) -> None:
    person = Actor(id="per_unknown", name="", initials="")
    if who == "job":
        person = clinic.job
    with clinic.database.transaction() as db, pytest.raises(InventoryError) as caught:
        _issue(clinic, db, person)
    assert caught.value.code is ErrorCode.NOT_FOUND


def test_a_short_password_needs_a_second_factor_in_the_same_flow(
    clinic: Clinic,
) -> None:
    link, means = _reset(clinic, clinic.pharmacist), identifier_of(clinic)
    short = _password(SHORT)
    assert _refusal(clinic, link.secret, short).field == "password"
    with clinic.database.reading() as db:
        owner = setup_links.as_owner(db, link.secret, clock=clinic.clock)
    enrolment = second_factors.enrol_authenticator(means, owner.actor, "phone")
    app = pyotp.TOTP(enrolment.secret)
    code = app.at(clinic.clock.now())
    with clinic.database.transaction() as db:
        by = setup_links.as_owner(db, link.secret, clock=clinic.clock)
        second_factors.add_authenticator(db, means, by, enrolment.device_id, code)
        setup_links.complete(db, link.secret, short, clock=clinic.clock)
    clinic.clock.advance(STEP)
    shown = presented("pat", password=SHORT, code=app.at(clinic.clock.now()))
    assert means.identify(shown).factors == ("password", "totp")


def test_a_used_link_has_no_owner(clinic: Clinic) -> None:
    link = _reset(clinic, clinic.pharmacist)
    _complete(clinic, link.secret)
    with clinic.database.reading() as db, pytest.raises(InventoryError) as caught:
        setup_links.as_owner(db, link.secret, clock=clinic.clock)
    assert caught.value.code is ErrorCode.NOT_FOUND


def test_a_link_is_kept_as_its_fingerprint_only(clinic: Clinic) -> None:
    link = _reset(clinic, clinic.pharmacist)
    with clinic.database.reading() as db:
        (row,) = db.scalars(select(SetupLink))
    assert link.secret not in str(vars(row))
    assert (row.created_by, row.approved_by) == (
        clinic.administrator.id,
        clinic.officer.id,
    )
