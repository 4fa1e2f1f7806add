"""Create lots, containers, balances and entries, append-only."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
DAY = sa.Date().with_variant(sa.Text(), "sqlite")

GUARDED = {"entries": (("book_id", "position", "leg"),)}
REFUSAL = "countersign: the books are append-only"


def upgrade() -> None:
    op.create_table(
        "lots",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("registration_id", sa.Text(), nullable=False),
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("product_name", sa.Text(), nullable=False),
        sa.Column("ndc", sa.Text(), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("expires_on", DAY, nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("ug_per_unit", WHOLE, nullable=False),
        sa.Column("nominal_ug", WHOLE, nullable=False),
        sa.CheckConstraint("nominal_ug > 0", name=op.f("ck_lots_nominal_ug")),
        sa.CheckConstraint("ug_per_unit > 0", name=op.f("ck_lots_ug_per_unit")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_lots_product_id")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_lots_registration_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lots")),
        sa.UniqueConstraint(
            "registration_id",
            "product_id",
            "lot",
            name=op.f("uq_lots_registration_id_product_id_lot"),
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "containers",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("registration_id", sa.Text(), nullable=False),
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("lot_id", sa.Text(), nullable=False),
        sa.Column("location_id", sa.Text(), nullable=False),
        sa.Column("nominal_ug", WHOLE, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("opened_at", INSTANT, nullable=True),
        sa.Column("retired_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "state IN ('sealed', 'in_use', 'retired')", name=op.f("ck_containers_state")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_containers_number")),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name=op.f("fk_containers_location_id")
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["lots.id"], name=op.f("fk_containers_lot_id")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_containers_registration_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_containers")),
        sa.UniqueConstraint(
            "registration_id",
            "number",
            name=op.f("uq_containers_registration_id_number"),
        ),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_containers_location",
        "containers",
        ["registration_id", "location_id", "state"],
        unique=False,
    )
    op.create_index(
        op.f("ix_containers_lot_id"), "containers", ["lot_id"], unique=False
    )
    op.create_table(
        "balances",
        sa.Column("book_id", sa.Text(), nullable=False),
        sa.Column("container_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("holder_id", sa.Text(), nullable=False),
        sa.Column("balance_ug", WHOLE, nullable=False),
        sa.Column("moved_ug", WHOLE, nullable=False),
        sa.Column("lower_ug", WHOLE, nullable=False),
        sa.Column("upper_ug", WHOLE, nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sa.CheckConstraint(
            "balance_ug BETWEEN lower_ug AND upper_ug", name=op.f("ck_balances_limits")
        ),
        sa.CheckConstraint("moved_ug <> 0", name=op.f("ck_balances_moved_ug")),
        sa.CheckConstraint("version > 0", name=op.f("ck_balances_version")),
        sa.ForeignKeyConstraint(
            ["book_id"], ["registrations.id"], name=op.f("fk_balances_book_id")
        ),
        sa.ForeignKeyConstraint(
            ["container_id"], ["containers.id"], name=op.f("fk_balances_container_id")
        ),
        sa.PrimaryKeyConstraint(
            "book_id", "container_id", "kind", "holder_id", name=op.f("pk_balances")
        ),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_balances_account",
        "balances",
        ["book_id", "kind", "holder_id"],
        unique=False,
    )
    op.create_table(
        "entries",
        sa.Column("book_id", sa.Text(), nullable=False),
        sa.Column("position", WHOLE, nullable=False),
        sa.Column("leg", WHOLE, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("holder_id", sa.Text(), nullable=False),
        sa.Column("container_id", sa.Text(), nullable=False),
        sa.Column("amount_ug", WHOLE, nullable=False),
        sa.Column("previous_ug", WHOLE, nullable=True),
        sa.Column("balance_ug", WHOLE, nullable=True),
        sa.Column("version", WHOLE, nullable=True),
        sa.Column("occurred_at", INSTANT, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "(version IS NULL) = (balance_ug IS NULL) AND (version IS NULL) = (previous_ug IS NULL)",
            name=op.f("ck_entries_all_or_none"),
        ),
        sa.CheckConstraint("amount_ug <> 0", name=op.f("ck_entries_amount")),
        sa.CheckConstraint(
            "previous_ug + amount_ug = balance_ug", name=op.f("ck_entries_chain")
        ),
        sa.ForeignKeyConstraint(
            ["book_id", "position"],
            ["events.book_id", "events.position"],
            name=op.f("fk_entries_book_id_position"),
        ),
        sa.ForeignKeyConstraint(
            ["container_id"], ["containers.id"], name=op.f("fk_entries_container_id")
        ),
        sa.PrimaryKeyConstraint("book_id", "position", "leg", name=op.f("pk_entries")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_entries_account",
        "entries",
        ["book_id", "kind", "holder_id", "position"],
        unique=False,
    )
    op.create_index(
        "ix_entries_container",
        "entries",
        ["book_id", "container_id", "position"],
        unique=False,
    )
    op.create_index(
        "ix_entries_occurred", "entries", ["book_id", "occurred_at"], unique=False
    )
    for table, keys in GUARDED.items():
        _make_append_only(table, keys)


def downgrade() -> None:
    op.drop_table("entries")
    op.drop_table("balances")
    op.drop_table("containers")
    op.drop_table("lots")
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
