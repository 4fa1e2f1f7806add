"""What is known about a sign-in name, read with the same statements for any name."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from inventory.models.credentials import Passkey, SignIn, TotpDevice
from inventory.models.people import Grant, Person

# Nobody has this id: an unknown name is looked up as far as a known one.
_NOBODY = "per_nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What there is to check somebody against.

    Attributes:
        sign_in_name: as it was asked for.
        person_id: who has the name; None for nobody.
        password_hash: None for nobody, a disabled person, or no password yet.
        password_set_at: failures before it were with another password.
        is_active: somebody has the name and is not disabled.
        has_authenticator: codes of an app are taken.
        has_passkey: a passkey is taken.
        knows_network: they have signed in from this network before.
    """

    sign_in_name: str
    person_id: str | None
    password_hash: str | None = field(repr=False)
    password_set_at: datetime | None
    is_active: bool
    has_authenticator: bool
    has_passkey: bool
    knows_network: bool

    @property
    def has_second_factor(self) -> bool:
        """Tell whether a password alone is not enough."""
        return self.has_authenticator or self.has_passkey

    @property
    def owner_id(self) -> str:
        """The person's id, or one that nobody has."""
        return self.person_id or _NOBODY


def find(db: Session, sign_in_name: str, *, network: str) -> Record:
    """Look a sign-in name up."""
    person = db.execute(
        select(
            Person.id,
            Person.password_hash,
            Person.password_set_at,
            Person.disabled_at,
        ).where(Person.sign_in_name == sign_in_name)
    ).one_or_none()
    owner_id = person.id if person else _NOBODY
    is_active = person is not None and person.disabled_at is None
    has = db.execute(
        select(
            exists()
            .where(
                TotpDevice.person_id == owner_id,
                TotpDevice.confirmed_at.is_not(None),
                TotpDevice.removed_at.is_(None),
            )
            .label("authenticator"),
            exists()
            .where(Passkey.person_id == owner_id, Passkey.removed_at.is_(None))
            .label("passkey"),
            exists()
            .where(SignIn.person_id == owner_id, SignIn.network == network)
            .label("network"),
        )
    ).one()
    return Record(
        sign_in_name=sign_in_name,
        person_id=person.id if person else None,
        password_hash=person.password_hash if person and is_active else None,
        password_set_at=person.password_set_at if person else None,
        is_active=is_active,
        has_authenticator=has.authenticator,
        has_passkey=has.passkey,
        knows_network=bool(network) and has.network,
    )


def name_of(db: Session, person_id: str) -> str:
    """Give the sign-in name of somebody who is signed in."""
    return db.scalars(select(Person.sign_in_name).where(Person.id == person_id)).one()


def registrations_of(db: Session, person_id: str) -> list[str]:
    """List where a person holds a role, in a fixed order: books are locked in it."""
    query = select(Grant.registration_id).where(
        Grant.person_id == person_id, Grant.ended_at.is_(None)
    )
    return sorted(set(db.scalars(query)))


def networks_of(db: Session, person_id: str) -> list[str]:
    """List the networks a person has signed in from."""
    query = select(SignIn.network).where(SignIn.person_id == person_id)
    return list(db.scalars(query.distinct()))
