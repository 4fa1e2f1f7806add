"""Containers, what came in, and the balances that every leg moves, replayed."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from inventory.evidence.replay.tables import Row, StandIn, Tables, Told

_LIMITED: Final = ("stock", "drawn")
_NL_PER_ML: Final = 1_000_000
_NOT_TOLD: Final = StandIn("not told by the journal")


def inventory_taken(tables: Tables, told: Told) -> None:
    """The initial inventory, with its containers."""
    _number(tables, told)
    tables.put(
        "initial_inventories",
        {
            "registration_id": told.book,
            "id": told.subject,
            "taken_on": date.fromisoformat(told.data["taken_on"]),
            "moment": told.data["moment"],
            "containers": told.data["containers"],
            "recorded_by": told.actor,
            "position": told.position,
        },
    )


def receipt_recorded(tables: Tables, told: Told) -> None:
    """A delivery, with its containers."""
    _number(tables, told)
    data, supplier = told.data, told.data["supplier"]
    tables.put(
        "receipts",
        {
            "id": told.subject,
            "registration_id": told.book,
            "location_id": data["location"]["id"],
            "supplier_name": supplier["name"],
            "supplier_address": supplier["address"],
            "supplier_dea_number": supplier["dea_number"],
            "invoice_number": data["invoice_number"],
            "ordered_on": _day(data["ordered_on"]),
            "shipped_on": _day(data["shipped_on"]),
            "received_at": told.occurred_at,
            "containers": data["containers"],
            "received_by": told.actor,
            "position": told.position,
        },
    )


def container_opened(tables: Tables, told: Told) -> None:
    """A vial is in use."""
    container = tables.get("containers", told.subject)
    container |= {"state": "in_use", "opened_at": told.occurred_at}


def container_retired(tables: Tables, told: Told) -> None:
    """An empty container has left use."""
    _retire(tables.get("containers", told.subject), told)


def devices_drawn(tables: Tables, told: Told) -> None:
    """A device is retired by its draw: none of it is left."""
    for line in told.data["lines"]:
        if line["state"] == "retired":
            _retire(tables.get("containers", line["container"]), told)


def legs_posted(tables: Tables, told: Told) -> None:
    """Move the running balances of the accounts that can run out."""
    for leg in told.legs:
        kind, _, holder_id = leg["account"].partition(":")
        if kind in _LIMITED:
            tables.put("balances", _balance(tables, told.book, kind, holder_id, leg))


def _balance(
    tables: Tables, book: str, kind: str, holder_id: str, leg: Mapping[str, Any]
) -> Row:
    container = tables.get("containers", leg["container"])
    return {
        "book_id": book,
        "container_id": leg["container"],
        "kind": kind,
        "holder_id": holder_id,
        "balance_ug": leg["balance_ug"],
        "moved_ug": leg["amount_ug"],
        "lower_ug": 0,
        "upper_ug": container["nominal_ug"],
        "version": leg["version"],
    }


def _retire(container: Row, told: Told) -> None:
    container |= {"state": "retired", "retired_at": told.occurred_at}


def _number(tables: Tables, told: Told) -> None:
    registration = tables.get("registrations", told.book)
    for line in told.data["lines"]:
        tables.put("products", _product(line))
        tables.put("lots", _lot(told, line))
        for each in line["containers"]:
            registration["containers_numbered"] = each["number"]
            tables.put("containers", _container(told, line, each))


def _product(line: Mapping[str, Any]) -> Row:
    solution = line["form"] == "solution"
    fill_nl = line["nominal_ug"] * _NL_PER_ML // line["ug_per_unit"]
    return {
        "id": line["product_id"],
        "ndc": line["ndc"],
        "name": line["product"],
        "labeler": _NOT_TOLD,
        "substance": line["substance"],
        "dea_schedule": line["dea_schedule"],
        "species": _NOT_TOLD,
        "form": line["form"],
        "ug_per_unit": line["ug_per_unit"],
        "fill_nl": fill_nl if solution else None,
        "nominal_ug": line["nominal_ug"],
        "source": _NOT_TOLD,
    }


def _lot(told: Told, line: Mapping[str, Any]) -> Row:
    return {
        "id": line["lot_id"],
        "registration_id": told.book,
        "product_id": line["product_id"],
        "product_name": line["product"],
        "ndc": line["ndc"],
        "lot": line["lot"],
        "expires_on": date.fromisoformat(line["expires_on"]),
        "form": line["form"],
        "ug_per_unit": line["ug_per_unit"],
        "nominal_ug": line["nominal_ug"],
    }


def _container(told: Told, line: Mapping[str, Any], each: Mapping[str, Any]) -> Row:
    return {
        "id": each["id"],
        "registration_id": told.book,
        "number": each["number"],
        "lot_id": line["lot_id"],
        "location_id": line["location_id"],
        "nominal_ug": line["nominal_ug"],
        "state": "sealed",
        "received_at": told.occurred_at,
        "opened_at": None,
        "retired_at": None,
    }


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
