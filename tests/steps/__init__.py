"""What people do in a clinic, a step each, through the handlers of the product.

`Steps(clinic)` has them all, one file for each part of the work; each step is one
transaction, done by whoever usually does it unless an actor is given.
"""

from tests.steps.counts import CountSteps
from tests.steps.deliveries import DeliverySteps
from tests.steps.emergencies import EmergencySteps
from tests.steps.people import PeopleSteps
from tests.steps.programs import ProgramSteps
from tests.steps.rules import RuleSteps
from tests.steps.sessions import SessionSteps
from tests.steps.waste import WasteSteps


class Steps(
    DeliverySteps,
    SessionSteps,
    WasteSteps,
    CountSteps,
    EmergencySteps,
    RuleSteps,
    PeopleSteps,
    ProgramSteps,
):
    """Everything that people do in a clinic, and what its books say after it."""

    def drawn_session(self, amount: str = "1 mL") -> str:
        """Run a session up to its first draw, from a new vial; gives its id."""
        (vial,) = self.stock()
        self.open_container(vial)
        session_id = self.open_session().session_id
        self.draw(session_id, (vial, amount))
        return session_id
