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
APPEND_ONLY: Final = (
    "events",
    "entries",
    "checkpoints",
    "cosignatures",
    "attempts",
    "patient_reads",
)
# Owned by OWNER: their structure changes only by the hand of the administrator.
BOOKS: Final = (*APPEND_ONLY, "event_texts", "book_heads", "balances")

# The columns of each table that the service may change in a row that is there. A
# table without any is written once.
APP_UPDATES: Final[Mapping[str, tuple[str, ...]]] = {
    "access_requests": ("state", "decided_by", "decided_at"),
    "alerts": ("acknowledged_by", "acknowledged_at"),
    "api_tokens": ("last_used_at", "revoked_at"),
    "attempts": (),
    "balances": ("balance_ug", "moved_ug", "version"),
    "book_heads": ("size", "frontier", "root", "recorded_at"),
    "challenges": ("used_at",),
    "checkpoints": (),
    "containers": ("state", "opened_at", "retired_at"),
    "cosignatures": (),
    "count_lines": (),
    "counts": ("state", "witnessed_by", "committed_at", "position"),
    "discrepancies": (),
    "emergency_accesses": ("ended_at", "reviewed_by", "reviewed_at"),
    "entries": (),
    # Redaction: salt and text are removed together; the trigger sees to it.
    "event_texts": ("salt", "text"),
    "events": (),
    "federated_identities": ("last_used_at", "removed_at"),
    "facility_settings": ("value", "set_at"),
    "idempotency_keys": ("status", "answer"),
    "initial_inventories": (),
    "job_runs": (),
    "locations": ("closed_at",),
    "lots": (),
    "memberships": (
        "duty",
        "screened_on",
        "trained_until",
        "policy_version",
        "policy_accepted_at",
    ),
    "passkeys": ("sign_count", "last_used_at", "removed_at"),
    "patient_reads": (),
    "people": ("password_hash", "password_set_at", "password_length", "disabled_at"),
    "product_codes": (),
    "products": (),
    "receipts": (),
    "reconciliations": (),
    "recovery_codes": ("used_at", "replaced_at"),
    "registrations": ("containers_numbered", "discrepancies_numbered"),
    "role_grants": ("duty", "ended_at", "ended_by"),
    "sessions": ("state", "closed_at", "product_id"),
    "setup_links": ("used_at", "revoked_at"),
    "sign_in_throttles": ("failures", "last_failed_at"),
    "sign_ins": ("last_seen_at", "signed_at", "ended_at", "ended_why"),
    "suppressed_attempts": ("attempts", "last_at"),
    "terminals": ("revoked_at",),
    "totp_devices": ("last_step", "confirmed_at", "removed_at"),
    "waste_requests": (
        "state",
        "first_witness_id",
        "first_signature",
        "witnessed_by",
        "ended_at",
        "position",
    ),
}

VERSION_TABLE: Final = "alembic_version"
# What READER may not see: credentials, and answers that hold them.
_SECRET_TABLES: Final = (
    "api_tokens",
    "challenges",
    "federated_identities",
    "idempotency_keys",
    "passkeys",
    "recovery_codes",
    "setup_links",
    "sign_in_throttles",
    "sign_ins",
    "terminals",
    "totp_devices",
)
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
