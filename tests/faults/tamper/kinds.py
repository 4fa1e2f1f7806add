"""The twelve kinds of alteration, each at any position (assurance P12)."""

import json
from collections.abc import Callable
from typing import Final

from tests.faults.tamper.attacker import Attacker, changed, renumbered

SOMEBODY_ELSE: Final = {"id": "per_0", "initials": "SE", "name": "Somebody Else"}
_LATER: Final = 5
# One table after the other; the first column is a unique, stable order of its rows.
_PROJECTIONS: Final = (
    ("balances", "balance_ug = balance_ug - 1", "balance_ug > 0"),
    ("balances", "version = version + 1", "true"),
    ("balances", "upper_ug = upper_ug + 1", "true"),
    ("containers", "state = 'retired'", "state <> 'retired'"),
    ("containers", "received_at = '2026-11-01T00:00:00.000000+00:00'", "true"),
    ("containers", "number = number + 1000", "true"),
    ("entries", "amount_ug = amount_ug + 1, balance_ug = balance_ug + 1", "true"),
    ("count_lines", "expected_ug = counted_ug", "expected_ug <> counted_ug"),
    ("count_lines", "counted_containers = counted_containers + 1", "true"),
    ("counts", "counted_by = witnessed_by, witnessed_by = NULL", "true"),
    ("sessions", "weight_g = weight_g + 10000", "true"),
    ("sessions", "patient_ref = 'PT-2026-9999'", "true"),
    ("waste_requests", "amount_ug = amount_ug + 1", "true"),
    ("waste_requests", "witnessed_by = NULL, state = 'pending'", "true"),
    ("discrepancies", "state = 'closed'", "true"),
    ("discrepancies", "variance_ug = 1", "true"),
    ("receipts", "invoice_number = 'INV-9'", "true"),
    ("locations", "lock_class = 'none'", "true"),
    ("registrations", "dea_number = 'AP5836727'", "true"),
    ("role_grants", "role = 'auditor'", "true"),
    ("role_grants", "ends_at = '2036-01-01T00:00:00.000000+00:00'", "true"),
    ("role_grants", "approved_by = 'per_x'", "true"),
    ("memberships", "screened_on = '2020-01-01'", "true"),
    ("memberships", "trained_until = '2036-01-01T00:00:00.000000+00:00'", "true"),
    ("memberships", "policy_version = 'x'", "policy_version IS NOT NULL"),
    ("people", "disabled_at = created_at", "true"),
)


def edit_field(attacker: Attacker, position: int) -> None:
    """Change one value in one row, and nothing else."""
    body = changed(attacker.site.bodies[position - 1], actor=SOMEBODY_ELSE)
    with attacker.database() as connection:
        connection.execute(
            "UPDATE events SET body = ? WHERE position = ?", (body, position)
        )


def delete_middle(attacker: Attacker, position: int) -> None:
    """Take an entry out and close the gap, with new numbers, hashes and signatures."""
    bodies = list(attacker.site.bodies)
    del bodies[position - 1]
    attacker.rewrite(renumbered(bodies), sign=True)


def delete_tail(attacker: Attacker, position: int) -> None:
    """Let the book end before an entry, with a head and checkpoints that say so."""
    attacker.rewrite(attacker.site.bodies[: max(position - 1, 1)], sign=True)


def insert(attacker: Attacker, position: int) -> None:
    """Put an entry between two others."""
    bodies = list(attacker.site.bodies)
    other = changed(
        bodies[position - 1], id="evt_0", legs=[], witness=None, tag="waste:cancelled"
    )
    bodies.insert(position, other)
    attacker.rewrite(renumbered(bodies), sign=True)


def swap(attacker: Attacker, position: int) -> None:
    """Let two entries change places, each with the other's time of recording."""
    bodies = list(attacker.site.bodies)
    first, second = bodies[position - 1 : position + 1]
    times = [json.loads(each)["recorded_at"] for each in (first, second)]
    bodies[position - 1] = changed(second, recorded_at=times[0])
    bodies[position] = changed(first, recorded_at=times[1])
    attacker.rewrite(renumbered(bodies), sign=True)


def re_chain(attacker: Attacker, position: int) -> None:
    """Change an entry and work out every hash after it."""
    attacker.rewrite(_with_another_actor(attacker, position), sign=False)


def re_sign(attacker: Attacker, position: int) -> None:
    """Change an entry, work out every hash, sign every checkpoint anew."""
    attacker.rewrite(_with_another_actor(attacker, position), sign=True)


def restore_old(attacker: Attacker, position: int) -> None:
    """Put the books back to an entry, and go on from there with other entries."""
    bodies = list(attacker.site.bodies)
    instant = json.loads(bodies[position - 1])["recorded_at"]
    others = [
        changed(
            bodies[0],
            id=f"evt_{number}",
            recorded_at=instant,
            occurred_at=instant,
            tag="waste:cancelled",
        )
        for number in range(len(bodies) - position + _LATER)
    ]
    attacker.rewrite(renumbered(bodies[:position] + others), sign=True)


def edit_projection(attacker: Attacker, position: int) -> None:
    """Change a row that follows from the journal, and leave the journal alone."""
    name, change, which = _PROJECTIONS[position % len(_PROJECTIONS)]
    _update(attacker, name, change, which, position // len(_PROJECTIONS))


def edit_user_name(attacker: Attacker, position: int) -> None:
    """Give a person another name or other initials."""
    column = ("name", "initials")[position % 2]
    _update(attacker, "people", f"{column} = 'X{position}'", "true", position)


def edit_lot_master(attacker: Attacker, position: int) -> None:
    """Change what a lot is: its strength, its expiry, its number."""
    changes = (
        "ug_per_unit = ug_per_unit + 1",
        "expires_on = '2031-01-31'",
        "lot = 'X'",
    )
    _update(attacker, "lots", changes[position % len(changes)], "true", position)


def replay_other_site(attacker: Attacker, position: int) -> None:
    """Put another site's entry in the place of one's own."""
    bodies = list(attacker.site.bodies)
    other = attacker.other_site.bodies[position - 1]
    if position % 2:
        other = changed(other, book=attacker.site.book_id)
    bodies[position - 1] = other
    attacker.rewrite(bodies, sign=True)


KINDS: Final[dict[str, Callable[[Attacker, int], None]]] = {
    "edit a field": edit_field,
    "delete in the middle": delete_middle,
    "delete the tail": delete_tail,
    "insert": insert,
    "swap": swap,
    "re-chain": re_chain,
    "re-sign with the log key": re_sign,
    "restore an old state": restore_old,
    "edit a projection only": edit_projection,
    "edit a person's name": edit_user_name,
    "edit a lot's master data": edit_lot_master,
    "replay another site's entry": replay_other_site,
}
# These change the journal itself, so an export of it shows them too.
OF_THE_JOURNAL: Final = frozenset(KINDS) - {
    "edit a projection only",
    "edit a person's name",
    "edit a lot's master data",
}


def _with_another_actor(attacker: Attacker, position: int) -> list[bytes]:
    bodies = list(attacker.site.bodies)
    bodies[position - 1] = changed(bodies[position - 1], actor=SOMEBODY_ELSE)
    return bodies


def _update(
    attacker: Attacker, name: str, change: str, which: str, number: int
) -> None:
    """Change the n-th row of a table that fits a condition, counting around."""
    with attacker.database() as connection:
        rows = connection.execute(f"SELECT rowid FROM {name} WHERE {which}").fetchall()
        (row,) = rows[number % len(rows)]
        connection.execute(f"UPDATE {name} SET {change} WHERE rowid = ?", (row,))
