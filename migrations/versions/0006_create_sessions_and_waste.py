"""Create supervised sessions and waste awaiting its witness."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("registration_id", sa.Text(), nullable=False),
        sa.Column("patient_ref", sa.Text(), nullable=False),
        sa.Column("indication", sa.Text(), nullable=False),
        sa.Column("clinician_id", sa.Text(), nullable=False),
        sa.Column("weight_g", WHOLE, nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("product_id", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL)",
            name=op.f("ck_sessions_closed"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'closed')", name=op.f("ck_sessions_state")
        ),
        sa.CheckConstraint("weight_g > 0", name=op.f("ck_sessions_weight_g")),
        sa.ForeignKeyConstraint(
            ["clinician_id"], ["people.id"], name=op.f("fk_sessions_clinician_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_sessions_product_id")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_sessions_registration_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_sessions_state", "sessions", ["registration_id", "state"], unique=False
    )
    op.create_table(
        "waste_requests",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("registration_id", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("amount_ug", WHOLE, nullable=False),
        sa.Column("manner", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_at", INSTANT, nullable=False),
        sa.Column("occurred_at", INSTANT, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("witnessed_by", sa.Text(), nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("position", WHOLE, nullable=True),
        sa.CheckConstraint(
            "(state = 'witnessed') = (witnessed_by IS NOT NULL)",
            name=op.f("ck_waste_requests_witnessed"),
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'witnessed', 'cancelled')",
            name=op.f("ck_waste_requests_state"),
        ),
        sa.CheckConstraint("amount_ug > 0", name=op.f("ck_waste_requests_amount_ug")),
        sa.CheckConstraint(
            "witnessed_by <> requested_by",
            name=op.f("ck_waste_requests_another_person"),
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_waste_requests_registration_id"),
        ),
        sa.ForeignKeyConstraint(
            ["requested_by"], ["people.id"], name=op.f("fk_waste_requests_requested_by")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_waste_requests_session_id")
        ),
        sa.ForeignKeyConstraint(
            ["witnessed_by"], ["people.id"], name=op.f("fk_waste_requests_witnessed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waste_requests")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_waste_requests_session", "waste_requests", ["session_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("waste_requests")
    op.drop_table("sessions")
