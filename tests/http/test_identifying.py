"""A further person proves who they are before the books are locked, and once."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from marshmallow import Schema, fields
from sqlalchemy import select, update

from inventory.kernel.actors import Permission, Proof
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.people import Person
from inventory.web.endpoints import Asking, Edge, make_blueprint, writes
from inventory.web.fields import Secret, Text
from tests.application import application
from tests.clinic import Clinic
from tests.http.api_client import ApiClient

RIGHT = {"password": "right", "says": "hello"}


class SignedNoteSchema(Schema):
    password = Secret(required=True)
    says = Text(max_length=20, required=True)


class SignedNoteView(Schema):
    signed_by = fields.String(required=True)
    place = fields.String(required=True)


@dataclass
class Desk:
    """Proves the colleague, and remembers how often it was asked."""

    clinic: Clinic
    asked: list[str] = field(default_factory=list)

    def identifies(
        self, asking: Asking, given: dict[str, Any], place: str
    ) -> Proof | None:
        """Prove the colleague by a password that is right."""
        self.asked.append(f"{asking.actor.name} at {place}")
        if given["password"] == "gone meanwhile":
            self._disable_colleague()
        elif given["password"] != "right":
            raise InventoryError(
                ErrorCode.WITNESS_NOT_PROVEN, "Try again.", field="password"
            )
        return self.clinic.proof(self.clinic.colleague, digest="d" * 64)

    def _disable_colleague(self) -> None:
        # Only a transaction of its own can write here: none of the request is open.
        with self.clinic.database.transaction() as db:
            db.execute(
                update(Person)
                .where(Person.id == self.clinic.colleague.id)
                .values(disabled_at=self.clinic.clock.now())
            )


def post_signed_note(edge: Edge, fields: dict[str, Any], place: str) -> dict[str, str]:
    """Write down who signed."""
    assert fields["says"]
    assert edge.db.scalar(select(Person.id)) is not None
    return {"signed_by": edge.proven.person.name, "place": place}


@pytest.fixture
def desk(clinic: Clinic) -> Desk:
    return Desk(clinic)


@pytest.fixture
def app(clinic: Clinic, desk: Desk, tmp_path: Path) -> Flask:
    """The application, with an address that needs a further person."""
    blueprint = make_blueprint("signed notes", "Signed notes, for tests.")
    writes(
        blueprint,
        "/signed-notes/<place>",
        Permission.RECEIVE,
        takes=SignedNoteSchema,
        answers=SignedNoteView,
        secret_fields=("password",),
        identifies=desk.identifies,
    )(post_signed_note)
    return application(
        tmp_path, database=clinic.database, clock=clinic.clock, extra=[blueprint]
    )


def test_the_handler_finds_the_proof(client: ApiClient) -> None:
    answer = client.post(f"{client.books}/signed-notes/desk", RIGHT)
    assert answer.status_code == 201
    assert answer.json == {"signed_by": "Wim Witness", "place": "desk"}


def test_a_replay_asks_nobody_to_prove_anything_again(
    client: ApiClient, desk: Desk
) -> None:
    path = f"{client.books}/signed-notes/desk"
    first = client.post(path, RIGHT, key="one")
    again = client.post(path, RIGHT | {"password": "mistyped"}, key="one")
    assert (again.status_code, again.data) == (201, first.data)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert desk.asked == ["Pat Pharmacist at desk"]


def test_a_replay_still_needs_the_bearer(client: ApiClient, desk: Desk) -> None:
    path = f"{client.books}/signed-notes/desk"
    client.post(path, RIGHT, key="one")
    answer = client.post(path, RIGHT, key="one", token="cst_unknown")
    assert answer.status_code == 401
    assert len(desk.asked) == 1


def test_a_key_that_names_something_else_asks_nobody(
    client: ApiClient, desk: Desk
) -> None:
    path = f"{client.books}/signed-notes/desk"
    client.post(path, RIGHT, key="one")
    answer = client.post(path, RIGHT | {"says": "goodbye"}, key="one")
    assert answer.json["code"] == "idempotency_key_reused"
    assert len(desk.asked) == 1


@pytest.mark.parametrize(
    ("body", "by", "code"),
    [
        (RIGHT | {"says": ""}, "pharmacist", "invalid_field"),
        (RIGHT | {"more": "x"}, "pharmacist", "invalid_field"),
        (RIGHT, "clinician", "not_permitted"),
        (RIGHT, "stranger", "not_found"),
    ],
)
def test_form_and_permission_come_before_the_proof(
    client: ApiClient, desk: Desk, body: dict[str, str], by: str, code: str
) -> None:
    person = getattr(client.clinic, by)
    answer = client.post(f"{client.books}/signed-notes/desk", body, by=person)
    assert answer.json["code"] == code
    assert desk.asked == []


def test_a_proof_that_fails_records_nothing_and_frees_the_key(
    client: ApiClient, desk: Desk
) -> None:
    path = f"{client.books}/signed-notes/desk"
    wrong = client.post(path, RIGHT | {"password": "wrong"}, key="one")
    assert wrong.json["code"] == "witness_not_proven"
    assert client.post(path, RIGHT, key="one").status_code == 201
    assert len(desk.asked) == 2


def test_who_is_disabled_between_proof_and_entry_signs_nothing(
    client: ApiClient,
) -> None:
    body = RIGHT | {"password": "gone meanwhile"}
    answer = client.post(f"{client.books}/signed-notes/desk", body)
    assert answer.json["code"] == "witness_not_entitled"
