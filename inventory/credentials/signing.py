"""Sign exactly one entry: as a second person, or as its author inside a sign-in.

A signature is bound to its entry by the entry's digest (21 CFR 11.70). Whoever signs as
a second person uses all components; an author uses all of them for the first signature
of a sign-in and at least one for each later one (11.200(a)(1)(i)).
"""

from dataclasses import replace

from inventory.credentials import passkey_answers, refusals
from inventory.credentials.admission import Try
from inventory.credentials.components import check
from inventory.credentials.identified import Identified
from inventory.credentials.means import Means
from inventory.credentials.presented import Given, PasskeyAnswer, Presented
from inventory.credentials.records import Record, find, name_of
from inventory.credentials.sign_ins import SignedIn
from inventory.kernel.actors import Actor, Meaning, Proof
from inventory.kernel.errors import ErrorCode, InventoryError


def prove(means: Means, presented: Presented, digest: str, meaning: Meaning) -> Proof:
    """Let a second person sign with name, password and code.

    Raises:
        InventoryError: WITNESS_NOT_PROVEN or, for another meaning,
            SIGNATURE_NOT_PROVEN; TOO_MANY_ATTEMPTS.
    """
    try:
        found = identify(means, presented, person_id=None)
    except InventoryError as refusal:
        raise _as_signature(refusal, meaning) from None
    return Proof(
        person=found.actor,
        digest=digest,
        factors=found.factors,
        proven_at=found.at,
        meaning=meaning,
    )


def prove_by_passkey(
    means: Means, answer: PasskeyAnswer, digest: str, meaning: Meaning
) -> Proof:
    """Let a second person sign with a passkey.

    Raises:
        InventoryError: as `prove`.
    """
    try:
        signed = passkey_answers.sign(means, answer, digest, person_id=None)
    except InventoryError as refusal:
        raise _as_signature(refusal, meaning) from None
    return Proof(
        person=signed.identified.actor,
        digest=digest,
        factors=signed.identified.factors,
        proven_at=signed.identified.at,
        meaning=meaning,
        assertion=signed.assertion,
    )


def identify(
    means: Means, presented: Presented, *, person_id: str | None
) -> Identified:
    """Give whoever presents all components of one person's credential.

    Raises:
        InventoryError: NOT_SIGNED_IN, TOO_MANY_ATTEMPTS.
    """
    tried = Try.of(
        presented.sign_in_name, presented.code, presented.network, means.clock.now()
    )
    return check(means, tried, presented.password, person_id=person_id, needs_all=True)


def confirm(means: Means, actor: Actor, given: Given, sign_in: SignedIn) -> Identified:
    """Let an author sign inside a sign-in.

    Raises:
        InventoryError: SIGNATURE_NEEDED, SIGNATURE_NOT_PROVEN, TOO_MANY_ATTEMPTS.
    """
    with means.database.reading() as db:
        name = name_of(db, actor.id)
        record = find(db, name, network="")
    is_first = sign_in.signed_at is None
    _require_components(record, given, is_first=is_first)
    try:
        found = _confirmed(means, actor, given, name, needs_all=is_first)
    except InventoryError as refusal:
        raise _as_signature(refusal, Meaning.AUTHORSHIP) from None
    return _inside(found, sign_in)


def _confirmed(
    means: Means, actor: Actor, given: Given, name: str, *, needs_all: bool
) -> Identified:
    if given.passkey is not None:
        signed = passkey_answers.sign(means, given.passkey, None, person_id=actor.id)
        return signed.identified
    tried = Try.of(name, given.code, given.network, means.clock.now())
    password = given.password or None
    return check(means, tried, password, person_id=actor.id, needs_all=needs_all)


def _require_components(record: Record, given: Given, *, is_first: bool) -> None:
    """Refuse what is too little, before anything is counted as a failure.

    A passkey is complete in itself: the device asked its user who they are.
    """
    if given.passkey is not None:
        return
    lacking = []
    if not given.password:
        lacking.append("password")
    if not given.code and record.has_second_factor:
        lacking.append("code" if record.has_authenticator else "passkey")
    if lacking and (is_first or not (given.password or given.code)):
        raise refusals.signature_needed(lacking)


def _inside(found: Identified, sign_in: SignedIn) -> Identified:
    """Add what was given just now to what the sign-in is known by."""
    known_by = sign_in.actor.known_by
    factors = tuple(dict.fromkeys([*known_by.factors, *found.factors]))
    known_by = replace(known_by, factors=factors)
    return replace(found, actor=replace(found.actor, known_by=known_by))


def _as_signature(refusal: InventoryError, meaning: Meaning) -> InventoryError:
    if refusal.code is ErrorCode.NOT_SIGNED_IN:
        return refusals.not_proven(meaning)
    return refusal
