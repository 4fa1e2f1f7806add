"""Registrations are opened with their books; places are declared with their locks."""

import json
from typing import Any

import pytest
from sqlalchemy import func, select

from inventory.journal import book
from inventory.kernel.actors import Actor, Role
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.sites import Location, Registration
from inventory.sites.commands import (
    AddLocation,
    LocationAdded,
    OpenRegistration,
    add_location,
    open_registration,
)
from inventory.sites.queries import list_locations
from inventory.sites.rules import FacilityType, LocationKind, LockClass, RecordBasis
from tests.clinic import Clinic


def _opening(**changes: Any) -> OpenRegistration:
    fields: dict[str, Any] = {
        "name": "Lake Infusion",
        "dea_number": "f9 1234563",
        "address": "2 Lake Road, Springfield, NY 10001",
        "facility_type": FacilityType.INFUSION_CLINIC,
        "record_basis": RecordBasis.REGULARLY_ADMINISTERS_AND_CHARGES,
        "time_zone": "America/Chicago",
    }
    return OpenRegistration(**(fields | changes))


def _add(clinic: Clinic, actor: Actor, name: str) -> LocationAdded:
    command = AddLocation(
        registration_id=clinic.registration_id,
        name=name,
        kind=LocationKind.KIT,
        lock_class=LockClass.LOCKED_CONTAINER,
    )
    with clinic.database.transaction() as db:
        return add_location(db, command, actor=actor, clock=clinic.clock)


def _events(clinic: Clinic, book_id: str) -> list[dict[str, Any]]:
    with clinic.database.reading() as db:
        return [json.loads(event.body) for event in book.read(db, book_id)]


def test_a_registration_begins_its_own_book(clinic: Clinic) -> None:
    with clinic.database.transaction() as db:
        opened = open_registration(
            db, _opening(), actor=clinic.administrator, clock=clinic.clock
        )
    (event,) = _events(clinic, opened.registration_id)
    assert opened.recorded.position == 1
    assert event["tag"] == "registration:opened"
    assert event["actor"]["name"] == clinic.administrator.name
    assert event["data"] == {
        "name": "Lake Infusion",
        "dea_number": "F91234563",
        "address": "2 Lake Road, Springfield, NY 10001",
        "facility_type": "infusion_clinic",
        "record_basis": "regularly_administers_and_charges",
        "time_zone": "America/Chicago",
    }


def test_whoever_opens_a_registration_can_work_there_at_once(clinic: Clinic) -> None:
    founder = Actor(
        id="init",
        name="Installation",
        initials="INIT",
        roles={"": frozenset({Role.ADMINISTRATOR})},
    )
    with clinic.database.transaction() as db:
        opened = open_registration(db, _opening(), actor=founder, clock=clinic.clock)
        there = Actor(
            id=founder.id,
            name=founder.name,
            initials=founder.initials,
            roles={opened.registration_id: frozenset({Role.ADMINISTRATOR})},
        )
        command = AddLocation(
            registration_id=opened.registration_id,
            name="Vault",
            kind=LocationKind.VAULT,
            lock_class=LockClass.VAULT,
        )
        added = add_location(db, command, actor=there, clock=clinic.clock)
    assert added.recorded.position == 2


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"dea_number": "BB1388568"}, ErrorCode.ALREADY_EXISTS, "dea_number"),
        ({"dea_number": "BB1388567"}, ErrorCode.INVALID_CODE, "dea_number"),
        ({"time_zone": "America/Gotham"}, ErrorCode.INVALID_FIELD, "time_zone"),
    ],
)
def test_a_registration_that_cannot_be_is_not_opened(
    clinic: Clinic, changes: dict[str, str], code: ErrorCode, field: str
) -> None:
    with pytest.raises(InventoryError) as caught, clinic.database.transaction() as db:
        open_registration(
            db, _opening(**changes), actor=clinic.administrator, clock=clinic.clock
        )
    assert (caught.value.code, caught.value.field) == (code, field)
    with clinic.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Registration)) == 2


def test_only_an_administrator_opens_a_registration(clinic: Clinic) -> None:
    with pytest.raises(InventoryError) as caught, clinic.database.transaction() as db:
        open_registration(db, _opening(), actor=clinic.pharmacist, clock=clinic.clock)
    assert caught.value.code is ErrorCode.NOT_PERMITTED


def test_a_place_is_declared_with_its_lock(clinic: Clinic) -> None:
    added = _add(clinic, clinic.administrator, "Crash cart")
    with clinic.database.reading() as db:
        places = list_locations(db, clinic.registration_id)
    assert [place.name for place in places] == ["Crash cart", "Procedure room", "Vault"]
    assert places[0].id == added.location_id
    assert places[0].lock_class == "locked_container"
    (event,) = _events(clinic, clinic.registration_id)
    assert event["tag"] == "location:added"
    assert event["data"] == {
        "name": "Crash cart",
        "kind": "kit",
        "lock_class": "locked_container",
    }


def test_a_place_keeps_its_name_to_itself(clinic: Clinic) -> None:
    with pytest.raises(InventoryError) as caught:
        _add(clinic, clinic.administrator, "vault")
    assert caught.value.code is ErrorCode.ALREADY_EXISTS
    assert _events(clinic, clinic.registration_id) == []


@pytest.mark.parametrize("person", ["pharmacist", "officer", "stranger", "job"])
def test_only_an_administrator_adds_a_place(clinic: Clinic, person: str) -> None:
    with pytest.raises(InventoryError) as caught:
        _add(clinic, getattr(clinic, person), "Crash cart")
    assert caught.value.code is ErrorCode.NOT_PERMITTED
    with clinic.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Location)) == 3
