"""Passkeys (WebAuthn Level 2): a device that asks its user who they are, then signs.

The device's own check of its user makes it two factors in one, so user verification is
required everywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

import webauthn
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session
from webauthn.helpers import (
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
    options_to_json,
    parse_authentication_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from inventory.credentials.challenges import Question
from inventory.credentials.presented import PasskeyAnswer, RelyingParty
from inventory.journal.assertions import encode
from inventory.models.credentials import Passkey

NAME: Final = "Countersign"
_VERIFIED: Final = UserVerificationRequirement.REQUIRED
# What the library raises for bytes that are no answer at all.
_NO_ANSWER: Final = (WebAuthnException, ValueError, TypeError, KeyError)


class CounterWentBackError(Exception):
    """A device counted less than before: there are two of it (WebAuthn 6.1.1)."""

    def __init__(self, person_id: str) -> None:
        super().__init__("a passkey counted less than before")
        self.person_id = person_id


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPasskey:
    """What a device says of a passkey it made."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A right answer of a known passkey.

    Attributes:
        passkey_id: which.
        person_id: whose.
        public_key: as the device gave it when the passkey was made.
        count_before: how often it had signed, as far as we know.
        count: how often the device says it has signed by now; 0 if it does not count.
        credential: what the browser sent.
    """

    passkey_id: str
    person_id: str
    public_key: bytes
    count_before: int
    count: int
    credential: AuthenticationCredential


def registration_options(
    question: Question,
    party: RelyingParty,
    *,
    person_id: str,
    sign_in_name: str,
    name: str,
    known: Sequence[Passkey],
) -> str:
    """Write the question that makes a device create a passkey."""
    options = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name=NAME,
        user_id=person_id.encode(),
        user_name=sign_in_name,
        user_display_name=name,
        challenge=question.challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=_VERIFIED
        ),
        exclude_credentials=_descriptors(known),
    )
    return options_to_json(options)


def created(question: Question, answer: PasskeyAnswer) -> NewPasskey | None:
    """Check what a device made; None when it does not answer the question."""
    try:
        made = webauthn.verify_registration_response(
            credential=answer.assertion_json,
            expected_challenge=question.challenge,
            expected_rp_id=answer.party.id,
            expected_origin=answer.party.origin,
            require_user_verification=True,
        )
    except _NO_ANSWER:
        return None
    return NewPasskey(
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
    )


def request_options(
    question: Question, party: RelyingParty, *, known: Sequence[Passkey]
) -> str:
    """Write the question for a device; with none known, any of ours may answer."""
    options = webauthn.generate_authentication_options(
        rp_id=party.id,
        challenge=question.challenge,
        allow_credentials=_descriptors(known),
        user_verification=_VERIFIED,
    )
    return options_to_json(options)


def answered(db: Session, question: Question, answer: PasskeyAnswer) -> Answered | None:
    """Check an answer; None when it is not that of a passkey of whoever was asked.

    Raises:
        CounterWentBackError: somebody has a copy of the device.
    """
    try:
        credential = parse_authentication_credential_json(answer.assertion_json)
        passkey = _passkey(db, credential, question)
        if passkey is None:
            return None
        checked = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=question.challenge,
            expected_rp_id=answer.party.id,
            expected_origin=answer.party.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=0,  # judged below, to be told apart
            require_user_verification=True,
        )
    except _NO_ANSWER:
        return None
    count = checked.new_sign_count
    if (count or passkey.sign_count) and count <= passkey.sign_count:
        raise CounterWentBackError(passkey.person_id)
    return Answered(
        passkey_id=passkey.id,
        person_id=passkey.person_id,
        public_key=passkey.public_key,
        count_before=passkey.sign_count,
        count=count,
        credential=credential,
    )


def use(db: Session, found: Answered, *, now: datetime) -> bool:
    """Note a use; False when the passkey was used or removed meanwhile."""
    query = update(Passkey).where(
        Passkey.id == found.passkey_id,
        Passkey.removed_at.is_(None),
        Passkey.sign_count == found.count_before,
    )
    done = db.execute(query.values(sign_count=found.count, last_used_at=now))
    return cast("CursorResult[Any]", done).rowcount == 1


def assertion_of(found: Answered, question: Question) -> dict[str, str]:
    """Give what the device signed, for anyone to check (`journal.assertions`)."""
    response = found.credential.response
    return {
        "credential_id": encode(found.credential.raw_id),
        "authenticator_data": encode(response.authenticator_data),
        "client_data_json": encode(response.client_data_json),
        "signature": encode(response.signature),
        "public_key": encode(public_key_info(found.public_key)),
        "salt": encode(question.salt),
    }


def public_key_info(cose: bytes) -> bytes:
    """Give a device's public key as a SubjectPublicKeyInfo, which any tool reads."""
    decoded = decode_credential_public_key(cose)
    key = decoded_public_key_to_cryptography(decoded)
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def in_use(db: Session, person_id: str) -> list[Passkey]:
    """Give a person's passkeys, oldest first."""
    query = select(Passkey).where(
        Passkey.person_id == person_id, Passkey.removed_at.is_(None)
    )
    return list(db.scalars(query.order_by(Passkey.id)))


def _passkey(
    db: Session, credential: AuthenticationCredential, question: Question
) -> Passkey | None:
    passkey = db.scalar(
        select(Passkey).where(
            Passkey.credential_id == credential.raw_id, Passkey.removed_at.is_(None)
        )
    )
    if passkey is None or question.person_id not in {None, passkey.person_id}:
        return None
    owner = credential.response.user_handle
    return passkey if owner in {None, passkey.person_id.encode()} else None


def _descriptors(known: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=each.credential_id) for each in known]
