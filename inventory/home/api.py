"""Where one works, and what is on hand there, over HTTP."""

from inventory.home.schemas import OnHandAnswer, RegistrationAnswer
from inventory.kernel.actors import Permission
from inventory.ledger.on_hand import OnHand, list_on_hand
from inventory.sites.queries import RegistrationView, list_registrations
from inventory.web.access import SIGNED_IN
from inventory.web.endpoints import API_PREFIX, Edge, make_blueprint, reads

blueprint = make_blueprint(
    "books", "Where you work, and what is on hand.", url_prefix=API_PREFIX
)


@reads(blueprint, "/registrations", SIGNED_IN, answers=RegistrationAnswer, many=True)
def get_registrations(edge: Edge) -> list[RegistrationView]:
    """List the registrations at which you hold a role, by name."""
    return list_registrations(edge.db, edge.actor)


@reads(
    blueprint,
    "/registrations/<registration_id>/on-hand",
    Permission.READ_BOOKS,
    answers=OnHandAnswer,
    many=True,
)
def get_on_hand(edge: Edge) -> list[OnHand]:
    """List what is on hand by the books, by place and product."""
    return list_on_hand(edge.db, edge.registration_id)
