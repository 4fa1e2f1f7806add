"""What the journal keeps of a count: names and counted figures, nothing expected."""

from typing import Any

from inventory.counts.queries import CountSheet
from inventory.counts.rules import Counted, CountKind, KnownLot
from inventory.kernel.clock import format_instant
from inventory.models.counts import Count
from inventory.models.sites import Location


def sheet_snapshot(
    place: Location, kind: CountKind, sheet: CountSheet
) -> dict[str, Any]:
    """Tell what was to be counted where."""
    return {
        "place": place.name,
        "location": place.id,
        "kind": kind.value,
        "lots": [_lot_snapshot(lot) for lot in sheet.lots],
        "in_use": [container.number for container in sheet.in_use],
    }


def count_snapshot(place: Location, count: Count, counted: Counted) -> dict[str, Any]:
    """Tell what was found where."""
    return {
        "place": place.name,
        "location": place.id,
        "kind": count.kind,
        "started_at": format_instant(count.started_at),
        "sealed": [
            {
                **_lot_snapshot(found.lot),
                "method": found.method.value,
                "containers": found.containers,
                "numbers": [container.number for container in found.scanned],
                "amount_ug": found.containers * found.lot.nominal_ug,
            }
            for found in counted.sealed
        ],
        "in_use": [
            {
                **_lot_snapshot(found.container.lot),
                "container": found.container.number,
                "found": found.found,
                "amount_ug": found.amount_ug,
            }
            for found in counted.in_use
        ],
    }


def _lot_snapshot(lot: KnownLot) -> dict[str, Any]:
    return {
        "product": lot.product_name,
        "ndc": lot.ndc,
        "lot": lot.lot,
        "expires_on": lot.expires_on.isoformat(),
        "form": lot.strength.form.value,
        "ug_per_unit": lot.strength.ug_per_unit,
    }
