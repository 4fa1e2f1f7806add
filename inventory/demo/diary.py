"""Three months at the demonstration clinic, day by day, up to yesterday.

Everything goes through the handlers that people use, with the clock set back. One
sealed vial is stolen on the way; no entry says so, only a count can find it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from inventory.credentials.passwords import cheap_passwords
from inventory.db import Database
from inventory.demo.clinic import (
    CABINET,
    KETAMINE,
    SPRAVATO,
    SPRAVATO_KIT,
    TIME_ZONE,
    VAULT,
    Patient,
    demonstration_plan,
    patients,
)
from inventory.demo.counts import count_place
from inventory.demo.sessions import Suite, Team, treat
from inventory.demo.shelf import Shelf
from inventory.demo.visit import let_the_inspector_in
from inventory.kernel.clock import Clock, FrozenClock, civil_day
from inventory.receiving.commands import (
    RecordReceipt,
    TakeInitialInventory,
    record_receipt,
    take_initial_inventory,
)
from inventory.receiving.rules import EnteredLine, Moment
from inventory.reconciliation.commands import Reconcile, Reconciled, reconcile
from inventory.setup.commands import ClinicFounded, found_clinic

DAYS: Final = 91
SEED: Final = 7285  # ketamine's code in the schedules; any number would do
_FRIDAY: Final = 4
_VISIT: Final = timedelta(days=7)
_THEFT_AFTER_DAYS: Final = 58
_VIALS_LOW: Final = 8
_DEVICES_LOW: Final = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Demonstration:
    """What was made: the clinic, and the reconciliation of the three months."""

    clinic: ClinicFounded
    reconciliation_id: str
    first_day: date
    last_day: date


@dataclass(slots=True)
class _Week:
    """Who works, changing from week to week."""

    number: int
    clinic: ClinicFounded

    def team(self, session: int = 0) -> Team:
        people = self.clinic.people
        turn = self.number + session
        witness = "wim" if turn % 3 else ("dana" if turn % 2 else "cleo")
        return Team(
            recorder=people["pat" if self.number % 2 else "quinn"],
            clinician=people["cleo" if turn % 2 else "dana"],
            witness=people[witness],
        )


class _Diary:
    """The months as they go by. One working day is one transaction."""

    def __init__(self, database: Database, today: date, zone: ZoneInfo) -> None:
        self.database = database
        self.zone = zone
        self.first_day = today - timedelta(days=DAYS)
        self.last_day = today - timedelta(days=1)
        self.clock = FrozenClock(self._at(self.first_day, 7))
        self.chance = Random(SEED)  # noqa: S311 - an invented story, not a secret
        self.passwords = cheap_passwords()
        self.shelf = Shelf()
        self.deliveries = 0
        with database.transaction() as db:
            plan = demonstration_plan(self.first_day)
            self.clinic = found_clinic(
                db, plan, clock=self.clock, passwords=self.passwords
            )
        self.patients = patients(self.chance)

    def live(self, progress: Callable[[date], None]) -> None:
        """Go through the months."""
        with self.database.transaction() as db:
            self._take_initial_inventory(db)
        for day in self._working_days():
            progress(day)
            with self.database.transaction() as db:
                self._work(self._suite(db), day)

    def reconcile(self) -> Reconciled:
        """Let the compliance officer reconcile the three months."""
        self.clock.set(self._at(self.last_day + timedelta(days=1), 0, 30))
        command = Reconcile(
            registration_id=self.clinic.registration_id,
            first_day=self.first_day,
            last_day=self.last_day,
        )
        officer = self.clinic.people["olga"]
        with self.database.transaction() as db:
            return reconcile(db, command, actor=officer, clock=self.clock)

    def let_the_inspector_in(self) -> None:
        """Open the books to an inspector, for a week from today."""
        let_the_inspector_in(
            self.database,
            self.clinic,
            until=self.last_day + _VISIT,
            clock=self.clock,
        )

    def _work(self, suite: Suite, day: date) -> None:
        week = _Week((day - self.first_day).days // 7, self.clinic)
        self.clock.set(self._at(day, 8))
        self._restock(suite, week.team(), day)
        for session, patient in enumerate(self._appointments()):
            self.clock.set(max(self.clock.now(), self._at(day, 9 + session, 10)))
            treat(suite, week.team(session), patient)
        if day == self._theft_day():
            self.shelf.steal_sealed(KETAMINE)
        if day.weekday() == _FRIDAY or day == self._last_working_day():
            self.clock.set(max(self.clock.now(), self._at(day, 17, 30)))
            for place in (VAULT, CABINET):
                count_place(suite, week.team(), self.clinic.locations[place])

    def _take_initial_inventory(self, db: Session) -> None:
        command = TakeInitialInventory(
            registration_id=self.clinic.registration_id,
            taken_on=self.first_day,
            moment=Moment.OPENING,
        )
        pharmacist = self.clinic.people["pat"]
        take_initial_inventory(db, command, actor=pharmacist, clock=self.clock)

    def _restock(self, suite: Suite, team: Team, day: date) -> None:
        if len(self.shelf.sealed[KETAMINE]) < _VIALS_LOW:
            self._receive(suite, team, day, KETAMINE, VAULT, KETAMINE, 20)
        if len(self.shelf.sealed[SPRAVATO]) < _DEVICES_LOW:
            self._receive(suite, team, day, SPRAVATO, CABINET, SPRAVATO_KIT, 9)

    def _receive(
        self,
        suite: Suite,
        team: Team,
        day: date,
        ndc: str,
        place: str,
        code: str,
        packages: int,
    ) -> None:
        self.deliveries += 1
        command = RecordReceipt(
            registration_id=self.clinic.registration_id,
            location_id=self.clinic.locations[place],
            supplier_name="Meridian Medical Supply",
            supplier_address="400 Dock Road, Albany, NY 12207",
            supplier_dea_number="PM1234563",
            invoice_number=f"INV-{20410 + 37 * self.deliveries}",
            ordered_on=day - timedelta(days=4),
            shipped_on=day - timedelta(days=2),
            received_at=self.clock.now(),
            lines=(
                EnteredLine(
                    code=code,
                    lot=f"{'KET' if ndc == KETAMINE else 'SPR'}{day:%y%m%d}",
                    expires_on=date(day.year + 2, day.month, 28),
                    packages=packages,
                ),
            ),
        )
        received = record_receipt(
            suite.db, command, actor=team.recorder, clock=suite.clock
        )
        self.shelf.put(ndc, received.lines)
        suite.pass_minutes(15)

    def _suite(self, db: Session) -> Suite:
        return Suite(
            db=db,
            clock=self.clock,
            registration_id=self.clinic.registration_id,
            shelf=self.shelf,
        )

    def _appointments(self) -> list[Patient]:
        return self.chance.sample(self.patients, self.chance.randint(3, 5))

    def _working_days(self) -> Iterator[date]:
        for number in range(DAYS):
            day = self.first_day + timedelta(days=number)
            if day.weekday() <= _FRIDAY:
                yield day

    def _theft_day(self) -> date:
        wanted = self.first_day + timedelta(days=_THEFT_AFTER_DAYS)
        return min(day for day in self._working_days() if day >= wanted)

    def _last_working_day(self) -> date:
        return max(self._working_days())

    def _at(self, day: date, hour: int, minute: int = 0) -> datetime:
        local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=self.zone)
        return local.astimezone(UTC)


def demonstrate(
    database: Database, *, clock: Clock, progress: Callable[[date], None]
) -> Demonstration:
    """Fill empty books with three months of demonstration that end yesterday.

    Args:
        database: migrated, without the demonstration clinic.
        clock: says what day it is today.
        progress: told each working day as it begins.
    """
    zone = ZoneInfo(TIME_ZONE)
    diary = _Diary(database, civil_day(clock.now(), zone), zone)
    diary.live(progress)
    reconciled = diary.reconcile()
    diary.let_the_inspector_in()
    return Demonstration(
        clinic=diary.clinic,
        reconciliation_id=reconciled.reconciliation_id,
        first_day=diary.first_day,
        last_day=diary.last_day,
    )
