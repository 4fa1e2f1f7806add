"""Create registrations, places, people and how they sign in."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "registrations",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("dea_number", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("facility_type", sa.Text(), nullable=False),
        sa.Column("record_basis", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("containers_numbered", WHOLE, nullable=False),
        sa.Column("discrepancies_numbered", WHOLE, nullable=False),
        sa.CheckConstraint(
            "containers_numbered >= 0",
            name=op.f("ck_registrations_containers_numbered"),
        ),
        sa.CheckConstraint(
            "discrepancies_numbered >= 0",
            name=op.f("ck_registrations_discrepancies_numbered"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registrations")),
        sa.UniqueConstraint("dea_number", name=op.f("uq_registrations_dea_number")),
        sqlite_strict=True,
    )
    op.create_table(
        "locations",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("registration_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("lock_class", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_locations_registration_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_locations")),
        sa.UniqueConstraint(
            "registration_id", "name", name=op.f("uq_locations_registration_id_name")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sign_in_name", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("initials", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("disabled_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "(kind = 'person') = (password_hash IS NOT NULL)",
            name=op.f("ck_people_password"),
        ),
        sa.CheckConstraint("kind IN ('person', 'job')", name=op.f("ck_people_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("initials", name=op.f("uq_people_initials")),
        sa.UniqueConstraint("sign_in_name", name=op.f("uq_people_sign_in_name")),
        sqlite_strict=True,
    )
    op.create_table(
        "grants",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("registration_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("granted_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_grants_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_grants_registration_id"),
        ),
        sa.PrimaryKeyConstraint(
            "person_id", "registration_id", "role", name=op.f("pk_grants")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("secret_sha256", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_api_tokens_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("secret_sha256", name=op.f("uq_api_tokens_secret_sha256")),
        sqlite_strict=True,
    )
    op.create_table(
        "sign_ins",
        sa.Column("secret_sha256", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("last_seen_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_sign_ins_person_id")
        ),
        sa.PrimaryKeyConstraint("secret_sha256", name=op.f("pk_sign_ins")),
        sqlite_strict=True,
    )


def downgrade() -> None:
    op.drop_table("sign_ins")
    op.drop_table("api_tokens")
    op.drop_table("grants")
    op.drop_table("people")
    op.drop_table("locations")
    op.drop_table("registrations")
