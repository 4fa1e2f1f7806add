"""Signatures by name, password and code: of a second person, and of an author."""

from datetime import timedelta

import pytest

from inventory.credentials import sign_ins
from inventory.credentials.identify import Identifier
from inventory.credentials.presented import Given
from inventory.credentials.sign_ins import SignedIn
from inventory.kernel.actors import Actor, Meaning
from inventory.kernel.errors import ErrorCode, InventoryError
from tests.authenticator import PARTY
from tests.clinic import PASSWORD, Clinic
from tests.credentials import (
    STEP,
    add_authenticator,
    identifier_of,
    presented,
    resumed,
    signed_in,
)

DIGEST = "ab" * 32
WRONG = "wrong horse battery staple"


def _sign_in(clinic: Clinic, person: Actor, *used: str) -> SignedIn:
    found = resumed(clinic, signed_in(clinic, person, *used))
    assert found is not None
    return found


def _refusal(identifier: Identifier, sign_in: SignedIn, given: Given) -> InventoryError:
    with pytest.raises(InventoryError) as caught:
        identifier.confirm(sign_in.actor, given, sign_in)
    return caught.value


def test_a_second_person_signs_with_all_components(clinic: Clinic) -> None:
    app = add_authenticator(clinic, clinic.colleague)
    shown = presented("wim", code=app.at(clinic.clock.now()))
    proof = identifier_of(clinic).prove(shown, DIGEST)
    assert (proof.person.id, proof.digest) == (clinic.colleague.id, DIGEST)
    assert proof.factors == ("password", "totp")
    assert (proof.meaning, proof.assertion) == (Meaning.WITNESS, None)
    assert proof.proven_at == clinic.clock.now()


@pytest.mark.parametrize(
    ("meaning", "code", "field"),
    [
        (Meaning.WITNESS, ErrorCode.WITNESS_NOT_PROVEN, "witness"),
        (Meaning.APPROVAL, ErrorCode.SIGNATURE_NOT_PROVEN, "signature"),
        (Meaning.REVIEW, ErrorCode.SIGNATURE_NOT_PROVEN, "signature"),
    ],
)
@pytest.mark.parametrize("wrong", ["name", "password", "code"])
def test_a_second_person_is_not_told_which_part_was_wrong(
    clinic: Clinic, meaning: Meaning, code: ErrorCode, field: str, wrong: str
) -> None:
    add_authenticator(clinic, clinic.colleague)
    shown = {
        "name": presented("nobody"),
        "password": presented("olga", password=WRONG),
        "code": presented("wim"),
    }[wrong]
    with pytest.raises(InventoryError) as caught:
        identifier_of(clinic).prove(shown, DIGEST, meaning=meaning)
    refusal = caught.value
    assert (refusal.code, refusal.field, refusal.data) == (code, field, {})
    assert refusal.__cause__ is None


def test_guessing_as_a_witness_is_counted_with_all_other_guessing(
    clinic: Clinic,
) -> None:
    identifier = identifier_of(clinic)
    sign_in = _sign_in(clinic, clinic.colleague)
    shown = presented("wim", password=WRONG)
    for guess in (
        lambda: identifier.identify(shown),
        lambda: identifier.prove(shown, DIGEST),
        lambda: identifier.confirm(sign_in.actor, Given(password=WRONG), sign_in),
        lambda: identifier.prove(shown, DIGEST, meaning=Meaning.APPROVAL),
        lambda: identifier.identify(shown),
    ):
        with pytest.raises(InventoryError):
            guess()
    with pytest.raises(InventoryError) as caught:
        identifier.prove(presented("wim"), DIGEST)
    assert caught.value.code is ErrorCode.TOO_MANY_ATTEMPTS
    too_soon = _refusal(identifier, sign_in, Given(password=PASSWORD))
    assert too_soon.code is ErrorCode.TOO_MANY_ATTEMPTS


def test_the_first_signature_needs_all_components_and_later_ones_one(
    clinic: Clinic,
) -> None:
    app = add_authenticator(clinic, clinic.pharmacist)
    secret = signed_in(clinic, clinic.pharmacist, "password", "totp")
    first = resumed(clinic, secret)
    assert first is not None
    identifier = identifier_of(clinic)
    code = app.at(clinic.clock.now())
    for given, needs in (
        (Given(), ["password", "code"]),
        (Given(password=PASSWORD), ["code"]),
        (Given(code=code), ["password"]),
    ):
        refusal = _refusal(identifier, first, given)
        assert refusal.code is ErrorCode.SIGNATURE_NEEDED
        assert refusal.data == {"needs": needs}
    both = identifier.confirm(first.actor, Given(password=PASSWORD, code=code), first)
    assert both.factors == ("password", "totp")
    with clinic.database.transaction() as db:
        sign_ins.note_signed(db, first.sign_in_id, now=clinic.clock.now())
    later = resumed(clinic, secret)
    assert later is not None
    assert later.signed_at == clinic.clock.now()
    clinic.clock.advance(STEP)
    fresh = app.at(clinic.clock.now())
    for given, used in (
        (Given(password=PASSWORD), ("password",)),
        (Given(code=fresh), ("totp",)),
    ):
        assert identifier.confirm(later.actor, given, later).factors == used
    assert _refusal(identifier, later, Given()).code is ErrorCode.SIGNATURE_NEEDED


def test_a_new_sign_in_begins_with_all_components_again(clinic: Clinic) -> None:
    add_authenticator(clinic, clinic.pharmacist)
    first = _sign_in(clinic, clinic.pharmacist, "password", "totp")
    with clinic.database.transaction() as db:
        sign_ins.note_signed(db, first.sign_in_id, now=clinic.clock.now())
    clinic.clock.advance(timedelta(minutes=16))
    anew = _sign_in(clinic, clinic.pharmacist, "password", "totp")
    refusal = _refusal(identifier_of(clinic), anew, Given(password=PASSWORD))
    assert refusal.code is ErrorCode.SIGNATURE_NEEDED


def test_an_entry_carries_the_factors_of_sign_in_and_signature(clinic: Clinic) -> None:
    sign_in = _sign_in(clinic, clinic.pharmacist, "passkey")
    found = identifier_of(clinic).confirm(
        sign_in.actor, Given(password=PASSWORD), sign_in
    )
    known_by = found.actor.known_by
    assert (found.factors, known_by.factors) == (("password",), ("passkey", "password"))
    assert known_by.source == sign_in.sign_in_id
    assert found.actor.roles == clinic.pharmacist.roles


@pytest.mark.parametrize(
    "given", [Given(password=WRONG), Given(password=PASSWORD, code="123456")]
)
def test_a_wrong_component_proves_nothing(clinic: Clinic, given: Given) -> None:
    sign_in = _sign_in(clinic, clinic.pharmacist)
    refusal = _refusal(identifier_of(clinic), sign_in, given)
    assert refusal.code is ErrorCode.SIGNATURE_NOT_PROVEN


def test_a_wrong_password_is_not_made_good_by_a_right_code(clinic: Clinic) -> None:
    app = add_authenticator(clinic, clinic.pharmacist)
    sign_in = _sign_in(clinic, clinic.pharmacist)
    with clinic.database.transaction() as db:
        sign_ins.note_signed(db, sign_in.sign_in_id, now=clinic.clock.now())
    given = Given(password=WRONG, code=app.at(clinic.clock.now()))
    refusal = _refusal(identifier_of(clinic), sign_in, given)
    assert refusal.code is ErrorCode.SIGNATURE_NOT_PROVEN


def test_what_is_given_is_not_shown() -> None:
    given = Given(password=PASSWORD, code="123456")
    assert PASSWORD not in repr(given)
    assert "123456" not in repr(given)
    assert PARTY.origin in repr(PARTY)
