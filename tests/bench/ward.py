"""The work that is measured: visits in which one dose is drawn and given.

A visit is a session of its own, as in real
use, so that no session grows a history that none has. It makes two posts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Final, Self

from inventory.db import Database
from inventory.kernel.actors import Actor
from inventory.kernel.clock import FrozenClock
from inventory.sessions.commands.containers import OpenContainer, open_container
from inventory.sessions.commands.doses import Administer, administer
from inventory.sessions.commands.draws import Draw, DrawLine, draw
from inventory.sessions.commands.visits import OpenSession, open_session
from inventory.sessions.rules import Indication, Route
from tests.bench.sites import take_inventory
from tests.clinic import Clinic

VIALS: Final = 50
DOSE: Final = "1 mg"
DOSE_UG: Final = 1_000
POSTS_PER_VISIT: Final = 2
LEGS_PER_POST: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A patient who gets one dose from one vial, and who records it."""

    registration_id: str
    session_id: str
    container_id: str
    actor: Actor
    clock: FrozenClock


class Ward:
    """A site with opened vials, ready to treat."""

    def __init__(self, site: Clinic, vials: Sequence[str]) -> None:
        self.site = site
        self.vials = vials
        self._numbers = count()

    def at(self, database: Database) -> Self:
        """Give the same ward in a copy of its database."""
        return type(self)(replace(self.site, database=database), self.vials)

    def admit(self, patients: int) -> list[Visit]:
        """Open sessions, each beside the next vial."""
        return [self._admit(next(self._numbers)) for _ in range(patients)]

    def _admit(self, number: int) -> Visit:
        site = self.site
        command = OpenSession(
            registration_id=site.registration_id,
            patient_ref=f"BENCH-{number:08}",
            indication=Indication.PAIN,
            clinician_id=site.clinician.id,
            weight_kg="71.3",
            route=Route.IV,
            protocol="Benchmark",
        )
        with site.database.transaction() as db:
            opened = open_session(db, command, actor=site.clinician, clock=site.clock)
        return Visit(
            registration_id=site.registration_id,
            session_id=opened.session_id,
            container_id=self.vials[number % len(self.vials)],
            actor=site.clinician,
            clock=site.clock,
        )


def stock_ward(site: Clinic, *, vials: int = VIALS) -> Ward:
    """Find vials at a site by its initial inventory, and open them all."""
    ward = Ward(site, take_inventory(site, vials=vials))
    for vial in ward.vials:
        command = OpenContainer(registration_id=site.registration_id, container_id=vial)
        with site.database.transaction() as db:
            open_container(db, command, actor=site.clinician, clock=site.clock)
    return ward


def treat(database: Database, visits: Iterable[Visit]) -> None:
    """Draw and give the dose of each visit: two commands, two transactions."""
    for visit in visits:
        draw_dose(database, visit)
        give_dose(database, visit)


def draw_dose(database: Database, visit: Visit) -> None:
    """Draw the dose of a visit from its vial."""
    draw_doses(database, visit, [visit.container_id])


def draw_doses(database: Database, visit: Visit, vials: Iterable[str]) -> None:
    """Draw a dose from each vial for one visit, in one command."""
    command = Draw(
        registration_id=visit.registration_id,
        session_id=visit.session_id,
        lines=[DrawLine(container_id=vial, amount=DOSE) for vial in vials],
    )
    with database.transaction() as db:
        draw(db, command, actor=visit.actor, clock=visit.clock)


def give_dose(database: Database, visit: Visit) -> None:
    """Give what was drawn for a visit."""
    command = Administer(
        registration_id=visit.registration_id,
        session_id=visit.session_id,
        amount=DOSE,
    )
    with database.transaction() as db:
        administer(db, command, actor=visit.actor, clock=visit.clock)
