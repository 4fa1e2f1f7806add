"""Counts with their lines, the cases they opened, and reconciliations, replayed.

What a count expected is not in its entry: counts are blind. It follows from the books
as they stood at the position of the count, and is worked out here anew.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from inventory.evidence.replay.tables import Row, Tables, Told


def count_started(tables: Tables, told: Told) -> None:
    """A blind count of one place."""
    tables.put(
        "counts",
        {
            "id": told.subject,
            "registration_id": told.book,
            "location_id": told.data["location"],
            "kind": told.data["kind"],
            "state": "open",
            "counted_by": told.actor,
            "witnessed_by": None,
            "started_at": told.occurred_at,
            "committed_at": None,
            "position": None,
        },
    )


def count_committed(tables: Tables, told: Told) -> None:
    """The figures of a count, against what the books said then."""
    count = tables.get("counts", told.subject)
    count |= {
        "state": "committed",
        "witnessed_by": told.witness,
        "committed_at": told.recorded_at,
        "position": told.position,
    }
    for number, line in enumerate(_lines(tables, told), start=1):
        tables.put("count_lines", {"count_id": told.subject, "line": number, **line})


def discrepancy_opened(tables: Tables, told: Told) -> None:
    """A case about what a count and the books did not agree on."""
    data = told.data
    tables.get("registrations", told.book)["discrepancies_numbered"] = data["number"]
    number = data["container"]
    tables.put(
        "discrepancies",
        {
            "id": told.subject,
            "registration_id": told.book,
            "number": data["number"],
            "location_id": tables.get("counts", data["source"])["location_id"],
            "lot_id": tables.lot(told.book, data["ndc"], data["lot"])["id"],
            "container_id": number and tables.numbered(told.book, number)["id"],
            "source_id": data["source"],
            "variance_ug": data["variance_ug"],
            "variance_containers": data["variance_containers"],
            "discovered_at": datetime.fromisoformat(data["discovered_at"]),
            "state": "open",
            "position": told.position,
        },
    )


def reconciliation_completed(tables: Tables, told: Told) -> None:
    """Which books were compared with which counts."""
    tables.put(
        "reconciliations",
        {
            "id": told.subject,
            "registration_id": told.book,
            "first_day": date.fromisoformat(told.data["first_day"]),
            "last_day": date.fromisoformat(told.data["last_day"]),
            "known_position": told.data["known_position"],
            "position": told.position,
            "made_by": told.actor,
            "made_at": told.recorded_at,
        },
    )


def _lines(tables: Tables, told: Told) -> Iterator[Row]:
    here = [
        row
        for row in tables.containers(told.book)
        if row["location_id"] == told.data["location"]
    ]
    for found in told.data["sealed"]:
        yield from _sealed_lines(tables, told.book, here, found)
    for found in told.data["in_use"]:
        container = tables.numbered(told.book, found["container"])
        expected = container in here and container["state"] == "in_use"
        yield _line(
            container["lot_id"],
            container["id"],
            counted=(int(found["found"]), found["amount_ug"]),
            expected=(1, _content_ug(tables, container)) if expected else (0, 0),
        )


def _sealed_lines(
    tables: Tables, book: str, here: list[Row], found: Mapping[str, Any]
) -> Iterator[Row]:
    lot = tables.lot(book, found["ndc"], found["lot"])
    expected = {
        row["number"]: _content_ug(tables, row)
        for row in here
        if row["lot_id"] == lot["id"] and row["state"] == "sealed"
    }
    scanned = found["method"] == "scan"
    surplus = [number for number in found["numbers"] if number not in expected]
    containers = found["containers"] - len(surplus)
    missing = sorted(expected.keys() - set(found["numbers"])) if scanned else []
    yield {
        **_line(
            lot["id"],
            None,
            counted=(containers, containers * lot["nominal_ug"]),
            expected=(len(expected), sum(expected.values())),
        ),
        "method": found["method"],
        "missing_numbers": " ".join(str(number) for number in missing),
    }
    for number in surplus:
        container_id = tables.numbered(book, number)["id"]
        counted = 1, lot["nominal_ug"]
        yield _line(lot["id"], container_id, counted=counted, expected=(0, 0))


def _line(
    lot_id: str,
    container_id: str | None,
    *,
    counted: tuple[int, int],
    expected: tuple[int, int],
) -> Row:
    return {
        "lot_id": lot_id,
        "container_id": container_id,
        "method": "volume",
        "counted_containers": counted[0],
        "counted_ug": counted[1],
        "expected_containers": expected[0],
        "expected_ug": expected[1],
        "missing_numbers": "",
    }


def _content_ug(tables: Tables, container: Row) -> int:
    book, place = container["registration_id"], container["location_id"]
    key = book, container["id"], "stock", place
    balance = tables.rows["balances"].get(key)
    return balance["balance_ug"] if balance else 0
