"""Take the provider's answer when the browser comes back with it."""

from flask import Response

from config.single_sign_on import ANSWER_PATH
from inventory.credentials import challenges, federated_answers
from inventory.credentials.challenges import Question
from inventory.credentials.federated_answers import FederatedAnswer
from inventory.credentials.identified import Identified
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.single_sign_on.client import Identity
from inventory.single_sign_on.flows import Flow, Purpose
from inventory.single_sign_on.pages.address import (
    asking_provider,
    blueprint,
    unproven,
)
from inventory.single_sign_on.pages.hand_over import end_flow, flow_of
from inventory.single_sign_on.pages.sign_in import show_sign_in_again
from inventory.web.access import PUBLIC, state_access
from inventory.web.organisation import keep_answer
from inventory.web.requests import query_fields
from inventory.web.services import current_services
from inventory.web.sign_in import welcome
from inventory.web.visitors import see, visitor


def take_answer() -> Response:
    """Sign in, or keep the answer for the form it is needed by."""
    answer = query_fields()
    flow = flow_of(answer.get("state", ""))
    if flow.purpose is Purpose.SIGN_IN:
        show_sign_in_again(flow.next)
    if "code" not in answer:  # the person went back, or the provider refused them
        raise unproven(flow.purpose)
    question = None
    if flow.purpose is not Purpose.SIGN_IN:
        question = _own_question(flow)
    with asking_provider(flow.purpose) as provider:
        identity = provider.believe(flow.asked, answer)
    response = (
        _signed_in(flow, identity)
        if question is None
        else _answered(flow, question, identity)
    )
    return end_flow(response)


def _signed_in(flow: Flow, identity: Identity) -> Response:
    services = current_services()
    identified = _identified(identity)
    if identified is None:
        raise InventoryError(
            ErrorCode.NOT_SIGNED_IN,
            "Your organisation knows you, but nobody who may sign in here has linked "
            "that identity. Sign in with your name and password, then link it on the "
            "page of your account.",
        )
    now = services.clock.now()
    question = Question(id=flow.asked.state, salt=flow.asked.nonce.encode())
    with services.database.transaction() as db:
        person_id = identified.actor.id
        is_new = challenges.use_strangers(db, question, person_id=person_id, now=now)
    if not is_new:
        raise unproven(flow.purpose)
    return welcome(identified, {"next": flow.next})


def _answered(flow: Flow, question: Question, identity: Identity) -> Response:
    """Keep the answer of whoever was asked; for linking, the identity is new here.

    Raises:
        InventoryError: SIGNATURE_NOT_PROVEN when the identity is another person's.
    """
    assert question.person_id is not None, "it was asked of somebody"
    if flow.purpose is Purpose.SIGNATURE:
        identified = _identified(identity)
        if identified is None or identified.actor.id != question.person_id:
            raise unproven(flow.purpose)
    response = see(flow.next)
    keep_answer(
        response,
        FederatedAnswer(
            question_id=question.id,
            person_id=question.person_id,
            digest=question.digest,
            issuer=identity.issuer,
            subject=identity.subject,
            factors=identity.factors,
            answered_at=current_services().clock.now(),
        ),
    )
    return response


def _own_question(flow: Flow) -> Question:
    """Give the kept question, if whoever is signed in now was asked it."""
    services = current_services()
    now = services.clock.now()
    with services.database.reading() as db:
        signed_in = visitor(db, now=now)
        question = federated_answers.asked(
            db,
            flow.question_id or "",
            is_signature=flow.purpose is Purpose.SIGNATURE,
            now=now,
        )
    if signed_in is None or question is None:
        raise unproven(flow.purpose)
    if question.person_id != signed_in.actor.id:
        raise unproven(flow.purpose)
    return question


def _identified(identity: Identity) -> Identified | None:
    """Give whoever linked an identity, if somebody active did."""
    try:
        return current_services().identifier.identify_federated(
            identity.issuer,
            identity.subject,
            identity.auth_time,
            factors=identity.factors,
        )
    except InventoryError as refusal:
        if refusal.code is not ErrorCode.NOT_SIGNED_IN:
            raise
        return None


blueprint.add_url_rule(ANSWER_PATH, view_func=state_access(take_answer, PUBLIC))
