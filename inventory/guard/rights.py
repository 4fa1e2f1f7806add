"""Who may do what, as the catalogue of PostgreSQL says, and how to correct it."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from sqlalchemy import Connection, text

from inventory.guard.roles import Right, wanted_rights
from inventory.models import Base

PUBLIC: Final = "PUBLIC"

# A right that may be passed on is written with a star: nobody shall have one.
_READ: Final = text("""
    SELECT kind, name, CASE a.grantee WHEN 0 THEN 'PUBLIC'
             ELSE pg_catalog.pg_get_userbyid(a.grantee) END,
           a.privilege_type || CASE WHEN a.is_grantable THEN '*' ELSE '' END, col
    FROM (
        SELECT 'table' AS kind, relname::text AS name, relowner AS owner, '' AS col,
               coalesce(relacl, acldefault('r', relowner)) AS acl
        FROM pg_catalog.pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind NOT IN ('i', 'I')
      UNION ALL
        SELECT 'table', relname::text, relowner, attname::text, attacl
        FROM pg_catalog.pg_class
        JOIN pg_catalog.pg_attribute t ON t.attrelid = pg_class.oid
        WHERE relnamespace = 'public'::regnamespace AND NOT attisdropped
      UNION ALL
        SELECT 'function', oid::regprocedure::text, proowner, '',
               coalesce(proacl, acldefault('f', proowner))
        FROM pg_catalog.pg_proc WHERE pronamespace = 'public'::regnamespace
      UNION ALL
        SELECT 'schema', nspname::text, nspowner, '',
               coalesce(nspacl, acldefault('n', nspowner))
        FROM pg_catalog.pg_namespace WHERE nspname = 'public'
      UNION ALL
        SELECT 'database', datname::text, datdba, '',
               coalesce(datacl, acldefault('d', datdba))
        FROM pg_catalog.pg_database WHERE datname = current_database()
    ) AS objects
    CROSS JOIN LATERAL aclexplode(acl) AS a
    WHERE a.grantee <> owner
""")


def read_rights(connection: Connection) -> set[Right]:
    """Read every right that anybody but an object's owner has."""
    return {Right(*row) for row in connection.execute(_READ)}


def needed_rights(connection: Connection) -> set[Right]:
    """List the rights that this version needs in the connected database."""
    columns = {
        table.name: tuple(column.name for column in table.columns)
        for table in Base.metadata.sorted_tables
    }
    database = connection.execute(text("SELECT current_database()")).scalar_one()
    return wanted_rights(columns, database)


def revokes(rights: Iterable[Right]) -> Iterator[str]:
    """Give the statements that take rights away, also from those who got them on."""
    for kind, name, grantee, privilege in _grouped(rights):
        yield f"REVOKE {privilege} ON {kind} {name} FROM {grantee} CASCADE"


def grants(rights: Iterable[Right]) -> Iterator[str]:
    """Give the statements that grant rights."""
    for kind, name, grantee, privilege in _grouped(rights):
        yield f"GRANT {privilege} ON {kind} {name} TO {grantee}"


def described(rights: Iterable[Right]) -> Iterator[tuple[str, str, str]]:
    """Say each right as kind and name of its object, and a line about it."""
    for kind, name, grantee, privilege in _grouped(rights):
        line = f"{grantee}: {privilege}"
        yield kind.lower(), name.replace('"', ""), line.replace('"', "")


def quoted(name: str) -> str:
    """Write a name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def _grouped(rights: Iterable[Right]) -> Iterator[tuple[str, str, str, str]]:
    """Take the columns of one privilege together: one statement for them all."""
    for key, group in groupby(sorted(rights), key=_but_column):
        kind, name, grantee, privilege, _ = key
        columns = [quoted(right.column) for right in group if right.column]
        suffix = f" ({', '.join(columns)})" if columns else ""
        yield (
            kind.upper(),
            name if kind == "function" else quoted(name),
            grantee if grantee == PUBLIC else quoted(grantee),
            privilege.rstrip("*") + suffix,
        )


def _but_column(right: Right) -> tuple[str, str, str, str, bool]:
    # A table's own privilege and those of its columns are different statements.
    return right.kind, right.name, right.grantee, right.privilege, bool(right.column)
