"""Refuse to serve where what is recorded could be lost, altered or wrongly dated.

Each problem has a code and a sentence with the way out (docs/guides/postgresql.md).
All of them are told at once. The demonstration may go on over most of them, on purpose
(`COUNTERSIGN_DEMO=true`); a schema of another version and a wrong clock stop it too.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import structlog
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text

from inventory import NOT_BEFORE, schema
from inventory.db import Database
from inventory.guard import fingerprint
from inventory.guard.manifest import released
from inventory.guard.pieces import Change, differences
from inventory.guard.roles import DatabaseRole
from inventory.kernel.clock import Clock, SystemClock

_NAMED: Final = 5
_PROVISION: Final = "Run: countersign db provision"
_SQLITE_FULL: Final = 2
_SYSTEM_CLOCK: Final = SystemClock()

_log = structlog.get_logger(__name__)


class SafetyCode(StrEnum):
    """Every way in which a database is not safe to serve over."""

    SCHEMA_OLDER = "schema_older"
    SCHEMA_NEWER = "schema_newer"
    SCHEMA_ALTERED = "schema_altered"
    RIGHTS_ALTERED = "rights_altered"
    ROLE_SUPERUSER = "role_superuser"
    ROLE_OWNER = "role_owner"
    FSYNC_OFF = "fsync_off"
    FULL_PAGE_WRITES_OFF = "full_page_writes_off"
    SYNCHRONOUS_COMMIT_OFF = "synchronous_commit_off"
    WAL_OFF = "wal_off"
    SYNCHRONOUS_NOT_FULL = "synchronous_not_full"
    FOREIGN_KEYS_OFF = "foreign_keys_off"
    CLOCK_BEHIND = "clock_behind"


# Nothing works over another schema, or is dated rightly by a wrong clock: not even a
# demonstration goes on.
FATAL: Final = (
    SafetyCode.SCHEMA_OLDER,
    SafetyCode.SCHEMA_NEWER,
    SafetyCode.CLOCK_BEHIND,
)


@dataclass(frozen=True, slots=True)
class SafetyProblem:
    """One reason not to serve."""

    code: SafetyCode
    sentence: str

    def __str__(self) -> str:
        return f"{self.sentence} ({self.code})"


class UnsafeDatabaseError(Exception):
    """The database is not safe to serve over; all problems at once."""

    def __init__(self, problems: list[SafetyProblem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def require_safe(
    database: Database, *, demonstration: bool, clock: Clock = _SYSTEM_CLOCK
) -> None:
    """Refuse an unsafe database; the demonstration goes on, and says so in the log.

    Raises:
        UnsafeDatabaseError: naming every problem.
    """
    problems = [*find_problems(database), *_clock(clock)]
    fatal = [problem for problem in problems if problem.code in FATAL]
    if fatal or (problems and not demonstration):
        raise UnsafeDatabaseError(problems)
    for problem in problems:
        _log.warning("database_unsafe", code=problem.code, demonstration=True)


def find_problems(database: Database) -> list[SafetyProblem]:
    """Find everything about a database that is not as safe as it must be."""
    problems = list(_revision(database))
    if not problems:
        problems += _pieces(database)
    # Through a connection of the pool: what is asked is what the service will have.
    with database.reading() as db:
        engine = _ENGINES[database.engine.dialect.name]
        problems += engine(db.connection())
    return problems


def _clock(clock: Clock) -> Iterator[SafetyProblem]:
    """Entries could never be dated back: what a wrong clock writes would stand."""
    now = clock.now()
    if now < NOT_BEFORE:
        yield SafetyProblem(
            SafetyCode.CLOCK_BEHIND,
            f"The clock of this machine says {now:%Y-%m-%d}, before this version was "
            "made. Set it, and keep it by NTP.",
        )


def _revision(database: Database) -> Iterator[SafetyProblem]:
    reading = database.engine.execution_options(countersign_reading=True)
    stands_at = schema.current_revision(reading)
    needed = schema.head_revision()
    where = f"The database stands at revision {stands_at or 'none'}, this version "
    if stands_at is None or (stands_at != needed and _is_known(stands_at)):
        yield SafetyProblem(
            SafetyCode.SCHEMA_OLDER,
            f"{where}needs {needed}. Run: countersign db upgrade",
        )
    elif stands_at != needed:
        yield SafetyProblem(
            SafetyCode.SCHEMA_NEWER,
            f"{where}knows only {needed}. Start the newer version again.",
        )


def _is_known(revision: str) -> bool:
    scripts = ScriptDirectory.from_config(schema.migrations(""))
    try:
        return scripts.get_revision(revision) is not None
    except CommandError:
        return False


def _pieces(database: Database) -> Iterator[SafetyProblem]:
    expected = released(database.engine.dialect.name)
    found = differences(expected, fingerprint.take(database))
    rights = {name: how for name, how in found.items() if _is_about_rights(name)}
    others = {name: how for name, how in found.items() if name not in rights}
    if others:
        yield SafetyProblem(
            SafetyCode.SCHEMA_ALTERED,
            f"The schema is not that of the release: {_told(others)}. "
            "Find out who changed it before anything else is recorded.",
        )
    if rights:
        yield SafetyProblem(
            SafetyCode.RIGHTS_ALTERED,
            f"Roles and rights are not those of the release: {_told(rights)}. "
            f"{_PROVISION}",
        )


def _is_about_rights(piece: str) -> bool:
    return piece.startswith(("rights ", "role ", "default rights"))


def _told(found: Mapping[str, Change]) -> str:
    named = [f"{name} {how}" for name, how in list(found.items())[:_NAMED]]
    more = len(found) - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")


def _postgresql(connection: Connection) -> Iterator[SafetyProblem]:
    for setting, code in _DURABLE.items():
        value = connection.execute(text(f"SHOW {setting}")).scalar_one()
        if value == "off":
            yield SafetyProblem(
                code,
                f"PostgreSQL runs with {setting}=off: a crash would lose what was "
                "acknowledged. Switch it on.",
            )
    role = connection.execute(_WHO).one()
    if role.superuser:
        yield SafetyProblem(
            SafetyCode.ROLE_SUPERUSER,
            f"The service signs in as {role.name}, a superuser, whom nothing stops. "
            f"Use {DatabaseRole.APP}. {_PROVISION}",
        )
    elif role.owner:
        yield SafetyProblem(
            SafetyCode.ROLE_OWNER,
            f"The service signs in as {role.name}, who owns tables and could switch "
            f"their guards off. Use {DatabaseRole.APP}. {_PROVISION}",
        )


_DURABLE: Final = {
    "fsync": SafetyCode.FSYNC_OFF,
    "full_page_writes": SafetyCode.FULL_PAGE_WRITES_OFF,
    "synchronous_commit": SafetyCode.SYNCHRONOUS_COMMIT_OFF,
}
# MEMBER: also by way of a role that the signed-in one could become.
_WHO: Final = text("""
    SELECT current_user AS name,
           (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)
               AS superuser,
           EXISTS (SELECT FROM pg_catalog.pg_class
                   WHERE relnamespace = 'public'::regnamespace
                     AND pg_catalog.pg_has_role(relowner, 'MEMBER')) AS owner
""")


def _sqlite(connection: Connection) -> Iterator[SafetyProblem]:
    for pragma, (wanted, code) in _PRAGMAS.items():
        value = connection.execute(text(f"PRAGMA {pragma}")).scalar_one()
        if value != wanted:
            yield SafetyProblem(
                code,
                f"SQLite runs with {pragma}={value}, which must be {wanted}. "
                "Keep the books on a local disk that can have it.",
            )


_PRAGMAS: Final[Mapping[str, tuple[object, SafetyCode]]] = {
    "journal_mode": ("wal", SafetyCode.WAL_OFF),
    "synchronous": (_SQLITE_FULL, SafetyCode.SYNCHRONOUS_NOT_FULL),
    "foreign_keys": (1, SafetyCode.FOREIGN_KEYS_OFF),
}
_ENGINES: Final[Mapping[str, Callable[[Connection], Iterator[SafetyProblem]]]] = {
    "postgresql": _postgresql,
    "sqlite": _sqlite,
}
