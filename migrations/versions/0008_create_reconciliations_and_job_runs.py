"""Create reconciliations and the runs of jobs."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
DAY = sa.Date().with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "reconciliations",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("registration_id", sa.Text(), nullable=False),
        sa.Column("first_day", DAY, nullable=False),
        sa.Column("last_day", DAY, nullable=False),
        sa.Column("known_position", WHOLE, nullable=False),
        sa.Column("position", WHOLE, nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "first_day <= last_day", name=op.f("ck_reconciliations_period")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["people.id"], name=op.f("fk_reconciliations_made_by")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_reconciliations_registration_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliations")),
        sa.UniqueConstraint(
            "registration_id",
            "first_day",
            "last_day",
            "position",
            name=op.f("uq_reconciliations_registration_id_first_day_last_day_position"),
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "job_runs",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("registration_id", sa.Text(), nullable=False),
        sa.Column("first_day", DAY, nullable=False),
        sa.Column("last_day", DAY, nullable=False),
        sa.Column("result_id", sa.Text(), nullable=False),
        sa.Column("finished_at", INSTANT, nullable=False),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_job_runs_period")),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_job_runs_registration_id"),
        ),
        sa.PrimaryKeyConstraint(
            "job", "registration_id", "first_day", "last_day", name=op.f("pk_job_runs")
        ),
        sqlite_strict=True,
    )


def downgrade() -> None:
    op.drop_table("job_runs")
    op.drop_table("reconciliations")
