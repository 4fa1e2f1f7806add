"""Who: people, what they are at a site, and the roles they hold there."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from inventory.models.base import STRICT, Base

# Which of the duties that check each other a role belongs to. A manager, the
# registrant's delegate, may hold the role beside another duty.
_DUTY_OF_ROLE = (
    "duty = CASE role WHEN 'administrator' THEN 'keeps_house' "
    "WHEN 'compliance_officer' THEN 'checks' WHEN 'inspector' THEN 'inspects' "
    "WHEN 'scheduled_job' THEN 'runs' ELSE 'records' END"
)


class Person(Base):
    """A person, or a scheduled job, that the books can name. Never deleted.

    Initials belong to one person for ever (signature register, AC-20). A person whose
    password is not set yet has a set-up link instead; nobody else ever knows it.
    """

    __tablename__ = "people"
    __table_args__ = (
        UniqueConstraint("sign_in_name"),
        UniqueConstraint("initials"),
        CheckConstraint("kind IN ('person', 'job')", name="kind"),
        CheckConstraint("kind = 'person' OR password_hash IS NULL", name="password"),
        CheckConstraint(
            "(password_hash IS NULL) = (password_set_at IS NULL)", name="password_set"
        ),
        CheckConstraint(
            "(password_hash IS NULL) = (password_length IS NULL)",
            name="password_length_known",
        ),
        STRICT,
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    sign_in_name: Mapped[str]
    name: Mapped[str]
    initials: Mapped[str]
    password_hash: Mapped[str | None]
    password_set_at: Mapped[datetime | None]
    # A password shorter than 15 characters stands only beside a second factor.
    password_length: Mapped[int | None]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class Membership(Base):
    """What a person is at one registration, and whether they may sign there.

    There is one row per person and site, so the duties that check each other exclude
    each other in the database: a role carries its duty, and both must agree.
    """

    __tablename__ = "memberships"
    __table_args__ = (
        UniqueConstraint("person_id", "registration_id", "duty"),
        CheckConstraint(
            "duty IN ('records', 'keeps_house', 'checks', 'inspects', 'runs')",
            name="duty",
        ),
        CheckConstraint(
            "(policy_version IS NULL) = (policy_accepted_at IS NULL)", name="policy"
        ),
        STRICT,
    )

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    registration_id: Mapped[str] = mapped_column(
        ForeignKey("registrations.id"), primary_key=True
    )
    # None: holds only roles that go with any duty, or none any more.
    duty: Mapped[str | None]
    # 21 CFR 1301.76(a), AC-25: nobody touches stock before being screened.
    screened_on: Mapped[date | None]
    # 21 CFR 11.10(i): the first instant at which the training no longer counts.
    trained_until: Mapped[datetime | None]
    # 21 CFR 11.10(j): which text of the signature policy they accepted, and when.
    policy_version: Mapped[str | None]
    policy_accepted_at: Mapped[datetime | None]


class Grant(Base):
    """A role that a person holds, or has held, at a registration. Rows stay."""

    __tablename__ = "role_grants"
    __table_args__ = (
        ForeignKeyConstraint(
            ["person_id", "registration_id"],
            ["memberships.person_id", "memberships.registration_id"],
        ),
        # Pairwise exclusion: a role in force has the one duty of its membership.
        ForeignKeyConstraint(
            ["person_id", "registration_id", "duty"],
            [
                "memberships.person_id",
                "memberships.registration_id",
                "memberships.duty",
            ],
        ),
        CheckConstraint(
            f"duty IS NULL AND (role = 'manager' OR ended_at IS NOT NULL) "
            f"OR duty IS NOT NULL AND role <> 'manager' AND ended_at IS NULL "
            f"AND {_DUTY_OF_ROLE}",
            name="duty",
        ),
        # An inspector looks for as long as the visit lasts.
        CheckConstraint(
            "role <> 'inspector' OR ends_at IS NOT NULL", name="time_boxed"
        ),
        CheckConstraint("ended_at >= granted_at", name="ended_after"),
        CheckConstraint("granted_by <> person_id", name="granted_by_another"),
        CheckConstraint("approved_by <> granted_by", name="two_people"),
        CheckConstraint("approved_by <> person_id", name="approved_by_another"),
        Index(
            "uq_role_grants_in_force",
            "person_id",
            "registration_id",
            "role",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        STRICT,
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str]
    registration_id: Mapped[str]
    role: Mapped[str]
    granted_at: Mapped[datetime]
    duty: Mapped[str | None]
    granted_by: Mapped[str]
    # None: granted at the founding of the books, on the command line.
    approved_by: Mapped[str | None]
    ends_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
