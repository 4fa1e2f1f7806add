"""The roles on PostgreSQL and what each may do to each table. PURE.

Least privilege by list: a table that is not named here stops the
provisioning, a column that was not granted cannot be written. Nobody who can sign in
owns a table of the books, so nobody who can sign in can switch its triggers off.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class DatabaseRole(StrEnum):
    """Who connects to the database, and for what."""

    OWNER = "countersign_owner"  # owns the books; cannot sign in
    MIGRATOR = "countersign_migrator"  # owns all other tables; runs migrations
    APP = "countersign_app"  # the service
    READER = "countersign_reader"  # analyses; sees no credentials
    BACKUP = "countersign_backup"  # dumps; sees everything
    VERIFIER = "countersign_verifier"  # checks the books; sees nothing else


_R = DatabaseRole

SEARCH_PATH: Final = "public, pg_temp"  # temporary tables last: they shadow nothing
LOGIN_ROLES: Final = tuple(role for role in _R if role is not _R.OWNER)
READ_ONLY_ROLES: Final = (_R.READER, _R.BACKUP, _R.VERIFIER)

# Rows of these are never changed or removed, by anybody.
APPEND_ONLY: Final = ("events", "entries", "checkpoints", "cosignatures")
# Owned by OWNER: their structure changes only by the hand of the administrator.
BOOKS: Final = (*APPEND_ONLY, "event_texts", "book_heads", "balances")

# The columns of each table that the service may change in a row that is there. A
# table without any is written once.
APP_UPDATES: Final[Mapping[str, tuple[str, ...]]] = {
    "api_tokens": ("revoked_at",),
    "balances": ("balance_ug", "moved_ug", "version"),
    "book_heads": ("size", "frontier", "root", "recorded_at"),
    "checkpoints": (),
    "containers": ("state", "opened_at", "retired_at"),
    "cosignatures": (),
    "count_lines": (),
    "counts": ("state", "witnessed_by", "committed_at", "position"),
    "discrepancies": (),
    "entries": (),
    # Redaction: salt and text are removed together; the trigger sees to it.
    "event_texts": ("salt", "text"),
    "events": (),
    "grants": (),
    "idempotency_keys": ("status", "answer"),
    "initial_inventories": (),
    "job_runs": (),
    "locations": ("closed_at",),
    "lots": (),
    "people": ("disabled_at",),
    "product_codes": (),
    "products": (),
    "receipts": (),
    "reconciliations": (),
    "registrations": ("containers_numbered", "discrepancies_numbered"),
    "sessions": ("state", "closed_at", "product_id"),
    "sign_ins": ("last_seen_at", "ended_at"),
    "waste_requests": ("state", "witnessed_by", "ended_at", "position"),
}

VERSION_TABLE: Final = "alembic_version"
# What READER may not see: credentials, and answers that hold them.
_SECRET_TABLES: Final = ("api_tokens", "sign_ins", "idempotency_keys")
_SECRET_COLUMNS: Final = {"people": ("password_hash",), "event_texts": ("salt", "text")}
_VERIFIED: Final = (
    "registrations",
    "book_heads",
    "events",
    "entries",
    "balances",
    "checkpoints",
    "cosignatures",
)


@dataclass(frozen=True, slots=True, order=True)
class Right:
    """One privilege of one role on one object, or on one column of a table."""

    kind: str
    name: str
    grantee: str
    privilege: str
    column: str = ""


def table_owner(table: str) -> DatabaseRole:
    """Give the role that owns a table."""
    return _R.OWNER if table in BOOKS else _R.MIGRATOR


def wanted_rights(columns: Mapping[str, tuple[str, ...]], database: str) -> set[Right]:
    """List every right that anybody but an object's owner has.

    Args:
        columns: the columns of each table of this version.
        database: name of the database.

    Raises:
        KeyError: a table has no line in `APP_UPDATES`.
    """
    rights = {Right("database", database, role, "CONNECT") for role in LOGIN_ROLES}
    rights |= {Right("schema", "public", role, "USAGE") for role in _R}
    rights |= {
        Right("schema", "public", role, "CREATE") for role in (_R.OWNER, _R.MIGRATOR)
    }
    for table, names in columns.items():
        rights.update(_app(table, names))
        rights.update(_others(table, names))
    for role in LOGIN_ROLES:
        if role is not _R.MIGRATOR:
            rights.add(Right("table", VERSION_TABLE, role, "SELECT"))
    return rights


def _app(table: str, columns: tuple[str, ...]) -> Iterator[Right]:
    yield Right("table", table, _R.APP, "SELECT")
    for column in columns:
        yield Right("table", table, _R.APP, "INSERT", column)
    for column in APP_UPDATES[table]:
        yield Right("table", table, _R.APP, "UPDATE", column)


def _others(table: str, columns: tuple[str, ...]) -> Iterator[Right]:
    yield Right("table", table, _R.BACKUP, "SELECT")
    if table in _VERIFIED:
        yield Right("table", table, _R.VERIFIER, "SELECT")
    if table in BOOKS:
        yield Right("table", table, _R.MIGRATOR, "SELECT")
        yield Right("table", table, _R.MIGRATOR, "REFERENCES")
    if table in _SECRET_COLUMNS:
        for column in columns:
            if column not in _SECRET_COLUMNS[table]:
                yield Right("table", table, _R.READER, "SELECT", column)
    elif table not in _SECRET_TABLES:
        yield Right("table", table, _R.READER, "SELECT")
