"""What must hold after every step, asked of the database itself in plain SQL.

The numbers are those of the assurance list (I1-I23). Nothing here uses the readers of
the product: a mistake there must not hide itself.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text

from inventory.db import Database
from inventory.journal import tree

Row = Mapping[str, Any]
LIMITED = ("stock", "drawn")
ENTITLED = {
    "witness": ("pharmacist", "clinician", "witness"),
    "approval": ("manager", "compliance_officer"),
}
# What administrators are there for, and what whoever founds the books does.
HOUSEKEEPING = (
    "registration:",
    "location:",
    "person:",
    "policy:",
    "access:",
    "role:",
    "credential",
    "token:",
    "terminal:",
    "setting:",
)


@dataclass
class Memory:
    """What was seen after earlier steps: bytes never change, books never shrink."""

    bodies: dict[tuple[str, int], bytes] = field(default_factory=dict)
    roots: dict[tuple[str, int], bytes] = field(default_factory=dict)


def check(database: Database, memory: Memory) -> None:
    """Check every invariant of this stage."""
    with database.reading() as db:
        connection = db.connection()
        events = _rows(connection, "SELECT * FROM events ORDER BY book_id, position")
        entries = _rows(
            connection, "SELECT * FROM entries ORDER BY book_id, position, leg"
        )
        heads = _rows(connection, "SELECT * FROM book_heads")
        _entries_balance(entries)
        _balances_follow_from_entries(connection, entries)
        _sessions_close_at_zero(connection, entries)
        _nothing_is_used_before_it_is_drawn(entries)
        _strengths_are_snapshots(connection, events)
        _books_are_dense_and_grow(events, heads)
        _bytes_and_roots_never_change(events, heads, memory)
        _legs_are_in_the_bytes(events, entries)
        _witnesses_are_other_people(connection, events)
        _administrators_touch_no_stock(events)
        _every_variance_has_its_case(connection)
        _emergencies_are_reviewed_by_others(connection, events)


def _rows(connection: Connection, query: str) -> list[Row]:
    return [dict(row) for row in connection.execute(text(query)).mappings()]


def _entries_balance(entries: list[Row]) -> None:
    """I1, I2, I10: legs sum to zero per event and container, and nothing is zero."""
    sums: defaultdict[tuple[str, int, str], int] = defaultdict(int)
    for entry in entries:
        assert isinstance(entry["amount_ug"], int), "I10: amounts are integers"
        assert entry["amount_ug"] != 0, "I10: an entry moves something"
        sums[entry["book_id"], entry["position"], entry["container_id"]] += entry[
            "amount_ug"
        ]
    assert not any(sums.values()), f"I1: unbalanced {sums}"


def _balances_follow_from_entries(connection: Connection, entries: list[Row]) -> None:
    """I3, I4: each stored balance is the sum so far, within its limits, at any n."""
    running: defaultdict[tuple[str, str, str, str], int] = defaultdict(int)
    versions: defaultdict[tuple[str, str, str, str], int] = defaultdict(int)
    for entry in entries:
        if entry["kind"] not in LIMITED:
            assert entry["balance_ug"] is None, "I4: sinks keep no balance"
            continue
        key = _account(entry)
        assert entry["previous_ug"] == running[key], "I4: the chain is unbroken"
        running[key] += entry["amount_ug"]
        versions[key] += 1
        assert entry["balance_ug"] == running[key] >= 0, "I3, I4"
        assert entry["version"] == versions[key], "I4: versions are dense"
    stored = {_account(row): row for row in _rows(connection, "SELECT * FROM balances")}
    assert {key: row["balance_ug"] for key, row in stored.items()} == dict(running)
    assert {key: row["version"] for key, row in stored.items()} == dict(versions)
    nominal = {
        row["id"]: row["nominal_ug"]
        for row in _rows(connection, "SELECT id, nominal_ug FROM containers")
    }
    held: defaultdict[str, int] = defaultdict(int)
    for (_, container_id, _, _), balance_ug in running.items():
        held[container_id] += balance_ug
    assert all(0 <= ug <= nominal[container] for container, ug in held.items()), "I3"


def _account(row: Row) -> tuple[str, str, str, str]:
    return row["book_id"], row["container_id"], row["kind"], row["holder_id"]


def _sessions_close_at_zero(connection: Connection, entries: list[Row]) -> None:
    """I5: drawn = administered + wasted, once a session is closed."""
    left: defaultdict[str, int] = defaultdict(int)
    for entry in entries:
        if entry["kind"] == "drawn":
            left[entry["holder_id"]] += entry["amount_ug"]
    for session in _rows(connection, "SELECT id, state FROM sessions"):
        assert left[session["id"]] >= 0, "I5"
        if session["state"] == "closed":
            assert left[session["id"]] == 0, "I5: a session closes at zero"


def _nothing_is_used_before_it_is_drawn(entries: list[Row]) -> None:
    """I6: what is given and wasted never passes what was drawn, at no position."""
    left: defaultdict[tuple[str, str], int] = defaultdict(int)
    for entry in sorted(entries, key=lambda entry: entry["position"]):
        key = (entry["holder_id"], entry["container_id"])
        if entry["kind"] == "drawn" and entry["amount_ug"] > 0:
            left[key] += entry["amount_ug"]
        elif entry["kind"] in ("administered", "wasted"):
            left[key] -= entry["amount_ug"]
        assert left[key] >= 0, "I6"


def _strengths_are_snapshots(connection: Connection, events: list[Row]) -> None:
    """I9: a lot has the strength that the event of its receipt wrote down."""
    query = (
        "SELECT c.id AS container_id, l.ug_per_unit, l.nominal_ug "
        "FROM containers c JOIN lots l ON l.id = c.lot_id"
    )
    lots = {row["container_id"]: row for row in _rows(connection, query)}
    for event in events:
        if event["tag"] not in ("receipt:recorded", "initial_inventory:taken"):
            continue
        for line in json.loads(bytes(event["body"]))["data"]["lines"]:
            for container in line["containers"]:
                lot = lots[container["id"]]
                assert lot["ug_per_unit"] == line["ug_per_unit"], "I9"
                assert lot["nominal_ug"] == line["nominal_ug"], "I9"


def _books_are_dense_and_grow(events: list[Row], heads: list[Row]) -> None:
    """I11: positions 1..n, times that never go back, one head at the end."""
    books: defaultdict[str, list[Row]] = defaultdict(list)
    for event in events:
        books[event["book_id"]].append(event)
    for head in heads:
        book = books[head["book_id"]]
        positions = [event["position"] for event in book]
        assert positions == list(range(1, head["size"] + 1)), "I11: dense"
        times = [str(event["recorded_at"]) for event in book]
        assert times == sorted(times), "I11: recorded_at never goes back"


def _bytes_and_roots_never_change(
    events: list[Row], heads: list[Row], memory: Memory
) -> None:
    """I13, I16: the tree over the raw bytes is the stored one, and only ever grows."""
    leaves: defaultdict[str, list[bytes]] = defaultdict(list)
    for event in events:
        key = event["book_id"], event["position"]
        body = bytes(event["body"])
        assert memory.bodies.setdefault(key, body) == body, "I13: bytes never change"
        leaf = tree.leaf_hash(body)
        assert leaf == bytes(event["leaf_hash"]), "I16"
        leaves[event["book_id"]].append(leaf)
        root = bytes(event["root"])
        assert memory.roots.setdefault(key, root) == root, "I16: roots never change"
    for head in heads:
        book = leaves[head["book_id"]]
        assert tree.root(book) == bytes(head["root"]), "I16: the root of the raw bytes"
        if book:
            last = memory.roots[head["book_id"], len(book)]
            assert last == bytes(head["root"]), "I16"
    assert len(memory.bodies) == len(events), "I16: a book never shrinks"


def _legs_are_in_the_bytes(events: list[Row], entries: list[Row]) -> None:
    """What is hashed is what is booked: entries and the bytes name the same legs."""
    hashed = []
    for event in events:
        for leg in json.loads(bytes(event["body"]))["legs"]:
            where = event["book_id"], event["position"]
            hashed.append((*where, leg["account"], leg["container"], leg["amount_ug"]))
    booked = [
        (
            entry["book_id"],
            entry["position"],
            f"{entry['kind']}:{entry['holder_id']}",
            entry["container_id"],
            entry["amount_ug"],
        )
        for entry in entries
    ]
    assert hashed == booked


def _witnesses_are_other_people(connection: Connection, events: list[Row]) -> None:
    """I19: whoever witnessed is another person, entitled there, proven in time."""
    grants = {
        (row["person_id"], row["registration_id"], row["role"])
        for row in _rows(connection, "SELECT * FROM role_grants")
    }
    for event in events:
        if event["tag"] == "waste:recorded":
            assert event["witness_id"] is not None, "I19: waste has a witness"
        if event["witness_id"] is None:
            continue
        assert event["witness_id"] != event["actor_id"], "I19"
        body = json.loads(bytes(event["body"]))
        where = event["witness_id"], event["book_id"]
        entitled = ENTITLED[body["witness"]["meaning"]]
        assert any((*where, role) in grants for role in entitled), "I19"
        assert body["witness"]["proven_at"] <= body["recorded_at"], "I19"
        assert body["witness"]["digest"], "I19: over a digest"


def _administrators_touch_no_stock(events: list[Row]) -> None:
    """I21: who keeps the house acts on nothing else, and signs for nobody."""
    for event in events:
        body = json.loads(bytes(event["body"]))
        if "administrator" in body["actor"]["roles"]:
            assert body["tag"].startswith(HOUSEKEEPING), "I21"
            assert not body["legs"], "I21"
        for second in ("witness", "second_witness"):
            roles = body[second]["roles"] if body[second] else []
            assert "administrator" not in roles, "I21"


def _every_variance_has_its_case(connection: Connection) -> None:
    """I23: the open cases of a subject add up to its last counted variance, exactly."""
    lines = _rows(
        connection,
        "SELECT c.location_id, c.position, l.* FROM count_lines l "
        "JOIN counts c ON c.id = l.count_id ORDER BY c.position",
    )
    last: dict[tuple[str, str, str], tuple[int, int]] = {}
    for line in lines:
        subject = line["location_id"], line["lot_id"], line["container_id"] or ""
        last[subject] = (
            line["counted_ug"] - line["expected_ug"],
            line["counted_containers"] - line["expected_containers"],
        )
    cases: defaultdict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for case in _rows(connection, "SELECT * FROM discrepancies WHERE state = 'open'"):
        subject = case["location_id"], case["lot_id"], case["container_id"] or ""
        assert (case["variance_ug"], case["variance_containers"]) != (0, 0), "I23"
        cases[subject][0] += case["variance_ug"]
        cases[subject][1] += case["variance_containers"]
    assert {k: tuple(v) for k, v in cases.items() if v != [0, 0]} == {
        k: v for k, v in last.items() if v != (0, 0)
    }, "I23"


def _emergencies_are_reviewed_by_others(
    connection: Connection, events: list[Row]
) -> None:
    """I37: each emergency access is a task until another person signed its review."""
    told: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for event in events:
        told[event["tag"]][event["subject"]] = event["actor_id"]
    rows = _rows(connection, "SELECT * FROM emergency_accesses")
    started = {row["id"]: row["person_id"] for row in rows}
    reviewed = {row["id"]: row["reviewed_by"] for row in rows if row["reviewed_by"]}
    assert started == told["emergency:started"], "I37: no start without its task"
    assert reviewed == told["emergency:reviewed"], "I37: closed by a review alone"
    assert all(started[id_] != by for id_, by in reviewed.items()), "I37: by another"
