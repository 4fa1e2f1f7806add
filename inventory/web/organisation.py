"""The signature that a person gave at their organisation's sign-in, on any page.

A page that takes such a signature shows `organisation_signature` of
`single_sign_on/signature.html` beside its form, asks `is_answered` whether the person
came back from there, and calls `prove_by_organisation` where it identifies who signs.
"""

from typing import Final

from flask import Response

from inventory.credentials import challenges, federated_answers
from inventory.credentials.federated_answers import FederatedAnswer
from inventory.kernel.actors import Actor, Meaning, Proof
from inventory.web.cookies import read_cookie, set_cookie
from inventory.web.edges import Asking
from inventory.web.services import current_services

ANSWER_COOKIE: Final = "countersign_organisation_answer"


def is_answered(actor: Actor, digest: str) -> bool:
    """Tell whether a person has proved for this entry, just now, who they are."""
    answer = answer_of(actor)
    return answer is not None and answer.digest == digest


def prove_by_organisation(
    asking: Asking, digest: str, *, meaning: Meaning = Meaning.WITNESS
) -> Proof:
    """Give the signature of whoever is signed in; it counts once, for this entry.

    Raises:
        InventoryError: WITNESS_NOT_PROVEN or, for another meaning,
            SIGNATURE_NOT_PROVEN.
    """
    means = asking.services.identifier
    answer = answer_of(asking.actor)
    return federated_answers.prove(means, answer, asking.actor, digest, meaning)


def answer_of(actor: Actor) -> FederatedAnswer | None:
    """Give the answer that the browser brought back, if this person may use it."""
    services = current_services()
    answer = federated_answers.unseal(services.sealing, read_cookie(ANSWER_COOKIE))
    if answer is None or answer.person_id != actor.id:
        return None
    is_recent = services.clock.now() < answer.answered_at + challenges.LIFETIME
    return answer if is_recent else None


def keep_answer(response: Response, answer: FederatedAnswer) -> None:
    """Let the browser keep an answer for as long as it may be used."""
    sealed = federated_answers.seal(current_services().sealing, answer)
    set_cookie(response, ANSWER_COOKIE, sealed, lifetime=challenges.LIFETIME)
