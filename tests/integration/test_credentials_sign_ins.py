"""Signed-in browsers: they end by themselves, by their owner, and at once."""

from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select, update

from inventory.credentials import factors, second_factors, sign_ins
from inventory.credentials.presented import Given
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.access import Alert
from inventory.models.credentials import SignIn
from inventory.models.people import Grant, Person
from tests.clinic import PASSWORD, PASSWORDS, Clinic
from tests.credentials import HOME, identifier_of, just_identified, resumed, signed_in


def _alerts(clinic: Clinic) -> list[Alert]:
    with clinic.database.reading() as db:
        return list(db.scalars(select(Alert)))


def _ended(clinic: Clinic) -> list[str | None]:
    with clinic.database.reading() as db:
        query = select(SignIn.ended_why).order_by(SignIn.created_at, SignIn.id)
        return list(db.scalars(query))


def test_a_sign_in_is_known_by_its_factors_and_itself(clinic: Clinic) -> None:
    found = resumed(clinic, signed_in(clinic, clinic.pharmacist, "password", "totp"))
    assert found is not None
    assert found.actor.id == clinic.pharmacist.id
    known_by = found.actor.known_by
    assert (known_by.factors, known_by.source, known_by.terminal) == (
        ("password", "totp"),
        found.sign_in_id,
        None,
    )
    assert (found.signed_at, found.wants_note) == (None, False)


def test_a_secret_that_is_nobodys_signs_nobody_in(clinic: Clinic) -> None:
    signed_in(clinic, clinic.pharmacist)
    assert resumed(clinic, "") is None
    assert resumed(clinic, "made up") is None


def test_a_sign_in_ends_after_a_quarter_of_an_hour_without_a_visit(
    clinic: Clinic,
) -> None:
    secret = signed_in(clinic, clinic.pharmacist)
    clinic.clock.advance(sign_ins.IDLE_MAX - timedelta(microseconds=1))
    assert resumed(clinic, secret)
    clinic.clock.advance(timedelta(microseconds=1))
    assert resumed(clinic, secret) is None


def test_a_sign_in_ends_after_twelve_hours_however_busy(clinic: Clinic) -> None:
    secret = signed_in(clinic, clinic.pharmacist)
    for _ in range(12 * 6 - 1):
        clinic.clock.advance(timedelta(minutes=10))
        found = resumed(clinic, secret)
        assert found is not None
        assert found.wants_note
        with clinic.database.transaction() as db:
            sign_ins.note_visit(db, secret, now=clinic.clock.now())
    clinic.clock.advance(timedelta(minutes=10))
    assert resumed(clinic, secret) is None


def test_an_ended_sign_in_does_not_come_back(clinic: Clinic) -> None:
    secret = signed_in(clinic, clinic.pharmacist)
    with clinic.database.transaction() as db:
        sign_ins.end(db, secret, now=clinic.clock.now())
    with clinic.database.transaction() as db:
        sign_ins.note_visit(db, secret, now=clinic.clock.now())
    assert resumed(clinic, secret) is None
    assert _ended(clinic) == ["signed_out"]


def test_a_disabled_person_is_out_at_the_next_request(clinic: Clinic) -> None:
    secret = signed_in(clinic, clinic.pharmacist)
    with clinic.database.transaction() as db:
        theirs = update(Person).where(Person.id == clinic.pharmacist.id)
        db.execute(theirs.values(disabled_at=clinic.clock.now()))
    assert resumed(clinic, secret) is None


def test_roles_are_those_of_this_request(clinic: Clinic) -> None:
    secret = signed_in(clinic, clinic.pharmacist)
    with clinic.database.transaction() as db:
        theirs = update(Grant).where(Grant.person_id == clinic.pharmacist.id)
        db.execute(theirs.values(ended_at=clinic.clock.now(), duty=None))
    found = resumed(clinic, secret)
    assert found is not None
    assert found.actor.roles == {}


def test_a_second_sign_in_ends_the_first_and_raises_an_alert(clinic: Clinic) -> None:
    first = signed_in(clinic, clinic.pharmacist)
    clinic.clock.advance(timedelta(minutes=14))
    second = signed_in(clinic, clinic.pharmacist)
    assert resumed(clinic, first) is None
    assert resumed(clinic, second)
    assert _ended(clinic) == ["replaced", None]
    (alert,) = _alerts(clinic)
    assert (alert.kind, alert.person_id, alert.registration_id) == (
        "overlapping_sign_in",
        clinic.pharmacist.id,
        clinic.registration_id,
    )


def test_a_forgotten_sign_in_that_is_idle_raises_no_alert(clinic: Clinic) -> None:
    signed_in(clinic, clinic.pharmacist)
    clinic.clock.advance(sign_ins.IDLE_MAX)
    assert resumed(clinic, signed_in(clinic, clinic.pharmacist))
    assert _alerts(clinic) == []


def test_other_peoples_sign_ins_are_left_alone(clinic: Clinic) -> None:
    secret = signed_in(clinic, clinic.colleague)
    signed_in(clinic, clinic.pharmacist)
    assert resumed(clinic, secret)


def _one_of_two(clinic: Clinic) -> str:
    """Sign the pharmacist in where two sign-ins at once are allowed."""
    with clinic.database.transaction() as db:
        return sign_ins.begin(
            db,
            clinic.pharmacist,
            ("password",),
            terminal_id=None,
            browser="",
            network=HOME,
            now=clinic.clock.now(),
            limit=2,
        )


def test_a_higher_limit_keeps_the_latest(clinic: Clinic) -> None:
    secrets = []
    for _ in range(3):
        secrets.append(_one_of_two(clinic))
        clinic.clock.advance(timedelta(minutes=1))
    assert [resumed(clinic, each) is None for each in secrets] == [True, False, False]


def test_a_revoked_sign_in_stops_at_the_next_request(clinic: Clinic) -> None:
    secret = signed_in(clinic, clinic.pharmacist)
    person_id, now = clinic.pharmacist.id, clinic.clock.now()
    with clinic.database.transaction() as db:
        (listed,) = sign_ins.list_active(db, person_id, now=now)
        assert (listed.browser, listed.network, listed.created_at) == (
            "Firefox",
            HOME,
            now,
        )
        sign_ins.revoke(db, person_id, listed.sign_in_id, by=person_id, now=now)
    assert resumed(clinic, secret) is None
    with clinic.database.transaction() as db:
        assert sign_ins.list_active(db, person_id, now=now) == []


@pytest.mark.parametrize("whose", ["colleague", "pharmacist"])
def test_only_ones_own_active_sign_in_can_be_revoked(
    clinic: Clinic, whose: str
) -> None:
    secret = signed_in(clinic, clinic.pharmacist)
    found = resumed(clinic, secret)
    assert found is not None
    other = getattr(clinic, whose).id
    with clinic.database.transaction() as db:
        if whose == "pharmacist":
            sign_ins.end(db, secret, now=clinic.clock.now())
        with pytest.raises(InventoryError) as caught:
            sign_ins.revoke(
                db, other, found.sign_in_id, by=other, now=clinic.clock.now()
            )
    assert caught.value.code is ErrorCode.NOT_FOUND


def test_the_first_signature_is_noted_once(clinic: Clinic) -> None:
    secret, first_at = signed_in(clinic, clinic.pharmacist), clinic.clock.now()
    for _ in range(2):
        found = resumed(clinic, secret)
        assert found is not None
        with clinic.database.transaction() as db:
            sign_ins.note_signed(db, found.sign_in_id, now=clinic.clock.now())
        clinic.clock.advance(timedelta(minutes=1))
    later = resumed(clinic, secret)
    assert later is not None
    assert later.signed_at == first_at


def test_a_changed_password_ends_all_sign_ins_but_the_one_that_asked(
    clinic: Clinic,
) -> None:
    here = signed_in(clinic, clinic.pharmacist)
    found = resumed(clinic, here)
    assert found is not None
    elsewhere = _one_of_two(clinic)
    password = PASSWORDS.prepare(
        "four unrelated words here", beside_second_factor=False, context=()
    )
    with clinic.database.transaction() as db:
        factors.change_password(
            db,
            just_identified(clinic, clinic.pharmacist),
            password,
            sign_in_id=found.sign_in_id,
            clock=clinic.clock,
        )
    assert resumed(clinic, here)
    assert resumed(clinic, elsewhere) is None


def test_a_new_second_factor_ends_all_sign_ins_but_the_one_that_asked(
    clinic: Clinic,
) -> None:
    means, person = identifier_of(clinic), clinic.pharmacist
    here, elsewhere = (_one_of_two(clinic) for _ in range(2))
    found = resumed(clinic, here)
    assert found is not None
    given = Given(password=PASSWORD)
    by = means.confirm(found.actor, given, found)
    enrolment = second_factors.enrol_authenticator(means, person, "phone")
    code = pyotp.TOTP(enrolment.secret).at(clinic.clock.now())
    assert resumed(clinic, elsewhere)
    with clinic.database.transaction() as db:
        second_factors.add_authenticator(db, means, by, enrolment.device_id, code)
    assert resumed(clinic, here)
    assert resumed(clinic, elsewhere) is None


def test_all_sign_ins_of_a_person_can_be_ended_at_once(clinic: Clinic) -> None:
    secret = signed_in(clinic, clinic.pharmacist)
    others = signed_in(clinic, clinic.colleague)
    with clinic.database.transaction() as db:
        now = clinic.clock.now()
        assert sign_ins.end_all(db, clinic.pharmacist.id, why="disabled", now=now) == 1
    assert resumed(clinic, secret) is None
    assert resumed(clinic, others)
