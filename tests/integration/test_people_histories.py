"""Two hundred people live through random changes of access, beside a model of it.

The model knows the rules in its own words. After each step the product must have
answered as the model does; in the end the report of every day, what each person may do
now, and every row that the journal tells of must agree with it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from inventory.credentials.actors import load_actor
from inventory.credentials.policy_acceptance import accept_policy
from inventory.db import Database
from inventory.demo.clinic import TIME_ZONE
from inventory.evidence.verify import verify_books
from inventory.journal.verifier import Evidence, Policy
from inventory.kernel.actors import ROLE_PERMISSIONS, STOCK_PERMISSIONS, Role
from inventory.kernel.clock import FrozenClock, civil_day, day_bounds
from inventory.kernel.errors import InventoryError
from inventory.people.access_report import report_access
from tests.clinic import Clinic
from tests.founded import found
from tests.steps import Steps

PEOPLE, STEPS, SEED = 200, 900, 1304
ZONE = ZoneInfo(TIME_ZONE)
RECORDERS = {Role.PHARMACIST, Role.CLINICIAN, Role.WITNESS}
TOGETHER = [RECORDERS | {Role.MANAGER}, {Role.COMPLIANCE_OFFICER, Role.MANAGER}]
STOCK = {role for role in Role if ROLE_PERMISSIONS[role] & STOCK_PERMISSIONS}


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What a person is, by the model."""

    roles: dict[Role, datetime | None] = field(default_factory=dict)
    is_screened: bool = False
    trained_until: datetime | None = None
    has_accepted: bool = False
    is_disabled: bool = False

    def in_force(self, at: datetime) -> set[Role]:
        return {role for role, end in self.roles.items() if end is None or at < end}

    def could(self, at: datetime) -> set[str]:
        if self.is_disabled:
            return set()
        carried = {p for role in self.in_force(at) for p in ROLE_PERMISSIONS[role]}
        trained = self.trained_until is not None and at < self.trained_until
        ready = self.is_screened and trained and self.has_accepted
        return {str(p) for p in carried if ready or p not in STOCK_PERMISSIONS}


@dataclass
class Life:
    """One person, and what they were since when."""

    person_id: str
    past: list[tuple[datetime, Standing]]

    @property
    def now(self) -> Standing:
        return self.past[-1][1]

    def at(self, instant: datetime) -> Standing | None:
        known = [standing for since, standing in self.past if since <= instant]
        return known[-1] if known else None


class World:
    """The product and the model, side by side."""

    def __init__(self, clinic: Clinic) -> None:
        self.clinic, self.steps = clinic, Steps(clinic)
        self.chance = Random(SEED)  # noqa: S311 - lives to be tried, no secret
        self.lives = [self._born(number) for number in range(PEOPLE)]
        self.answers = {True: 0, False: 0}

    def live(self) -> None:
        for _ in range(STEPS):
            self.clinic.clock.advance(timedelta(minutes=self.chance.randint(1, 45)))
            life = self.chance.choice(self.lives)
            act = self.chance.choice(
                [self._give] * 4
                + [self._end, self._screen, self._train, self._accept] * 2
                + [self._disable, self._enable]
            )
            act(life)

    def _born(self, number: int) -> Life:
        person_id = self.steps.add_person(f"p{number:03}", f"P{number:03}")
        return Life(person_id, [(self.clinic.clock.now(), Standing())])

    def _expect(
        self, life: Life, *, allowed: bool, act: Callable[[], object], then: Standing
    ) -> None:
        self.answers[allowed] += 1
        if allowed:
            act()
            life.past.append((self.clinic.clock.now(), then))
            return
        with pytest.raises(InventoryError):
            act()

    def _give(self, life: Life) -> None:
        now, role = self.clinic.clock.now(), self.chance.choice(list(Role))
        held, days = life.now.in_force(now), self.chance.choice([0, 1, 5])
        visit = role is Role.INSPECTOR
        ends_on = civil_day(now, ZONE) + timedelta(days=days) if visit else None
        allowed = (
            not life.now.is_disabled
            and role is not Role.SCHEDULED_JOB
            and role not in held
            and (not held or any({role, *held} <= each for each in TOGETHER))
            and (life.now.is_screened or role not in STOCK)
        )
        until = day_bounds(ends_on, ZONE)[1] if ends_on else None
        roles = {each: life.now.roles[each] for each in held} | {role: until}
        self._expect(
            life,
            allowed=allowed,
            act=lambda: self.steps.give_role(life.person_id, role, ends_on=ends_on),
            then=replace(life.now, roles=roles),
        )

    def _end(self, life: Life) -> None:
        role = self.chance.choice(list(life.now.roles) or [Role.WITNESS])
        left = {each: end for each, end in life.now.roles.items() if each is not role}
        self._expect(
            life,
            allowed=role in life.now.roles,
            act=lambda: self.steps.end_role(life.person_id, role),
            then=replace(life.now, roles=left),
        )

    def _screen(self, life: Life) -> None:
        day = civil_day(self.clinic.clock.now(), ZONE)
        day += timedelta(days=self.chance.choice([-30, 0, 1]))
        self._expect(
            life,
            allowed=day <= civil_day(self.clinic.clock.now(), ZONE),
            act=lambda: self.steps.screen(life.person_id, day),
            then=replace(life.now, is_screened=True),
        )

    def _train(self, life: Life) -> None:
        day = civil_day(self.clinic.clock.now(), ZONE)
        day += timedelta(days=self.chance.choice([-1, 0, 3, 300]))
        self._expect(
            life,
            allowed=True,
            act=lambda: self.steps.train(life.person_id, day),
            then=replace(life.now, trained_until=day_bounds(day, ZONE)[1]),
        )

    def _accept(self, life: Life) -> None:
        if life.now.is_disabled:
            return  # they cannot sign in to do it
        clinic = self.clinic

        def accept() -> None:
            with clinic.database.transaction() as db:
                actor = load_actor(db, life.person_id, now=clinic.clock.now())
                assert actor is not None
                accept_policy(db, actor, clinic.registration_id, clock=clinic.clock)

        then = replace(life.now, has_accepted=True)
        self._expect(life, allowed=True, act=accept, then=then)

    def _disable(self, life: Life) -> None:
        self._expect(
            life,
            allowed=not life.now.is_disabled,
            act=lambda: self.steps.disable(life.person_id),
            then=replace(life.now, is_disabled=True),
        )

    def _enable(self, life: Life) -> None:
        self._expect(
            life,
            allowed=life.now.is_disabled,
            act=lambda: self.steps.enable(life.person_id),
            then=replace(life.now, is_disabled=False, roles={}),
        )


@pytest.fixture
def world(database: Database, clock: FrozenClock) -> World:
    world = World(found(database, clock))
    world.live()
    return world


def test_every_day_every_row_and_every_person_agree_with_the_model(
    world: World,
) -> None:
    clinic, here = world.clinic, world.clinic.registration_id
    now = clinic.clock.now()
    assert min(world.answers.values()) > STEPS // 10, "many were allowed, many refused"
    with clinic.database.reading() as db:
        for day in _days(date(2026, 11, 2), civil_day(now, ZONE)):
            report = report_access(db, here, day, now=now)
            could = {each.person_id: set(each.could) for each in report.people}
            for life in world.lives:
                standing = life.at(report.as_of)
                expected = standing.could(report.as_of) if standing else None
                assert could.get(life.person_id) == expected, (day, life.past)
        for life in world.lives:
            actor = load_actor(db, life.person_id, now=now)
            may = {
                str(permission)
                for permissions in ROLE_PERMISSIONS.values()
                for permission in permissions
                if actor and actor.may(permission, here)
            }
            assert may == life.now.could(now)
        found = verify_books(db, Evidence(Policy(quorum=0)))
    assert found.alterations == ()


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
