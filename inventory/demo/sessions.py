"""One invented supervised session: drawn, given, wasted before a witness, closed."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from inventory.credentials.identified import identified_as
from inventory.demo.clinic import KETAMINE, SPRAVATO, Patient
from inventory.demo.shelf import Shelf, Vial
from inventory.kernel.actors import Actor, Meaning, Proof
from inventory.kernel.clock import FrozenClock
from inventory.kernel.quantities import Form, Strength, format_mg, format_ml
from inventory.sessions.commands import (
    Administer,
    CloseSession,
    Draw,
    DrawLine,
    OpenContainer,
    OpenSession,
    RetireContainer,
    administer,
    close_session,
    draw,
    open_container,
    open_session,
    retire_container,
)
from inventory.sessions.rules import Route
from inventory.waste.commands import (
    RequestWaste,
    WitnessWaste,
    request_waste,
    witness_waste,
)
from inventory.waste.rules import Manner

KETAMINE_50: Final = Strength(Form.SOLUTION, 50_000)
DEVICE: Final = Strength(Form.DEVICE, 28_000)
# 0.5 mg per kg, the usual starting dose of an infusion for mood disorders.
UG_PER_G: Final = 1
_DOSE_DIVISOR: Final = 2
# A syringe is drawn to a full tenth of a millilitre.
_SYRINGE_STEP_UG: Final = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """Who treats on a day: one records, one supervises, one witnesses."""

    recorder: Actor
    clinician: Actor
    witness: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """Where sessions happen: the open transaction, the clock, the shelf."""

    db: Session
    clock: FrozenClock
    registration_id: str
    shelf: Shelf

    def pass_minutes(self, minutes: int) -> None:
        """Let time go by."""
        self.clock.advance(timedelta(minutes=minutes))

    def witnessed(self, witness: Actor, digest: str) -> Proof:
        """Let an invented witness sign, as if they had typed their password."""
        found = identified_as(witness, ("password",), at=self.clock.now())
        return found.over(digest, Meaning.WITNESS)


def treat(suite: Suite, team: Team, patient: Patient) -> None:
    """Run one session from opening to closing at zero."""
    session_id = _open(suite, team, patient)
    suite.pass_minutes(6)
    if patient.takes_devices:
        _give_devices(suite, team, session_id)
    else:
        _infuse(suite, team, session_id, patient)
    suite.pass_minutes(4)
    closing = CloseSession(registration_id=suite.registration_id, session_id=session_id)
    close_session(suite.db, closing, actor=team.recorder, clock=suite.clock)


def _open(suite: Suite, team: Team, patient: Patient) -> str:
    command = OpenSession(
        registration_id=suite.registration_id,
        patient_ref=patient.reference,
        indication=patient.indication,
        clinician_id=team.clinician.id,
        weight_kg=f"{patient.weight_g // 1000}.{patient.weight_g % 1000 // 100}",
        route=Route.INTRANASAL if patient.takes_devices else Route.IV,
        protocol="84 mg nasal" if patient.takes_devices else "0.5 mg/kg over 40 min",
    )
    opened = open_session(suite.db, command, actor=team.recorder, clock=suite.clock)
    return opened.session_id


def _give_devices(suite: Suite, team: Team, session_id: str) -> None:
    devices = [suite.shelf.take_sealed(SPRAVATO) for _ in range(3)]
    taken = [DrawLine(container_id=each.id, amount="1 device") for each in devices]
    _draw(suite, team, session_id, taken)
    suite.pass_minutes(10)
    _administer(suite, team, session_id, "3 devices")
    # Two hours of monitoring after the last spray (REMS).
    suite.pass_minutes(120)


def _infuse(suite: Suite, team: Team, session_id: str, patient: Patient) -> None:
    dose_ug = patient.weight_g * UG_PER_G // _DOSE_DIVISOR
    syringe_ug = -(-dose_ug // _SYRINGE_STEP_UG) * _SYRINGE_STEP_UG
    lines, emptied = _fill_syringe(suite, team, syringe_ug)
    _draw(suite, team, session_id, lines)
    for vial in emptied:
        retiring = RetireContainer(
            registration_id=suite.registration_id, container_id=vial.id
        )
        retire_container(suite.db, retiring, actor=team.recorder, clock=suite.clock)
    suite.pass_minutes(3)
    _administer(suite, team, session_id, format_mg(dose_ug))
    suite.pass_minutes(40)
    if syringe_ug > dose_ug:
        _waste(suite, team, session_id, format_ml(syringe_ug - dose_ug, KETAMINE_50))


def _fill_syringe(
    suite: Suite, team: Team, syringe_ug: int
) -> tuple[list[DrawLine], list[Vial]]:
    """Take from the vial in use, and from the next one when it runs out."""
    lines, emptied = [], []
    while syringe_ug:
        vial = _vial_in_use(suite, team)
        part_ug = min(syringe_ug, vial.left_ug)
        amount = format_ml(part_ug, KETAMINE_50)
        lines.append(DrawLine(container_id=vial.id, amount=amount))
        vial.left_ug -= part_ug
        syringe_ug -= part_ug
        if not vial.left_ug:
            emptied.append(vial)
            del suite.shelf.in_use[KETAMINE]
    return lines, emptied


def _vial_in_use(suite: Suite, team: Team) -> Vial:
    if KETAMINE not in suite.shelf.in_use:
        vial = suite.shelf.take_sealed(KETAMINE)
        opening = OpenContainer(
            registration_id=suite.registration_id, container_id=vial.id
        )
        open_container(suite.db, opening, actor=team.recorder, clock=suite.clock)
        suite.shelf.in_use[KETAMINE] = vial
    return suite.shelf.in_use[KETAMINE]


def _draw(suite: Suite, team: Team, session_id: str, lines: list[DrawLine]) -> None:
    command = Draw(
        registration_id=suite.registration_id, session_id=session_id, lines=lines
    )
    draw(suite.db, command, actor=team.recorder, clock=suite.clock)


def _administer(suite: Suite, team: Team, session_id: str, amount: str) -> None:
    command = Administer(
        registration_id=suite.registration_id, session_id=session_id, amount=amount
    )
    administer(suite.db, command, actor=team.recorder, clock=suite.clock)


def _waste(suite: Suite, team: Team, session_id: str, amount: str) -> None:
    asking = RequestWaste(
        registration_id=suite.registration_id,
        session_id=session_id,
        amount=amount,
        manner=Manner.SEQUESTRATION_DEVICE,
        place="Session suite",
    )
    asked = request_waste(suite.db, asking, actor=team.recorder, clock=suite.clock)
    suite.pass_minutes(1)
    signing = WitnessWaste(
        registration_id=suite.registration_id,
        request_id=asked.shown.request_id,
        witness=suite.witnessed(team.witness, asked.digest),
    )
    witness_waste(suite.db, signing, actor=team.recorder, clock=suite.clock)
