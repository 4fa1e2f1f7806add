"""Walls between sites: another site looks exactly like one that is not there.

Everything here is made from the map of addresses itself, so that an address cannot be
added without standing behind the same walls (invariant I30, threat T23).
"""

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from flask import Flask
from marshmallow import Schema

from inventory.kernel.actors import (
    ROLE_PERMISSIONS,
    STOCK_PERMISSIONS,
    Actor,
    Permission,
    Role,
)
from inventory.models.containers import Lot
from inventory.models.people import Person
from inventory.models.sessions import SupervisedSession
from inventory.web.endpoints import Edge, make_blueprint, reads
from tests.application import application
from tests.clinic import PASSWORD, Clinic
from tests.faults.recipes import RECIPES, Asked
from tests.http.neighbours import SHARED, furnish, id_of, next_door
from tests.http.walls import (
    ABSENT,
    QUERIES,
    Route,
    Seen,
    Visitor,
    Visitors,
    routes,
)
from tests.staff import hire
from tests.steps import Steps

_IDENTIFIER: Final = re.compile(r"\b[a-z]{3}_[0-9A-Z]{26}\b")
NO_SITE: Final = "no such registration among those you work at"
_BOOK: Final = "/registrations/<registration_id>"
_PLANTED: Final = "/planted/<session_id>"
# Reading is itself recorded there.
GROWS_BY_READING: Final = {f"/api/v1{_BOOK}/patient-reads"}

on_sqlite = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


@pytest.fixture
def app(clinic: Clinic, tmp_path: Path) -> Flask:
    """The application as it is served, without features made up for tests."""
    return application(tmp_path, database=clinic.database, clock=clinic.clock)


def _of_role(role: Role, clinic: Clinic) -> Actor:
    return hire(clinic, "XX", role)


def _disabled(clinic: Clinic) -> Actor:
    person = hire(clinic, "DD", Role.PHARMACIST)
    with clinic.database.transaction() as db:
        db.get_one(Person, person.id).disabled_at = clinic.clock.now()
    return person


def _ended(clinic: Clinic) -> Actor:
    return hire(clinic, "IE", Role.INSPECTOR, until=clinic.clock.now())


# Who asks, and the roles that count for them at the clinic.
VISITORS: Final[Mapping[str, Callable[[Clinic], Actor | None]]] = {
    **{role.value: partial(_of_role, role) for role in Role},
    "not ready": lambda c: hire(c, "NR", Role.PHARMACIST, is_ready=False),
    "inspector whose time is over": _ended,
    "somebody of the other site": lambda c: c.stranger,
    "somebody disabled": _disabled,
    "nobody": lambda _: None,
}
ROLES: Final[Mapping[str, frozenset[Role]]] = {
    **{role.value: frozenset({role}) for role in Role},
    "not ready": frozenset({Role.PHARMACIST}),
    "somebody of the other site": frozenset({Role.PHARMACIST}),
}
STRANGERS: Final = frozenset({"somebody disabled", "nobody"})


def _expected(visitor: str, route: Route, *, is_own: bool) -> str:
    """Say how a request has to be answered."""
    if visitor in STRANGERS:
        return "sign in"
    held = ROLES.get(visitor)
    if held is None or not is_own:
        return "no such site"
    if not any(route.access in ROLE_PERMISSIONS[role] for role in held):
        return "not permitted"
    if visitor == "not ready" and route.access in STOCK_PERMISSIONS:
        return "not ready"
    return "allowed"


def _answered(seen: Seen, route: Route) -> str:
    """Say how a request was answered."""
    if seen.status == 401 or seen.headers.get("Location", "").startswith("/sign-in"):
        return "sign in"
    if seen.status == 404 and NO_SITE in seen.says:
        return "no such site"
    if seen.status == 403:
        is_lapse = "not on record here" in seen.says
        return "not ready" if is_lapse else "not permitted"
    assert seen.status < 500, f"{route}: {seen.says}"
    return "allowed"


@pytest.mark.parametrize("visitor", VISITORS)
@on_sqlite
def test_every_address_answers_everybody_as_it_states(
    app: Flask, clinic: Clinic, visitor: str
) -> None:
    """Own site, another, absent: as stated, the last two the same byte for byte."""
    own, there, absent = (
        clinic.registration_id,
        next_door(clinic).clinic.registration_id,
        f"reg_{ABSENT}",
    )
    if visitor == "somebody of the other site":
        own, there = there, own
    someone = Visitor(app, clinic, VISITORS[visitor](clinic))
    wrong = []
    for route in routes(app):
        seen = {
            site: someone.ask(route, route.path(site, {}), hide=(site,))
            for site in (own, there, absent)
        }
        if seen[there] != seen[absent]:
            wrong.append(f"{route}: the other site shows")
        for site, answer in seen.items():
            expected = _expected(visitor, route, is_own=site == own)
            if _answered(answer, route) != expected:
                wrong.append(f"{route} should be {expected}, was {answer.status}")
    assert not wrong, "\n".join(wrong)


def _bodies(ward: Steps, app: Flask) -> dict[str, Asked]:
    """Give what each address of the API accepts, and who sends it."""
    known = {route.rule for route in routes(app)}
    return {rule: recipe(ward) for rule, recipe in RECIPES.items() if rule in known}


# What the forms of pages need before they look for what their address names.
_DIGEST: Final = {"digest": "d" * 64}
FORMS: Final[Mapping[str, Mapping[str, str]]] = {
    f"{_BOOK}/access-requests/<request_id>": {**_DIGEST, "own_password": PASSWORD},
    f"{_BOOK}/access-requests/<request_id>/refusal": {"reason": "Not needed"},
    f"{_BOOK}/people/<person_id>/end-role": {"role": "clinician"},
    f"{_BOOK}/people/<person_id>/new-role": {"role": "witness"},
    f"{_BOOK}/people/<person_id>/screening": {"screened_on": "2026-10-30"},
    f"{_BOOK}/people/<person_id>/training": {"trained_until": "2027-11-30"},
    f"{_BOOK}/emergency-accesses/<access_id>": {
        **_DIGEST,
        "finding": "justified",
        "words": "Rang me at once",
        "own_password": PASSWORD,
    },
    f"{_BOOK}/sessions/<session_id>/waste": {
        "amount": "0.1 mL",
        "manner": "sequestration_device",
        "own_password": PASSWORD,
    },
    f"{_BOOK}/waste-requests/<request_id>/co-sign": {
        **_DIGEST,
        "sign_in_name": "wim",
        "password": PASSWORD,
    },
    f"{_BOOK}/waste-requests/<request_id>/cancellation": {"reason": "Given after all"},
    f"{_BOOK}/witness/<request_id>": {**_DIGEST, "password": PASSWORD},
}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_object_of_another_site_is_byte_for_byte_an_absent_one(
    app: Flask, clinic: Clinic, method: str
) -> None:
    theirs = furnish(next_door(clinic), "NEXTDOOR")
    bodies = _bodies(Steps(clinic), app) if method == "POST" else {}
    people = Visitors(app, clinic)
    wrong = []
    for route in routes(app):
        kinds = set(route.objects.values()) - SHARED
        assert kinds <= theirs.keys(), f"{route}: furnish a site with {kinds}"
        if not kinds or route.method != method:
            continue
        asked = bodies.get(route.rule)
        visitor = people.of(asked.by) if asked else people.who_may(route.access)
        fields = asked.body if asked else FORMS.get(route.rule, {})
        there, absent = (
            visitor.ask(
                route,
                route.path(clinic.registration_id, ids),
                fields=fields,
                hide=[ids[kind] for kind in kinds],
            )
            for ids in (theirs, {kind: _absent(theirs[kind]) for kind in kinds})
        )
        if there != absent:
            wrong.append(f"{route}: {there.says} is not {absent.says}")
        if absent.status != 404:
            wrong.append(f"{route} was not reached: {absent.status}, {absent.faults}")
    assert not wrong, "\n".join(wrong)


def _absent(identifier: str) -> str:
    return f"{_prefix(identifier)}_{ABSENT}"


def test_a_field_that_names_something_of_another_site_names_nothing(
    app: Flask, clinic: Clinic
) -> None:
    """Each identifier of each body in turn: another site's, and one of nothing."""
    neighbour = next_door(clinic)
    theirs = {_prefix(one): one for one in furnish(neighbour, "NEXTDOOR").values()}
    theirs |= {"loc": neighbour.clinic.vault, "lot": id_of(neighbour, Lot)}
    people = Visitors(app, clinic)
    wrong, named = [], set()
    bodies = _bodies(Steps(clinic), app)
    for route in routes(app):
        if route.method != "POST" or route.rule not in bodies:
            continue
        asked = bodies[route.rule]
        path = route.path_of(clinic.registration_id, asked.path)
        for own in sorted(_identifiers(asked.body)):
            named.add(_prefix(own))
            there, absent = (
                people.of(asked.by).ask(
                    route, path, fields=_with(asked.body, own, other), hide=(other,)
                )
                for other in (theirs[_prefix(own)], _absent(own))
            )
            if there != absent or absent.status < 400:
                wrong.append(f"{route}, {own}: {there.says} is not {absent.says}")
    assert not wrong, "\n".join(wrong)
    assert named >= {"ctr", "loc", "lot", "per"}


def _identifiers(body: Any) -> set[str]:
    return set(_IDENTIFIER.findall(json.dumps(body)))


def _with(body: Any, own: str, other: str) -> Any:
    return json.loads(json.dumps(body).replace(own, other))


def _prefix(identifier: str) -> str:
    return identifier.partition("_")[0]


@on_sqlite
def test_a_hole_in_a_wall_is_found(clinic: Clinic, tmp_path: Path) -> None:
    """An address that forgets whose session it looks up does not pass unseen."""
    blueprint = make_blueprint("planted", "A defect.")

    def get_planted(edge: Edge, session_id: str) -> SupervisedSession:
        """Look a session up at whatever site."""
        return edge.db.get_one(SupervisedSession, session_id)

    reads(blueprint, _PLANTED, Permission.READ_BOOKS, answers=Schema)(get_planted)
    app = application(
        tmp_path, database=clinic.database, clock=clinic.clock, extra=[blueprint]
    )
    (route,) = (one for one in routes(app) if one.rule.endswith(_PLANTED))
    theirs = furnish(next_door(clinic), "NEXTDOOR")["sessions"]
    visitor = Visitor(app, clinic, clinic.pharmacist)
    there, absent = (
        visitor.ask(
            route, route.path(clinic.registration_id, {"planted": one}), hide=(one,)
        )
        for one in (theirs, _absent(theirs))
    )
    assert there != absent


def test_nothing_that_a_site_reads_depends_on_another(
    app: Flask, clinic: Clinic
) -> None:
    """Lists, figures, pages and documents are the same whatever happens next door."""
    ours = furnish(Steps(clinic), "OURS")
    people = Visitors(app, clinic)
    _everything_read(app, clinic, people, ours)  # so that everybody is signed in
    before = _everything_read(app, clinic, people, ours)
    furnish(next_door(clinic), "NEXTDOOR")
    after = _everything_read(app, clinic, people, ours)
    assert [str(route) for route in before if before[route] != after[route]] == []
    refused = {str(route): seen for route, seen in after.items() if seen.status != 200}
    assert refused == {}


def _everything_read(
    app: Flask, clinic: Clinic, people: Visitors, ours: Mapping[str, str]
) -> dict[Route, Seen]:
    seen = {}
    for route in routes(app):
        if route.method != "GET" or route.rule in GROWS_BY_READING:
            continue
        path = route.path(clinic.registration_id, ours) + QUERIES.get(route.rule, "")
        seen[route] = people.who_may(route.access).ask(route, path)
    return seen
