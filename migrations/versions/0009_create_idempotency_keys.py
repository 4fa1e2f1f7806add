"""Create the memory of answered writes."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("principal_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_sha256", sa.Text(), nullable=False),
        sa.Column("status", WHOLE, nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["principal_id"],
            ["people.id"],
            name=op.f("fk_idempotency_keys_principal_id"),
        ),
        sa.PrimaryKeyConstraint(
            "principal_id", "key", name=op.f("pk_idempotency_keys")
        ),
        sqlite_strict=True,
    )


def downgrade() -> None:
    op.drop_table("idempotency_keys")
