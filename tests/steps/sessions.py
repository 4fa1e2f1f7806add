"""Supervised sessions: vials opened, drawn from and given, by the clinician."""

from datetime import datetime
from typing import Any

from inventory.kernel.actors import Actor
from inventory.sessions.commands import (
    Administer,
    Administered,
    CloseSession,
    ContainerOpened,
    ContainerRetired,
    Draw,
    DrawLine,
    Drawn,
    OpenContainer,
    OpenSession,
    RetireContainer,
    SessionClosed,
    SessionOpened,
    administer,
    close_session,
    draw,
    open_container,
    open_session,
    retire_container,
)
from inventory.sessions.rules import Indication, Route
from tests.steps.books import Books


class SessionSteps(Books):
    """A clinic in which sessions are run."""

    def open_session(self, actor: Actor | None = None, **changes: Any) -> SessionOpened:
        """Open a session of a patient of 71.3 kg."""
        fields: dict[str, Any] = {
            "registration_id": self.clinic.registration_id,
            "patient_ref": "PT-20931-A",
            "indication": Indication.MOOD_DISORDER,
            "clinician_id": self.clinic.clinician.id,
            "weight_kg": "71.3",
            "route": Route.IV,
            "protocol": "Depression IV, 0.5 mg/kg over 40 min",
        }
        command = OpenSession(**(fields | changes))
        return self._carry_out(open_session, command, actor or self.clinic.clinician)

    def open_container(
        self,
        container_id: str,
        *,
        actor: Actor | None = None,
        occurred_at: datetime | None = None,
    ) -> ContainerOpened:
        """Take a sealed vial into use."""
        command = OpenContainer(
            registration_id=self.clinic.registration_id,
            container_id=container_id,
            occurred_at=occurred_at,
        )
        return self._carry_out(open_container, command, actor or self.clinic.clinician)

    def retire(
        self, container_id: str, *, actor: Actor | None = None
    ) -> ContainerRetired:
        """Retire a vial in use."""
        command = RetireContainer(
            registration_id=self.clinic.registration_id, container_id=container_id
        )
        who = actor or self.clinic.clinician
        return self._carry_out(retire_container, command, who)

    def draw(
        self,
        session_id: str,
        *lines: tuple[str, str],
        actor: Actor | None = None,
        occurred_at: datetime | None = None,
    ) -> Drawn:
        """Draw amounts from containers."""
        command = Draw(
            registration_id=self.clinic.registration_id,
            session_id=session_id,
            lines=[
                DrawLine(container_id=container_id, amount=amount)
                for container_id, amount in lines
            ],
            occurred_at=occurred_at,
        )
        return self._carry_out(draw, command, actor or self.clinic.clinician)

    def give(
        self,
        session_id: str,
        amount: str,
        *,
        actor: Actor | None = None,
        occurred_at: datetime | None = None,
    ) -> Administered:
        """Give an amount to the patient."""
        command = Administer(
            registration_id=self.clinic.registration_id,
            session_id=session_id,
            amount=amount,
            occurred_at=occurred_at,
        )
        return self._carry_out(administer, command, actor or self.clinic.clinician)

    def close(
        self,
        session_id: str,
        *,
        actor: Actor | None = None,
        occurred_at: datetime | None = None,
    ) -> SessionClosed:
        """Close a session."""
        command = CloseSession(
            registration_id=self.clinic.registration_id,
            session_id=session_id,
            occurred_at=occurred_at,
        )
        return self._carry_out(close_session, command, actor or self.clinic.clinician)
