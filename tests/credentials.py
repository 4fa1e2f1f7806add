"""Show who one is in a test: an identifier over the clinic, and what people present."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Literal

import pyotp
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST

from inventory.credentials import second_factors, sign_ins
from inventory.credentials.identified import Identified, identified_as
from inventory.credentials.identify import Identifier
from inventory.credentials.passwords import Passwords
from inventory.credentials.presented import Presented
from inventory.credentials.sealing import Sealing
from inventory.credentials.sign_ins import SignedIn
from inventory.kernel.actors import Actor
from tests.clinic import PASSWORD, PASSWORDS, Clinic

SEALING = Sealing("k" * 32)
HOME = "203.0.113.7"
STEP = timedelta(seconds=30)


def identifier_of(clinic: Clinic, passwords: Passwords = PASSWORDS) -> Identifier:
    """What tells who people of the clinic are."""
    return Identifier(clinic.database, passwords, SEALING, clinic.clock)


def presented(name: str, **changed: Any) -> Presented:
    """What a person of the clinic gives who is right in everything."""
    return replace(Presented(sign_in_name=name, password=PASSWORD), **changed)


def just_identified(clinic: Clinic, actor: Actor) -> Identified:
    """What `confirm` gives when the person was right."""
    return identified_as(actor, ("password",), at=clinic.clock.now())


def add_authenticator(clinic: Clinic, actor: Actor, label: str = "phone") -> pyotp.TOTP:
    """Give a person an authenticator; the code that confirmed it is used up."""
    means = identifier_of(clinic)
    enrolment = second_factors.enrol_authenticator(means, actor, label)
    app = pyotp.TOTP(enrolment.secret)
    by = just_identified(clinic, actor)
    with clinic.database.transaction() as db:
        code = app.at(clinic.clock.now())
        second_factors.add_authenticator(db, means, by, enrolment.device_id, code)
    clinic.clock.advance(2 * STEP)
    return app


def make_recovery_codes(clinic: Clinic, actor: Actor) -> list[str]:
    """Give a person recovery codes."""
    with clinic.database.transaction() as db:
        by = just_identified(clinic, actor)
        return second_factors.make_recovery_codes(db, by, clock=clinic.clock)


def signed_in(clinic: Clinic, actor: Actor, *used: str, network: str = HOME) -> str:
    """Sign a browser in; give its secret."""
    with clinic.database.transaction() as db:
        return sign_ins.begin(
            db,
            actor,
            used or ("password",),
            terminal_id=None,
            browser="Firefox",
            network=network,
            now=clinic.clock.now(),
        )


def resumed(clinic: Clinic, secret: str) -> SignedIn | None:
    """Who is signed in under a secret now."""
    with clinic.database.reading() as db:
        return sign_ins.resume(db, secret, now=clinic.clock.now())


class CountingHasher(PasswordHasher):
    """A real hasher that tells how often it evaluated what."""

    def __init__(self) -> None:
        super().__init__(
            time_cost=CHEAPEST.time_cost,
            memory_cost=CHEAPEST.memory_cost,
            parallelism=CHEAPEST.parallelism,
        )
        self.verified: list[str] = []

    def verify(
        self,
        hash: str | bytes,  # noqa: A002 - argon2's name
        password: str | bytes,
    ) -> Literal[True]:
        """Check a password, and remember against what."""
        self.verified.append(str(hash))
        return super().verify(hash, password)


def counting_passwords() -> tuple[Passwords, CountingHasher]:
    """Give passwords and the hasher that counts their checks."""
    hasher = CountingHasher()
    return Passwords(hasher, hasher.hash("nobody has this password")), hasher
