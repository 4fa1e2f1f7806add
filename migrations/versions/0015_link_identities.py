"""Link people to the organisation's own sign-in service."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:

    op.create_table(
        "federated_identities",
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("linked_at", INSTANT, nullable=False),
        sa.Column("last_used_at", INSTANT, nullable=True),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_federated_identities_person_id")
        ),
        sa.PrimaryKeyConstraint(
            "issuer", "subject", name=op.f("pk_federated_identities")
        ),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_federated_identities_person_id",
        "federated_identities",
        ["person_id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("federated_identities")
