"""Who somebody is: all components, one answer to everything that is wrong."""

import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update
from structlog.testing import capture_logs

from inventory.credentials import second_factors, sign_ins
from inventory.credentials.identify import Identifier
from inventory.credentials.passwords import Passwords
from inventory.credentials.presented import Presented
from inventory.kernel.actors import Actor
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.access import Alert
from inventory.models.credentials import SignInThrottle, TotpDevice
from inventory.models.people import Person
from tests.clinic import PASSWORD, PASSWORDS, Clinic
from tests.credentials import (
    STEP,
    add_authenticator,
    identifier_of,
    just_identified,
    make_recovery_codes,
    presented,
)

WRONG = "wrong horse battery staple"


def _refusal(identifier: Identifier, shown: Presented) -> InventoryError:
    with pytest.raises(InventoryError) as caught:
        identifier.identify(shown)
    return caught.value


def _factors_of(identifier: Identifier, shown: Presented) -> tuple[str, ...]:
    return identifier.identify(shown).factors


def test_name_and_password_are_all_components_of_whoever_has_no_more(
    clinic: Clinic,
) -> None:
    found = identifier_of(clinic).identify(presented("pat"))
    assert (found.actor.id, found.factors) == (clinic.pharmacist.id, ("password",))
    assert found.actor.roles == clinic.pharmacist.roles
    assert found.actor.known_by.factors == ("password",)
    assert found.at == clinic.clock.now()


def _disable(clinic: Clinic) -> None:
    with clinic.database.transaction() as db:
        disabled = update(Person).where(Person.sign_in_name == "pat")
        db.execute(disabled.values(disabled_at=clinic.clock.now()))


def _nothing(_clinic: Clinic) -> None:
    """Leave all as it is."""


@pytest.mark.parametrize(
    ("shown", "before"),
    [
        (presented("pat", password=WRONG), _nothing),
        (presented("pat", password=""), _nothing),
        (presented("nobody"), _nothing),
        (presented("PAT"), _nothing),
        (presented(""), _nothing),
        (presented("pat"), _disable),
        (presented("pat", code="123456"), _nothing),
        (presented("nobody", code="123456"), _nothing),
        (presented("pat", code="MZXW-6YTB"), _nothing),
        (presented("pat", code="١٢٣٤٥٦"), _nothing),
        (presented("nightly", password=""), _nothing),
    ],
)
def test_whatever_is_wrong_is_one_answer(
    clinic: Clinic, shown: Presented, before: Callable[[Clinic], None]
) -> None:
    identifier = identifier_of(clinic)
    usual = _refusal(identifier, presented("olga", password=WRONG))
    before(clinic)
    refusal = _refusal(identifier, shown)
    assert refusal.code is ErrorCode.NOT_SIGNED_IN
    assert (refusal.message, refusal.field, refusal.data) == (
        usual.message,
        usual.field,
        usual.data,
    )


def test_somebody_else_is_not_who_it_has_to_be(clinic: Clinic) -> None:
    identifier = identifier_of(clinic)
    here = clinic.pharmacist.id
    assert identifier.identify(presented("pat"), person_id=here).actor.id == here
    with pytest.raises(InventoryError) as caught:
        identifier.identify(presented("olga"), person_id=here)
    assert caught.value.code is ErrorCode.NOT_SIGNED_IN


def test_beside_an_authenticator_the_password_alone_is_too_little(
    clinic: Clinic,
) -> None:
    app = add_authenticator(clinic, clinic.pharmacist)
    identifier = identifier_of(clinic)
    assert _refusal(identifier, presented("pat")).code is ErrorCode.NOT_SIGNED_IN
    code = app.at(clinic.clock.now())
    assert _factors_of(identifier, presented("pat", code=code)) == ("password", "totp")


@pytest.mark.parametrize("shift", [-1, 0, 1])
def test_a_code_of_the_neighbouring_steps_is_taken(clinic: Clinic, shift: int) -> None:
    app = add_authenticator(clinic, clinic.pharmacist)
    code = app.at(clinic.clock.now() + shift * STEP)
    shown = presented("pat", code=f"{code[:3]} {code[3:]}")
    assert _factors_of(identifier_of(clinic), shown) == ("password", "totp")


@pytest.mark.parametrize("shift", [-3, -2, 2, 3])
def test_an_older_or_later_code_is_not(clinic: Clinic, shift: int) -> None:
    app = add_authenticator(clinic, clinic.pharmacist)
    code = app.at(clinic.clock.now() + shift * STEP)
    shown = presented("pat", code=code)
    assert _refusal(identifier_of(clinic), shown).code is ErrorCode.NOT_SIGNED_IN


@pytest.mark.parametrize("later", [timedelta(0), STEP, -STEP])
def test_a_code_works_once_also_in_the_neighbouring_steps(
    clinic: Clinic, later: timedelta
) -> None:
    app = add_authenticator(clinic, clinic.pharmacist)
    identifier = identifier_of(clinic)
    shown = presented("pat", code=app.at(clinic.clock.now()))
    identifier.identify(shown)
    clinic.clock.advance(later)
    assert _refusal(identifier, shown).code is ErrorCode.NOT_SIGNED_IN


def test_no_code_before_the_last_used_one_works(clinic: Clinic) -> None:
    app = add_authenticator(clinic, clinic.pharmacist)
    identifier = identifier_of(clinic)
    identifier.identify(presented("pat", code=app.at(clinic.clock.now() + STEP)))
    earlier = presented("pat", code=app.at(clinic.clock.now()))
    assert _refusal(identifier, earlier).code is ErrorCode.NOT_SIGNED_IN


def test_of_many_at_once_one_uses_a_code(clinic: Clinic) -> None:
    app = add_authenticator(clinic, clinic.pharmacist)
    identifier = identifier_of(clinic)
    shown = presented("pat", code=app.at(clinic.clock.now()))

    def is_in(_turn: int) -> bool:
        with contextlib.suppress(InventoryError):
            return bool(identifier.identify(shown))
        return False

    with ThreadPoolExecutor(4) as callers:
        assert sum(callers.map(is_in, range(4))) == 1


def test_a_mistyped_password_leaves_the_code_to_be_used(clinic: Clinic) -> None:
    app = add_authenticator(clinic, clinic.pharmacist)
    identifier = identifier_of(clinic)
    code = app.at(clinic.clock.now())
    _refusal(identifier, presented("pat", code=code, password=WRONG))
    identifier.identify(presented("pat", code=code))


def test_a_removed_authenticator_does_not_count(clinic: Clinic) -> None:
    app = add_authenticator(clinic, clinic.pharmacist)
    identifier = identifier_of(clinic)
    with clinic.database.transaction() as db:
        device_id = db.scalars(select(TotpDevice.id)).one()
        by = just_identified(clinic, clinic.pharmacist)
        second_factors.remove_authenticator(db, by, device_id, clock=clinic.clock)
    code = app.at(clinic.clock.now())
    _refusal(identifier, presented("pat", code=code))
    assert _factors_of(identifier, presented("pat")) == ("password",)


def test_a_recovery_code_stands_in_for_the_second_factor_once(clinic: Clinic) -> None:
    add_authenticator(clinic, clinic.pharmacist)
    code = make_recovery_codes(clinic, clinic.pharmacist)[0]
    identifier = identifier_of(clinic)
    shown = presented("pat", code=code.lower().replace("-", " "))
    assert _factors_of(identifier, shown) == ("password", "recovery_code")
    assert _refusal(identifier, shown).code is ErrorCode.NOT_SIGNED_IN
    with clinic.database.reading() as db:
        (alert,) = db.scalars(select(Alert))
    assert (alert.kind, alert.person_id) == ("recovery_code_used", clinic.pharmacist.id)
    assert alert.registration_id == clinic.registration_id


def test_somebody_elses_recovery_code_is_none(clinic: Clinic) -> None:
    for person in (clinic.pharmacist, clinic.colleague):
        add_authenticator(clinic, person)
    code = make_recovery_codes(clinic, clinic.colleague)[0]
    shown = presented("pat", code=code)
    assert _refusal(identifier_of(clinic), shown).code is ErrorCode.NOT_SIGNED_IN


def test_without_a_second_factor_no_recovery_code_works(clinic: Clinic) -> None:
    add_authenticator(clinic, clinic.pharmacist)
    codes = make_recovery_codes(clinic, clinic.pharmacist)
    with clinic.database.transaction() as db:
        device_id = db.scalars(select(TotpDevice.id)).one()
        by = just_identified(clinic, clinic.pharmacist)
        second_factors.remove_authenticator(db, by, device_id, clock=clinic.clock)
    _refusal(identifier_of(clinic), presented("pat", code=codes[0]))


def test_an_old_hash_is_renewed_at_the_next_success(clinic: Clinic) -> None:
    old = Passwords(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1), "")
    with clinic.database.transaction() as db:
        theirs = update(Person).where(Person.id == clinic.pharmacist.id)
        db.execute(theirs.values(password_hash=old.hash(PASSWORD)))
    identifier = identifier_of(clinic)
    _refusal(identifier, presented("pat", password=WRONG))
    assert PASSWORDS.needs_renewal(_hash_of(clinic, clinic.pharmacist))
    identifier.identify(presented("pat"))
    assert not PASSWORDS.needs_renewal(_hash_of(clinic, clinic.pharmacist))
    identifier.identify(presented("pat"))


def _hash_of(clinic: Clinic, person: Actor) -> str:
    with clinic.database.reading() as db:
        kept = db.scalar(select(Person.password_hash).where(Person.id == person.id))
    assert kept is not None
    return kept


def test_a_password_that_was_changed_meanwhile_does_not_count(clinic: Clinic) -> None:
    class ChangesMeanwhile(PasswordHasher):
        def check_needs_rehash(self, hash: str | bytes) -> bool:  # noqa: A002
            del hash
            with clinic.database.transaction() as db:
                theirs = update(Person).where(Person.id == clinic.pharmacist.id)
                db.execute(theirs.values(password_hash="another"))
            return False

    passwords = Passwords(ChangesMeanwhile(), PASSWORDS.decoy)
    refusal = _refusal(identifier_of(clinic, passwords), presented("pat"))
    assert refusal.code is ErrorCode.NOT_SIGNED_IN


def test_nothing_secret_is_shown_or_logged(clinic: Clinic) -> None:
    app = add_authenticator(clinic, clinic.pharmacist)
    code = app.at(clinic.clock.now())
    identifier = identifier_of(clinic)
    shown = presented("pat", code=code)
    with capture_logs() as logged:
        found = identifier.identify(shown)
        _refusal(identifier, shown)
        _refusal(identifier, presented("hunter2"))
    told = f"{logged} {shown!r} {found!r} {identifier!r}"
    for secret in (
        PASSWORD,
        code,
        app.secret,
        "hunter2",
        identifier.sealing.secret_key,
    ):
        assert secret not in told
    assert [line["event"] for line in logged] == [
        "identified",
        "not_identified",
        "not_identified",
    ]
    assert logged[0]["person"] == logged[1]["person"] == clinic.pharmacist.id


def test_a_sign_in_from_a_network_is_remembered_by_its_prefix(clinic: Clinic) -> None:
    with clinic.database.transaction() as db:
        sign_ins.begin(
            db,
            clinic.pharmacist,
            ("password",),
            terminal_id=None,
            browser="Firefox " * 100,
            network="2001:db8:1:2:3:4:5:6",
            now=clinic.clock.now(),
        )
    with clinic.database.reading() as db:
        (kept,) = sign_ins.list_active(db, clinic.pharmacist.id, now=clinic.clock.now())
    assert kept.network == "2001:db8:1:2::/64"
    assert len(kept.browser) == sign_ins.BROWSER_LENGTH_MAX


def test_names_are_not_readable_where_failures_are_counted(clinic: Clinic) -> None:
    identifier = identifier_of(clinic)
    for name in ("pat", "nobody"):
        _refusal(identifier, presented(name, password=WRONG, network="192.0.2.1"))
    with clinic.database.reading() as db:
        keys = list(db.scalars(select(SignInThrottle.key_sha256)))
    assert len(keys) == 3
    assert not [key for key in keys if "pat" in key or "nobody" in key or "192" in key]
