"""People, what is on record about them, and changes of access, as JSON."""

from marshmallow import Schema, fields

from inventory.kernel.actors import Permission, Role
from inventory.people.rules import RequestKind, RequestState
from inventory.web.answers import RecordedView
from inventory.web.fields import (
    Choice,
    CivilDay,
    Digest,
    Identifier,
    Instant,
    Secret,
    Text,
)
from inventory.web.own_signature import OwnSignature


class AddJobSchema(Schema):
    """A scheduled job for the signature register."""

    sign_in_name = Text(max_length=64, required=True)
    name = Text(max_length=100, required=True)
    initials = Text(max_length=6, required=True)


class AddPersonSchema(AddJobSchema):
    """A person for the signature register."""


class PersonAddedView(RecordedView):
    """Someone the books can name."""

    person_id = fields.String(required=True)
    kind = fields.String(required=True)
    sign_in_name = fields.String(required=True)
    name = fields.String(required=True)
    initials = fields.String(required=True)


class RoleView(Schema):
    """A role that is held here, or was."""

    id = fields.String(required=True)
    role = Choice(Role, required=True)
    granted_at = Instant(required=True)
    ends_at = Instant(required=True, allow_none=True)
    ended_at = Instant(required=True, allow_none=True)
    is_in_force = fields.Boolean(required=True)


class PersonView(Schema):
    """A person or job of this registration, and what is on record about them."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    sign_in_name = fields.String(required=True)
    name = fields.String(required=True)
    initials = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)
    screened_on = CivilDay(required=True, allow_none=True)
    trained_until = Instant(required=True, allow_none=True)
    has_accepted_policy = fields.Boolean(required=True)
    has_password = fields.Boolean(required=True)
    disabled_at = Instant(required=True, allow_none=True)
    history = fields.List(fields.Nested(RoleView), required=True)


class RecordScreeningSchema(Schema):
    """The day on which a person was screened."""

    screened_on = CivilDay(required=True)


class ScreeningRecordedView(RecordedView):
    """What is on record now."""

    person_id = fields.String(required=True)
    screened_on = CivilDay(required=True)


class RecordTrainingSchema(Schema):
    """The last day on which a training counts."""

    trained_until = CivilDay(required=True)


class TrainingRecordedView(RecordedView):
    """The last day of the training, and the first instant after it."""

    person_id = fields.String(required=True)
    trained_until = CivilDay(required=True)
    ends_at = Instant(required=True)


class StandingChangedView(RecordedView):
    """Since when a person is disabled; null when they are not."""

    person_id = fields.String(required=True)
    disabled_at = Instant(required=True, allow_none=True)


class RequestAccessSchema(Schema):
    """What is asked for, and for whom."""

    person_id = Identifier("per", required=True)
    kind = Choice(RequestKind, required=True)
    role = Choice(Role, metadata={"description": "None for a reset of credentials."})
    ends_on = CivilDay(
        metadata={"description": "The last day of an inspector's visit, site time."}
    )


class AskForRoleForm(Schema):
    """Which role is asked for, and until when for an inspector."""

    role = Choice(
        [role for role in Role if role is not Role.SCHEDULED_JOB], required=True
    )
    ends_on = CivilDay()


class AskForEndForm(Schema):
    """Which role is to end."""

    role = Choice(Role, required=True)


class ApproveForm(OwnSignature):
    """What the approver saw, with their own signature."""

    digest = Text(max_length=64, required=True)


class ShownRequestView(Schema):
    """The entry word for word: what an approver must see before signing."""

    request_id = fields.String(required=True)
    kind = Choice(RequestKind, required=True)
    person_id = fields.String(required=True)
    sign_in_name = fields.String(required=True)
    name = fields.String(required=True)
    initials = fields.String(required=True)
    role = Choice(Role, required=True, allow_none=True)
    ends_at = Instant(required=True, allow_none=True)
    requested_by = fields.String(required=True)
    requested_at = Instant(required=True)


class AccessRequestedView(RecordedView):
    """The entry to show to the approver, and the digest to sign until `valid_until`."""

    shown = fields.Nested(ShownRequestView, required=True)
    digest = fields.String(required=True)
    valid_until = Instant(required=True)


class AccessRequestAnswer(Schema):
    """A request, and what became of it."""

    shown = fields.Nested(ShownRequestView, required=True)
    digest = fields.String(required=True)
    state = Choice(RequestState, required=True)
    valid_until = Instant(required=True)
    too_late = fields.Boolean(required=True)
    decided_by = fields.String(required=True, allow_none=True)
    decided_at = Instant(required=True, allow_none=True)
    refused_because = fields.String(required=True, allow_none=True)


class ApproveAccessSchema(Schema):
    """The approver's own full credential, and the digest of the entry they saw."""

    sign_in_name = Text(max_length=100, required=True)
    password = Secret(required=True)
    code = Secret(
        metadata={"description": "Of an authenticator, or a recovery code, if any."}
    )
    digest = Digest(
        required=True, metadata={"description": "As the request was shown."}
    )


class AccessApprovedView(RecordedView):
    """A change of access that two people decided."""

    shown = fields.Nested(ShownRequestView, required=True)
    approved_by = fields.String(required=True)


class RefuseAccessSchema(Schema):
    """Why it is refused."""

    reason = Text(max_length=200, required=True)


class RequestDecidedView(RecordedView):
    """A request that nobody can approve any more."""

    request_id = fields.String(required=True)
    state = Choice(RequestState, required=True)


class AccessReportSchema(Schema):
    """The day that is asked about."""

    on = CivilDay(required=True)


class HeldRoleView(Schema):
    """A role that was held at the end of a day."""

    role = Choice(Role, required=True)
    since = Instant(required=True)
    ends_at = Instant(required=True, allow_none=True)
    granted_by = fields.String(required=True)
    approved_by = fields.String(required=True, allow_none=True)


class PersonAccessView(Schema):
    """What one person could do at the end of a day, and what kept them from more."""

    person_id = fields.String(required=True)
    name = fields.String(required=True)
    initials = fields.String(required=True)
    roles = fields.List(fields.Nested(HeldRoleView), required=True)
    could = fields.List(Choice(Permission), required=True)
    lapses = fields.List(fields.String(), required=True)
    screened_on = CivilDay(required=True, allow_none=True)
    trained_until = Instant(required=True, allow_none=True)
    policy_version = fields.String(required=True, allow_none=True)
    disabled_at = Instant(required=True, allow_none=True)


class AccessReportView(Schema):
    """Who could do what at the end of a civil day of the site."""

    on = CivilDay(required=True)
    as_of = Instant(required=True)
    position = fields.Integer(required=True)
    people = fields.List(fields.Nested(PersonAccessView), required=True)
