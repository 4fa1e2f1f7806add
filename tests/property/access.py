"""Who may do what changes while people work: roles, disabling, emergencies, guesses.

Everything is tried on the witness of the clinic, by those who may and those who may
not; the machine of the books knows at each moment whether that person counts.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule
from sqlalchemy import text

from inventory.kernel.actors import Actor
from tests.clinic import PASSWORD, Clinic
from tests.http.api_client import Answer, ApiClient

CREATED, UNAUTHORISED, TOO_MANY = 201, 401, 429
EMERGENCY: Final = timedelta(minutes=60)
# Failures in a row from which further tries wait, by name and by network.
DELAYED_FROM: Final = 5
NETWORK_FROM: Final = 60
WRONG: Final = "wrong horse battery staple"
NAMES: Final = ("wim", "wim", "cleo", "pat", "ada", "sid", "mona", "nobody")

people = st.sampled_from(
    ["administrator", "manager", "officer", "pharmacist", "clinician", "colleague"]
)


@dataclass
class Emergency:
    """An emergency access of the witness."""

    id: str
    ends_at: datetime
    reviewed: bool = False


@dataclass
class Staff:
    """What the machine believes about the witness, and about guesses and refusals."""

    has_role: bool = True
    is_disabled: bool = False
    emergencies: list[Emergency] = field(default_factory=list)
    guesses: dict[str, int] = field(default_factory=dict)
    refusals: int = 0

    @property
    def is_at_work(self) -> bool:
        """Tell whether the witness may do anything here."""
        return self.has_role and not self.is_disabled

    def running(self, now: datetime) -> Emergency | None:
        """Give the emergency access that is in force."""
        last = self.emergencies[-1] if self.emergencies else None
        return last if last and not last.reviewed and now < last.ends_at else None


class AccessSteps(RuleBasedStateMachine):
    """What people try with their own rights and those of the witness."""

    client: ApiClient
    clinic: Clinic
    staff: Staff
    keys: int

    # --- given by the machine of the books ------------------------------------------

    def _post(self, path: str, body: Any, *, by: Actor | None = None) -> Answer:
        raise NotImplementedError

    def _session(self, weight_kg: str) -> dict[str, Any]:
        raise NotImplementedError

    # --- roles ----------------------------------------------------------------------

    @rule(asker=people, approver=people, name=st.sampled_from(["mona", "olga", "wim"]))
    def change_the_role_of_the_witness(
        self, asker: str, approver: str, name: str
    ) -> None:
        """Only an administrator asks, and only a manager or officer approves."""
        kind = "end_role" if self.staff.has_role else "grant_role"
        body = {
            "person_id": self.clinic.colleague.id,
            "kind": kind,
            "role": "witness",
        }
        by: Actor = getattr(self.clinic, asker)
        asked = self._post("/access-requests", body, by=by)
        # A role may also end while its owner is disabled; nobody disabled gets one.
        sensible = kind == "end_role" or not self.staff.is_disabled
        allowed = asker == "administrator" and sensible
        assert (asked.status_code == CREATED) is allowed, asked.text
        if allowed:
            self._decide(asked.json, approver, name)

    def _decide(self, asked: dict[str, Any], approver: str, name: str) -> None:
        path = f"/access-requests/{asked['shown']['request_id']}"
        body = {"sign_in_name": name, "password": PASSWORD, "digest": asked["digest"]}
        entitled = {"manager": "mona", "officer": "olga"}
        by: Actor = getattr(self.clinic, approver)
        answer = self._post(f"{path}/approval", body, by=by)
        if answer.status_code == CREATED:
            assert approver in entitled, "only who may approve"
            assert name in entitled.values(), "with the credential of one who may"
            self.staff.has_role = not self.staff.has_role
            return
        assert self._is_delayed(name, answer) or entitled.get(approver) != name
        gone = self._post(f"{path}/withdrawal", {}, by=self.clinic.administrator)
        assert gone.status_code == CREATED, gone.text

    @rule(by=people)
    def disable_the_witness(self, by: str) -> None:
        path = f"/people/{self.clinic.colleague.id}/disabling"
        answer = self._post(path, {}, by=getattr(self.clinic, by))
        allowed = by == "administrator" and not self.staff.is_disabled
        assert (answer.status_code == CREATED) is allowed, answer.text
        self.staff.is_disabled = self.staff.is_disabled or allowed

    @precondition(lambda self: self.staff.is_disabled)
    @rule(by=people)
    def enable_the_witness(self, by: str) -> None:
        path = f"/people/{self.clinic.colleague.id}/enabling"
        answer = self._post(path, {}, by=getattr(self.clinic, by))
        assert (answer.status_code == CREATED) is (by == "administrator"), answer.text
        if answer.status_code == CREATED:
            self.staff.is_disabled = self.staff.has_role = False

    @rule(revoked=st.booleans())
    def the_witness_asks_who_they_are(self, *, revoked: bool) -> None:
        """I29: whoever was disabled, and whatever was revoked, is out at once."""
        token = self.client.issue(self.clinic.colleague, revoked=revoked)
        answer = self.client.get("/api/v1/registrations", token=token)
        out = revoked or self.staff.is_disabled
        assert (answer.status_code == UNAUTHORISED) is out, "I29"

    # --- emergencies ----------------------------------------------------------------

    @rule()
    def start_an_emergency(self) -> None:
        now = self.clinic.clock.now()
        body = {"reason": "Nobody who may is in the house"}
        answer = self._post("/emergency-accesses", body, by=self.clinic.colleague)
        allowed = self.staff.is_at_work and not self.staff.running(now)
        assert (answer.status_code == CREATED) is allowed, answer.text
        if allowed:
            started = Emergency(answer.json["access_id"], now + EMERGENCY)
            self.staff.emergencies.append(started)

    @rule()
    def the_witness_opens_a_session(self) -> None:
        """Only in an emergency: a witness alone runs no session."""
        body = self._session("70.5")
        answer = self._post("/sessions", body, by=self.clinic.colleague)
        running = self.staff.running(self.clinic.clock.now())
        allowed = self.staff.is_at_work and running is not None
        assert (answer.status_code == CREATED) is allowed, answer.text

    @precondition(lambda self: self.staff.emergencies)
    @rule(by=people)
    def review_the_last_emergency(self, by: str) -> None:
        """I37: it stays open until somebody else signs it, and then it is closed."""
        last = self.staff.emergencies[-1]
        reviewer: Actor = getattr(self.clinic, by)
        path = f"/emergency-accesses/{last.id}"
        shown = self.client.get(self.client.books + path, by=self.clinic.officer)
        assert (shown.json["access"]["state"] == "reviewed") is last.reviewed, "I37"
        name = reviewer.name.split()[0].lower()
        body = {
            "finding": "justified",
            "words": "It was an emergency",
            "digest": shown.json["digest"],
            "sign_in_name": name,
            "password": PASSWORD,
        }
        answer = self._post(f"{path}/review", body, by=reviewer)
        over = self.clinic.clock.now() >= last.ends_at
        allowed = by in ("manager", "officer") and over and not last.reviewed
        if not self._is_delayed(name, answer):
            assert (answer.status_code == CREATED) is allowed, answer.text
        last.reviewed = last.reviewed or answer.status_code == CREATED

    @rule()
    def an_hour_passes(self) -> None:
        self.clinic.clock.advance(EMERGENCY)

    @rule(by=people)
    def an_emergency_and_its_review(self, by: str) -> None:
        """One as it should be, but for who reviews it."""
        self.start_an_emergency()
        self.the_witness_opens_a_session()
        self.an_hour_passes()
        if self.staff.emergencies:
            self.review_the_last_emergency(by)
            self.review_the_last_emergency("officer")

    # --- guesses and refusals -------------------------------------------------------

    def _is_delayed(self, name: str, answer: Answer) -> bool:
        """Tell whether an answer only says that too many guesses came before it."""
        if answer.status_code != TOO_MANY:
            return False
        guesses = self.staff.guesses
        many = guesses.get(name, 0) >= DELAYED_FROM
        assert many or sum(guesses.values()) >= NETWORK_FROM, answer.text
        return True

    def _note_guess(self, name: str, *, right: bool) -> None:
        """Remember a try to prove who somebody is; a right one begins anew."""
        guesses = self.staff.guesses
        guesses[name] = 0 if right else guesses.get(name, 0) + 1

    def _kept_attempts(self) -> int:
        """I28, I38: count what was refused, kept one by one or as a number."""
        query = (
            "SELECT (SELECT count(*) FROM attempts) "
            "+ (SELECT coalesce(sum(attempts), 0) FROM suppressed_attempts)"
        )
        with self.clinic.database.reading() as db:
            return int(db.execute(text(query)).scalar_one())
