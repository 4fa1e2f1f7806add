"""For every address that writes: an entry that it accepts, prepared by other steps.

They stand in an order in which one clinic can live through all of them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import Flask
from sqlalchemy import select

from inventory.kernel.actors import Actor, Role
from inventory.models.access import Alert
from inventory.models.credentials import ApiToken
from inventory.web.endpoints import API_PREFIX, REGISTRATION_PREFIX
from tests.clinic import PASSWORD
from tests.steps import Steps
from tests.steps.deliveries import CARTON_SCAN, KETAMINE_50

_BOOK: Final = REGISTRATION_PREFIX


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An entry to be sent.

    Attributes:
        by: who sends it.
        body: its fields.
        path: what stands in its address, by name; the registration is known.
        events: how many events it adds to the book.
    """

    by: Actor
    body: Mapping[str, Any]
    path: Mapping[str, str]
    events: int = 1


Recipe = Callable[[Steps], Asked]


def write_routes(app: Flask) -> set[str]:
    """List the addresses of the API that write."""
    return {
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(f"{API_PREFIX}/") and _writes(rule.methods)
    }


def _writes(methods: set[str] | None) -> bool:
    return bool((methods or set()) - {"GET", "HEAD", "OPTIONS"})


def _initial_inventory(ward: Steps) -> Asked:
    line = {
        "location_id": ward.clinic.vault,
        "code": KETAMINE_50,
        "lot": "OLD1",
        "expires_on": "2027-05-31",
        "containers": 2,
    }
    body = {"taken_on": "2026-11-02", "moment": "opening", "lines": [line]}
    return _asked(ward.clinic.pharmacist, body)


def _receipt(ward: Steps) -> Asked:
    body = {
        "location_id": ward.clinic.vault,
        "supplier_name": "Wholesale Pharma",
        "supplier_address": "9 Depot Road, Albany, NY 12201",
        "supplier_dea_number": "PA1234563",
        "invoice_number": "INV-1",
        "shipped_on": "2026-10-30",
        "received_at": "2026-11-02T08:30:00-05:00",
        "lines": [{"scan": CARTON_SCAN, "packages": 2}],
    }
    return _asked(ward.clinic.pharmacist, body)


def _location(ward: Steps) -> Asked:
    body = {"name": "Crash cart", "kind": "kit", "lock_class": "locked_container"}
    return _asked(ward.clinic.administrator, body)


def _setting(ward: Steps) -> Asked:
    body = {"name": "second_witness_percent", "value": "0", "reason": "As it is"}
    return _asked(ward.clinic.administrator, body)


def _person(ward: Steps) -> Asked:
    body = {"sign_in_name": "nora", "name": "Nora New", "initials": "NN"}
    return _asked(ward.clinic.administrator, body)


def _job(ward: Steps) -> Asked:
    body = {"sign_in_name": "weekly", "name": "Weekly plan", "initials": "WEEK"}
    return _asked(ward.clinic.administrator, body)


def _screening(ward: Steps) -> Asked:
    clinic = ward.clinic
    body = {"screened_on": "2026-10-30"}
    return _asked(clinic.administrator, body, person_id=clinic.colleague.id)


def _training(ward: Steps) -> Asked:
    clinic = ward.clinic
    body = {"trained_until": "2027-11-30"}
    return _asked(clinic.administrator, body, person_id=clinic.colleague.id)


def _disabling(ward: Steps) -> Asked:
    person_id = ward.add_person("dora", "DD")
    return _asked(ward.clinic.administrator, {}, person_id=person_id)


def _enabling(ward: Steps) -> Asked:
    person_id = ward.add_person("enno", "EE")
    ward.disable(person_id)
    return _asked(ward.clinic.administrator, {}, person_id=person_id)


def _access_request(ward: Steps) -> Asked:
    clinic = ward.clinic
    body = {
        "person_id": clinic.pharmacist.id,
        "kind": "grant_role",
        "role": "clinician",
    }
    return _asked(clinic.administrator, body)


def _access_approval(ward: Steps) -> Asked:
    asked = ward.ask_for_role(ward.clinic.clinician.id, Role.WITNESS)
    body = {"sign_in_name": "mona", "password": PASSWORD, "digest": asked.digest}
    path = {"request_id": asked.shown.request_id}
    return _asked(ward.clinic.manager, body, **path)


def _access_refusal(ward: Steps) -> Asked:
    asked = ward.ask_for_role(ward.clinic.pharmacist.id, Role.MANAGER)
    body = {"reason": "One manager is enough."}
    return _asked(ward.clinic.manager, body, request_id=asked.shown.request_id)


def _access_withdrawal(ward: Steps) -> Asked:
    asked = ward.ask_for_role(ward.clinic.pharmacist.id, Role.WITNESS)
    path = {"request_id": asked.shown.request_id}
    return _asked(ward.clinic.administrator, {}, **path)


def _session(ward: Steps) -> Asked:
    body = {
        "patient_ref": "PT-20931-A",
        "indication": "mood_disorder",
        "clinician_id": ward.clinic.clinician.id,
        "weight_kg": "71.3",
        "route": "iv",
        "protocol": "0.5 mg/kg over 40 min",
    }
    return _asked(ward.clinic.clinician, body)


def _draw(ward: Steps) -> Asked:
    first, second = ward.stock(vials=2)
    ward.open_container(first)
    ward.open_container(second)
    lines = [
        {"container_id": first, "amount": "0.713 mL"},
        {"container_id": second, "amount": "0.287 mL"},
    ]
    session_id = ward.open_session().session_id
    return _asked(ward.clinic.clinician, {"lines": lines}, session_id=session_id)


def _administration(ward: Steps) -> Asked:
    body = {"amount": "35.65 mg"}
    return _asked(ward.clinic.clinician, body, session_id=ward.drawn_session())


def _closing(ward: Steps) -> Asked:
    session_id = ward.drawn_session("1 mL")
    ward.give(session_id, "1 mL")
    return _asked(ward.clinic.clinician, {}, session_id=session_id)


def _opening(ward: Steps) -> Asked:
    (vial,) = ward.stock()
    return _asked(ward.clinic.clinician, {}, container_id=vial)


def _retirement(ward: Steps) -> Asked:
    (vial,) = ward.stock()
    ward.open_container(vial)
    ward.draw(ward.open_session().session_id, (vial, "10 mL"))
    return _asked(ward.clinic.clinician, {}, container_id=vial)


def _waste_request(ward: Steps) -> Asked:
    body = {
        "amount": "0.287 mL",
        "manner": "pharmaceutical_waste_container",
        "place": "Room 2",
    }
    return _asked(ward.clinic.clinician, body, session_id=ward.drawn_session())


def _witness(ward: Steps) -> Asked:
    asked = ward.ask(ward.drawn_session(), "0.287 mL")
    body = {"sign_in_name": "wim", "password": PASSWORD, "digest": asked.digest}
    return _asked(ward.clinic.clinician, body, request_id=asked.shown.request_id)


def _cancellation(ward: Steps) -> Asked:
    asked = ward.ask(ward.drawn_session(), "0.287 mL")
    body = {"reason": "Given after all"}
    return _asked(ward.clinic.clinician, body, request_id=asked.shown.request_id)


def _count_commit(ward: Steps) -> Asked:
    place = ward.clinic.procedure_room
    ward.stock(vials=3, lot="ROOM1", location_id=place)
    started = ward.start_count(place)
    (lot,) = started.sheet.lots
    body = {
        "sealed": [{"lot_id": lot.id, "containers": 2}],
        "in_use": [],
        "witness": {"sign_in_name": "wim", "password": PASSWORD},
    }
    # One vial is missing: the commit opens a case, which is an event of its own.
    path = {"count_id": started.count_id}
    return Asked(by=ward.clinic.pharmacist, body=body, path=path, events=2)


def _count(ward: Steps) -> Asked:
    body = {"location_id": ward.clinic.vault, "kind": "shift"}
    return _asked(ward.clinic.pharmacist, body)


def _reconciliation(ward: Steps) -> Asked:
    body = {"first_day": "2026-11-01", "last_day": "2026-11-02"}
    return _asked(ward.clinic.officer, body)


def _revocation(ward: Steps) -> Asked:
    """Revoke the job's token."""
    clinic = ward.clinic
    with clinic.database.reading() as db:
        query = select(ApiToken.id).where(ApiToken.person_id == clinic.job.id)
        token_id = db.scalars(query).one()
    return _asked(clinic.administrator, {}, token_id=token_id)


def _terminal_revocation(ward: Steps) -> Asked:
    registered = ward.register_terminal("Procedure room tablet")
    return _asked(ward.clinic.manager, {}, terminal_id=registered.terminal_id)


def _emergency_start(ward: Steps) -> Asked:
    return _asked(ward.clinic.clinician, {"reason": "Nobody else is here"})


def _emergency_end(ward: Steps) -> Asked:
    pharmacist = ward.clinic.pharmacist
    started = ward.start_emergency(pharmacist)
    return _asked(pharmacist, {}, access_id=started.access_id)


def _emergency_review(ward: Steps) -> Asked:
    access_id = ward.start_emergency().access_id
    ward.end_emergency(access_id)
    body = {
        "finding": "justified",
        "words": "Rang me at once",
        "digest": ward.view_emergency(access_id).digest,
        "sign_in_name": "olga",
        "password": PASSWORD,
    }
    return _asked(ward.clinic.officer, body, access_id=access_id)


def _acknowledgement(ward: Steps) -> Asked:
    """Acknowledge an alert, which belongs to no book."""
    access_id = ward.start_emergency().access_id
    ward.end_emergency(access_id)
    with ward.clinic.database.reading() as db:
        query = select(Alert.id).where(Alert.detail == access_id)
        path = {"alert_id": db.scalars(query).one()}
    return Asked(by=ward.clinic.manager, body={}, path=path, events=0)


def _redaction(ward: Steps) -> Asked:
    opened = ward.open_session()
    body = {"name": "protocol", "reason": "It named the patient."}
    event_id = opened.recorded.event_id
    return _asked(ward.clinic.officer, body, event_id=event_id)


def _asked(by: Actor, body: Mapping[str, Any], **path: str) -> Asked:
    return Asked(by=by, body=body, path=path)


RECIPES: Final[Mapping[str, Recipe]] = {
    f"{_BOOK}/initial-inventory": _initial_inventory,
    f"{_BOOK}/receipts": _receipt,
    f"{_BOOK}/locations": _location,
    f"{_BOOK}/settings": _setting,
    f"{_BOOK}/people": _person,
    f"{_BOOK}/jobs": _job,
    f"{_BOOK}/people/<person_id>/screening": _screening,
    f"{_BOOK}/people/<person_id>/training": _training,
    f"{_BOOK}/people/<person_id>/disabling": _disabling,
    f"{_BOOK}/people/<person_id>/enabling": _enabling,
    f"{_BOOK}/access-requests": _access_request,
    f"{_BOOK}/access-requests/<request_id>/approval": _access_approval,
    f"{_BOOK}/access-requests/<request_id>/refusal": _access_refusal,
    f"{_BOOK}/access-requests/<request_id>/withdrawal": _access_withdrawal,
    f"{_BOOK}/sessions": _session,
    f"{_BOOK}/sessions/<session_id>/draws": _draw,
    f"{_BOOK}/sessions/<session_id>/administrations": _administration,
    f"{_BOOK}/sessions/<session_id>/closing": _closing,
    f"{_BOOK}/containers/<container_id>/opening": _opening,
    f"{_BOOK}/containers/<container_id>/retirement": _retirement,
    f"{_BOOK}/sessions/<session_id>/waste-requests": _waste_request,
    f"{_BOOK}/waste-requests/<request_id>/witness": _witness,
    f"{_BOOK}/waste-requests/<request_id>/cancellation": _cancellation,
    f"{_BOOK}/counts/<count_id>/commit": _count_commit,
    f"{_BOOK}/counts": _count,
    f"{_BOOK}/reconciliations": _reconciliation,
    f"{_BOOK}/events/<event_id>/redactions": _redaction,
    f"{_BOOK}/emergency-accesses": _emergency_start,
    f"{_BOOK}/emergency-accesses/<access_id>/end": _emergency_end,
    f"{_BOOK}/emergency-accesses/<access_id>/review": _emergency_review,
    f"{_BOOK}/alerts/<alert_id>/acknowledgement": _acknowledgement,
    f"{API_PREFIX}/tokens/<token_id>/revoke": _revocation,
    f"{_BOOK}/terminals/<terminal_id>/revocation": _terminal_revocation,
}
