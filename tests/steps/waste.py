"""Waste before a witness: the clinician asks, the colleague signs."""

from datetime import datetime

from inventory.kernel.actors import Actor, Proof
from inventory.waste.commands import (
    CancelWaste,
    RequestWaste,
    WasteCancelled,
    WasteRequested,
    WasteWitnessed,
    WitnessWaste,
    cancel_waste,
    request_waste,
    witness_waste,
)
from inventory.waste.rules import Manner
from tests.steps.books import Books


class WasteSteps(Books):
    """A clinic in which remainders are wasted."""

    def ask(
        self,
        session_id: str,
        amount: str,
        *,
        place: str | None = None,
        actor: Actor | None = None,
        occurred_at: datetime | None = None,
    ) -> WasteRequested:
        """Ask for a witness."""
        command = RequestWaste(
            registration_id=self.clinic.registration_id,
            session_id=session_id,
            amount=amount,
            manner=Manner.SEQUESTRATION_DEVICE,
            place=place,
            occurred_at=occurred_at,
        )
        return self._carry_out(request_waste, command, actor or self.clinic.clinician)

    def witness(
        self,
        asked: WasteRequested,
        *,
        proof: Proof | None = None,
        actor: Actor | None = None,
    ) -> WasteWitnessed:
        """Let the colleague sign exactly what was asked."""
        command = WitnessWaste(
            registration_id=self.clinic.registration_id,
            request_id=asked.shown.request_id,
            witness=proof or self.clinic.proof(self.clinic.colleague, asked.digest),
        )
        return self._carry_out(witness_waste, command, actor or self.clinic.clinician)

    def cancel(
        self,
        asked: WasteRequested,
        *,
        reason: str = "Given after all",
        actor: Actor | None = None,
    ) -> WasteCancelled:
        """Withdraw a request."""
        command = CancelWaste(
            registration_id=self.clinic.registration_id,
            request_id=asked.shown.request_id,
            reason=reason,
        )
        return self._carry_out(cancel_waste, command, actor or self.clinic.clinician)
