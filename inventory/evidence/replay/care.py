"""Sessions and the waste of what they had drawn, replayed."""

from datetime import datetime

import rfc8785

from inventory.evidence.replay import stock
from inventory.evidence.replay.tables import StandIn, Tables, Told


def session_opened(tables: Tables, told: Told) -> None:
    """A session of one patient."""
    data = told.data
    tables.put(
        "sessions",
        {
            "id": told.subject,
            "registration_id": told.book,
            "patient_ref": data["patient_ref"],
            "indication": data["indication"],
            "clinician_id": data["clinician"]["id"],
            "weight_g": data["weight_g"],
            "route": data["route"],
            "state": "open",
            "opened_at": told.occurred_at,
            "closed_at": None,
            "product_id": None,
        },
    )


def session_drawn(tables: Tables, told: Told) -> None:
    """The first draw decides on the product of a session."""
    stock.devices_drawn(tables, told)
    container = tables.get("containers", told.data["lines"][0]["container"])
    lot = tables.get("lots", container["lot_id"])
    tables.get("sessions", told.subject)["product_id"] = lot["product_id"]


def session_closed(tables: Tables, told: Told) -> None:
    """A session that closed at zero."""
    session = tables.get("sessions", told.subject)
    session |= {"state": "closed", "closed_at": told.occurred_at}


def waste_requested(tables: Tables, told: Told) -> None:
    """A remainder that awaits its witness."""
    entry = told.data["entry"]
    tables.put(
        "waste_requests",
        {
            "id": told.data["request"],
            "registration_id": told.book,
            "session_id": told.subject,
            "amount_ug": entry["amount_ug"],
            "manner": entry["manner"],
            "requested_by": entry["requested_by"]["id"],
            "requested_at": StandIn(told.recorded_at),
            "occurred_at": datetime.fromisoformat(entry["occurred_at"]),
            "digest": told.data["digest"],
            "state": "pending",
            "witnesses_needed": told.data.get("witnesses_needed", 1),
            "first_witness_id": None,
            "first_signature": None,
            "witnessed_by": None,
            "ended_at": None,
            "position": None,
        },
    )


def waste_signed(tables: Tables, told: Told) -> None:
    """The first of two witnesses has signed."""
    request = tables.get("waste_requests", told.data["request"])
    request |= {
        "first_witness_id": told.witness,
        "first_signature": rfc8785.dumps(dict(told.signatures[0])).decode(),
    }


def waste_recorded(tables: Tables, told: Told) -> None:
    """A waste that was witnessed."""
    request = tables.get("waste_requests", told.data["request"])
    request |= {
        "state": "witnessed",
        "witnessed_by": told.signatures[-1]["id"],
        "ended_at": StandIn(told.recorded_at),
        "position": told.position,
    }


def waste_cancelled(tables: Tables, told: Told) -> None:
    """A request that was withdrawn."""
    request = tables.get("waste_requests", told.data["request"])
    request |= {"state": "cancelled", "ended_at": StandIn(told.recorded_at)}
