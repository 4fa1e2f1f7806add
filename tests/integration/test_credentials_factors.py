"""People change their own credentials; every change stands in their books."""

import json
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from sqlalchemy import select

from inventory.credentials import factors, second_factors
from inventory.credentials.factors import OwnFactors
from inventory.credentials.passwords import NewPassword
from inventory.credentials.sealing import Sealing, SecretKeyChangedError
from inventory.db import Database
from inventory.journal import book
from inventory.kernel.actors import Actor
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.kernel.identifiers import new_id
from inventory.models.base import Base
from inventory.models.credentials import TotpDevice
from inventory.models.people import Grant, Membership
from tests.authenticator import PARTY, SoftwarePasskey
from tests.clinic import PASSWORD, PASSWORDS, Clinic
from tests.credentials import (
    STEP,
    add_authenticator,
    identifier_of,
    just_identified,
    make_recovery_codes,
    presented,
    signed_in,
)

NEW = "four unrelated words here"
SHORT = "gh7K2mPq"


def _password(password: str = NEW) -> NewPassword:
    return PASSWORDS.prepare(
        password, beside_second_factor=len(password) < 15, context=()
    )


def _change(clinic: Clinic, person: Actor, password: NewPassword) -> None:
    with clinic.database.transaction() as db:
        by = just_identified(clinic, person)
        factors.change_password(db, by, password, sign_in_id=None, clock=clinic.clock)


def _own(clinic: Clinic, person: Actor) -> OwnFactors:
    with clinic.database.reading() as db:
        return factors.list_factors(db, person.id)


def _add_passkey(clinic: Clinic, person: Actor) -> None:
    means = identifier_of(clinic)
    answer = SoftwarePasskey().create(
        second_factors.begin_passkey(means, person, PARTY)
    )
    with clinic.database.transaction() as db:
        by = just_identified(clinic, person)
        second_factors.add_passkey(db, means, by, answer, label="key")


def _remove_authenticator(clinic: Clinic, person: Actor, device_id: str) -> None:
    with clinic.database.transaction() as db:
        by = just_identified(clinic, person)
        second_factors.remove_authenticator(db, by, device_id, clock=clinic.clock)


def _told(clinic: Clinic, registration_id: str | None = None) -> list[dict[str, Any]]:
    with clinic.database.reading() as db:
        here = registration_id or clinic.registration_id
        return [json.loads(event.body) for event in book.read(db, here)]


def test_each_change_stands_in_the_book_without_secrets(clinic: Clinic) -> None:
    person = clinic.pharmacist
    app = add_authenticator(clinic, person, "blue phone")
    codes = make_recovery_codes(clinic, person)
    _change(clinic, person, _password())
    _remove_authenticator(clinic, person, _own(clinic, person).authenticators[0].id)
    told = _told(clinic)
    assert [entry["data"] for entry in told] == [
        {"what": "authenticator_added", "label": "blue phone"},
        {"what": "recovery_codes_made"},
        {"what": "password_set"},
        {"what": "authenticator_removed", "label": "blue phone"},
    ]
    for entry in told:
        assert (entry["tag"], entry["subject"]) == ("credential:changed", person.id)
        assert (entry["actor"]["id"], entry["actor"]["factors"]) == (
            person.id,
            ["password"],
        )
        for secret in (app.secret, codes[0], NEW):
            assert secret not in json.dumps(entry)


def test_a_change_stands_in_every_book_where_the_person_works(clinic: Clinic) -> None:
    person = clinic.pharmacist
    with clinic.database.transaction() as db:
        of = {"person_id": person.id, "registration_id": clinic.elsewhere_id}
        db.add(Membership(**of, duty="records"))
        db.flush()
        db.add(
            Grant(
                **of,
                id=new_id("grt", clinic.clock.now()),
                role="clinician",
                duty="records",
                granted_at=clinic.clock.now(),
                granted_by="per_setup",
            )
        )
    _change(clinic, person, _password())
    for here in (clinic.registration_id, clinic.elsewhere_id):
        assert [entry["data"] for entry in _told(clinic, here)] == [
            {"what": "password_set"}
        ]


def test_a_changed_password_is_the_only_one(clinic: Clinic) -> None:
    clinic.clock.advance(timedelta(days=1))
    _change(clinic, clinic.pharmacist, _password())
    identifier = identifier_of(clinic)
    identifier.identify(presented("pat", password=NEW))
    with pytest.raises(InventoryError):
        identifier.identify(presented("pat"))
    assert _own(clinic, clinic.pharmacist).password_set_at == clinic.clock.now()


def test_a_short_password_stands_only_beside_a_second_factor(clinic: Clinic) -> None:
    with pytest.raises(InventoryError) as caught:
        _change(clinic, clinic.pharmacist, _password(SHORT))
    assert (caught.value.code, caught.value.field) == (
        ErrorCode.INVALID_FIELD,
        "password",
    )
    add_authenticator(clinic, clinic.pharmacist)
    _change(clinic, clinic.pharmacist, _password(SHORT))


def test_the_last_second_factor_beside_a_short_password_stays(clinic: Clinic) -> None:
    person = clinic.pharmacist
    add_authenticator(clinic, person)
    _change(clinic, person, _password(SHORT))
    _add_passkey(clinic, person)
    _remove_authenticator(clinic, person, _own(clinic, person).authenticators[0].id)
    passkey_id = _own(clinic, person).passkeys[0].id
    by = just_identified(clinic, person)
    with pytest.raises(InventoryError) as caught, clinic.database.transaction() as db:
        second_factors.remove_passkey(db, by, passkey_id, clock=clinic.clock)
    assert caught.value.code is ErrorCode.INVALID_FIELD
    assert [each.id for each in _own(clinic, person).passkeys] == [passkey_id]


def test_an_authenticator_counts_from_its_first_code_on(clinic: Clinic) -> None:
    person, means = clinic.pharmacist, identifier_of(clinic)
    enrolment = second_factors.enrol_authenticator(means, person, "phone")
    assert means.identify(presented("pat")).factors == ("password",)
    assert not _own(clinic, person).has_second
    app = pyotp.parse_uri(enrolment.uri)
    assert isinstance(app, pyotp.TOTP)
    assert (app.name, app.issuer, app.secret) == (
        "pat",
        "Countersign",
        enrolment.secret,
    )
    code = app.at(clinic.clock.now())
    with clinic.database.transaction() as db:
        by = just_identified(clinic, person)
        second_factors.add_authenticator(db, means, by, enrolment.device_id, code)
    (own,) = _own(clinic, person).authenticators
    assert (own.label, own.last_used_at) == ("phone", clinic.clock.now())
    with pytest.raises(InventoryError):
        means.identify(presented("pat", code=code))


@pytest.mark.parametrize("code", ["", "000000", "12345", "1234567", "abcdef", "١٢٣٤٥٦"])
def test_a_wrong_first_code_confirms_nothing(clinic: Clinic, code: str) -> None:
    person, means = clinic.pharmacist, identifier_of(clinic)
    enrolment = second_factors.enrol_authenticator(means, person, "phone")
    by = just_identified(clinic, person)
    with pytest.raises(InventoryError) as caught, clinic.database.transaction() as db:
        second_factors.add_authenticator(db, means, by, enrolment.device_id, code)
    assert (caught.value.code, caught.value.field) == (ErrorCode.INVALID_FIELD, "code")
    assert not _own(clinic, person).has_second


def test_nobody_confirms_or_removes_the_authenticator_of_another(
    clinic: Clinic,
) -> None:
    means = identifier_of(clinic)
    enrolment = second_factors.enrol_authenticator(means, clinic.pharmacist, "phone")
    code = pyotp.TOTP(enrolment.secret).at(clinic.clock.now())
    by = just_identified(clinic, clinic.colleague)
    with pytest.raises(InventoryError) as caught, clinic.database.transaction() as db:
        second_factors.add_authenticator(db, means, by, enrolment.device_id, code)
    assert caught.value.code is ErrorCode.NOT_FOUND
    add_authenticator(clinic, clinic.pharmacist)
    theirs = _own(clinic, clinic.pharmacist).authenticators[0].id
    with pytest.raises(InventoryError) as caught:
        _remove_authenticator(clinic, clinic.colleague, theirs)
    assert caught.value.code is ErrorCode.NOT_FOUND
    with pytest.raises(InventoryError) as caught, clinic.database.transaction() as db:
        second_factors.remove_passkey(db, by, theirs, clock=clinic.clock)
    assert caught.value.code is ErrorCode.NOT_FOUND


def test_recovery_codes_are_ten_long_and_replaced_as_a_set(clinic: Clinic) -> None:
    person = clinic.pharmacist
    add_authenticator(clinic, person)
    first = make_recovery_codes(clinic, person)
    assert len(set(first)) == 10
    assert {(len(code), code.count("-")) for code in first} == {(29, 5)}
    second = make_recovery_codes(clinic, person)
    assert _own(clinic, person).recovery_codes_left == 10
    identifier = identifier_of(clinic)
    with pytest.raises(InventoryError):
        identifier.identify(presented("pat", code=first[0]))
    identifier.identify(presented("pat", code=second[0]))
    assert _own(clinic, person).recovery_codes_left == 9


def test_without_a_second_factor_there_are_no_recovery_codes(clinic: Clinic) -> None:
    with pytest.raises(InventoryError) as caught:
        make_recovery_codes(clinic, clinic.pharmacist)
    assert caught.value.code is ErrorCode.INVALID_FIELD


def test_a_reset_leaves_nothing_to_prove_oneself_with(clinic: Clinic) -> None:
    person = clinic.pharmacist
    add_authenticator(clinic, person)
    _add_passkey(clinic, person)
    make_recovery_codes(clinic, person)
    with clinic.database.transaction() as db:
        factors.reset(db, person.id, now=clinic.clock.now())
    assert _own(clinic, person) == OwnFactors(
        password_set_at=None, authenticators=(), passkeys=(), recovery_codes_left=0
    )
    assert _own(clinic, clinic.colleague).password_set_at


def test_under_another_secret_key_no_code_is_guessed_at(clinic: Clinic) -> None:
    app = add_authenticator(clinic, clinic.pharmacist)
    identifier = identifier_of(clinic)
    other = type(identifier)(
        identifier.database, identifier.passwords, Sealing("x" * 32), identifier.clock
    )
    with pytest.raises(SecretKeyChangedError, match="COUNTERSIGN_SECRET_KEY"):
        other.identify(presented("pat", code=app.at(clinic.clock.now())))


def test_a_sealed_secret_does_not_open_at_another_persons_place(
    clinic: Clinic,
) -> None:
    add_authenticator(clinic, clinic.pharmacist)
    app = add_authenticator(clinic, clinic.colleague)
    with clinic.database.transaction() as db:
        mine, theirs = db.scalars(select(TotpDevice).order_by(TotpDevice.id))
        mine.sealed_secret, theirs.sealed_secret = (
            theirs.sealed_secret,
            mine.sealed_secret,
        )
    with pytest.raises(SecretKeyChangedError):
        identifier_of(clinic).identify(
            presented("pat", code=app.at(clinic.clock.now()))
        )


def test_no_secret_is_readable_in_any_table(clinic: Clinic) -> None:
    person, means = clinic.pharmacist, identifier_of(clinic)
    app = add_authenticator(clinic, person)
    codes = make_recovery_codes(clinic, person)
    _change(clinic, person, _password())
    cookie = signed_in(clinic, person)
    _add_passkey(clinic, person)
    question = means.begin_passkey(PARTY)
    clinic.clock.advance(STEP)
    means.identify(presented("pat", password=NEW, code=codes[0]))
    planted = (
        PASSWORD,
        NEW,
        app.secret,
        codes[0],
        codes[0].replace("-", ""),
        cookie,
        question.challenge_id,
        means.sealing.secret_key,
    )
    kept = _everything(clinic.database)
    assert len(kept) > 1000
    assert [secret for secret in planted if secret in kept] == []


def _everything(database: Database) -> str:
    """Give all columns of all rows of all tables as one text."""
    with database.reading() as db:
        rows = [
            [
                value.decode("latin-1") if isinstance(value, bytes) else value
                for value in row
            ]
            for table in Base.metadata.sorted_tables
            for row in db.execute(select(table))
        ]
    return str(rows)
