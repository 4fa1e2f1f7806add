"""Recovery codes, for the day a second factor is lost: ten, each used once."""

import secrets
from base64 import b32encode
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import CursorResult, func, insert, select, update
from sqlalchemy.orm import Session

from inventory.credentials.tokens import fingerprint
from inventory.models.credentials import RecoveryCode

CODES: Final = 10
_CODE_BYTES: Final = 15  # 120 bits: nothing to guess, so a fast hash is enough
_GROUP: Final = 4


def replace(db: Session, person_id: str, *, now: datetime) -> list[str]:
    """Make a set of codes; all earlier ones stop working."""
    withdraw(db, person_id, now=now)
    codes = [b32encode(secrets.token_bytes(_CODE_BYTES)).decode() for _ in range(CODES)]
    db.execute(
        insert(RecoveryCode),
        [
            {
                "person_id": person_id,
                "code_sha256": fingerprint(code),
                "created_at": now,
            }
            for code in codes
        ],
    )
    return [_grouped(code) for code in codes]


def withdraw(db: Session, person_id: str, *, now: datetime) -> None:
    """Let a person's codes stop working."""
    unused = update(RecoveryCode).where(RecoveryCode.person_id == person_id, *_unused())
    db.execute(unused.values(replaced_at=now))


def left(db: Session, person_id: str) -> int:
    """Count the codes that still work."""
    query = select(func.count()).select_from(RecoveryCode)
    return db.scalar(query.where(RecoveryCode.person_id == person_id, *_unused())) or 0


def is_usable(db: Session, person_id: str, code: str) -> bool:
    """Tell whether a code is one of the person's that still work; uses nothing up."""
    query = select(RecoveryCode.created_at).where(*_is(person_id, code))
    return db.scalar(query) is not None


def use(db: Session, person_id: str, code: str, *, now: datetime) -> bool:
    """Use a code up; False when it was used meanwhile."""
    query = update(RecoveryCode).where(*_is(person_id, code)).values(used_at=now)
    return cast("CursorResult[Any]", db.execute(query)).rowcount == 1


def _is(person_id: str, code: str) -> list[Any]:
    # As it is shown, or as it is typed in: without dashes, in small letters.
    typed = code.replace("-", "").replace(" ", "").upper()
    return [
        RecoveryCode.person_id == person_id,
        RecoveryCode.code_sha256 == fingerprint(typed),
        *_unused(),
    ]


def _unused() -> list[Any]:
    return [RecoveryCode.used_at.is_(None), RecoveryCode.replaced_at.is_(None)]


def _grouped(code: str) -> str:
    starts = range(0, len(code), _GROUP)
    return "-".join(code[start : start + _GROUP] for start in starts)
