"""People, what is on record about them, and who may do what on a day, over HTTP.

Set-up links are not made here: the answer of a write is kept for those who ask again,
and a secret is kept nowhere. A page or the command line makes them.
"""

from typing import Any

from inventory.credentials.presented import Presented
from inventory.kernel.actors import Meaning, Permission, Proof
from inventory.people import queries
from inventory.people.access_report import AccessReport, report_access
from inventory.people.access_requests import (
    AccessRequestView,
    list_pending,
    view_request,
)
from inventory.people.commands import (
    AccessApproved,
    AccessRequested,
    AddJob,
    AddPerson,
    ApproveAccess,
    DisablePerson,
    EnablePerson,
    PersonAdded,
    RecordScreening,
    RecordTraining,
    RefuseAccess,
    RequestAccess,
    RequestDecided,
    ScreeningRecorded,
    StandingChanged,
    TrainingRecorded,
    WithdrawAccess,
    add_job,
    add_person,
    approve_access,
    disable_person,
    enable_person,
    record_screening,
    record_training,
    refuse_access,
    request_access,
    withdraw_access,
)
from inventory.people.schemas import (
    AccessApprovedView,
    AccessReportSchema,
    AccessReportView,
    AccessRequestAnswer,
    AccessRequestedView,
    AddJobSchema,
    AddPersonSchema,
    ApproveAccessSchema,
    PersonAddedView,
    PersonView,
    RecordScreeningSchema,
    RecordTrainingSchema,
    RefuseAccessSchema,
    RequestAccessSchema,
    RequestDecidedView,
    ScreeningRecordedView,
    StandingChangedView,
    TrainingRecordedView,
)
from inventory.web.endpoints import Asking, Edge, make_blueprint, reads, writes
from inventory.web.visitors import network

blueprint = make_blueprint("people", "Who may do what at a registration.")


@writes(
    blueprint,
    "/people",
    Permission.MANAGE_PEOPLE,
    takes=AddPersonSchema,
    answers=PersonAddedView,
)
def post_person(edge: Edge, fields: dict[str, Any]) -> PersonAdded:
    """Add a person, who may do nothing yet and gets a set-up link."""
    command = AddPerson(registration_id=edge.registration_id, **fields)
    return add_person(edge.db, command, actor=edge.actor, clock=edge.clock)


@writes(
    blueprint,
    "/jobs",
    Permission.MANAGE_PEOPLE,
    takes=AddJobSchema,
    answers=PersonAddedView,
)
def post_job(edge: Edge, fields: dict[str, Any]) -> PersonAdded:
    """Add a scheduled job, which acts by a token."""
    command = AddJob(registration_id=edge.registration_id, **fields)
    return add_job(edge.db, command, actor=edge.actor, clock=edge.clock)


@reads(blueprint, "/people", Permission.READ_ACCESS, answers=PersonView, many=True)
def list_people(edge: Edge) -> list[queries.PersonView]:
    """List everyone in the register of this registration, by name."""
    return queries.list_people(edge.db, edge.registration_id, now=edge.clock.now())


@reads(blueprint, "/people/<person_id>", Permission.READ_ACCESS, answers=PersonView)
def get_person(edge: Edge, person_id: str) -> queries.PersonView:
    """Show one person, and every role held here."""
    here, now = edge.registration_id, edge.clock.now()
    return queries.view_person(edge.db, here, person_id, now=now)


@writes(
    blueprint,
    "/people/<person_id>/screening",
    Permission.MANAGE_PEOPLE,
    takes=RecordScreeningSchema,
    answers=ScreeningRecordedView,
)
def post_screening(
    edge: Edge, fields: dict[str, Any], person_id: str
) -> ScreeningRecorded:
    """Attest that a person was screened; roles that touch stock need it."""
    command = RecordScreening(
        registration_id=edge.registration_id, person_id=person_id, **fields
    )
    return record_screening(edge.db, command, actor=edge.actor, clock=edge.clock)


@writes(
    blueprint,
    "/people/<person_id>/training",
    Permission.MANAGE_PEOPLE,
    takes=RecordTrainingSchema,
    answers=TrainingRecordedView,
)
def post_training(
    edge: Edge, fields: dict[str, Any], person_id: str
) -> TrainingRecorded:
    """Record until which day a person is trained; stock rights rest without it."""
    command = RecordTraining(
        registration_id=edge.registration_id, person_id=person_id, **fields
    )
    return record_training(edge.db, command, actor=edge.actor, clock=edge.clock)


@writes(
    blueprint,
    "/people/<person_id>/disabling",
    Permission.MANAGE_PEOPLE,
    answers=StandingChangedView,
)
def post_disabling(edge: Edge, person_id: str) -> StandingChanged:
    """Stop a person at once and everywhere: no sign-in, no token, no signature."""
    command = DisablePerson(registration_id=edge.registration_id, person_id=person_id)
    return disable_person(edge.db, command, actor=edge.actor, clock=edge.clock)


@writes(
    blueprint,
    "/people/<person_id>/enabling",
    Permission.MANAGE_PEOPLE,
    answers=StandingChangedView,
)
def post_enabling(edge: Edge, person_id: str) -> StandingChanged:
    """Let a person back in, without the roles held before."""
    command = EnablePerson(registration_id=edge.registration_id, person_id=person_id)
    return enable_person(edge.db, command, actor=edge.actor, clock=edge.clock)


@reads(
    blueprint,
    "/access",
    Permission.READ_ACCESS,
    takes=AccessReportSchema,
    answers=AccessReportView,
)
def get_access(edge: Edge, fields: dict[str, Any]) -> AccessReport:
    """Tell who could do what at the end of a day, by the journal."""
    here, now = edge.registration_id, edge.clock.now()
    return report_access(edge.db, here, fields["on"], now=now)


@writes(
    blueprint,
    "/access-requests",
    Permission.MANAGE_PEOPLE,
    takes=RequestAccessSchema,
    answers=AccessRequestedView,
)
def post_access_request(edge: Edge, fields: dict[str, Any]) -> AccessRequested:
    """Ask for a role, its end, or a reset; another person approves it."""
    command = RequestAccess(registration_id=edge.registration_id, **fields)
    return request_access(edge.db, command, actor=edge.actor, clock=edge.clock)


@reads(
    blueprint,
    "/access-requests",
    Permission.READ_ACCESS,
    answers=AccessRequestAnswer,
    many=True,
)
def list_access_requests(edge: Edge) -> list[AccessRequestView]:
    """List what waits for an approval, longest waiting first."""
    return list_pending(edge.db, edge.registration_id, now=edge.clock.now())


@reads(
    blueprint,
    "/access-requests/<request_id>",
    Permission.READ_ACCESS,
    answers=AccessRequestAnswer,
)
def get_access_request(edge: Edge, request_id: str) -> AccessRequestView:
    """Show one request as its approver must see it, and what became of it."""
    return view_request(edge.db, edge.registration_id, request_id, now=edge.clock.now())


def _approver(asking: Asking, fields: dict[str, Any], **_: str) -> Proof:
    """Prove who approves, with all that their credential has."""
    presented = Presented(
        sign_in_name=fields["sign_in_name"],
        password=fields["password"],
        code=fields.get("code"),
        network=network(),
    )
    return asking.services.identifier.prove(
        presented, fields["digest"], meaning=Meaning.APPROVAL
    )


@writes(
    blueprint,
    "/access-requests/<request_id>/approval",
    Permission.APPROVE_ACCESS,
    takes=ApproveAccessSchema,
    answers=AccessApprovedView,
    secret_fields=("password", "code"),
    identifies=_approver,
)
def post_access_approval(
    edge: Edge, fields: dict[str, Any], request_id: str
) -> AccessApproved:
    """Approve a request with your own name, password and code; it is made at once."""
    assert fields["digest"] == edge.proven.digest, "the approver proved this digest"
    command = ApproveAccess(
        registration_id=edge.registration_id,
        request_id=request_id,
        approval=edge.proven,
    )
    return approve_access(edge.db, command, actor=edge.actor, clock=edge.clock)


@writes(
    blueprint,
    "/access-requests/<request_id>/refusal",
    Permission.APPROVE_ACCESS,
    takes=RefuseAccessSchema,
    answers=RequestDecidedView,
)
def post_access_refusal(
    edge: Edge, fields: dict[str, Any], request_id: str
) -> RequestDecided:
    """Refuse a request, and say why."""
    command = RefuseAccess(
        registration_id=edge.registration_id, request_id=request_id, **fields
    )
    return refuse_access(edge.db, command, actor=edge.actor, clock=edge.clock)


@writes(
    blueprint,
    "/access-requests/<request_id>/withdrawal",
    Permission.MANAGE_PEOPLE,
    answers=RequestDecidedView,
)
def post_access_withdrawal(edge: Edge, request_id: str) -> RequestDecided:
    """Take a request back; it stays on record."""
    command = WithdrawAccess(
        registration_id=edge.registration_id, request_id=request_id
    )
    return withdraw_access(edge.db, command, actor=edge.actor, clock=edge.clock)
