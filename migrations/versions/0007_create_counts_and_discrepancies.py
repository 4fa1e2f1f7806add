"""Create counts, their lines, and discrepancies."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "counts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("registration_id", sa.Text(), nullable=False),
        sa.Column("location_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("counted_by", sa.Text(), nullable=False),
        sa.Column("witnessed_by", sa.Text(), nullable=True),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("committed_at", INSTANT, nullable=True),
        sa.Column("position", WHOLE, nullable=True),
        sa.CheckConstraint(
            "(state = 'committed') = (position IS NOT NULL)",
            name=op.f("ck_counts_committed"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'committed')", name=op.f("ck_counts_state")
        ),
        sa.CheckConstraint(
            "witnessed_by <> counted_by", name=op.f("ck_counts_another_person")
        ),
        sa.ForeignKeyConstraint(
            ["counted_by"], ["people.id"], name=op.f("fk_counts_counted_by")
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name=op.f("fk_counts_location_id")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_counts_registration_id"),
        ),
        sa.ForeignKeyConstraint(
            ["witnessed_by"], ["people.id"], name=op.f("fk_counts_witnessed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counts")),
        sqlite_strict=True,
    )
    op.create_index(
        "uq_counts_open_location",
        "counts",
        ["location_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "count_lines",
        sa.Column("count_id", sa.Text(), nullable=False),
        sa.Column("line", WHOLE, nullable=False),
        sa.Column("lot_id", sa.Text(), nullable=False),
        sa.Column("container_id", sa.Text(), nullable=True),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("counted_containers", WHOLE, nullable=False),
        sa.Column("counted_ug", WHOLE, nullable=False),
        sa.Column("expected_containers", WHOLE, nullable=False),
        sa.Column("expected_ug", WHOLE, nullable=False),
        sa.Column("missing_numbers", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(method = 'volume') = (container_id IS NOT NULL)",
            name=op.f("ck_count_lines_subject"),
        ),
        sa.CheckConstraint(
            "method IN ('number', 'scan', 'volume')", name=op.f("ck_count_lines_method")
        ),
        sa.CheckConstraint(
            "counted_ug >= 0 AND counted_containers >= 0",
            name=op.f("ck_count_lines_counted"),
        ),
        sa.ForeignKeyConstraint(
            ["container_id"],
            ["containers.id"],
            name=op.f("fk_count_lines_container_id"),
        ),
        sa.ForeignKeyConstraint(
            ["count_id"], ["counts.id"], name=op.f("fk_count_lines_count_id")
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["lots.id"], name=op.f("fk_count_lines_lot_id")
        ),
        sa.PrimaryKeyConstraint("count_id", "line", name=op.f("pk_count_lines")),
        sqlite_strict=True,
    )
    op.create_table(
        "discrepancies",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("registration_id", sa.Text(), nullable=False),
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("location_id", sa.Text(), nullable=False),
        sa.Column("lot_id", sa.Text(), nullable=False),
        sa.Column("container_id", sa.Text(), nullable=True),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("variance_ug", WHOLE, nullable=False),
        sa.Column("variance_containers", WHOLE, nullable=False),
        sa.Column("discovered_at", INSTANT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("position", WHOLE, nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'closed')", name=op.f("ck_discrepancies_state")
        ),
        sa.CheckConstraint(
            "variance_ug <> 0 OR variance_containers <> 0",
            name=op.f("ck_discrepancies_nonzero"),
        ),
        sa.ForeignKeyConstraint(
            ["container_id"],
            ["containers.id"],
            name=op.f("fk_discrepancies_container_id"),
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name=op.f("fk_discrepancies_location_id")
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["lots.id"], name=op.f("fk_discrepancies_lot_id")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_discrepancies_registration_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discrepancies")),
        sa.UniqueConstraint(
            "registration_id",
            "number",
            name=op.f("uq_discrepancies_registration_id_number"),
        ),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_discrepancies_subject",
        "discrepancies",
        ["location_id", "lot_id", "container_id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("discrepancies")
    op.drop_table("count_lines")
    op.drop_table("counts")
