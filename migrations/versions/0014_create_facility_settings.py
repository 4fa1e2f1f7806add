"""Create the settings of a site, and ask some wastes for two witnesses."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
# Each with its constraints, in words that both engines take.
COLUMNS = {
    "witnesses_needed": "NOT NULL DEFAULT 1 "
    "CONSTRAINT ck_waste_requests_witnesses_needed "
    "CHECK (witnesses_needed IN (1, 2))",
    "first_witness_id": "CONSTRAINT fk_waste_requests_first_witness_id "
    "REFERENCES people (id) CONSTRAINT ck_waste_requests_three_people "
    "CHECK (first_witness_id <> requested_by AND first_witness_id <> witnessed_by)",
    "first_signature": "CONSTRAINT ck_waste_requests_first_signature "
    "CHECK ((first_witness_id IS NULL) = (first_signature IS NULL))",
}


def upgrade() -> None:

    op.create_table(
        "facility_settings",
        sa.Column("registration_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("set_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_facility_settings_registration_id"),
        ),
        sa.PrimaryKeyConstraint(
            "registration_id", "name", name=op.f("pk_facility_settings")
        ),
        sqlite_strict=True,
    )
    whole = "BIGINT" if op.get_bind().dialect.name == "postgresql" else "INTEGER"
    types = {"witnesses_needed": whole}
    for column, rule in COLUMNS.items():
        type_ = types.get(column, "TEXT")
        op.execute(f"ALTER TABLE waste_requests ADD COLUMN {column} {type_} {rule}")


def downgrade() -> None:
    for column in reversed(COLUMNS):
        op.drop_column("waste_requests", column)
    op.drop_table("facility_settings")
