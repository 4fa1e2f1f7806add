"""Signing one entry at one's organisation's sign-in: nothing else is signed by it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from marshmallow import Schema
from sqlalchemy import update

from inventory.kernel.actors import Permission, Proof
from inventory.models.people import Person
from inventory.web.edges import Asking
from inventory.web.organisation import is_answered, prove_by_organisation
from inventory.web.pages import Edge, Form, acts, shows
from tests.clinic import Clinic
from tests.http.organisation import (
    answered,
    come_back,
    handed_over,
    link,
    post,
    served,
    sign_in,
)
from tests.identity_provider import IdentityProvider
from tests.steps import Steps

ENTRY, OTHER_ENTRY = "a" * 64, "b" * 64
BEGIN = "/signature/organisation"
ON_SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


class Papers:
    """Pages whose forms are signed by a witness; it keeps the proofs."""

    def __init__(self) -> None:
        self.signed: list[Proof] = []
        self.blueprint = Blueprint("papers", __name__)
        rule = "/registrations/<registration_id>/papers/<digest>"

        def show(edge: Edge, digest: str, form: Form | None = None) -> str:
            refusal = form.refusal if form else ""
            return f"answered: {is_answered(edge.actor, digest)} {refusal}"

        def identify(asking: Asking, _: dict[str, Any], digest: str) -> Proof:
            return prove_by_organisation(asking, digest)

        def sign(edge: Edge, _: dict[str, Any], digest: str) -> str:
            self.signed.append(edge.proven)
            return f"/signed/{digest}"

        papers, access = self.blueprint, Permission.WITNESS
        shows(papers, rule, access)(show)
        acts(papers, rule, access, takes=Schema, again=show, identifies=identify)(sign)


@pytest.fixture
def papers() -> Papers:
    """The pages that are signed."""
    return Papers()


@pytest.fixture
def provider(clinic: Clinic) -> Iterator[IdentityProvider]:
    """The organisation's sign-in, where Wim is signed in since this morning."""
    since = clinic.clock.now() - timedelta(hours=2)
    with IdentityProvider(
        clock=clinic.clock, signed_in_at=since, subject="w.witness"
    ) as provider:
        link(clinic, provider, clinic.colleague.id)
        yield provider


@pytest.fixture
def app(
    clinic: Clinic, provider: IdentityProvider, papers: Papers, tmp_path: Path
) -> Flask:
    """The application with single sign-on and the papers."""
    return served(tmp_path, clinic, provider, extra=(papers.blueprint,))


@pytest.fixture
def witness(browser: FlaskClient) -> FlaskClient:
    """Wim's own browser, signed in with name and password."""
    sign_in(browser, "wim")
    return browser


def _paper(clinic: Clinic, digest: str = ENTRY) -> str:
    return f"/registrations/{clinic.registration_id}/papers/{digest}"


def _answer(witness: FlaskClient, clinic: Clinic, digest: str = ENTRY) -> int:
    """Prove at the organisation for an entry; give the status of coming back."""
    began = post(witness, BEGIN, digest=digest, next=_paper(clinic, digest))
    answer = witness.get(answered(handed_over(began)))
    if answer.status_code == 303:
        assert answer.location == _paper(clinic, digest)
    return answer.status_code


def _sign(witness: FlaskClient, clinic: Clinic, digest: str = ENTRY) -> int:
    path = _paper(clinic, digest)
    return post(witness, path, idempotency_key=f"key-{digest}").status_code


def test_a_witness_signs_exactly_one_entry(
    witness: FlaskClient, clinic: Clinic, papers: Papers
) -> None:
    assert _answer(witness, clinic) == 303
    clinic.clock.advance(timedelta(seconds=40))
    assert "answered: True" in witness.get(_paper(clinic)).text
    assert _sign(witness, clinic) == 303
    (proof,) = papers.signed
    assert proof.person.id == clinic.colleague.id
    assert (proof.digest, proof.factors) == (ENTRY, ("oidc",))
    assert proof.proven_at == clinic.clock.now() - timedelta(seconds=40)


@ON_SQLITE
def test_the_provider_is_asked_to_let_the_person_sign_in_anew(
    witness: FlaskClient, clinic: Clinic
) -> None:
    address = handed_over(post(witness, BEGIN, digest=ENTRY, next=_paper(clinic)))
    asked = {
        name: value for name, (value,) in parse_qs(urlsplit(address).query).items()
    }
    assert (asked["prompt"], asked["max_age"]) == ("login", "0")


@ON_SQLITE
def test_what_the_provider_signs_is_another_for_each_question(
    witness: FlaskClient, clinic: Clinic
) -> None:
    nonces = set()
    for digest in (ENTRY, ENTRY, OTHER_ENTRY):
        began = post(witness, BEGIN, digest=digest, next=_paper(clinic))
        nonces.add(parse_qs(urlsplit(handed_over(began)).query)["nonce"][0])
    assert len(nonces) == 3


@ON_SQLITE
def test_more_than_a_password_is_recorded(
    witness: FlaskClient, clinic: Clinic, papers: Papers, provider: IdentityProvider
) -> None:
    provider.claims["amr"] = ["pwd", "hwk"]
    _answer(witness, clinic)
    _sign(witness, clinic)
    assert [proof.factors for proof in papers.signed] == [("oidc", "mfa")]


def test_a_signature_cannot_be_moved_to_another_entry(
    witness: FlaskClient, clinic: Clinic, papers: Papers
) -> None:
    assert _answer(witness, clinic) == 303
    assert "answered: False" in witness.get(_paper(clinic, OTHER_ENTRY)).text
    assert _sign(witness, clinic, OTHER_ENTRY) == 422
    assert papers.signed == []


def test_a_signature_cannot_be_used_twice(
    witness: FlaskClient, clinic: Clinic, papers: Papers
) -> None:
    assert _answer(witness, clinic) == 303
    assert _sign(witness, clinic) == 303
    path = _paper(clinic)
    again = post(witness, path, idempotency_key="another-key-of-theirs")
    assert again.status_code == 422
    assert "do not belong together" in again.text
    assert len(papers.signed) == 1


@ON_SQLITE
def test_an_answer_cannot_be_brought_back_twice(
    witness: FlaskClient, clinic: Clinic, papers: Papers
) -> None:
    began = post(witness, BEGIN, digest=ENTRY, next=_paper(clinic))
    back = answered(handed_over(began))
    flow = witness.get_cookie("countersign_organisation")
    assert flow
    assert witness.get(back).status_code == 303
    assert _sign(witness, clinic) == 303
    witness.set_cookie("countersign_organisation", flow.value)
    assert witness.get(back).status_code == 422
    assert len(papers.signed) == 1


@ON_SQLITE
@pytest.mark.parametrize("who", ["another", "nobody"])
def test_another_person_at_the_provider_signs_nothing(
    witness: FlaskClient,
    clinic: Clinic,
    papers: Papers,
    provider: IdentityProvider,
    who: str,
) -> None:
    provider.subject = "p.pharmacist"
    if who == "another":
        link(clinic, provider, clinic.pharmacist.id)
    assert _answer(witness, clinic) == 422
    assert _sign(witness, clinic) == 422
    assert papers.signed == []


@ON_SQLITE
def test_whoever_signs_in_next_in_the_same_browser_cannot_use_it(
    witness: FlaskClient, clinic: Clinic, papers: Papers
) -> None:
    assert _answer(witness, clinic) == 303
    sign_in(witness, "cleo")
    assert "answered: False" in witness.get(_paper(clinic)).text
    assert _sign(witness, clinic) == 422
    assert papers.signed == []


@ON_SQLITE
def test_an_answer_for_whoever_was_signed_in_before_is_refused(
    witness: FlaskClient, clinic: Clinic
) -> None:
    began = post(witness, BEGIN, digest=ENTRY, next=_paper(clinic))
    back = answered(handed_over(began))
    sign_in(witness, "cleo")
    assert witness.get(back).status_code == 422


@ON_SQLITE
def test_an_answer_in_another_browser_of_the_same_person_is_refused(
    witness: FlaskClient, app: Flask, clinic: Clinic
) -> None:
    began = post(witness, BEGIN, digest=ENTRY, next=_paper(clinic))
    back = answered(handed_over(began))
    other = app.test_client()
    sign_in(other, "wim")
    assert other.get(back).status_code == 400


@ON_SQLITE
@pytest.mark.parametrize("claims", [{"auth_time": None}, {"nonce": "another"}], ids=str)
def test_an_answer_without_what_was_asked_for_is_refused(
    witness: FlaskClient,
    clinic: Clinic,
    provider: IdentityProvider,
    claims: dict[str, Any],
) -> None:
    provider.claims |= claims
    assert _answer(witness, clinic) == 422


@ON_SQLITE
def test_being_signed_in_there_already_is_not_enough(
    witness: FlaskClient, clinic: Clinic, provider: IdentityProvider
) -> None:
    provider.takes_prompt = False
    provider.signed_in_at = clinic.clock.now() - timedelta(seconds=6)
    assert _answer(witness, clinic) == 422


@ON_SQLITE
def test_a_signature_waits_five_minutes_at_most(
    witness: FlaskClient, clinic: Clinic, papers: Papers
) -> None:
    assert _answer(witness, clinic) == 303
    clinic.clock.advance(timedelta(minutes=5))
    assert "answered: False" in witness.get(_paper(clinic)).text
    assert _sign(witness, clinic) == 422
    assert papers.signed == []


@ON_SQLITE
def test_who_was_disabled_meanwhile_signs_nothing(
    witness: FlaskClient, clinic: Clinic, papers: Papers
) -> None:
    assert _answer(witness, clinic) == 303
    with clinic.database.transaction() as db:
        theirs = update(Person).where(Person.id == clinic.colleague.id)
        db.execute(theirs.values(disabled_at=clinic.clock.now()))
    _sign(witness, clinic)
    assert papers.signed == []


@ON_SQLITE
def test_a_sign_in_is_no_signature(
    browser: FlaskClient, clinic: Clinic, papers: Papers, provider: IdentityProvider
) -> None:
    provider.signed_in_at = clinic.clock.now()
    assert come_back(browser, _paper(clinic)).status_code == 303
    assert "answered: False" in browser.get(_paper(clinic)).text
    assert _sign(browser, clinic) == 422
    assert papers.signed == []


@ON_SQLITE
@pytest.mark.parametrize("forged", ["", "x", "A" * 400])
def test_a_made_up_answer_signs_nothing(
    witness: FlaskClient, clinic: Clinic, papers: Papers, forged: str
) -> None:
    witness.set_cookie("countersign_organisation_answer", forged)
    assert "answered: False" in witness.get(_paper(clinic)).text
    assert _sign(witness, clinic) == 422
    assert papers.signed == []


@ON_SQLITE
def test_only_whoever_is_signed_in_may_begin(browser: FlaskClient) -> None:
    assert post(browser, BEGIN, digest=ENTRY, next="/").status_code == 401


@ON_SQLITE
@pytest.mark.parametrize("digest", ["", "a" * 63, "A" * 64, "a" * 65])
def test_a_signature_begins_with_the_digest_of_an_entry(
    witness: FlaskClient, digest: str
) -> None:
    assert post(witness, BEGIN, digest=digest, next="/").status_code == 422


@ON_SQLITE
def test_coming_back_leads_to_our_own_pages_only(witness: FlaskClient) -> None:
    began = post(witness, BEGIN, digest=ENTRY, next="https://evil.example")
    assert witness.get(answered(handed_over(began))).location == "/"


def test_a_waste_is_witnessed_by_proving_oneself_at_the_organisation(
    witness: FlaskClient, clinic: Clinic
) -> None:
    steps = Steps(clinic)
    asked = steps.ask(steps.drawn_session(), "1 mL")
    request_id, digest = asked.shown.request_id, asked.digest
    path = f"/registrations/{clinic.registration_id}/witness/{request_id}"
    assert "Prove it at your organisation" in witness.get(path).text
    body = {"digest": digest, "organisation": "yes", "idempotency_key": "waste"}
    before = steps.size()
    assert post(witness, path, **body).status_code == 422, "nothing was proved yet"
    assert steps.size() == before
    began = post(witness, BEGIN, digest=digest, next=path)
    assert witness.get(answered(handed_over(began))).status_code == 303
    assert "I proved who I am" in witness.get(path).text
    assert post(witness, path, **body).status_code == 303
    signed = steps.told(steps.size())
    assert signed["tag"] == "waste:recorded"
    assert signed["witness"]["factors"] == ["oidc"]
