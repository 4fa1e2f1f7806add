"""Programs and devices: a token issued, a terminal registered."""

from inventory.kernel.actors import Actor
from inventory.programs.commands import (
    IssueToken,
    RegisterTerminal,
    TerminalRegistered,
    TokenIssued,
    issue_token,
    register_terminal,
)
from tests.steps.books import Books


class ProgramSteps(Books):
    """A clinic with devices and programs."""

    def register_terminal(self, label: str) -> TerminalRegistered:
        """Register a device, as its manager."""
        command = RegisterTerminal(
            registration_id=self.clinic.registration_id, label=label
        )
        return self._carry_out(register_terminal, command, self.clinic.manager)

    def issue_token(self, owner: Actor, label: str = "scanner") -> TokenIssued:
        """Issue a token for all that its owner may do, for a day."""
        command = IssueToken(person_id=owner.id, label=label, valid_days=1)
        return self._carry_out(issue_token, command, owner)
