"""How people and programs show who they are. Secrets are kept hashed or sealed."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from inventory.models.base import STRICT, Base


class SignIn(Base):
    """A signed-in browser; the cookie holds the secret, this row its SHA-256.

    `factors` is what the person used, separated by spaces; `signed_at` the first
    signature of this sign-in, which used every component (21 CFR 11.200(a)(1)(i)).
    """

    __tablename__ = "sign_ins"
    __table_args__ = (
        UniqueConstraint("secret_sha256"),
        Index("ix_sign_ins_person_id", "person_id"),
        CheckConstraint("(ended_at IS NULL) = (ended_why IS NULL)", name="ended"),
        STRICT,
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    secret_sha256: Mapped[str]
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    factors: Mapped[str]
    terminal_id: Mapped[str | None] = mapped_column(ForeignKey("terminals.id"))
    browser: Mapped[str]  # what it calls itself, shortened
    network: Mapped[str]  # its address as far as it tells a network
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    signed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    # signed_out, revoked, replaced, reset, disabled
    ended_why: Mapped[str | None]


class ApiToken(Base):
    """A secret for a program, stored only as its SHA-256.

    A token is for one site when it names one, and for the permissions it lists
    (separated by spaces); what it does not say it inherits from its owner.
    """

    __tablename__ = "api_tokens"
    __table_args__ = (UniqueConstraint("secret_sha256"), STRICT)

    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    label: Mapped[str]
    secret_sha256: Mapped[str]
    registration_id: Mapped[str | None]
    permissions: Mapped[str | None]
    issued_by: Mapped[str | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Terminal(Base):
    """A device registered at a site; its browser holds a secret (21 CFR 11.10(h))."""

    __tablename__ = "terminals"
    __table_args__ = (
        UniqueConstraint("secret_sha256"),
        UniqueConstraint("registration_id", "label"),
        STRICT,
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    registration_id: Mapped[str] = mapped_column(ForeignKey("registrations.id"))
    label: Mapped[str]
    secret_sha256: Mapped[str]
    registered_by: Mapped[str] = mapped_column(ForeignKey("people.id"))
    registered_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class TotpDevice(Base):
    """An authenticator app. Its secret is sealed with a key that is not in here."""

    __tablename__ = "totp_devices"
    __table_args__ = (Index("ix_totp_devices_person_id", "person_id"), STRICT)

    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    label: Mapped[str]
    sealed_secret: Mapped[str]
    # The last time step that was used: a code works once (RFC 6238 section 5.2).
    last_step: Mapped[int | None]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]


class Passkey(Base):
    """A WebAuthn credential: a public key whose private half never leaves a device."""

    __tablename__ = "passkeys"
    __table_args__ = (
        UniqueConstraint("credential_id"),
        Index("ix_passkeys_person_id", "person_id"),
        STRICT,
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    label: Mapped[str]
    credential_id: Mapped[bytes] = mapped_column(LargeBinary)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """A code for the day the second factor is lost; it works once."""

    __tablename__ = "recovery_codes"
    __table_args__ = (STRICT,)

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    code_sha256: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    replaced_at: Mapped[datetime | None]


class SetupLink(Base):
    """A one-time link by which a person sets password and factors themselves."""

    __tablename__ = "setup_links"
    __table_args__ = (
        UniqueConstraint("secret_sha256"),
        CheckConstraint("purpose IN ('first', 'reset')", name="purpose"),
        CheckConstraint("approved_by <> created_by", name="two_people"),
        CheckConstraint("approved_by <> person_id", name="approved_by_another"),
        STRICT,
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    registration_id: Mapped[str] = mapped_column(ForeignKey("registrations.id"))
    purpose: Mapped[str]
    secret_sha256: Mapped[str]
    created_by: Mapped[str]
    # None: a first link, for somebody who can do nothing yet.
    approved_by: Mapped[str | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Challenge(Base):
    """A number that a passkey must sign, once, for one purpose.

    For a signature over an entry, `digest` is that entry's and part of what is signed.
    """

    __tablename__ = "challenges"
    __table_args__ = (
        CheckConstraint(
            "purpose IN ('sign_in', 'registration', 'signature')", name="purpose"
        ),
        STRICT,
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    challenge: Mapped[bytes] = mapped_column(LargeBinary)
    purpose: Mapped[str]
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    digest: Mapped[str | None]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignInThrottle(Base):
    """Failures in a row under one key: a name, or a network, as a keyed hash."""

    __tablename__ = "sign_in_throttles"
    __table_args__ = (CheckConstraint("failures > 0", name="failures"), STRICT)

    key_sha256: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_failed_at: Mapped[datetime]


class FederatedIdentity(Base):
    """A person's name at the organisation's own sign-in service (OpenID Connect).

    Linked by the person, while signed in: a matching e-mail address proves nothing.
    """

    __tablename__ = "federated_identities"
    __table_args__ = (
        Index("ix_federated_identities_person_id", "person_id"),
        STRICT,
    )

    issuer: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    linked_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
