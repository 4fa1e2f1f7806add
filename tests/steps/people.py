"""Who may do what: people added, put on record, given roles by two, and stopped."""

from datetime import date

from inventory.kernel.actors import Actor, Meaning, Proof, Role
from inventory.people.commands import (
    AccessApproved,
    AccessRequested,
    AddPerson,
    ApproveAccess,
    DisablePerson,
    EnablePerson,
    RecordScreening,
    RecordTraining,
    RefuseAccess,
    RequestAccess,
    RequestDecided,
    StandingChanged,
    WithdrawAccess,
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
from inventory.people.rules import RequestKind
from tests.steps.books import Books

SCREENED_ON = date(2026, 10, 5)
TRAINED_UNTIL = date(2027, 10, 31)


class PeopleSteps(Books):
    """What an administrator, and whoever approves, do about people."""

    def add_person(
        self,
        name: str = "nora",
        initials: str = "NN",
        *,
        full_name: str | None = None,
        by: Actor | None = None,
    ) -> str:
        """Add a person; gives their id."""
        command = AddPerson(
            registration_id=self.clinic.registration_id,
            sign_in_name=name,
            name=full_name or f"{name.title()} New",
            initials=initials,
        )
        actor = by or self.clinic.administrator
        return self._carry_out(add_person, command, actor).person_id

    def screen(self, person_id: str, on: date = SCREENED_ON) -> None:
        """Put a screening on record."""
        command = RecordScreening(
            registration_id=self.clinic.registration_id,
            person_id=person_id,
            screened_on=on,
        )
        self._carry_out(record_screening, command, self.clinic.administrator)

    def train(self, person_id: str, until: date = TRAINED_UNTIL) -> None:
        """Put a training on record."""
        command = RecordTraining(
            registration_id=self.clinic.registration_id,
            person_id=person_id,
            trained_until=until,
        )
        self._carry_out(record_training, command, self.clinic.administrator)

    def ask_for_role(
        self,
        person_id: str,
        role: Role,
        *,
        ends_on: date | None = None,
        by: Actor | None = None,
    ) -> AccessRequested:
        """Ask for a role."""
        kind = RequestKind.GRANT_ROLE
        return self.ask_for(person_id, kind, role=role, ends_on=ends_on, by=by)

    def ask_for_end(
        self, person_id: str, role: Role, *, by: Actor | None = None
    ) -> AccessRequested:
        """Ask for the end of a role."""
        return self.ask_for(person_id, RequestKind.END_ROLE, role=role, by=by)

    def ask_for_reset(
        self, person_id: str, *, by: Actor | None = None
    ) -> AccessRequested:
        """Ask for new credentials."""
        return self.ask_for(person_id, RequestKind.RESET_CREDENTIALS, by=by)

    def approve(
        self,
        asked: AccessRequested,
        *,
        by: Actor | None = None,
        digest: str | None = None,
    ) -> AccessApproved:
        """Approve what was asked for, over what was shown unless a digest is given."""
        approver = by or self.clinic.manager
        command = ApproveAccess(
            registration_id=self.clinic.registration_id,
            request_id=asked.shown.request_id,
            approval=self.approval(approver, digest or asked.digest),
        )
        return self._carry_out(approve_access, command, approver)

    def approval(self, person: Actor, digest: str) -> Proof:
        """Give what a right password gives."""
        return Proof(
            person=person,
            digest=digest,
            factors=("password",),
            proven_at=self.clinic.clock.now(),
            meaning=Meaning.APPROVAL,
        )

    def refuse(
        self, asked: AccessRequested, *, by: Actor | None = None
    ) -> RequestDecided:
        """Refuse what was asked for."""
        command = RefuseAccess(
            registration_id=self.clinic.registration_id,
            request_id=asked.shown.request_id,
            reason="One is enough.",
        )
        return self._carry_out(refuse_access, command, by or self.clinic.manager)

    def withdraw(
        self, asked: AccessRequested, *, by: Actor | None = None
    ) -> RequestDecided:
        """Take back what was asked for."""
        command = WithdrawAccess(
            registration_id=self.clinic.registration_id,
            request_id=asked.shown.request_id,
        )
        actor = by or self.clinic.administrator
        return self._carry_out(withdraw_access, command, actor)

    def give_role(
        self, person_id: str, role: Role, *, ends_on: date | None = None
    ) -> AccessApproved:
        """Ask for a role and approve it."""
        return self.approve(self.ask_for_role(person_id, role, ends_on=ends_on))

    def end_role(self, person_id: str, role: Role) -> AccessApproved:
        """Ask for the end of a role and approve it."""
        return self.approve(self.ask_for_end(person_id, role))

    def disable(self, person_id: str, *, by: Actor | None = None) -> StandingChanged:
        """Stop a person."""
        here = self.clinic.registration_id
        command = DisablePerson(registration_id=here, person_id=person_id)
        actor = by or self.clinic.administrator
        return self._carry_out(disable_person, command, actor)

    def enable(self, person_id: str, *, by: Actor | None = None) -> StandingChanged:
        """Let a person back in."""
        here = self.clinic.registration_id
        command = EnablePerson(registration_id=here, person_id=person_id)
        actor = by or self.clinic.administrator
        return self._carry_out(enable_person, command, actor)

    def ask_for(
        self,
        person_id: str,
        kind: RequestKind | str,
        *,
        role: Role | None = None,
        ends_on: date | None = None,
        by: Actor | None = None,
    ) -> AccessRequested:
        """Ask for any change of access."""
        command = RequestAccess(
            registration_id=self.clinic.registration_id,
            person_id=person_id,
            kind=RequestKind(kind),
            role=role,
            ends_on=ends_on,
        )
        actor = by or self.clinic.administrator
        return self._carry_out(request_access, command, actor)
