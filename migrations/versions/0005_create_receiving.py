"""Create the initial inventories and receipts."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
DAY = sa.Date().with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "initial_inventories",
        sa.Column("registration_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("taken_on", DAY, nullable=False),
        sa.Column("moment", sa.Text(), nullable=False),
        sa.Column("containers", WHOLE, nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("position", WHOLE, nullable=False),
        sa.CheckConstraint(
            "moment IN ('opening', 'close')", name=op.f("ck_initial_inventories_moment")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"],
            ["people.id"],
            name=op.f("fk_initial_inventories_recorded_by"),
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_initial_inventories_registration_id"),
        ),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_initial_inventories")),
        sqlite_strict=True,
    )
    op.create_table(
        "receipts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("registration_id", sa.Text(), nullable=False),
        sa.Column("location_id", sa.Text(), nullable=False),
        sa.Column("supplier_name", sa.Text(), nullable=False),
        sa.Column("supplier_address", sa.Text(), nullable=False),
        sa.Column("supplier_dea_number", sa.Text(), nullable=False),
        sa.Column("invoice_number", sa.Text(), nullable=False),
        sa.Column("ordered_on", DAY, nullable=True),
        sa.Column("shipped_on", DAY, nullable=True),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("containers", WHOLE, nullable=False),
        sa.Column("received_by", sa.Text(), nullable=False),
        sa.Column("position", WHOLE, nullable=False),
        sa.CheckConstraint("containers > 0", name=op.f("ck_receipts_containers")),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name=op.f("fk_receipts_location_id")
        ),
        sa.ForeignKeyConstraint(
            ["received_by"], ["people.id"], name=op.f("fk_receipts_received_by")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_receipts_registration_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
        sa.UniqueConstraint(
            "registration_id",
            "supplier_dea_number",
            "invoice_number",
            name=op.f("uq_receipts_registration_id_supplier_dea_number_invoice_number"),
        ),
        sqlite_strict=True,
    )


def downgrade() -> None:
    op.drop_table("receipts")
    op.drop_table("initial_inventories")
