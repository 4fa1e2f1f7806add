"""What every table shares: names of constraints, column types, STRICT on SQLite."""

from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Date,
    DateTime,
    Dialect,
    Integer,
    MetaData,
    Text,
    TypeDecorator,
)
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeEngine

NAMING_CONVENTION: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# STRICT makes SQLite refuse a text in an integer column, as PostgreSQL does.
STRICT: Final[dict[str, Any]] = {"sqlite_strict": True}

# Micrograms, nanolitres, positions: 64 bits on both engines.
Whole = BigInteger().with_variant(Integer(), "sqlite")


class Instant(TypeDecorator[datetime]):
    """A moment in UTC: timestamptz on PostgreSQL, sortable ISO text on SQLite.

    Naive datetimes are refused on the way in and never come out.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type of the engine."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(Text())
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Write UTC; refuse a datetime without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        value = value.astimezone(UTC)
        if dialect.name == "sqlite":
            return value.isoformat(timespec="microseconds")
        return value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Read an aware UTC datetime."""
        if value is None:
            return None
        if dialect.name == "sqlite":
            value = datetime.fromisoformat(value)
        result: datetime = value.astimezone(UTC)
        return result


class Day(TypeDecorator[date]):
    """A civil day (an expiry, an invoice date): date, or ISO text on SQLite."""

    impl = Date
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type of the engine."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else Date())

    def process_bind_param(self, value: date | None, dialect: Dialect) -> Any:
        """Write the day."""
        if value is None or dialect.name != "sqlite":
            return value
        return value.isoformat()

    def process_result_value(self, value: Any, dialect: Dialect) -> date | None:
        """Read the day."""
        if value is None or dialect.name != "sqlite":
            return value  # type: ignore[no-any-return]  # the driver's own date
        return date.fromisoformat(value)


class Base(DeclarativeBase):
    """The one metadata of all tables; migrations are compared with it."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map: Final = {int: Whole, str: Text(), datetime: Instant, date: Day}
