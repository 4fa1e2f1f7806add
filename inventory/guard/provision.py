"""Make a PostgreSQL database what it must be: roles, owners, rights. Idempotent.

Everything is compared with the catalogue first, and only what differs is said: a second
run says nothing, and leaves no trace that the watch would have to report.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from psycopg import Connection as Driver
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.pool import NullPool

from inventory import schema
from inventory.guard.rights import (
    grants,
    needed_rights,
    quoted,
    read_rights,
    revokes,
)
from inventory.guard.roles import (
    LOGIN_ROLES,
    READ_ONLY_ROLES,
    SEARCH_PATH,
    DatabaseRole,
    Right,
    table_owner,
)

_ONE_AT_A_TIME: Final = text("SELECT pg_advisory_xact_lock(hashtext('countersign'))")
_ATTRIBUTES: Final = {
    "rolsuper": "SUPERUSER",
    "rolcreaterole": "CREATEROLE",
    "rolcreatedb": "CREATEDB",
    "rolreplication": "REPLICATION",
    "rolbypassrls": "BYPASSRLS",
}
_ROLES: Final = text("SELECT * FROM pg_roles WHERE rolname LIKE 'countersign\\_%'")
_MEMBERS_OF_EACH_OTHER: Final = text("""
    SELECT DISTINCT roleid::regrole::text, member::regrole::text FROM pg_auth_members
    WHERE roleid::regrole::text LIKE 'countersign\\_%'
      AND member::regrole::text LIKE 'countersign\\_%'
""")
_OWNED: Final = text("""
    SELECT 'table' AS kind, relname::text AS name, pg_get_userbyid(relowner) AS owner
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
    UNION ALL
    SELECT 'function', oid::regprocedure::text, pg_get_userbyid(proowner)
    FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    ORDER BY 1, 2
""")

Passwords = Mapping[DatabaseRole, str]


def provision(administrator_url: str, passwords: Passwords | None = None) -> list[str]:
    """Create or correct the roles, bring the schema up, set owners and rights.

    Args:
        administrator_url: a superuser, or the owner of the database who may create
            roles. Used for this alone, never by the service.
        passwords: passwords to set; a role without one keeps what it has. Only their
            SCRAM-SHA-256 verifiers leave this process.

    Returns:
        The statements that were needed, without those of passwords.
    """
    engine = create_engine(administrator_url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(_ONE_AT_A_TIME)
        done = _apply(connection, _role_statements(connection))
    with _as_the_owners(engine):
        schema.upgrade(administrator_url)
        with engine.begin() as connection:
            connection.execute(_ONE_AT_A_TIME)
            done += _correct_rights(connection)
            done += _apply(connection, _owner_statements(connection))
            done += _correct_rights(connection)
            _set_passwords(connection, passwords or {})
    return done


def regrant(connection: Connection) -> list[str]:
    """Correct the rights on the tables that the connected role owns.

    For the migrator, whose migrations may bring new tables and columns. Where nothing
    was provisioned, in a trial, there is nobody to give a right to.
    """
    present = {row["rolname"] for row in connection.execute(_ROLES).mappings()}
    if not present.issuperset(DatabaseRole):
        return []
    me = connection.execute(text("SELECT current_user")).scalar_one()
    owned = connection.execute(_OWNED)
    mine = {row.name for row in owned if (row.kind, row.owner) == ("table", me)}
    return _correct_rights(connection, of=lambda right: right.name in mine)


def _role_statements(connection: Connection) -> Iterator[str]:
    present = {row["rolname"]: row for row in connection.execute(_ROLES).mappings()}
    for role in DatabaseRole:
        login = role in LOGIN_ROLES
        row = present.get(role)
        if row is None:
            yield f"CREATE ROLE {role} {'LOGIN' if login else 'NOLOGIN'}"
        elif row["rolcanlogin"] != login:
            yield f"ALTER ROLE {role} {'LOGIN' if login else 'NOLOGIN'}"
        for column, name in _ATTRIBUTES.items():
            if row is not None and row[column]:
                yield f"ALTER ROLE {role} NO{name}"
        settings = (row["rolconfig"] if row else None) or []
        for name, value in _settings(role).items():
            if f"{name}={value}" not in settings:
                yield f"ALTER ROLE {role} SET {name} = {value}"
    for role_of, member in connection.execute(_MEMBERS_OF_EACH_OTHER):
        yield f"REVOKE {role_of} FROM {member} CASCADE"


def _settings(role: DatabaseRole) -> dict[str, str]:
    settings = {"search_path": SEARCH_PATH}
    if role in READ_ONLY_ROLES:
        settings["default_transaction_read_only"] = "on"
    return settings


def _owner_statements(connection: Connection) -> Iterator[str]:
    for kind, name, owner in connection.execute(_OWNED):
        wanted = table_owner(name) if kind == "table" else DatabaseRole.OWNER
        if owner != wanted:
            called = quoted(name) if kind == "table" else name
            yield f"ALTER {kind.upper()} {called} OWNER TO {wanted}"


def _correct_rights(
    connection: Connection, *, of: Callable[[Right], bool] = lambda _: True
) -> list[str]:
    """Take away what is too much, then give what is missing.

    In this order, and read again between: taking a privilege of a table takes that of
    its columns too.
    """
    wanted = set(filter(of, needed_rights(connection)))
    surplus = set(filter(of, read_rights(connection))) - wanted
    done = _apply(connection, revokes(surplus))
    missing = wanted - read_rights(connection)
    return done + _apply(connection, grants(missing))


def _apply(connection: Connection, statements: Iterable[str]) -> list[str]:
    done = list(statements)
    for statement in done:
        connection.exec_driver_sql(statement)
    return done


@contextmanager
def _as_the_owners(engine: Engine) -> Iterator[None]:
    """Let an administrator who is no superuser act for both owners, for a while."""
    owners = f"{DatabaseRole.OWNER}, {DatabaseRole.MIGRATOR}"
    with engine.begin() as connection:
        needed = not connection.execute(
            text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        ).scalar_one()
        if needed:
            connection.exec_driver_sql(
                f"GRANT {owners} TO CURRENT_USER WITH INHERIT TRUE, SET TRUE"
            )
    try:
        yield
    finally:
        if needed:
            with engine.begin() as connection:
                connection.exec_driver_sql(f"REVOKE {owners} FROM CURRENT_USER")


def _set_passwords(connection: Connection, passwords: Passwords) -> None:
    driver = connection.connection.driver_connection
    assert isinstance(driver, Driver), "PostgreSQL is reached with psycopg"
    for role, password in passwords.items():
        verifier = driver.pgconn.encrypt_password(
            password.encode(), role.encode(), b"scram-sha-256"
        ).decode()
        connection.exec_driver_sql(f"ALTER ROLE {role} PASSWORD '{verifier}'")
