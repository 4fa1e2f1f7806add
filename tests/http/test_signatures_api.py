"""An author signs an entry with more than a token, and where the rules ask for it."""

from dataclasses import dataclass
from typing import Any

import pyotp
import pytest

from tests.clinic import PASSWORD, Clinic
from tests.credentials import STEP, add_authenticator
from tests.http.api_client import Answer, ApiClient
from tests.steps import Steps

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)

WASTE = {"amount": "0.287 mL", "manner": "sequestration_device"}


@pytest.fixture
def ward(clinic: Clinic) -> Steps:
    """A clinic in which sessions are run."""
    return Steps(clinic)


@dataclass(frozen=True)
class Phone:
    """An authenticator, and the time it shows its code at."""

    clinic: Clinic
    shown: pyotp.TOTP

    def code(self) -> str:
        """Give the code of the moment."""
        return self.shown.at(self.clinic.clock.now())


@pytest.fixture
def phone(clinic: Clinic) -> Phone:
    """The pharmacist's authenticator."""
    return Phone(clinic, add_authenticator(clinic, clinic.pharmacist))


def _give(client: ApiClient, session_id: str, **body: Any) -> Answer:
    path = f"{client.books}/sessions/{session_id}/administrations"
    return client.post(path, {"amount": "0.1 mL", **body})


def _factors(ward: Steps, answer: Answer) -> list[str]:
    assert answer.status_code == 201, answer.text
    factors: list[str] = ward.told(answer.json["position"])["actor"]["factors"]
    return factors


def test_an_entry_of_a_program_is_signed_by_its_token(
    client: ApiClient, ward: Steps
) -> None:
    answer = _give(client, ward.drawn_session())
    assert _factors(ward, answer) == ["token"]


def test_an_author_who_signs_is_known_by_that_too(
    client: ApiClient, ward: Steps, phone: Phone
) -> None:
    signature = {"password": PASSWORD, "code": phone.code()}
    answer = _give(client, ward.drawn_session(), signature=signature)
    assert sorted(_factors(ward, answer)) == ["password", "token", "totp"]
    session = f"{client.books}/sessions/{answer.json['session_id']}"
    (signature,) = client.get(session).json["steps"][-1]["signatures"]
    assert (signature["name"], signature["meaning"]) == ("Pat Pharmacist", "authorship")
    assert signature["signed_at"] == answer.json["recorded_at"]
    assert sorted(signature["factors"]) == ["password", "token", "totp"]


def test_an_author_without_a_second_factor_signs_by_password(
    client: ApiClient, ward: Steps
) -> None:
    answer = _give(client, ward.drawn_session(), signature={"password": PASSWORD})
    assert sorted(_factors(ward, answer)) == ["password", "token"]


@pytest.mark.parametrize(
    ("signature", "code"),
    [
        ({"password": "not the password at all"}, "signature_not_proven"),
        ({}, "invalid_field"),
        ("correct horse", "invalid_field"),
        (None, "invalid_field"),
    ],
)
def test_a_signature_that_does_not_count_records_nothing(
    client: ApiClient, ward: Steps, signature: object, code: str
) -> None:
    session_id, before = ward.drawn_session(), ward.size()
    answer = _give(client, session_id, signature=signature)
    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert ward.size() == before


def test_a_password_alone_is_too_little_of_who_has_an_authenticator(
    client: ApiClient, ward: Steps, phone: Phone
) -> None:
    assert phone.code()
    answer = _give(client, ward.drawn_session(), signature={"password": PASSWORD})
    assert answer.json["code"] == "signature_needed"
    assert answer.json["data"]["needs"] == ["code"]


def test_a_signed_entry_that_is_sent_again_is_recorded_once_and_not_signed_again(
    client: ApiClient, ward: Steps, phone: Phone
) -> None:
    path = f"{client.books}/sessions/{ward.drawn_session()}/administrations"
    body = {
        "amount": "0.1 mL",
        "signature": {"password": PASSWORD, "code": phone.code()},
    }
    first = client.post(path, body, key="one")
    again = client.post(path, body, key="one")  # its code is used up
    assert (first.status_code, again.data) == (201, first.data)
    assert again.headers["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize("signature", [None, {"password": PASSWORD}])
def test_ohio_wants_more_than_a_token_and_a_password(
    client: ApiClient, ward: Steps, signature: dict[str, str] | None
) -> None:
    ward.rule("profile", "us-oh")
    session_id = ward.drawn_session()
    given = {"signature": signature} if signature else {}
    for path, body in (
        ("administrations", {"amount": "0.1 mL"}),
        ("waste-requests", WASTE),
    ):
        address = f"{client.books}/sessions/{session_id}/{path}"
        answer = client.post(address, body | given)
        assert (answer.status_code, answer.json["code"]) == (422, "signature_too_weak")
        assert answer.json["fields"][0]["field"] == "signature"
        assert "OAC 4729:5-3-01" in answer.json["detail"]


def test_ohio_takes_an_authenticator(
    client: ApiClient, ward: Steps, phone: Phone
) -> None:
    ward.rule("profile", "us-oh")
    session_id = ward.drawn_session()
    signature = {"password": PASSWORD, "code": phone.code()}
    assert _give(client, session_id, signature=signature).status_code == 201
    client.clinic.clock.advance(STEP)
    signature["code"] = phone.code()
    path = f"{client.books}/sessions/{session_id}/waste-requests"
    asked = client.post(path, WASTE | {"signature": signature}).json
    witness = f"{client.books}/waste-requests/{asked['shown']['request_id']}/witness"
    signed = {"sign_in_name": "wim", "password": PASSWORD, "digest": asked["digest"]}
    weak = client.post(witness, signed)
    assert weak.json["code"] == "signature_too_weak"
    assert weak.json["fields"][0]["field"] == "witness"
    clinic = client.clinic
    colleague = Phone(clinic, add_authenticator(clinic, clinic.colleague))
    strong = client.post(witness, signed | {"code": colleague.code()})
    body = ward.told(strong.json["position"])
    assert body["actor"]["factors"] == ["token", "password", "totp"]
    assert sorted(body["witness"]["factors"]) == ["password", "totp"]


def test_other_entries_need_no_more_than_a_token_in_ohio(
    client: ApiClient, ward: Steps
) -> None:
    ward.rule("profile", "us-oh")
    (vial,) = ward.stock()
    answer = client.post(f"{client.books}/containers/{vial}/opening")
    assert answer.status_code == 201
