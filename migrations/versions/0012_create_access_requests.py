"""Create requests for access, emergency access and alerts."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:

    op.create_table(
        "access_requests",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("registration_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_at", INSTANT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "(state = 'pending') = (decided_at IS NULL)",
            name=op.f("ck_access_requests_decided"),
        ),
        sa.CheckConstraint(
            "kind IN ('grant_role', 'end_role', 'reset_credentials')",
            name=op.f("ck_access_requests_kind"),
        ),
        sa.CheckConstraint(
            "state = 'withdrawn' OR decided_by <> person_id",
            name=op.f("ck_access_requests_decided_by_another"),
        ),
        sa.CheckConstraint(
            "state = 'withdrawn' OR decided_by <> requested_by",
            name=op.f("ck_access_requests_two_people"),
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'approved', 'refused', 'withdrawn')",
            name=op.f("ck_access_requests_state"),
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by IS NULL)",
            name=op.f("ck_access_requests_decided_by"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_access_requests_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_access_requests_registration_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_requests")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_access_requests_state",
        "access_requests",
        ["registration_id", "state"],
        unique=False,
    )
    op.create_table(
        "emergency_accesses",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("registration_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("reviewed_by", sa.Text(), nullable=True),
        sa.Column("reviewed_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "(reviewed_by IS NULL) = (reviewed_at IS NULL)",
            name=op.f("ck_emergency_accesses_review"),
        ),
        sa.CheckConstraint(
            "ends_at > started_at", name=op.f("ck_emergency_accesses_time_boxed")
        ),
        sa.CheckConstraint(
            "reviewed_by <> person_id",
            name=op.f("ck_emergency_accesses_reviewed_by_another"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_emergency_accesses_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_emergency_accesses_registration_id"),
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by"],
            ["people.id"],
            name=op.f("fk_emergency_accesses_reviewed_by"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency_accesses")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_emergency_accesses_person_id",
        "emergency_accesses",
        ["person_id", "registration_id"],
        unique=False,
    )
    op.create_table(
        "alerts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("registration_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("raised_at", INSTANT, nullable=False),
        sa.Column("acknowledged_by", sa.Text(), nullable=True),
        sa.Column("acknowledged_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "(acknowledged_by IS NULL) = (acknowledged_at IS NULL)",
            name=op.f("ck_alerts_acknowledged"),
        ),
        sa.ForeignKeyConstraint(
            ["acknowledged_by"], ["people.id"], name=op.f("fk_alerts_acknowledged_by")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_alerts_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_alerts_registration_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_alerts_registration_id",
        "alerts",
        ["registration_id", "raised_at"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("alerts")
    op.drop_table("emergency_accesses")
    op.drop_table("access_requests")
