"""What every address of the API stands on: who asks, whose books, and in what form."""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Final

from flask import Response, request
from marshmallow import Schema
from sqlalchemy.orm import Session

from inventory.credentials.identified import Identified
from inventory.kernel.actors import Actor, Permission, Proof, require_permission
from inventory.kernel.clock import Clock
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.web.access import Access
from inventory.web.bearer import require_bearer
from inventory.web.services import Services

REGISTRATION_ID: Final = "registration_id"
NOTHING: Final = Schema()


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """What a request brings along besides its fields.

    Attributes:
        db: the open transaction; the edge commits it.
        actor: who asks.
        clock: the server's time.
        registration_id: whose books, as the path names them; "" where it names none.
        proof: what `identifies` gave, with the roles its person holds now.
        own: what the actor gave to sign this, where a form is declared as signed.
    """

    db: Session
    actor: Actor
    clock: Clock
    registration_id: str
    proof: Proof | None = None
    own: Identified | None = None

    @property
    def signed(self) -> Identified:
        """The actor's own signature, where a form is declared as signed."""
        assert self.own is not None, "declare this form with signs=True"
        return self.own

    @property
    def proven(self) -> Proof:
        """The proof of an address where one is always given."""
        assert self.proof is not None, "declare `identifies` for this address"
        return self.proof


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who asks for what to be signed, while no transaction is open.

    Attributes:
        actor: who sent the request.
        registration_id: whose books, as the path names them; "" where it names none.
        services: what proves identities, and the time.
    """

    actor: Actor
    registration_id: str
    services: Services


Identifies = Callable[..., Proof | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One declared address."""

    handler: Callable[..., Any]
    access: Access
    takes: Schema | None
    answers: Schema
    secret_fields: Collection[str] = ()
    identifies: Identifies | None = None
    signs: bool = False
    of_patient: bool = False


def require_entry(actor: Actor, registration_id: str) -> None:
    """Refuse entry to a registration where the actor holds no role.

    It looks exactly like one that is not there.

    Raises:
        InventoryError: NOT_FOUND.
    """
    if registration_id not in actor.roles:
        raise InventoryError(
            ErrorCode.NOT_FOUND,
            "There is no such registration among those you work at. "
            "Check its identifier, or ask its administrator for a role there.",
        )


def edge_of(
    db: Session, services: Services, endpoint: Endpoint, path: dict[str, str]
) -> Edge:
    """Find who asks, and refuse who may not.

    Raises:
        InventoryError: NOT_SIGNED_IN, NOT_FOUND, NOT_PERMITTED, NOT_READY.
    """
    authorization = request.headers.get("Authorization")
    actor = require_bearer(db, authorization, now=services.clock.now())
    registration_id = path.get(REGISTRATION_ID, "")
    if isinstance(endpoint.access, Permission):
        require_entry(actor, registration_id)
        require_permission(actor, endpoint.access, registration_id)
    return Edge(
        db=db,
        actor=actor,
        clock=services.clock,
        registration_id=registration_id,
    )


def named(path: dict[str, str]) -> dict[str, str]:
    """Give what the path names besides the registration."""
    return {name: value for name, value in path.items() if name != REGISTRATION_ID}


def loaded(endpoint: Endpoint, asked: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    """Read the fields; an address that takes none accepts none.

    Raises:
        ValidationError: naming every field at fault.
    """
    if endpoint.takes is None:
        NOTHING.load(asked)
        return ()
    return (endpoint.takes.load(asked),)


def dumped(endpoint: Endpoint, result: Any) -> str:
    """Write the answer."""
    shown = endpoint.answers.dump(result)
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":"))


def json_answer(body: str, status: int) -> Response:
    """Give a body of JSON as the answer."""
    return Response(f"{body}\n", status, content_type="application/json")
