"""Identify somebody by a passkey: to sign in, and to sign exactly one entry."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy.orm import Session

from inventory.credentials import challenges, passkeys, refusals
from inventory.credentials.admission import forgive
from inventory.credentials.alerts import AlertKind, raise_alert
from inventory.credentials.challenges import Question
from inventory.credentials.components import known_by
from inventory.credentials.identified import Ceremony, Identified
from inventory.credentials.means import Means
from inventory.credentials.passkeys import Answered, CounterWentBackError
from inventory.credentials.presented import Factor, PasskeyAnswer, RelyingParty
from inventory.credentials.records import find, name_of, registrations_of
from inventory.kernel.errors import InventoryError
from inventory.models.credentials import Passkey

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedByPasskey:
    """Who answered, and what their device signed."""

    identified: Identified
    assertion: dict[str, str]


def begin_sign_in(means: Means, party: RelyingParty) -> Ceremony:
    """Ask whichever passkey of ours the browser has; keeps nothing."""
    question = challenges.ask_stranger(means.sealing, now=means.clock.now())
    return _ceremony(question, party, known=())


def sign_in(means: Means, answer: PasskeyAnswer) -> Identified:
    """Give whose passkey answered the question of a sign-in, once.

    Raises:
        InventoryError: NOT_SIGNED_IN.
    """
    now = means.clock.now()
    question = challenges.asked_stranger(means.sealing, answer.challenge_id, now=now)
    found = _checked(means, answer, question) if question else None
    if question is None or found is None:
        raise _refused(found)
    with means.database.transaction() as db:
        person_id = found.person_id
        is_new = challenges.use_strangers(db, question, person_id=person_id, now=now)
        identified = _accept(db, means, found) if is_new else None
    if identified is None:
        raise _refused(found)
    return identified


def begin_signature(
    means: Means, person_id: str | None, digest: str | None, party: RelyingParty
) -> Ceremony:
    """Ask for a signature over exactly one entry, or over none (`digest` None)."""
    with means.database.transaction() as db:
        now = means.clock.now()
        question = challenges.ask(
            db, challenges.SIGNATURE, person_id=person_id, digest=digest, now=now
        )
        known = passkeys.in_use(db, person_id) if person_id else []
        return _ceremony(question, party, known=known)


def sign(
    means: Means, answer: PasskeyAnswer, digest: str | None, *, person_id: str | None
) -> SignedByPasskey:
    """Give who signed exactly this entry with a passkey, once.

    Args:
        means: what to work with.
        answer: what the browser sent.
        digest: of the entry; what was asked for another one is refused.
        person_id: who it has to be, or None for anybody.

    Raises:
        InventoryError: NOT_SIGNED_IN.
    """
    now = means.clock.now()
    with means.database.reading() as db:
        question = challenges.asked(
            db, answer.challenge_id, challenges.SIGNATURE, now=now
        )
    if question is None or question.digest != digest:
        raise _refused(None)
    found = _checked(means, answer, question)
    if found is None or person_id not in {None, found.person_id}:
        raise _refused(found)
    with means.database.transaction() as db:
        is_new = challenges.use(db, question, now=now)
        identified = _accept(db, means, found) if is_new else None
    if identified is None:
        raise _refused(found)
    assertion = passkeys.assertion_of(found, question)
    return SignedByPasskey(identified=identified, assertion=assertion)


def _ceremony(
    question: Question, party: RelyingParty, *, known: Sequence[Passkey]
) -> Ceremony:
    options = passkeys.request_options(question, party, known=known)
    return Ceremony(challenge_id=question.id, options_json=options)


def _checked(
    means: Means, answer: PasskeyAnswer, question: Question
) -> Answered | None:
    try:
        with means.database.reading() as db:
            return passkeys.answered(db, question, answer)
    except CounterWentBackError as error:
        _warn_of_copy(means, error.person_id)
        return None


def _accept(db: Session, means: Means, found: Answered) -> Identified | None:
    now = means.clock.now()
    if not passkeys.use(db, found, now=now):
        return None
    person_id = found.person_id
    identified = known_by(db, means, person_id, [Factor.PASSKEY])
    if identified is not None:
        forgive(db, means, None, find(db, name_of(db, person_id), network=""))
        _log.info("identified", person=person_id, factors=identified.factors)
    return identified


def _warn_of_copy(means: Means, person_id: str) -> None:
    with means.database.transaction() as db:
        raise_alert(
            db,
            registrations_of(db, person_id),
            AlertKind.PASSKEY_CLONED,
            person_id=person_id,
            detail="A passkey counted less than before: there may be a copy of it. It "
            "was refused; let its owner remove it and add a new one.",
            now=means.clock.now(),
        )


def _refused(found: Answered | None) -> InventoryError:
    _log.warning(
        "not_identified",
        person=found.person_id if found else None,
        counters=["passkey"],
    )
    return refusals.not_signed_in()
