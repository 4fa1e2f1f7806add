"""Every write is all or nothing at every statement, and once whatever is retried.

`./run faults points` sweeps all kinds of fault; here are those that differ most.
"""

import gc
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask, request
from flask_smorest import Blueprint

from inventory.kernel.actors import Permission
from inventory.web.access import PUBLIC, state_access
from inventory.web.bearer import require_bearer
from inventory.web.endpoints import Edge, make_blueprint, writes
from inventory.web.services import current_services
from tests.application import application
from tests.clinic import Clinic
from tests.faults.crash_points import BrokenPromiseError, sweep
from tests.faults.recipes import RECIPES, Asked, write_routes
from tests.faults.strikes import KINDS
from tests.http.sample_api import NoteView, post_note
from tests.steps import Steps

# A cursor of a connection that is gone has nothing left to close.
pytestmark = pytest.mark.filterwarnings("ignore:.*ServerCursor:ResourceWarning")
SWEEPS = [
    ("postgresql", "process died"),
    ("postgresql", "serialization failure"),
    ("sqlite", "process died"),
    ("sqlite", "busy"),
]
NOTE = {"text": "planted", "amount": "1 mg"}
PLANTED = "/api/v1/registrations/<registration_id>/planted"
on_postgresql = pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)


@pytest.mark.parametrize(("engine_name", "kind"), SWEEPS, indirect=["engine_name"])
def test_a_write_that_fails_anywhere_is_all_or_nothing(
    app: Flask, clinic: Clinic, engine_name: str, kind: str
) -> None:
    strikes = sweep(app, clinic, KINDS[engine_name][kind])
    gc.collect()  # such cursors go here, not in a test that does not expect them
    assert strikes.keys() == RECIPES.keys()
    assert min(strikes.values()) > 1, "each was struck at several points"


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_every_address_that_writes_is_swept(app: Flask) -> None:
    assert write_routes(app) == RECIPES.keys()


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_an_address_without_a_recipe_is_found(clinic: Clinic, tmp_path: Any) -> None:
    app = _application(clinic, tmp_path, _planted(_half))
    assert write_routes(app) - RECIPES.keys() == {PLANTED}


def _half(edge: Edge) -> Any:
    """Commit, then go on: the defect that a sweep is made for."""
    post_note(edge, NOTE)
    edge.db.commit()
    return post_note(edge, NOTE)


def _hasty(edge: Edge) -> Any:
    """Answer what another transaction recorded, which does not know of the key."""
    with current_services().database.transaction() as db:
        return post_note(replace(edge, db=db), NOTE)


@on_postgresql
@pytest.mark.parametrize("defect", [_half, _hasty])
def test_a_write_in_two_transactions_is_caught(
    clinic: Clinic, tmp_path: Any, defect: Callable[[Edge], Any]
) -> None:
    app = _application(clinic, tmp_path, _planted(defect))
    with pytest.raises(BrokenPromiseError, match="planted, point"):
        _sweep_planted(app, clinic)


@on_postgresql
def test_a_write_that_ignores_its_key_is_caught(clinic: Clinic, tmp_path: Any) -> None:
    blueprint = make_blueprint("planted", "A defect.")
    blueprint.add_url_rule("/planted", view_func=_forgetful, methods=["POST"])
    app = _application(clinic, tmp_path, blueprint)
    with pytest.raises(BrokenPromiseError, match="asked again, recorded again"):
        _sweep_planted(app, clinic)


@on_postgresql
def test_a_sound_write_passes_the_same_sweep(clinic: Clinic, tmp_path: Any) -> None:
    app = _application(clinic, tmp_path, _planted(lambda edge: post_note(edge, NOTE)))
    assert _sweep_planted(app, clinic).keys() == {PLANTED}


def _forgetful(registration_id: str) -> tuple[dict[str, int], int]:
    services = current_services()
    with services.database.transaction() as db:
        edge = Edge(
            db=db,
            actor=require_bearer(
                db, request.headers["Authorization"], now=services.clock.now()
            ),
            clock=services.clock,
            registration_id=registration_id,
        )
        return {"position": post_note(edge, NOTE).position}, 201


state_access(_forgetful, PUBLIC)


def _planted(handler: Callable[[Edge], Any]) -> Blueprint:
    blueprint = make_blueprint("planted", "A defect.")

    def post_planted(edge: Edge) -> Any:
        """Do what the handler does."""
        return handler(edge)

    writes(blueprint, "/planted", Permission.RECEIVE, answers=NoteView)(post_planted)
    return blueprint


def _application(clinic: Clinic, folder: Any, blueprint: Blueprint) -> Flask:
    return application(
        folder, database=clinic.database, clock=clinic.clock, extra=[blueprint]
    )


def _sweep_planted(app: Flask, clinic: Clinic) -> dict[str, int]:
    def recipe(ward: Steps) -> Asked:
        return Asked(by=ward.clinic.pharmacist, body={}, path={})

    kind = KINDS["postgresql"]["process died"]
    return sweep(app, clinic, kind, {PLANTED: recipe})
