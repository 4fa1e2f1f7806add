"""Create the journal, append-only."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")

GUARDED = {
    "events": (("book_id", "position"), ("id",)),
    "event_texts": (("book_id", "position", "name"),),
    "checkpoints": (("book_id", "size"),),
    "cosignatures": (("book_id", "size", "witness_name"),),
}
REFUSAL = "countersign: the books are append-only"
# The one change there may be: a free text and its salt are removed together.
REDACTION = {
    "event_texts": "NEW.salt IS NULL AND NEW.text IS NULL AND OLD.salt IS NOT NULL "
    "AND NEW.book_id = OLD.book_id AND NEW.position = OLD.position "
    "AND NEW.name = OLD.name"
}
REFUSED = "UPDATE OR DELETE OR TRUNCATE"


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
        sa.Column("subtrees", sa.LargeBinary(), nullable=False),
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
    op.create_table(
        "event_texts",
        sa.Column("book_id", sa.Text(), nullable=False),
        sa.Column("position", WHOLE, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(salt IS NULL) = (text IS NULL)",
            name=op.f("ck_event_texts_redacted_whole"),
        ),
        sa.CheckConstraint("length(salt) = 32", name=op.f("ck_event_texts_salt")),
        sa.ForeignKeyConstraint(
            ["book_id", "position"],
            ["events.book_id", "events.position"],
            name=op.f("fk_event_texts_book_id_position"),
        ),
        sa.PrimaryKeyConstraint(
            "book_id", "position", "name", name=op.f("pk_event_texts")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "checkpoints",
        sa.Column("book_id", sa.Text(), nullable=False),
        sa.Column("size", WHOLE, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_checkpoints_size")),
        sa.ForeignKeyConstraint(
            ["book_id"], ["book_heads.book_id"], name=op.f("fk_checkpoints_book_id")
        ),
        sa.PrimaryKeyConstraint("book_id", "size", name=op.f("pk_checkpoints")),
        sqlite_strict=True,
    )
    op.create_table(
        "cosignatures",
        sa.Column("book_id", sa.Text(), nullable=False),
        sa.Column("size", WHOLE, nullable=False),
        sa.Column("witness_name", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["book_id", "size"],
            ["checkpoints.book_id", "checkpoints.size"],
            name=op.f("fk_cosignatures_book_id_size"),
        ),
        sa.PrimaryKeyConstraint(
            "book_id", "size", "witness_name", name=op.f("pk_cosignatures")
        ),
        sqlite_strict=True,
    )
    for table, keys in GUARDED.items():
        _make_append_only(table, keys)


def downgrade() -> None:
    op.drop_table("cosignatures")
    op.drop_table("checkpoints")
    op.drop_table("event_texts")
    op.drop_table("events")
    op.drop_table("book_heads")
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
        "UPDATE": f"WHEN NOT ({REDACTION[table]})" if table in REDACTION else "",
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
    if table in REDACTION:
        op.execute(
            f"CREATE TRIGGER {table}_refuse_update BEFORE UPDATE ON {table} "
            f"FOR EACH ROW WHEN (NOT ({REDACTION[table]})) "
            f"EXECUTE FUNCTION {table}_refuse_change()"
        )
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_refuse_update")
    refused = "DELETE OR TRUNCATE" if table in REDACTION else REFUSED
    op.execute(
        f"CREATE TRIGGER {table}_refuse_change BEFORE {refused} "
        f"ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse_change()"
    )
    # ALWAYS: also when replication switches ordinary triggers off (assurance E8 d).
    op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_refuse_change")
