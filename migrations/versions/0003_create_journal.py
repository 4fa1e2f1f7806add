"""Create the journal, append-only."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")

GUARDED = {"events": ("book_id", "position")}
REFUSAL = "countersign: the books are append-only"


def upgrade() -> None:
    op.create_table(
        "book_heads",
        sa.Column("book_id", sa.Text(), nullable=False),
        sa.Column("size", WHOLE, nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.CheckConstraint("size >= 0", name=op.f("ck_book_heads_size")),
        sa.ForeignKeyConstraint(
            ["book_id"], ["registrations.id"], name=op.f("fk_book_heads_book_id")
        ),
        sa.PrimaryKeyConstraint("book_id", name=op.f("pk_book_heads")),
        sqlite_strict=True,
    )
    op.create_table(
        "events",
        sa.Column("book_id", sa.Text(), nullable=False),
        sa.Column("position", WHOLE, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("witness_id", sa.Text(), nullable=True),
        sa.Column("occurred_at", INSTANT, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("position > 0", name=op.f("ck_events_position")),
        sa.CheckConstraint(
            "witness_id <> actor_id", name=op.f("ck_events_witness_is_another_person")
        ),
        sa.ForeignKeyConstraint(
            ["book_id"], ["book_heads.book_id"], name=op.f("fk_events_book_id")
        ),
        sa.PrimaryKeyConstraint("book_id", "position", name=op.f("pk_events")),
        sa.UniqueConstraint("id", name=op.f("uq_events_id")),
        sqlite_strict=True,
    )
    op.create_index("ix_events_subject", "events", ["book_id", "subject"], unique=False)
    for table, key in GUARDED.items():
        _make_append_only(table, key)


def downgrade() -> None:
    op.drop_table("events")
    op.drop_table("book_heads")
    if op.get_bind().dialect.name == "postgresql":
        for table in GUARDED:
            op.execute(f"DROP FUNCTION {table}_refuse_change()")


def _make_append_only(table: str, key: tuple[str, ...]) -> None:
    """Let the database itself refuse to change or remove a row (design idea 4)."""
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite(table, key)
    else:
        _guard_postgresql(table)


def _guard_sqlite(table: str, key: tuple[str, ...]) -> None:
    same = " AND ".join(f"{column} = NEW.{column}" for column in key)
    conditions = {
        "UPDATE": "",
        "DELETE": "",
        # INSERT OR REPLACE would delete the old row without firing DELETE triggers.
        "INSERT": f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})",
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
