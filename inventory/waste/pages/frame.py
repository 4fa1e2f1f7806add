"""What the pages of waste have in common."""

from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template

from inventory.kernel.actors import Permission
from inventory.models.sites import Registration
from inventory.waste.commands import WitnessWaste, witness_waste
from inventory.waste.pairs import find_pair
from inventory.waste.queries import WasteRequestView, view_request
from inventory.waste.rules import Manner, State
from inventory.web.local_time import LocalTime
from inventory.web.pages import Edge, Form

BOOK: Final = "/registrations/<registration_id>"

_MANNERS: Final = {
    Manner.SEQUESTRATION_DEVICE: "In a sequestration device",
    Manner.PHARMACEUTICAL_WASTE_CONTAINER: "In the pharmaceutical waste container",
    Manner.OTHER_APPROVED_METHOD: "By another approved method",
}

blueprint = Blueprint("waste_pages", __name__)


def page(edge: Edge, template: str, **shown: Any) -> str:
    """Show a page of a site."""
    site = edge.db.get_one(Registration, edge.registration_id)
    return render_template(
        template,
        site=site,
        local=LocalTime(ZoneInfo(site.time_zone)),
        now=edge.clock.now(),
        manners=_MANNERS,
        reads_books=edge.actor.may(Permission.READ_BOOKS, edge.registration_id),
        **shown,
    )


def request_page(edge: Edge, template: str, request_id: str, form: Form | None) -> str:
    """Show a request with everything that its witness must see before signing."""
    now = edge.clock.now()
    asked = view_request(edge.db, edge.registration_id, request_id, now=now)
    is_open = asked.state is State.PENDING and not asked.too_late
    return page(
        edge,
        template,
        form=form or Form(),
        asked=asked,
        may_sign=is_open and not _is_part_of(edge, asked),
        is_open=is_open,
        pair=find_pair(edge.db, edge.registration_id, asked.requester_id, now=now),
    )


def sign(edge: Edge, request_id: str) -> None:
    """Let the witness who was proved sign a request."""
    command = WitnessWaste(
        registration_id=edge.registration_id,
        request_id=request_id,
        witness=edge.proven,
    )
    witness_waste(edge.db, command, actor=edge.actor, clock=edge.clock)


def _is_part_of(edge: Edge, asked: WasteRequestView) -> bool:
    """Tell whether who looks at it asked for it, or has signed it already."""
    return edge.actor.id in (asked.requester_id, *asked.signer_ids)
