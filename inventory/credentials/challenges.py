"""Numbers that a passkey must sign, once.

For a sign-in nothing is kept until the answer is right: the question travels sealed, so
that nobody fills the tables by asking for questions.
"""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import CursorResult, Table, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from inventory.credentials.sealing import Sealing, SecretKeyChangedError
from inventory.credentials.tokens import fingerprint
from inventory.journal.assertions import challenge_for
from inventory.kernel.identifiers import new_id
from inventory.models.credentials import Challenge

LIFETIME: Final = timedelta(minutes=5)
SIGN_IN, REGISTRATION, SIGNATURE = "sign_in", "registration", "signature"
_SALT_BYTES: Final = 32
_TIME_BYTES: Final = 8
_PURPOSE: Final = "passkey question"
_CHALLENGES: Final = cast("Table", Challenge.__table__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question and what is known about it.

    Attributes:
        id: comes back with the answer.
        salt: 32 random bytes.
        digest: of the entry that is signed by answering, or None.
        person_id: who is asked, or None for anybody.
    """

    id: str = field(repr=False)
    salt: bytes = field(repr=False)
    digest: str | None = None
    person_id: str | None = None

    @property
    def challenge(self) -> bytes:
        """What the device signs."""
        return challenge_for(self.salt, self.digest) if self.digest else self.salt


def ask_stranger(sealing: Sealing, *, now: datetime) -> Question:
    """Make a question for a sign-in; keeps nothing."""
    salt = secrets.token_bytes(_SALT_BYTES)
    until = int((now + LIFETIME).timestamp()).to_bytes(_TIME_BYTES)
    sealed = sealing.seal(until + salt, purpose=_PURPOSE, place=SIGN_IN)
    return Question(id=sealed, salt=salt)


def asked_stranger(
    sealing: Sealing, question_id: str, *, now: datetime
) -> Question | None:
    """Give a sign-in's question back; None when it is not ours or is too old."""
    try:
        raw = sealing.open(question_id, purpose=_PURPOSE, place=SIGN_IN)
    except SecretKeyChangedError:
        return None
    until = datetime.fromtimestamp(int.from_bytes(raw[:_TIME_BYTES]), UTC)
    return Question(id=question_id, salt=raw[_TIME_BYTES:]) if now < until else None


def ask(
    db: Session,
    purpose: str,
    *,
    person_id: str | None,
    digest: str | None = None,
    now: datetime,
) -> Question:
    """Keep a question of somebody who is signed in."""
    question = Question(
        id=new_id("chl", now),
        salt=secrets.token_bytes(_SALT_BYTES),
        digest=digest,
        person_id=person_id,
    )
    db.add(
        Challenge(
            id=question.id,
            challenge=question.salt,
            purpose=purpose,
            person_id=person_id,
            digest=digest,
            expires_at=now + LIFETIME,
        )
    )
    return question


def asked(
    db: Session, question_id: str, purpose: str, *, now: datetime
) -> Question | None:
    """Give a question back; None when it is unknown, used, old or of another use."""
    row = db.scalar(
        select(Challenge).where(
            Challenge.id == question_id,
            Challenge.purpose == purpose,
            Challenge.used_at.is_(None),
            Challenge.expires_at > now,
        )
    )
    if row is None:
        return None
    return Question(
        id=row.id, salt=row.challenge, digest=row.digest, person_id=row.person_id
    )


def use(db: Session, question: Question, *, now: datetime) -> bool:
    """Use a kept question up; False when it was used meanwhile."""
    query = update(Challenge).where(
        Challenge.id == question.id, Challenge.used_at.is_(None)
    )
    done = db.execute(query.values(used_at=now))
    return cast("CursorResult[Any]", done).rowcount == 1


def use_strangers(
    db: Session, question: Question, *, person_id: str, now: datetime
) -> bool:
    """Use a sign-in's question up; False when it was used before."""
    is_postgresql = db.get_bind().dialect.name == "postgresql"
    statement: Any = (postgresql if is_postgresql else sqlite).insert(_CHALLENGES)
    inserting = statement.on_conflict_do_nothing().returning(_CHALLENGES.c.id)
    row = {
        "id": f"chl_{fingerprint(question.id)}",
        "challenge": question.salt,
        "purpose": SIGN_IN,
        "person_id": person_id,
        "expires_at": now,
        "used_at": now,
    }
    return db.execute(inserting, row).first() is not None
