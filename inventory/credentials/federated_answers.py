"""What a person showed at their organisation's sign-in, kept until they use it here.

To sign an entry, or to link the identity, a person proves there anew who they are. The
question is kept as a challenge, for one use within five minutes; for a signature it
holds the entry's digest, and what the provider signed answers to the two together. The
answer travels in the person's own browser, sealed.
"""

import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from inventory.credentials import challenges, refusals
from inventory.credentials.actors import load_actor
from inventory.credentials.challenges import Question
from inventory.credentials.identified import Identified, identified_as
from inventory.credentials.means import Means
from inventory.credentials.sealing import Sealing, SecretKeyChangedError
from inventory.kernel.actors import Actor, Meaning, Proof

_PURPOSE: Final = "answer of the organisation's sign-in"
_BROWSER: Final = "browser"


@dataclass(frozen=True, slots=True, kw_only=True)
class FederatedAnswer:
    """That a person proved who they are, a moment ago, for one use.

    Attributes:
        question_id: the challenge that it answers.
        person_id: who was asked.
        digest: of the entry it is a signature over; None when it is for linking.
        issuer: the organisation's sign-in.
        subject: the person's name there.
        factors: what they used, as entries name it.
        answered_at: when, by the server's clock, UTC.
    """

    question_id: str
    person_id: str
    digest: str | None
    issuer: str
    subject: str = field(repr=False)
    factors: tuple[str, ...]
    answered_at: datetime


def ask(db: Session, person_id: str, *, digest: str | None, now: datetime) -> Question:
    """Keep a question: for a signature over exactly one entry, or for linking."""
    return challenges.ask(
        db, _purpose(digest), person_id=person_id, digest=digest, now=now
    )


def nonce_of(question: Question) -> str:
    """Give what the provider is to sign: it stands for the question and the entry."""
    return urlsafe_b64encode(question.challenge).decode()


def asked(
    db: Session, question_id: str, *, is_signature: bool, now: datetime
) -> Question | None:
    """Give a question back; None when it is unknown, used up or too old."""
    purpose = challenges.SIGNATURE if is_signature else challenges.REGISTRATION
    return challenges.asked(db, question_id, purpose, now=now)


def seal(sealing: Sealing, answer: FederatedAnswer) -> str:
    """Write an answer so that nobody reads or makes one without the service's key."""
    said = {
        "question_id": answer.question_id,
        "person_id": answer.person_id,
        "digest": answer.digest,
        "issuer": answer.issuer,
        "subject": answer.subject,
        "factors": answer.factors,
        "answered_at": answer.answered_at.isoformat(),
    }
    return sealing.seal(json.dumps(said).encode(), purpose=_PURPOSE, place=_BROWSER)


def unseal(sealing: Sealing, sealed: str) -> FederatedAnswer | None:
    """Read an answer; None when it is not one of ours."""
    try:
        said = json.loads(sealing.open(sealed, purpose=_PURPOSE, place=_BROWSER))
    except SecretKeyChangedError:
        return None
    said["factors"] = tuple(said["factors"])
    said["answered_at"] = datetime.fromisoformat(said["answered_at"])
    return FederatedAnswer(**said)


def use(
    db: Session,
    answer: FederatedAnswer,
    actor: Actor,
    *,
    digest: str | None,
    now: datetime,
) -> bool:
    """Use an answer up; False when it is another person's or entry's, or old."""
    question = asked(db, answer.question_id, is_signature=digest is not None, now=now)
    return (
        question is not None
        and question.person_id == answer.person_id == actor.id
        and question.digest == answer.digest == digest
        and challenges.use(db, question, now=now)
    )


def prove(
    means: Means,
    answer: FederatedAnswer | None,
    actor: Actor,
    digest: str,
    meaning: Meaning,
) -> Proof:
    """Let whoever is signed in sign exactly the entry that they were asked about.

    Raises:
        InventoryError: WITNESS_NOT_PROVEN for a witness, SIGNATURE_NOT_PROVEN for
            another meaning.
    """
    now = means.clock.now()
    with means.database.transaction() as db:
        is_right = answer is not None and use(db, answer, actor, digest=digest, now=now)
        person = load_actor(db, actor.id, now=now) if is_right else None
    if answer is None or person is None:
        raise refusals.not_proven(meaning)
    return _signed(person, answer).over(digest, meaning)


def _signed(person: Actor, answer: FederatedAnswer) -> Identified:
    return identified_as(person, answer.factors, at=answer.answered_at)


def _purpose(digest: str | None) -> str:
    return challenges.REGISTRATION if digest is None else challenges.SIGNATURE
