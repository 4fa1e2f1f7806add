"""What a person sees of their own account."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.credentials import factors, sign_ins
from inventory.credentials.factors import OwnFactors
from inventory.credentials.sign_ins import ActiveSignIn
from inventory.kernel.actors import Actor
from inventory.models.people import Person
from inventory.models.sites import Registration
from inventory.programs.queries import TokenView, list_tokens

_UTC: Final = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One's own account, whole.

    Attributes:
        sign_in_name: by which the person signs in.
        zone: of the first site they work at, for instants on the page.
        factors: password, authenticators, passkeys, recovery codes.
        sign_ins: where they are signed in.
        tokens: of their own programs, those that still work.
    """

    sign_in_name: str
    zone: ZoneInfo
    factors: OwnFactors
    sign_ins: list[ActiveSignIn]
    tokens: list[TokenView]


def read_account(db: Session, actor: Actor, *, now: datetime) -> Account:
    """Read what a person has and where they are signed in."""
    tokens = list_tokens(db, actor.id)
    return Account(
        sign_in_name=sign_in_name_of(db, actor),
        zone=zone_of(db, actor),
        factors=factors.list_factors(db, actor.id),
        sign_ins=sign_ins.list_active(db, actor.id, now=now),
        tokens=[one for one in tokens if not one.revoked_at and one.expires_at > now],
    )


def sign_in_name_of(db: Session, actor: Actor) -> str:
    """Give the name by which a person signs in."""
    return db.scalars(select(Person.sign_in_name).where(Person.id == actor.id)).one()


def zone_of(db: Session, actor: Actor) -> ZoneInfo:
    """Give the time zone of the first site a person works at, or UTC."""
    query = select(Registration.time_zone).where(Registration.id.in_(actor.roles))
    zone = db.scalar(query.order_by(Registration.name).limit(1))
    return ZoneInfo(zone) if zone else _UTC


def words_around(db: Session, actor: Actor) -> list[str]:
    """Give the words that an attacker would try first in a person's password."""
    sites = select(Registration.name).where(Registration.id.in_(actor.roles))
    return [actor.name, sign_in_name_of(db, actor), *db.scalars(sites)]
