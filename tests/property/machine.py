"""Random entries and refusals over HTTP; after each step the invariants are checked.

The machine predicts each answer from its model. Entries that should be refused are
tried as often as good ones, and must leave nothing behind.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
)
from sqlalchemy import text

from inventory.kernel.actors import Actor
from tests import invariants
from tests.clinic import PASSWORD, Clinic
from tests.http.api_client import Answer, ApiClient
from tests.property.access import NAMES, WRONG, AccessSteps, Staff
from tests.property.model import Model, Request, Vial, Visit

UG_PER_ML: Final = 50_000
VIAL_UG: Final = 500_000
VIAL = "42023-114-10"
DEVICE = "50458-028-00"
DEVICE_UG: Final = 28_000
LOTS: Final = {VIAL: "A1", DEVICE: "D1"}
CREATED, CONFLICT, UNPROCESSABLE, FORBIDDEN, ABSENT = 201, 409, 422, 403, 404

T = TypeVar("T")
WITNESS_WITHIN: Final = timedelta(minutes=10)

picks = st.integers(min_value=0, max_value=10**6)
# Tenths of a millilitre, up to somewhat more than a vial holds.
MUCH: Final = 110
tenths = st.integers(1, MUCH) | st.just(MUCH)


def ml(amount_ug: int) -> str:
    """Write micrograms as millilitres of 50 mg/mL, exactly."""
    whole, rest = divmod(amount_ug * 1_000_000 // UG_PER_ML, 1_000_000)
    fraction = f"{rest:06d}".rstrip("0")
    return f"{whole}.{fraction} mL" if fraction else f"{whole} mL"


class BooksMachine(AccessSteps):
    """A clinic and everything its people might try."""

    def __init__(self, client: ApiClient, clinic: Clinic) -> None:
        super().__init__()
        self.client = client
        self.clinic = clinic
        self.model = Model()
        self.staff = Staff()
        self.memory = invariants.Memory()
        self.last: tuple[str, Any, str, Answer] | None = None
        self.keys = 0
        self.invoices = 0
        self.received = ""

    @initialize()
    def begin(self) -> None:
        today = self.clinic.clock.now().date().isoformat()
        body = {"taken_on": today, "moment": "opening", "lines": []}
        refused = self._post("/receipts", self._delivery(VIAL, 1, self.clinic.vault))
        assert refused.status_code == CONFLICT, "AC-07: the inventory comes first"
        assert self._post("/initial-inventory", body).status_code == CREATED
        self.receive(3, VIAL, 0)
        self.receive(2, DEVICE, 0)
        for vial in self.model.vials[:2]:
            opened = self._post(f"/containers/{vial.id}/opening", {})
            assert opened.status_code == CREATED
            vial.state = "in_use"
        self.open_session(70)

    # --- receiving ---------------------------------------------------------------

    @rule(vials=st.integers(1, 3), ndc=st.sampled_from([VIAL, VIAL, DEVICE]), at=picks)
    def receive(self, vials: int, ndc: str, at: int) -> None:
        place = (self.clinic.vault, self.clinic.procedure_room)[at % 2]
        delivery = self._delivery(ndc, vials, place)
        answer = self._post("/receipts", delivery)
        assert answer.status_code == CREATED, answer.text
        self.received = delivery["invoice_number"]
        for line in answer.json["lines"]:
            for each in line["containers"]:
                self.model.vials.append(
                    Vial(
                        id=each["id"],
                        number=each["number"],
                        lot=line["lot"],
                        place=place,
                        nominal_ug=line["nominal_ug"],
                        left_ug=line["nominal_ug"],
                    )
                )
        numbers = [vial.number for vial in self.model.vials]
        assert numbers == list(range(1, len(numbers) + 1)), "numbers are dense"

    @precondition(lambda self: self.model.vials)
    @rule()
    def receive_the_same_invoice_again(self) -> None:
        delivery = self._delivery(VIAL, 1, self.clinic.vault)
        delivery["invoice_number"] = self.received
        assert self._post("/receipts", delivery).status_code == CONFLICT

    # --- sessions ----------------------------------------------------------------

    @rule(weight=st.integers(30, 150))
    def open_session(self, weight: int) -> None:
        answer = self._post("/sessions", self._session(f"{weight}.5"))
        assert answer.status_code == CREATED, answer.text
        self.model.visits.append(Visit(id=answer.json["session_id"]))

    @precondition(lambda self: self.model.vials)
    @rule(pick=picks)
    def open_vial(self, pick: int) -> None:
        vial = self._pick(
            self.model.vials, pick, likely=lambda each: each.state == "sealed"
        )
        allowed = vial.state == "sealed" and vial.is_solution
        answer = self._post(f"/containers/{vial.id}/opening", {})
        assert (answer.status_code == CREATED) is allowed, answer.text
        if allowed:
            vial.state = "in_use"

    @precondition(lambda self: self.model.vials and self.model.visits)
    @rule(pick=picks, other=picks, visit_pick=picks, amount=tenths, two=st.booleans())
    def draw(
        self, pick: int, other: int, visit_pick: int, amount: int, *, two: bool
    ) -> None:
        # The most that one can ask for is often exactly what the first vial holds.
        amount_ug = amount * UG_PER_ML // 10
        if amount == MUCH:
            amount_ug = self.model.vials[0].left_ug or amount_ug
        visit = self._pick(
            self.model.visits, visit_pick, likely=lambda each: each.state == "open"
        )
        vials = [
            self._pick(
                self.model.vials,
                each,
                likely=lambda vial: self._may_draw(visit, [vial], amount_ug),
            )
            for each in ([pick, other] if two else [pick])
        ]
        lines = [self._line(vial, amount_ug) for vial in vials]
        allowed = self._may_draw(visit, vials, amount_ug)
        answer = self._post(f"/sessions/{visit.id}/draws", {"lines": lines})
        assert (answer.status_code == CREATED) is allowed, answer.text
        if allowed:
            for vial in vials:
                self._drawn(visit, vial, amount_ug)
            assert answer.json["remaining"]["amount_ug"] == visit.left_ug

    @precondition(lambda self: self.model.visits)
    @rule(pick=picks, amount=tenths, everything=st.booleans())
    def administer(self, pick: int, amount: int, *, everything: bool) -> None:
        visit = self._pick(
            self.model.visits, pick, likely=lambda each: each.left_ug > 0
        )
        amount_ug = self._asked_ug(visit, amount, everything=everything)
        allowed = self._may_use(visit, amount_ug)
        body = {"amount": self._written(visit, amount_ug)}
        answer = self._post(f"/sessions/{visit.id}/administrations", body)
        assert (answer.status_code == CREATED) is allowed, answer.text
        if allowed:
            visit.use(amount_ug)
            assert answer.json["remaining"]["amount_ug"] == visit.left_ug

    @precondition(lambda self: self.model.visits)
    @rule(pick=picks)
    def close_session(self, pick: int) -> None:
        visit = self._pick(
            self.model.visits, pick, likely=lambda each: each.left_ug == 0
        )
        allowed = visit.state == "open" and visit.left_ug == 0
        answer = self._post(f"/sessions/{visit.id}/closing", {})
        assert (answer.status_code == CREATED) is allowed, answer.text
        if allowed:
            visit.state = "closed"

    @precondition(lambda self: self.model.vials)
    @rule(pick=picks)
    def retire(self, pick: int) -> None:
        vial = self._pick(self.model.vials, pick, likely=lambda each: each.left_ug == 0)
        allowed = vial.state == "in_use" and vial.left_ug == 0
        answer = self._post(f"/containers/{vial.id}/retirement", {})
        assert (answer.status_code == CREATED) is allowed, answer.text
        if allowed:
            vial.state = "retired"

    # --- waste -------------------------------------------------------------------

    @precondition(lambda self: self.model.visits)
    @rule(pick=picks, amount=tenths, everything=st.booleans())
    def ask_for_a_witness(self, pick: int, amount: int, *, everything: bool) -> None:
        visit = self._pick(
            self.model.visits, pick, likely=lambda each: each.left_ug > 0
        )
        amount_ug = self._asked_ug(visit, amount, everything=everything)
        allowed = self._may_use(visit, amount_ug)
        body = {
            "amount": self._written(visit, amount_ug),
            "manner": "sequestration_device",
        }
        answer = self._post(f"/sessions/{visit.id}/waste-requests", body)
        assert (answer.status_code == CREATED) is allowed, answer.text
        if allowed:
            self.model.requests.append(
                Request(
                    id=answer.json["shown"]["request_id"],
                    visit=visit,
                    amount_ug=amount_ug,
                    digest=answer.json["digest"],
                    drawn_then=dict(visit.drawn),
                    asked_at=self.clinic.clock.now(),
                )
            )

    @precondition(lambda self: self.model.requests)
    @rule(
        pick=picks,
        name=st.sampled_from(NAMES),
        password=st.sampled_from([PASSWORD, PASSWORD, WRONG]),
        honest=st.sampled_from([True, True, True, False]),
    )
    def witness(self, pick: int, name: str, password: str, *, honest: bool) -> None:
        request = self._pick(
            self.model.requests, pick, likely=lambda each: each.state == "pending"
        )
        digest = request.digest if honest else "0" * 64
        on_duty = ("wim", "cleo") if self.staff.is_at_work else ("cleo",)
        entitled = name in on_duty and password == PASSWORD
        same = request.visit.drawn == request.drawn_then
        now = self.clinic.clock.now()
        in_time = request.asked_at <= now <= request.asked_at + WITNESS_WITHIN
        pending = request.state == "pending" and request.visit.state == "open"
        allowed = entitled and honest and same and pending and in_time
        body = {"sign_in_name": name, "password": password, "digest": digest}
        answer = self._post(f"/waste-requests/{request.id}/witness", body)
        if self._is_delayed(name, answer):
            return
        self._note_guess(name, right=self._is_right(name, password))
        if same:
            assert (answer.status_code == CREATED) is allowed, answer.text
        assert in_time or answer.status_code != CREATED, "I19: within ten minutes"
        if answer.status_code == CREATED:
            assert entitled, "I19: no one signs for somebody else"
            assert honest, "I19: over exactly this entry"
            request.visit.use(request.amount_ug)
            request.state = "witnessed"

    @precondition(lambda self: self.model.requests)
    @rule(pick=picks)
    def cancel(self, pick: int) -> None:
        request = self._pick(
            self.model.requests, pick, likely=lambda each: each.state == "pending"
        )
        path = f"/waste-requests/{request.id}/cancellation"
        answer = self._post(path, {"reason": "the amount was misread"})
        assert (answer.status_code == CREATED) is (request.state == "pending")
        if answer.status_code == CREATED:
            request.state = "cancelled"

    @precondition(lambda self: self.model.on_shelf(self.clinic.vault, "in_use"))
    @rule(amount=st.integers(2, 30), given=st.integers(1, 29))
    def treat_somebody(self, amount: int, given: int) -> None:
        """A visit as it should be; every later step finds something to be about."""
        self.open_session(70)
        visit = self.model.visits[-1]
        self.draw(0, 0, 4 * (len(self.model.visits) - 1), amount, two=False)
        if not visit.drawn:
            return
        self.administer(0, min(given, amount - 1), everything=False)
        self.ask_for_a_witness(0, amount, everything=True)
        self.witness(0, "wim", PASSWORD, honest=True)
        self.close_session(0)

    # --- counting and reconciling ------------------------------------------------

    @rule(at=picks, off_by=st.sampled_from([0, 0, -1, 1]), drop=st.booleans())
    def count(self, at: int, off_by: int, *, drop: bool) -> None:
        place = (self.clinic.vault, self.clinic.procedure_room)[at % 2]
        body = {"location_id": place, "kind": "cycle"}
        started = self._post("/counts", body, by=self.clinic.officer)
        assert started.status_code == CREATED, started.text
        found = self._found(started.json, place, off_by, drop=drop)
        path = f"/counts/{started.json['count_id']}/commit"
        stranger = self._post(path, found, by=self.clinic.clinician)
        assert stranger.status_code != CREATED, "only who started it commits a count"
        answer = self._post(path, found, by=self.clinic.officer)
        assert answer.status_code == CREATED, answer.text
        again = self._post(path, found, by=self.clinic.officer)
        assert again.status_code == CONFLICT, "a count is final"

    @rule()
    def reconcile(self) -> None:
        today = self.clinic.clock.now().date().isoformat()
        body = {"first_day": today, "last_day": today}
        refused = self._post("/reconciliations", body, by=self.clinic.clinician)
        assert refused.status_code == FORBIDDEN
        answer = self._post("/reconciliations", body, by=self.clinic.officer)
        assert answer.status_code == CREATED, answer.text

    # --- retries, strangers, time ------------------------------------------------

    @precondition(lambda self: self.last is not None)
    @rule()
    def send_the_last_entry_again(self) -> None:
        assert self.last is not None
        path, body, key, first = self.last
        before = self.client.events()
        again = self._send(path, body, key=key)
        assert (again.status_code, again.data) == (first.status_code, first.data), "I12"
        assert self.client.events() == before, "I12: once"

    @precondition(lambda self: self.last is not None)
    @rule()
    def send_something_else_under_the_last_key(self) -> None:
        assert self.last is not None
        path, body, key, _ = self.last
        before = self.client.events()
        changed = {**body, "note": "another entry"}
        answer = self._send(path, changed, key=key)
        assert answer.status_code == CONFLICT, "I12"
        assert self.client.events() == before

    @precondition(lambda self: self.last is not None)
    @rule()
    def a_stranger_uses_the_same_key_and_address(self) -> None:
        assert self.last is not None
        path, body, key, _ = self.last
        answer = self._send(path, body, key=key, by=self.clinic.stranger)
        assert answer.status_code == ABSENT, "I12: another's key tells nothing"

    @rule(minutes=st.sampled_from([1, 3, 9, -5]))
    def time_passes(self, minutes: int) -> None:
        self.clinic.clock.advance(timedelta(minutes=minutes))

    @precondition(lambda self: any(vial.is_solution for vial in self.model.vials))
    @rule(ug_per_unit=st.sampled_from([40_000, 50_000, 60_000]))
    def somebody_edits_the_catalogue(self, ug_per_unit: int) -> None:
        """Past and future of a lot stay as they were received (I9)."""
        statement = (
            "UPDATE products SET ug_per_unit = :ug_per_unit, "
            "nominal_ug = 10 * :ug_per_unit WHERE ndc = :ndc"
        )
        with self.clinic.database.transaction() as db:
            db.execute(text(statement), {"ug_per_unit": ug_per_unit, "ndc": VIAL})

    @invariant()
    def the_invariants_hold(self) -> None:
        invariants.check(self.clinic.database, self.memory)
        with self.clinic.database.reading() as db:
            query = "SELECT container_id, balance_ug FROM balances WHERE kind = 'stock'"
            stored = {row[0]: row[1] for row in db.execute(text(query))}
        assert stored == {vial.id: vial.left_ug for vial in self.model.vials}
        assert self._kept_attempts() == self.staff.refusals, "I28, I38"

    # --- how it is done ----------------------------------------------------------

    def _post(self, path: str, body: Any, *, by: Actor | None = None) -> Answer:
        """Send an entry; a refused one must leave the book as it was."""
        self.keys += 1
        key = f"step-{self.keys}"
        before = self.client.events()
        answer = self._send(path, body, key=key, by=by)
        if answer.status_code == CREATED:
            if by is None:
                self.last = (path, body, key, answer)
        else:
            assert 400 <= answer.status_code < 500, answer.text
            assert self.client.events() == before, "a refusal records nothing"
        return answer

    def _send(
        self, path: str, body: Any, *, key: str, by: Actor | None = None
    ) -> Answer:
        answer = self.client.post(self.client.books + path, body, key=key, by=by)
        self.staff.refusals += answer.status_code != CREATED
        return answer

    def _is_right(self, name: str, password: str) -> bool:
        is_out = name == "nobody" or (name == "wim" and self.staff.is_disabled)
        return password == PASSWORD and not is_out

    def _delivery(self, ndc: str, containers: int, place: str) -> dict[str, Any]:
        self.invoices += 1
        return {
            "location_id": place,
            "supplier_name": "Meridian Medical Supply",
            "supplier_address": "400 Dock Road, Albany, NY 12207",
            "supplier_dea_number": "PM1234563",
            "invoice_number": f"INV-{self.invoices}",
            "received_at": self.clinic.clock.now().isoformat(),
            "lines": [
                {
                    "code": ndc,
                    "lot": LOTS[ndc],
                    "expires_on": "2028-01-31",
                    "containers": containers,
                }
            ],
        }

    def _session(self, weight_kg: str) -> dict[str, Any]:
        return {
            "patient_ref": f"PT-{self.keys:05d}",
            "indication": "pain",
            "clinician_id": self.clinic.clinician.id,
            "weight_kg": weight_kg,
            "route": "iv",
            "protocol": "as prescribed",
        }

    @staticmethod
    def _pick(things: list[T], pick: int, *, likely: Callable[[T], bool]) -> T:
        """Three times of four pick one with which the step makes sense."""
        sensible = [thing for thing in things if likely(thing)] if pick % 4 != 3 else []
        choice = sensible or things
        return choice[pick // 4 % len(choice)]

    @staticmethod
    def _line(vial: Vial, amount_ug: int) -> dict[str, str]:
        amount = ml(amount_ug) if vial.is_solution else "1 device"
        return {"container_id": vial.id, "amount": amount}

    @staticmethod
    def _may_draw(visit: Visit, vials: list[Vial], amount_ug: int) -> bool:
        ids = {vial.id for vial in vials}
        kinds = {vial.is_solution for vial in vials}
        return (
            visit.state == "open"
            and len(ids) == len(vials)
            and len(kinds) == 1
            and visit.is_solution in (None, *kinds)
            and all(vial.can_give(amount_ug) for vial in vials)
        )

    @staticmethod
    def _drawn(visit: Visit, vial: Vial, amount_ug: int) -> None:
        taken_ug = amount_ug if vial.is_solution else vial.nominal_ug
        vial.left_ug -= taken_ug
        visit.drawn[vial.id] = visit.drawn.get(vial.id, 0) + taken_ug
        visit.is_solution = vial.is_solution
        if not vial.is_solution:
            vial.state = "retired"

    @staticmethod
    def _asked_ug(visit: Visit, amount: int, *, everything: bool) -> int:
        if visit.is_solution is False:
            devices = visit.left_ug // DEVICE_UG if everything else amount % 3
            return max(devices, 1) * DEVICE_UG
        if everything and visit.left_ug:
            return visit.left_ug
        return amount * UG_PER_ML // 10

    @staticmethod
    def _may_use(visit: Visit, amount_ug: int) -> bool:
        return visit.state == "open" and 0 < amount_ug <= visit.left_ug

    @staticmethod
    def _written(visit: Visit, amount_ug: int) -> str:
        if visit.is_solution is False:
            return f"{amount_ug // DEVICE_UG} devices"
        return ml(amount_ug)

    def _found(
        self, started: dict[str, Any], place: str, off_by: int, *, drop: bool
    ) -> dict[str, Any]:
        """Say what was found: the truth, or one container more or less."""
        sealed, in_use = [], []
        for lot in started["sheet"]["lots"]:
            there = sum(
                vial.lot == lot["lot"] for vial in self.model.on_shelf(place, "sealed")
            )
            assert there, "a sheet lists only what is there"
            line = {"lot_id": lot["lot_id"], "containers": max(there + off_by, 0)}
            sealed.append(line)
        numbers = {vial.number: vial for vial in self.model.on_shelf(place, "in_use")}
        for each in started["sheet"]["in_use"]:
            vial = numbers.pop(each["number"])
            volume = None if drop else ml(vial.left_ug)
            in_use.append({"number": vial.number, "volume": volume})
        assert not numbers, "a sheet lists every container in use"
        return {"sealed": sealed, "in_use": in_use}
