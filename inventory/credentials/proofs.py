"""Proving identity: to sign in, and to sign exactly one entry."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.credentials.actors import actor_of
from inventory.credentials.passwords import Passwords
from inventory.kernel.actors import Actor, Proof
from inventory.kernel.clock import Clock
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.people import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCredential:
    """What a person gives to prove who they are: own name and own password."""

    sign_in_name: str
    password: str

    def __repr__(self) -> str:
        return f"OwnCredential({self.sign_in_name!r})"


def recognise(
    db: Session, credential: OwnCredential, *, passwords: Passwords
) -> Actor | None:
    """Give the person who has this name and password, or None.

    A wrong name, a wrong password and a disabled person are one answer, at one cost.
    """
    person = db.scalar(
        select(Person).where(Person.sign_in_name == credential.sign_in_name)
    )
    known = person.password_hash if person else None
    if not passwords.matches(known, credential.password):
        return None
    if person is None or person.disabled_at is not None:
        return None
    return actor_of(db, person)


def prove(
    db: Session,
    credential: OwnCredential,
    *,
    digest: str,
    clock: Clock,
    passwords: Passwords,
) -> Proof:
    """Let a second person prove identity over the digest of exactly one entry.

    A witness always uses all components of the credential (21 CFR 11.200(a)(1)).

    Raises:
        InventoryError: WITNESS_NOT_PROVEN, saying neither which part was wrong nor
            whether the name exists.
    """
    person = recognise(db, credential, passwords=passwords)
    if person is None:
        raise InventoryError(
            ErrorCode.WITNESS_NOT_PROVEN,
            "This name and password do not belong together. "
            "The witness signs with their own sign-in name and password.",
            field="witness",
        )
    return Proof(
        person=person, digest=digest, factors=("password",), proven_at=clock.now()
    )
