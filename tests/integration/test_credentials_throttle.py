"""Guessing: few guesses are looked at, and guesses lock nobody out for good (T21)."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from inventory.credentials import factors, second_factors, setup_links
from inventory.credentials.identify import Identifier
from inventory.credentials.presented import Presented
from inventory.credentials.throttle import EVALUATED_MAX, NETWORK_FAILURES_MAX
from inventory.kernel.actors import Actor
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.access import Alert
from inventory.models.credentials import SignInThrottle
from tests.authenticator import PARTY, SoftwarePasskey
from tests.clinic import PASSWORDS, Clinic
from tests.credentials import (
    HOME,
    STEP,
    add_authenticator,
    counting_passwords,
    identifier_of,
    just_identified,
    make_recovery_codes,
    presented,
    signed_in,
)

WRONG = "wrong horse battery staple"
AFAR = "198.51.100.9"
GUESSES = 10_000


def _refusal(identifier: Identifier, shown: Presented) -> InventoryError:
    with pytest.raises(InventoryError) as caught:
        identifier.identify(shown)
    return caught.value


def _fail(clinic: Clinic, shown: Presented, times: int) -> list[ErrorCode]:
    """Guess as often, waiting as long as one is told to."""
    identifier = identifier_of(clinic)
    codes = []
    for _ in range(times):
        refusal = _refusal(identifier, shown)
        codes.append(refusal.code)
        if refusal.code is ErrorCode.TOO_MANY_ATTEMPTS:
            clinic.clock.advance(timedelta(seconds=refusal.data["retry_after_s"]))
    return codes


def _alerts(clinic: Clinic) -> list[str]:
    with clinic.database.reading() as db:
        return list(db.scalars(select(Alert.kind).order_by(Alert.raised_at, Alert.id)))


def test_of_a_thousand_patient_guesses_fifty_are_evaluated(clinic: Clinic) -> None:
    passwords, hasher = counting_passwords()
    identifier = identifier_of(clinic, passwords)
    refusals = set()
    for guess in range(1000):
        shown = presented("pat", password=f"guess number {guess}")
        refusals.add(_refusal(identifier, shown).code)
        clinic.clock.advance(timedelta(minutes=15))
    assert refusals == {ErrorCode.NOT_SIGNED_IN}
    evaluated = [each for each in hasher.verified if each != passwords.decoy]
    assert len(evaluated) == EVALUATED_MAX
    assert len(hasher.verified) == 1000


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_of_ten_thousand_hasty_guesses_few_are_evaluated_and_little_is_written(
    clinic: Clinic,
) -> None:
    passwords, hasher = counting_passwords()
    identifier = identifier_of(clinic, passwords)
    shown = presented("pat", password=WRONG, network=AFAR)
    for _ in range(GUESSES):
        _refusal(identifier, shown)
        clinic.clock.advance(timedelta(milliseconds=100))
    evaluated = [each for each in hasher.verified if each != passwords.decoy]
    assert 5 < len(evaluated) <= EVALUATED_MAX
    assert len(hasher.verified) == GUESSES
    with clinic.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(SignInThrottle)) == 2
    assert _alerts(clinic) == ["sign_in_delayed"]


def test_many_guesses_at_once_are_no_more_than_their_number(clinic: Clinic) -> None:
    passwords, hasher = counting_passwords()
    identifier = identifier_of(clinic, passwords)
    _refusal(identifier, presented("pat", password=WRONG))

    def guess(_turn: int) -> None:
        with suppress(InventoryError):
            identifier.identify(presented("pat", password=WRONG))

    with ThreadPoolExecutor(8) as guessers:
        list(guessers.map(guess, range(40)))
    evaluated = [each for each in hasher.verified if each != passwords.decoy]
    assert len(evaluated) == 5


@pytest.mark.parametrize("name", ["pat", "nobody"])
def test_each_further_try_waits_twice_as_long_whoever_has_the_name(
    clinic: Clinic, name: str
) -> None:
    identifier = identifier_of(clinic)
    shown = presented(name, password=WRONG)
    assert _fail(clinic, shown, 5) == [ErrorCode.NOT_SIGNED_IN] * 5
    waits = []
    for _ in range(12):
        refusal = _refusal(identifier, shown)
        assert refusal.code is ErrorCode.TOO_MANY_ATTEMPTS
        waits.append(refusal.data["retry_after_s"])
        clinic.clock.advance(timedelta(seconds=waits[-1]))
        assert _refusal(identifier, shown).code is ErrorCode.NOT_SIGNED_IN
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


def test_a_try_that_came_too_soon_is_not_counted_and_not_evaluated(
    clinic: Clinic,
) -> None:
    passwords, hasher = counting_passwords()
    identifier = identifier_of(clinic, passwords)
    _fail(clinic, presented("pat", password=WRONG), 5)
    waiting = _refusal(identifier, presented("pat", password=WRONG))
    seen = len(hasher.verified)
    for _ in range(5):
        again = _refusal(identifier, presented("pat"))
        assert again.data == waiting.data
    assert hasher.verified[seen:] == [passwords.decoy] * 5
    clinic.clock.advance(timedelta(seconds=waiting.data["retry_after_s"]))
    identifier.identify(presented("pat"))


def test_after_a_success_waiting_begins_anew(clinic: Clinic) -> None:
    identifier = identifier_of(clinic)
    _fail(clinic, presented("pat", password=WRONG), 4)
    identifier.identify(presented("pat"))
    codes = _fail(clinic, presented("pat", password=WRONG), 4)
    assert codes == [ErrorCode.NOT_SIGNED_IN] * 4


def test_whoever_is_stopped_looks_like_whoever_is_wrong(clinic: Clinic) -> None:
    usual = _refusal(identifier_of(clinic), presented("olga", password=WRONG))
    _stop(clinic, "pat")
    refusal = _refusal(identifier_of(clinic), presented("pat"))
    assert (refusal.code, refusal.message) == (usual.code, usual.message)
    assert _alerts(clinic) == ["sign_in_delayed", "sign_in_stopped"]


def _stop(clinic: Clinic, name: str) -> None:
    identifier = identifier_of(clinic)
    for _ in range(EVALUATED_MAX):
        _refusal(identifier, presented(name, password=WRONG, network=AFAR))
        clinic.clock.advance(timedelta(minutes=15))


def test_guesses_do_not_keep_out_who_has_an_authenticator(clinic: Clinic) -> None:
    app = add_authenticator(clinic, clinic.pharmacist)
    _stop(clinic, "pat")
    code = app.at(clinic.clock.now())
    identifier_of(clinic).identify(presented("pat", code=code, network=AFAR))


def test_wrong_codes_from_elsewhere_do_not_keep_out_an_authenticator(
    clinic: Clinic,
) -> None:
    app = add_authenticator(clinic, clinic.pharmacist)
    signed_in(clinic, clinic.pharmacist, network=HOME)
    wrong = _wrong_code(app.at(clinic.clock.now()))
    identifier = identifier_of(clinic)
    for _ in range(EVALUATED_MAX + 10):
        _refusal(identifier, presented("pat", code=wrong, network=AFAR))
    code = app.at(clinic.clock.now())
    elsewhere = _refusal(identifier, presented("pat", code=code, network=AFAR))
    assert elsewhere.code is ErrorCode.TOO_MANY_ATTEMPTS
    identifier.identify(presented("pat", code=code, network=HOME))


def _wrong_code(right: str) -> str:
    return f"{(int(right) + 1) % 1_000_000:06}"


def test_codes_cannot_be_tried_out_by_who_knows_the_password(clinic: Clinic) -> None:
    app = add_authenticator(clinic, clinic.pharmacist)
    identifier = identifier_of(clinic)
    for _ in range(EVALUATED_MAX):
        wrong = _wrong_code(app.at(clinic.clock.now()))
        _refusal(identifier, presented("pat", code=wrong, network=AFAR))
        clinic.clock.advance(timedelta(minutes=15))
    right = presented("pat", code=app.at(clinic.clock.now()), network=AFAR)
    assert _refusal(identifier, right).code is ErrorCode.NOT_SIGNED_IN


def test_guesses_with_a_right_code_are_few_too(clinic: Clinic) -> None:
    app = add_authenticator(clinic, clinic.pharmacist)
    passwords, hasher = counting_passwords()
    identifier = identifier_of(clinic, passwords)
    for _ in range(EVALUATED_MAX + 10):
        code = app.at(clinic.clock.now())
        _refusal(identifier, presented("pat", password=WRONG, code=code))
        clinic.clock.advance(timedelta(minutes=15))
    evaluated = [each for each in hasher.verified if each != passwords.decoy]
    assert len(evaluated) == EVALUATED_MAX


@pytest.mark.parametrize("wrong_code", ["123456", None])
def test_a_recovery_code_ends_the_wait(clinic: Clinic, wrong_code: str | None) -> None:
    add_authenticator(clinic, clinic.pharmacist)
    code = make_recovery_codes(clinic, clinic.pharmacist)[0]
    _fail(clinic, presented("pat", code=wrong_code, password=WRONG), EVALUATED_MAX)
    identifier = identifier_of(clinic)
    identifier.identify(presented("pat", code=code))
    _is_looked_at(identifier, presented("pat", code=wrong_code))


def _is_looked_at(identifier: Identifier, shown: Presented) -> None:
    """Failures begin anew: the next try does not wait."""
    assert _refusal(identifier, shown).code is ErrorCode.NOT_SIGNED_IN


def _add_passkey(clinic: Clinic, person: Actor) -> SoftwarePasskey:
    passkey, means = SoftwarePasskey(), identifier_of(clinic)
    answer = passkey.create(second_factors.begin_passkey(means, person, PARTY))
    with clinic.database.transaction() as db:
        by = just_identified(clinic, person)
        second_factors.add_passkey(db, means, by, answer, label="key")
    return passkey


def test_a_passkey_gets_in_whatever_was_guessed(clinic: Clinic) -> None:
    passkey = _add_passkey(clinic, clinic.pharmacist)
    _stop(clinic, "pat")
    identifier = identifier_of(clinic)
    answer = passkey.get(identifier.begin_passkey(PARTY))
    assert identifier.identify_passkey(answer).actor.id == clinic.pharmacist.id
    _is_looked_at(identifier, presented("pat"))


def test_a_reset_lets_a_stopped_person_in_again(clinic: Clinic) -> None:
    _stop(clinic, "pat")
    with clinic.database.transaction() as db:
        factors.reset(db, clinic.pharmacist.id, now=clinic.clock.now())
        link = setup_links.issue(
            db,
            clinic.pharmacist.id,
            clinic.registration_id,
            purpose="reset",
            created_by=clinic.administrator.id,
            approved_by=clinic.officer.id,
            now=clinic.clock.now(),
        )
    password = PASSWORDS.prepare(
        "four unrelated words here", beside_second_factor=False, context=()
    )
    with clinic.database.transaction() as db:
        setup_links.complete(db, link.secret, password, clock=clinic.clock)
    shown = presented("pat", password="four unrelated words here")
    identifier_of(clinic).identify(shown)


def test_a_network_has_a_limit_over_all_names(clinic: Clinic) -> None:
    identifier = identifier_of(clinic)
    for guess in range(NETWORK_FAILURES_MAX):
        shown = presented(f"name{guess}", network=AFAR)
        assert _refusal(identifier, shown).code is ErrorCode.NOT_SIGNED_IN
    refusal = _refusal(identifier, presented("pat", network=AFAR))
    assert refusal.code is ErrorCode.TOO_MANY_ATTEMPTS
    assert refusal.data == {"retry_after_s": 10}
    identifier.identify(presented("pat", network=HOME))
    clinic.clock.advance(timedelta(seconds=10))
    identifier.identify(presented("pat", network=AFAR))


def test_who_signs_in_does_not_use_up_the_limit_of_the_network(clinic: Clinic) -> None:
    identifier = identifier_of(clinic)
    for _ in range(2 * NETWORK_FAILURES_MAX):
        identifier.identify(presented("pat", network=HOME))


def test_a_clinic_whose_network_is_stopped_still_lets_authenticators_in(
    clinic: Clinic,
) -> None:
    app = add_authenticator(clinic, clinic.pharmacist)
    signed_in(clinic, clinic.pharmacist, network=HOME)
    identifier = identifier_of(clinic)
    for guess in range(NETWORK_FAILURES_MAX):
        _refusal(identifier, presented(f"name{guess}", network=HOME))
    refusal = _refusal(identifier, presented("olga", network=HOME))
    assert refusal.code is ErrorCode.TOO_MANY_ATTEMPTS
    code = app.at(clinic.clock.now() + STEP)
    identifier.identify(presented("pat", code=code, network=HOME))
