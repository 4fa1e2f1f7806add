"""Emergency access: the colleague takes it, the officer reviews it."""

from datetime import timedelta

from sqlalchemy import select, update

from inventory.credentials.actors import load_actor
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
from inventory.emergency.queries import EmergencyDetails, view_access
from inventory.emergency.rules import Finding
from inventory.kernel.actors import Actor, Meaning, Proof
from inventory.models.access import Alert
from inventory.models.people import Membership
from tests.steps.books import Books

HOUR = timedelta(minutes=60)
REASON = "The clinician collapsed; the patient must be given the rest"
WORDS = "Rang me at once; the dose was due"


class EmergencySteps(Books):
    """A clinic in which the wrong person is the only one there."""

    def let_training_lapse(self, person: Actor) -> None:
        """Let a person's training at the clinic have ended a day ago."""
        ended_at = self.clinic.clock.now() - timedelta(days=1)
        with self.clinic.database.transaction() as db:
            db.execute(
                update(Membership)
                .where(Membership.person_id == person.id)
                .values(trained_until=ended_at)
            )

    def now(self, person: Actor) -> Actor:
        """Give a person as the very next request finds them."""
        with self.clinic.database.reading() as db:
            found = load_actor(db, person.id, now=self.clinic.clock.now())
        assert found is not None, "disabled"
        return found

    def start_emergency(
        self, person: Actor | None = None, *, reason: str = REASON
    ) -> EmergencyStarted:
        """Take a clinician's rights for an hour."""
        command = StartEmergency(
            registration_id=self.clinic.registration_id, reason=reason
        )
        actor = self.now(person or self.clinic.colleague)
        return self._carry_out(start_emergency, command, actor)

    def end_emergency(
        self, access_id: str, person: Actor | None = None
    ) -> EmergencyEnded:
        """Give them back."""
        command = EndEmergency(
            registration_id=self.clinic.registration_id, access_id=access_id
        )
        actor = self.now(person or self.clinic.colleague)
        return self._carry_out(end_emergency, command, actor)

    def view_emergency(self, access_id: str) -> EmergencyDetails:
        """See what a reviewer is shown."""
        clinic = self.clinic
        with clinic.database.reading() as db:
            now = clinic.clock.now()
            return view_access(db, clinic.registration_id, access_id, now=now)

    def review_emergency(
        self,
        access_id: str,
        person: Actor | None = None,
        *,
        signature: Proof | None = None,
    ) -> EmergencyReviewed:
        """Sign exactly what is shown now, as justified."""
        reviewer = self.now(person or self.clinic.officer)
        if signature is None:
            shown = self.view_emergency(access_id)
            signature = self.review_signature(reviewer, shown.digest)
        command = ReviewEmergency(
            registration_id=self.clinic.registration_id,
            access_id=access_id,
            finding=Finding.JUSTIFIED,
            words=WORDS,
            signature=signature,
        )
        return self._carry_out(review_emergency, command, reviewer)

    def review_signature(self, reviewer: Actor, digest: str) -> Proof:
        """What proving identity with all components gives."""
        return Proof(
            person=reviewer,
            digest=digest,
            factors=("password", "totp"),
            proven_at=self.clinic.clock.now(),
            meaning=Meaning.REVIEW,
        )

    def alerts(self) -> list[tuple[str, str | None]]:
        """List what the clinic was alerted to, and who has looked into it."""
        query = select(Alert.kind, Alert.acknowledged_by).order_by(
            Alert.raised_at, Alert.id
        )
        here = Alert.registration_id == self.clinic.registration_id
        with self.clinic.database.reading() as db:
            return [(kind, by) for kind, by in db.execute(query.where(here))]
