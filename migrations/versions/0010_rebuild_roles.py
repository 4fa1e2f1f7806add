"""Give each person one duty per site and roles a history; passwords set by oneself.

Who held a role keeps it. The role tells the duty; whoever held two that exclude each
other stops the migration: end one of them first.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
DAY = sa.Date().with_variant(sa.Text(), "sqlite")


DUTIES = (
    "CASE role WHEN 'administrator' THEN 'keeps_house' "
    "WHEN 'compliance_officer' THEN 'checks' WHEN 'inspector' THEN 'inspects' "
    "WHEN 'scheduled_job' THEN 'runs' ELSE 'records' END"
)
# An inspector's rights end now: a visit is granted anew, with its end.
KEPT = (
    "INSERT INTO role_grants "
    "(id, person_id, registration_id, role, granted_at, duty, granted_by) "
    "SELECT 'grt_' || substr(person_id, 5) || '_' || role, "
    f"person_id, registration_id, role, granted_at, {DUTIES}, 'per_setup' "
    "FROM grants WHERE role <> 'inspector'"
)
# The primary key refuses a second duty of the same person at the same site.
MEMBERS = (
    "INSERT INTO memberships (person_id, registration_id, duty) "
    f"SELECT DISTINCT person_id, registration_id, {DUTIES} FROM grants"
)


CHECKS = {
    "password": "kind = 'person' OR password_hash IS NULL",
    "password_set": "(password_hash IS NULL) = (password_set_at IS NULL)",
    "password_length_known": "(password_hash IS NULL) = (password_length IS NULL)",
}
CHECKS_BEFORE = {"password": "(kind = 'person') = (password_hash IS NOT NULL)"}


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        # Every password until now had 15 characters at least.
        _rebuild_people(
            "password_hash, CASE WHEN password_hash IS NOT NULL THEN created_at END, "
            "CASE WHEN password_hash IS NOT NULL THEN 15 END",
            "password_hash, password_set_at, password_length",
            sa.Column("password_set_at", INSTANT, nullable=True),
            sa.Column("password_length", WHOLE, nullable=True),
            checks=CHECKS,
        )
    else:
        op.drop_constraint(op.f("ck_people_password"), "people", type_="check")
        op.add_column("people", sa.Column("password_set_at", INSTANT, nullable=True))
        op.add_column("people", sa.Column("password_length", WHOLE, nullable=True))
        op.execute(
            "UPDATE people SET password_set_at = created_at, password_length = 15 "
            "WHERE password_hash IS NOT NULL"
        )
        for name, condition in CHECKS.items():
            op.create_check_constraint(op.f(f"ck_people_{name}"), "people", condition)
    op.create_table(
        "memberships",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("registration_id", sa.Text(), nullable=False),
        sa.Column("duty", sa.Text(), nullable=True),
        sa.Column("screened_on", DAY, nullable=True),
        sa.Column("trained_until", INSTANT, nullable=True),
        sa.Column("policy_version", sa.Text(), nullable=True),
        sa.Column("policy_accepted_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "duty IN ('records', 'keeps_house', 'checks', 'inspects', 'runs')",
            name=op.f("ck_memberships_duty"),
        ),
        sa.CheckConstraint(
            "(policy_version IS NULL) = (policy_accepted_at IS NULL)",
            name=op.f("ck_memberships_policy"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_memberships_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_memberships_registration_id"),
        ),
        sa.PrimaryKeyConstraint(
            "person_id", "registration_id", name=op.f("pk_memberships")
        ),
        sa.UniqueConstraint(
            "person_id",
            "registration_id",
            "duty",
            name=op.f("uq_memberships_person_id_registration_id_duty"),
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "role_grants",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("registration_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("granted_at", INSTANT, nullable=False),
        sa.Column("duty", sa.Text(), nullable=True),
        sa.Column("granted_by", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("ends_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "duty IS NULL AND (role = 'manager' OR ended_at IS NOT NULL) OR duty IS NOT NULL AND role <> 'manager' AND ended_at IS NULL AND duty = CASE role WHEN 'administrator' THEN 'keeps_house' WHEN 'compliance_officer' THEN 'checks' WHEN 'inspector' THEN 'inspects' WHEN 'scheduled_job' THEN 'runs' ELSE 'records' END",
            name=op.f("ck_role_grants_duty"),
        ),
        sa.CheckConstraint(
            "role <> 'inspector' OR ends_at IS NOT NULL",
            name=op.f("ck_role_grants_time_boxed"),
        ),
        sa.CheckConstraint(
            "approved_by <> granted_by", name=op.f("ck_role_grants_two_people")
        ),
        sa.CheckConstraint(
            "approved_by <> person_id", name=op.f("ck_role_grants_approved_by_another")
        ),
        sa.CheckConstraint(
            "ended_at >= granted_at", name=op.f("ck_role_grants_ended_after")
        ),
        sa.CheckConstraint(
            "granted_by <> person_id", name=op.f("ck_role_grants_granted_by_another")
        ),
        sa.ForeignKeyConstraint(
            ["person_id", "registration_id", "duty"],
            [
                "memberships.person_id",
                "memberships.registration_id",
                "memberships.duty",
            ],
            name=op.f("fk_role_grants_person_id_registration_id_duty"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id", "registration_id"],
            ["memberships.person_id", "memberships.registration_id"],
            name=op.f("fk_role_grants_person_id_registration_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grants")),
        sqlite_strict=True,
    )
    op.create_index(
        "uq_role_grants_in_force",
        "role_grants",
        ["person_id", "registration_id", "role"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.execute(MEMBERS)
    op.execute(KEPT)
    op.drop_table("grants")


def downgrade() -> None:
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
    op.execute(
        "INSERT INTO grants (person_id, registration_id, role, granted_at) "
        "SELECT person_id, registration_id, role, granted_at FROM role_grants "
        "WHERE ended_at IS NULL AND role <> 'manager'"
    )
    op.drop_table("role_grants")
    op.drop_table("memberships")
    if op.get_bind().dialect.name == "sqlite":
        _rebuild_people("password_hash", "password_hash", checks=CHECKS_BEFORE)
        return
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_people_{name}"), "people", type_="check")
    op.drop_column("people", "password_set_at")
    op.drop_column("people", "password_length")
    for name, condition in CHECKS_BEFORE.items():
        op.create_check_constraint(op.f(f"ck_people_{name}"), "people", condition)


def _rebuild_people(
    told: str, kept: str, *more: sa.Column[object], checks: dict[str, str]
) -> None:
    """Give people another form on SQLite, which cannot change a CHECK in place.

    Written out in full, so that every database has the very same text of its schema.
    """
    op.create_table(
        "people_rebuilt",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sign_in_name", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("initials", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        *more,
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("disabled_at", INSTANT, nullable=True),
        sa.CheckConstraint("kind IN ('person', 'job')", name=op.f("ck_people_kind")),
        *(
            sa.CheckConstraint(condition, name=op.f(f"ck_people_{name}"))
            for name, condition in checks.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("initials", name=op.f("uq_people_initials")),
        sa.UniqueConstraint("sign_in_name", name=op.f("uq_people_sign_in_name")),
        sqlite_strict=True,
    )
    others = "id, kind, sign_in_name, name, initials, created_at, disabled_at"
    op.execute(
        f"INSERT INTO people_rebuilt ({others}, {kept}) "
        f"SELECT {others}, {told} FROM people"
    )
    op.drop_table("people")
    op.rename_table("people_rebuilt", "people")
