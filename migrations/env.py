"""Run migrations: one transaction each, bounded waits, one migrator at a time."""

from typing import Final

from alembic import context
from sqlalchemy import Connection, create_engine, pool

from inventory.db import make_engine
from inventory.models import Base

# A migration that cannot get its locks gives up: the clinic goes on working.
_POSTGRESQL_LIMITS: Final = (
    "SET lock_timeout = '4s'",
    "SET statement_timeout = '60s'",
)


def _migrate(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        for statement in _POSTGRESQL_LIMITS:
            connection.exec_driver_sql(statement)
        connection.commit()
    else:
        _let_tables_be_rebuilt(connection)
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        transaction_per_migration=True,
        compare_type=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    if connection.dialect.name == "sqlite":
        _require_whole_references(connection)


def _let_tables_be_rebuilt(connection: Connection) -> None:
    """Let SQLite drop a table that others refer to and put its new form in place.

    That is how SQLite changes a constraint (its documentation, ALTER TABLE, section 7).
    The switch works outside a transaction only.
    """
    dbapi_connection = connection.connection.dbapi_connection
    assert dbapi_connection is not None, "it was just connected"
    dbapi_connection.execute("PRAGMA foreign_keys=OFF")


def _require_whole_references(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    assert not broken, f"references that lead nowhere: {broken}"


def _run() -> None:
    url = context.config.attributes["url"]
    if context.is_offline_mode():
        context.configure(url=url, target_metadata=Base.metadata, literal_binds=True)
        with context.begin_transaction():
            context.run_migrations()
        return
    engine = (
        make_engine(url)
        if url.startswith("sqlite")
        else create_engine(url, poolclass=pool.NullPool)
    )
    with engine.connect() as connection:
        _migrate(connection)
    engine.dispose()


_run()
