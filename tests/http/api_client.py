"""A client as a program would be one: it speaks JSON, with a token and a key."""

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any, Protocol, cast

from flask import Flask
from werkzeug.datastructures import Headers

from inventory.credentials.tokens import fingerprint, new_token
from inventory.journal.book import read_head
from inventory.kernel.actors import Actor
from inventory.kernel.identifiers import new_id
from inventory.models.credentials import ApiToken
from tests.clinic import Clinic

_keys = count(1)


class Answer(Protocol):
    """What came back; `json` is the body, read."""

    status_code: int
    headers: Headers
    content_type: str
    data: bytes
    text: str
    json: Any


@dataclass
class ApiClient:
    """Asks as the clinic's pharmacist unless told otherwise.

    Attributes:
        app: the application asked.
        clinic: whose people ask.
        books: the address of the clinic's registration.
    """

    app: Flask
    clinic: Clinic
    _tokens: dict[str, str] = field(default_factory=dict)

    @property
    def books(self) -> str:
        return f"/api/v1/registrations/{self.clinic.registration_id}"

    def post(
        self,
        path: str,
        json: Any = None,
        *,
        by: Actor | None = None,
        token: str | None = None,
        key: str | None = None,
    ) -> Answer:
        """Send an entry, under a new key unless one is given."""
        headers = self.headers(by=by, token=token, key=key)
        body = {} if json is None else json
        return self.open("POST", path, json=body, headers=headers)

    def post_raw(
        self, path: str, body: bytes, *, content_type: str = "application/json"
    ) -> Answer:
        """Send bytes as they are."""
        headers = self.headers()
        return self.open(
            "POST", path, data=body, content_type=content_type, headers=headers
        )

    def get(
        self, path: str, *, by: Actor | None = None, token: str | None = None
    ) -> Answer:
        """Read."""
        headers = {"Authorization": f"Bearer {token or self.token(by)}"}
        return self.open("GET", path, headers=headers)

    def open(self, method: str, path: str, **options: Any) -> Answer:
        """Send a request of any form."""
        answer = self.app.test_client().open(path, method=method, **options)
        return cast("Answer", answer)

    def headers(
        self,
        *,
        by: Actor | None = None,
        token: str | None = None,
        key: str | None = None,
    ) -> dict[str, str]:
        """Give the headers of an entry."""
        return {
            "Authorization": f"Bearer {token or self.token(by)}",
            "Idempotency-Key": key or f"key-{next(_keys)}",
        }

    def token(self, actor: Actor | None = None) -> str:
        """Give a person's token, issued when first asked for."""
        person = actor or self.clinic.pharmacist
        if person.id not in self._tokens:
            self._tokens[person.id] = self.issue(person)
        return self._tokens[person.id]

    def issue(self, person: Actor, *, revoked: bool = False) -> str:
        """Issue a token that is good for a day."""
        secret, now = new_token(), self.clinic.clock.now()
        with self.clinic.database.transaction() as db:
            db.add(
                ApiToken(
                    id=new_id("tok", now),
                    person_id=person.id,
                    label="test",
                    secret_sha256=fingerprint(secret),
                    created_at=now,
                    expires_at=now + timedelta(days=1),
                    last_used_at=now,  # so that asking writes nothing but attempts
                    revoked_at=now if revoked else None,
                )
            )
        return secret

    def events(self) -> int:
        """Count the events of the clinic's book."""
        with self.clinic.database.reading() as db:
            return read_head(db, self.clinic.registration_id).size
