"""Emergency access over HTTP."""

from typing import Any

from inventory.emergency.commands import (
    EmergencyEnded,
    EmergencyReviewed,
    EmergencyStarted,
    EndEmergency,
    ReviewEmergency,
    StartEmergency,
    end_emergency,
    review_emergency,
    start_emergency,
)
from inventory.emergency.queries import (
    EmergencyDetails,
    EmergencyView,
    list_accesses,
    view_access,
)
from inventory.emergency.schemas import (
    EmergencyAnswer,
    EmergencyDetailsAnswer,
    EmergencyEndedAnswer,
    EmergencyReviewedAnswer,
    EmergencyStartedAnswer,
    ReviewEmergencySchema,
    StartEmergencySchema,
)
from inventory.kernel.actors import Meaning, Permission, Proof
from inventory.web.endpoints import Asking, Edge, make_blueprint, reads, writes
from inventory.web.signatures import SECRETS, presented_in

blueprint = make_blueprint(
    "emergency", "A clinician's rights for an hour, reviewed afterwards."
)


def _reviewer(asking: Asking, fields: dict[str, Any], **_: str) -> Proof:
    """Prove the reviewer over what they were shown, with all components."""
    return asking.services.identifier.prove(
        presented_in(fields), fields["digest"], meaning=Meaning.REVIEW
    )


@writes(
    blueprint,
    "/emergency-accesses",
    Permission.START_EMERGENCY,
    takes=StartEmergencySchema,
    answers=EmergencyStartedAnswer,
    signs=True,
)
def post_emergency_access(edge: Edge, fields: dict[str, Any]) -> EmergencyStarted:
    """Take a clinician's rights for 60 minutes, also when your training has lapsed."""
    command = StartEmergency(registration_id=edge.registration_id, **fields)
    return start_emergency(edge.db, command, actor=edge.actor, clock=edge.clock)


@writes(
    blueprint,
    "/emergency-accesses/<access_id>/end",
    Permission.START_EMERGENCY,
    answers=EmergencyEndedAnswer,
)
def post_emergency_end(edge: Edge, access_id: str) -> EmergencyEnded:
    """Give your emergency access back before its time."""
    command = EndEmergency(registration_id=edge.registration_id, access_id=access_id)
    return end_emergency(edge.db, command, actor=edge.actor, clock=edge.clock)


@writes(
    blueprint,
    "/emergency-accesses/<access_id>/review",
    Permission.REVIEW_EMERGENCY,
    takes=ReviewEmergencySchema,
    answers=EmergencyReviewedAnswer,
    secret_fields=SECRETS,
    identifies=_reviewer,
)
def post_emergency_review(
    edge: Edge, fields: dict[str, Any], access_id: str
) -> EmergencyReviewed:
    """Sign a finding on somebody else's emergency access, with your own credential."""
    command = ReviewEmergency(
        registration_id=edge.registration_id,
        access_id=access_id,
        finding=fields["finding"],
        words=fields["words"],
        signature=edge.proven,
    )
    return review_emergency(edge.db, command, actor=edge.actor, clock=edge.clock)


@reads(
    blueprint,
    "/emergency-accesses",
    Permission.READ_ACCESS,
    answers=EmergencyAnswer,
    many=True,
)
def get_emergency_accesses(edge: Edge) -> list[EmergencyView]:
    """List what awaits review, then the hundred that were reviewed last."""
    return list_accesses(edge.db, edge.registration_id, now=edge.clock.now())


@reads(
    blueprint,
    "/emergency-accesses/<access_id>",
    Permission.READ_ACCESS,
    answers=EmergencyDetailsAnswer,
    of_patient=True,
)
def get_emergency_access(edge: Edge, access_id: str) -> EmergencyDetails:
    """Show one with every entry made under it, and the digest that a review signs."""
    return view_access(edge.db, edge.registration_id, access_id, now=edge.clock.now())
