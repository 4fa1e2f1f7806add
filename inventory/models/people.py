"""Who: people, what they may do where, and how they sign in."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from inventory.models.base import STRICT, Base


class Person(Base):
    """A person, or a scheduled job, that the books can name. Never deleted.

    Initials belong to one person for ever (signature register, AC-20).
    """

    __tablename__ = "people"
    __table_args__ = (
        UniqueConstraint("sign_in_name"),
        UniqueConstraint("initials"),
        CheckConstraint("kind IN ('person', 'job')", name="kind"),
        CheckConstraint(
            "(kind = 'person') = (password_hash IS NOT NULL)", name="password"
        ),
        STRICT,
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    sign_in_name: Mapped[str]
    name: Mapped[str]
    initials: Mapped[str]
    password_hash: Mapped[str | None]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class Grant(Base):
    """A role that a person holds at a registration."""

    __tablename__ = "grants"
    __table_args__ = (STRICT,)

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    registration_id: Mapped[str] = mapped_column(
        ForeignKey("registrations.id"), primary_key=True
    )
    role: Mapped[str] = mapped_column(primary_key=True)
    granted_at: Mapped[datetime]


class ApiToken(Base):
    """A secret for a program, stored only as its SHA-256."""

    __tablename__ = "api_tokens"
    __table_args__ = (UniqueConstraint("secret_sha256"), STRICT)

    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    label: Mapped[str]
    secret_sha256: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class SignIn(Base):
    """A signed-in browser; the cookie holds the secret, this row its SHA-256."""

    __tablename__ = "sign_ins"
    __table_args__ = (STRICT,)

    secret_sha256: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
