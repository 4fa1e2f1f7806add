"""Create the record of refused attempts and patient reads, append-only."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")

GUARDED = {"attempts": (("id",),), "patient_reads": (("id",),)}
REFUSAL = "countersign: the books are append-only"


def upgrade() -> None:

    op.create_table(
        "attempts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("tried_at", INSTANT, nullable=False),
        sa.Column("registration_id", sa.Text(), nullable=True),
        sa.Column("person_id", sa.Text(), nullable=True),
        sa.Column("principal", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_attempts_registration_id",
        "attempts",
        ["registration_id", "tried_at"],
        unique=False,
    )
    op.create_index(
        "ix_attempts_window",
        "attempts",
        ["principal", "action", "code", "tried_at"],
        unique=False,
    )
    op.create_table(
        "suppressed_attempts",
        sa.Column("principal", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("window_from", INSTANT, nullable=False),
        sa.Column("registration_id", sa.Text(), nullable=True),
        sa.Column("attempts", WHOLE, nullable=False),
        sa.Column("last_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "attempts > 0", name=op.f("ck_suppressed_attempts_attempts")
        ),
        sa.PrimaryKeyConstraint(
            "principal",
            "action",
            "code",
            "window_from",
            name=op.f("pk_suppressed_attempts"),
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "patient_reads",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("read_at", INSTANT, nullable=False),
        sa.Column("registration_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient_reads")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_patient_reads_registration_id",
        "patient_reads",
        ["registration_id", "read_at"],
        unique=False,
    )
    for table, keys in GUARDED.items():
        _make_append_only(table, keys)


def downgrade() -> None:
    op.drop_table("patient_reads")
    op.drop_table("suppressed_attempts")
    op.drop_table("attempts")
    if op.get_bind().dialect.name == "postgresql":
        for table in GUARDED:
            op.execute(f"DROP FUNCTION {table}_refuse_change()")


def _make_append_only(table: str, keys: tuple[tuple[str, ...], ...]) -> None:
    """Let the database itself refuse to change or remove a row (decision 0004)."""
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite(table, keys)
    else:
        _guard_postgresql(table)


def _guard_sqlite(table: str, keys: tuple[tuple[str, ...], ...]) -> None:
    same = " OR ".join(
        " AND ".join(f"{column} = NEW.{column}" for column in key) for key in keys
    )
    conditions = {
        "UPDATE": "",
        "DELETE": "",
        # INSERT OR REPLACE would delete the old row without firing DELETE triggers,
        # be it found by a key or by the engine's own row number.
        "INSERT": f"WHEN EXISTS (SELECT 1 FROM {table} "
        f"WHERE {same} OR rowid = NEW.rowid)",
    }
    for verb, condition in conditions.items():
        op.execute(
            f"CREATE TRIGGER {table}_refuse_{verb.lower()} "
            f"BEFORE {verb} ON {table} {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )


def _guard_postgresql(table: str) -> None:
    op.execute(
        f"CREATE FUNCTION {table}_refuse_change() RETURNS trigger LANGUAGE plpgsql "
        f"AS $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE "
        f"ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse_change()"
    )
    # ALWAYS: also when replication switches ordinary triggers off (assurance E8 d).
    op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_refuse_change")
