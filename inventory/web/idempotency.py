"""Once, whatever the client retries: a key names a write, its answer is kept.

The key is claimed first thing in the transaction of the write itself. A twin that
comes while the first is under way waits for it on either engine, then finds its answer
(decision 0009). A refused write leaves nothing behind.
"""

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import rfc8785
from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.service import IdempotencyKey

HEADER: Final = "Idempotency-Key"
REPLAYED_HEADER: Final = "Idempotency-Replayed"
KEY_LENGTH_MAX: Final = 255

_KEY: Final = re.compile(rf"[\x21-\x7e]{{1,{KEY_LENGTH_MAX}}}")
_UNDER_WAY: Final = 0  # the status of a key whose write has not answered yet


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """The answer that a write gave, word for word."""

    status: int
    body: str


def require_key(header: str | None) -> str:
    """Return the key of a write.

    Raises:
        InventoryError: IDEMPOTENCY_KEY_MISSING.
    """
    if header is None or not _KEY.fullmatch(header):
        raise InventoryError(
            ErrorCode.IDEMPOTENCY_KEY_MISSING,
            f"Every entry needs the header {HEADER}: 1 to {KEY_LENGTH_MAX} visible "
            "ASCII characters, new for each entry and the same when you send it again.",
            field=HEADER,
        )
    return header


def request_sha256(
    method: str, path: str, body: Mapping[str, Any], secret_fields: Collection[str]
) -> str:
    """Give the fingerprint of what is asked, without its secrets at any depth.

    A fast hash over a password would be a way to guess it.
    """
    asked = [method, path, _without(body, frozenset(secret_fields))]
    return hashlib.sha256(rfc8785.dumps(asked)).hexdigest()


def claim(
    db: Session, principal_id: str, key: str, sha256: str, *, now: datetime
) -> KeptAnswer | None:
    """Take a key for a write; give the kept answer if the write was made before.

    Raises:
        InventoryError: IDEMPOTENCY_KEY_REUSED when the key named something else.
    """
    row = {
        "principal_id": principal_id,
        "key": key,
        "request_sha256": sha256,
        "status": _UNDER_WAY,
        "answer": "",
        "recorded_at": now,
    }
    if db.execute(_insert_unless_known(db).returning(IdempotencyKey.key), row).first():
        return None
    return _answer_of(db.get_one(IdempotencyKey, (principal_id, key)), sha256)


def find(db: Session, principal_id: str, key: str, sha256: str) -> KeptAnswer | None:
    """Give the kept answer if the write was made before; take nothing.

    Raises:
        InventoryError: IDEMPOTENCY_KEY_REUSED when the key named something else.
    """
    known = db.get(IdempotencyKey, (principal_id, key))
    return _answer_of(known, sha256) if known else None


def _answer_of(known: IdempotencyKey, sha256: str) -> KeptAnswer:
    if known.request_sha256 != sha256:
        raise InventoryError(
            ErrorCode.IDEMPOTENCY_KEY_REUSED,
            f"This {HEADER} already belongs to another entry. Nothing was recorded; "
            "send this entry with a new key.",
            field=HEADER,
        )
    return KeptAnswer(known.status, known.answer)


def keep(db: Session, principal_id: str, key: str, answer: KeptAnswer) -> None:
    """Keep the answer of a write under its key, in the same transaction."""
    db.execute(
        update(IdempotencyKey)
        .where(IdempotencyKey.principal_id == principal_id, IdempotencyKey.key == key)
        .values(status=answer.status, answer=answer.body)
    )


def _insert_unless_known(db: Session) -> postgresql.Insert | sqlite.Insert:
    if db.get_bind().dialect.name == "postgresql":
        return postgresql.insert(IdempotencyKey).on_conflict_do_nothing()
    return sqlite.insert(IdempotencyKey).on_conflict_do_nothing()


def _without(value: Any, names: frozenset[str]) -> Any:
    if isinstance(value, Mapping):
        return {
            name: _without(item, names)
            for name, item in value.items()
            if name not in names
        }
    if isinstance(value, list):
        return [_without(item, names) for item in value]
    return value
