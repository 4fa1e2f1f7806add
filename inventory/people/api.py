"""People, roles and tokens over HTTP.

Tokens are not issued here: the answer of a write is kept for those who ask again, and
a secret is kept nowhere. The command line issues them.
"""

from typing import Any

from inventory.kernel.actors import Permission
from inventory.people import queries
from inventory.people.commands import (
    AddJob,
    AddPerson,
    GrantRole,
    PersonAdded,
    RoleGranted,
    add_job,
    add_person,
    grant_role,
)
from inventory.people.schemas import (
    AddJobSchema,
    AddPersonSchema,
    GrantRoleSchema,
    PersonAddedView,
    PersonView,
    RoleGrantedView,
    TokenRevokedView,
    TokenView,
)
from inventory.people.tokens import RevokeToken, TokenRevoked, revoke_token
from inventory.web.access import SIGNED_IN
from inventory.web.endpoints import API_PREFIX, Edge, make_blueprint, reads, writes

_BOOK = "/registrations/<registration_id>"

blueprint = make_blueprint(
    "people", "Who may do what at a registration.", url_prefix=API_PREFIX
)


@writes(
    blueprint,
    f"{_BOOK}/people",
    Permission.MANAGE_PEOPLE,
    takes=AddPersonSchema,
    answers=PersonAddedView,
    secret_fields=("password",),
)
def post_person(edge: Edge, fields: dict[str, Any]) -> PersonAdded:
    """Add a person, who can sign in and may do nothing yet."""
    command = AddPerson(registration_id=edge.registration_id, **fields)
    return add_person(
        edge.db,
        command,
        actor=edge.actor,
        clock=edge.clock,
        passwords=edge.passwords,
    )


@writes(
    blueprint,
    f"{_BOOK}/jobs",
    Permission.MANAGE_PEOPLE,
    takes=AddJobSchema,
    answers=PersonAddedView,
)
def post_job(edge: Edge, fields: dict[str, Any]) -> PersonAdded:
    """Add a scheduled job, which acts by a token."""
    command = AddJob(registration_id=edge.registration_id, **fields)
    return add_job(edge.db, command, actor=edge.actor, clock=edge.clock)


@writes(
    blueprint,
    f"{_BOOK}/people/<person_id>/roles",
    Permission.MANAGE_PEOPLE,
    takes=GrantRoleSchema,
    answers=RoleGrantedView,
)
def post_role(edge: Edge, fields: dict[str, Any], person_id: str) -> RoleGranted:
    """Grant a role at this registration."""
    command = GrantRole(
        registration_id=edge.registration_id, person_id=person_id, **fields
    )
    return grant_role(edge.db, command, actor=edge.actor, clock=edge.clock)


@reads(
    blueprint,
    f"{_BOOK}/people",
    Permission.MANAGE_PEOPLE,
    answers=PersonView,
    many=True,
)
def list_people(edge: Edge) -> list[queries.PersonView]:
    """List everyone who holds a role at this registration, by name."""
    return queries.list_people(edge.db, edge.registration_id)


@reads(blueprint, "/tokens", SIGNED_IN, answers=TokenView, many=True)
def list_tokens(edge: Edge) -> list[queries.TokenView]:
    """List your own tokens, newest first."""
    return queries.list_tokens(edge.db, edge.actor.id)


@writes(blueprint, "/tokens/<token_id>/revoke", SIGNED_IN, answers=TokenRevokedView)
def post_token_revoke(edge: Edge, token_id: str) -> TokenRevoked:
    """Revoke a token of your own, or of someone at a site you administer."""
    command = RevokeToken(token_id=token_id)
    return revoke_token(edge.db, command, actor=edge.actor, clock=edge.clock)
