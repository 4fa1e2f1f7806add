"""100,000 attempts to witness oneself: by the rules, the handlers and plain SQL."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from random import Random

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from inventory.db import Database
from inventory.guard.roles import DatabaseRole
from inventory.kernel.actors import Actor, Proof, Role
from inventory.kernel.clock import FrozenClock
from inventory.kernel.errors import InventoryError
from inventory.waste.rules import Asked, State, check_signature
from tests.clinic import Clinic, open_clinic
from tests.guard.conftest import Installation, plain_engine
from tests.steps import Steps

BY_RULES, BY_HANDLERS, BY_SQL = 97_900, 100, 2_000
NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
SITES = ("reg_here", "reg_elsewhere")


def test_all_of_them_are_a_hundred_thousand() -> None:
    assert BY_RULES + BY_HANDLERS + BY_SQL == 100_000


def test_the_rules_let_nobody_witness_themselves() -> None:
    dice = Random(21)  # noqa: S311 - no secret
    accepted, others = 0, 0
    for _ in range(BY_RULES):
        site = dice.choice(SITES)
        requester, witness = _person(dice), _person(dice)
        first = _person(dice).id if dice.random() < 0.5 else None
        signed = Proof(
            person=witness,
            digest="ab" * 32,
            factors=("password",),
            proven_at=NOON,
        )
        asked = Asked(
            registration_id=site,
            amount_ug=1,
            state=State.PENDING,
            requested_at=NOON,
            digest="ab" * 32,
            first_witness_id=first,
        )
        try:
            check_signature(asked, requester, signed, now=NOON)
        except InventoryError:
            continue
        accepted += 1
        others += witness.id not in (requester.id, first)
    assert accepted == others, "somebody witnessed themselves"
    assert accepted > BY_RULES / 100, "the rules refuse everybody: nothing is tested"


def _person(dice: Random) -> Actor:
    """Make up one of four people, with any roles anywhere, under any name."""
    roles = {
        site: frozenset(dice.sample(list(Role), dice.randrange(1, 4))) for site in SITES
    }
    name = dice.choice(["Cleo", "cleo", "Cleo ", "Wim", "Pat"])
    return Actor(id=f"per_{dice.randrange(4)}", name=name, initials="X", roles=roles)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_the_handlers_let_nobody_witness_themselves(clinic: Clinic) -> None:
    dice, ward = Random(22), Steps(clinic)  # noqa: S311 - no secret
    ward.rule("second_witness_percent", "100")
    session_id = ward.drawn_session("5 mL")
    people = [clinic.pharmacist, clinic.clinician, clinic.colleague]
    asked, tried = ward.ask(session_id, "0.1 mL"), 0
    signed: list[str] = []
    while tried < BY_HANDLERS:
        witness = dice.choice(people)
        disguised = replace(
            witness, name=dice.choice(["Wim Witness", "Nobody"]), roles={}
        )
        tried += witness.id in (clinic.clinician.id, *signed)
        try:
            ward.witness(
                asked,
                proof=clinic.proof(disguised, asked.digest),
                actor=dice.choice(people),
            )
        except InventoryError:
            continue
        signed.append(witness.id)
        assert clinic.clinician.id not in signed
        assert len(set(signed)) == len(signed)
        if len(signed) == 2:
            asked, signed = ward.ask(session_id, "0.001 mL"), []
    assert ward.told(ward.size())["tag"].startswith("waste:")


@pytest.fixture
def service(installation: Installation, guarded: str) -> Iterator[Connection]:
    """The service's own role, on books with a waste and a count under way."""
    database = Database(installation.server.url(guarded))
    clinic = open_clinic(database, FrozenClock(NOON))
    ward = Steps(clinic)
    session_id = ward.drawn_session("5 mL")
    for _ in range(3):
        ward.ask(session_id, "1 mL")
    ward.start_count(clinic.vault)
    database.dispose()
    with (
        plain_engine(installation.url(guarded, DatabaseRole.APP)) as engine,
        engine.connect() as connection,
    ):
        yield connection


def test_the_service_itself_cannot_write_down_a_self_witness(
    service: Connection,
) -> None:
    dice = Random(23)  # noqa: S311 - no secret
    people = list(service.scalars(text("SELECT id FROM people WHERE kind = 'person'")))
    outcomes: Counter[tuple[bool, bool]] = Counter()
    while outcomes[True, False] + outcomes[True, True] < BY_SQL:
        attempt = dice.choice(ATTEMPTS)
        is_self, statement, values = attempt(dice, people)
        outcomes[is_self, _succeeds(service, statement, values)] += 1
    assert outcomes[True, True] == 0
    assert outcomes[False, True] > 0, "nothing can be written at all"
    for table, condition in SELF_WITNESSED:
        found = f"SELECT count(*) FROM {table} WHERE {condition}"
        assert service.scalar(text(found)) == 0


SELF_WITNESSED = (
    ("events", "witness_id = actor_id"),
    (
        "waste_requests",
        (
            "requested_by IN (witnessed_by, first_witness_id) "
            "OR witnessed_by = first_witness_id"
        ),
    ),
    ("counts", "witnessed_by = counted_by"),
)
Attempt = tuple[bool, str, dict[str, object]]
_positions = count(1_000)


def _event(dice: Random, people: list[str]) -> Attempt:
    """Write an entry with any actor and any witness."""
    actor, witness = dice.choice(people), dice.choice(people)
    statement = (
        "INSERT INTO events SELECT book_id, :position, :id, tag, subject, "
        ":actor, :witness, occurred_at, recorded_at, body, leaf_hash, root, subtrees "
        "FROM events LIMIT 1"
    )
    position = next(_positions)
    values = {
        "position": position,
        "id": f"evt_{position}",
        "actor": actor,
        "witness": witness,
    }
    return actor == witness, statement, values


def _own_waste(_: Random, __: list[str]) -> Attempt:
    """Witness a waste as who asked for it."""
    statement = (
        "UPDATE waste_requests SET state = 'witnessed', witnessed_by = requested_by"
    )
    return True, statement, {}


def _own_first_signature(_: Random, __: list[str]) -> Attempt:
    """Sign first as who asked for it."""
    statement = (
        "UPDATE waste_requests SET first_witness_id = requested_by, "
        "first_signature = '{}'"
    )
    return True, statement, {}


def _both_signatures(dice: Random, people: list[str]) -> Attempt:
    """Give any two signatures of a new request, of which some are one person's."""
    first, last, asked = (dice.choice(people) for _ in range(3))
    statement = (
        "INSERT INTO waste_requests (id, registration_id, session_id, amount_ug, "
        "manner, requested_by, requested_at, occurred_at, digest, state, "
        "witnesses_needed, first_witness_id, first_signature, witnessed_by) "
        "SELECT :id, registration_id, session_id, amount_ug, manner, :asked, "
        "requested_at, occurred_at, digest, 'witnessed', 2, :first, '{}', :last "
        "FROM waste_requests LIMIT 1"
    )
    values: dict[str, object] = {
        "id": f"wst_{next(_positions)}",
        "asked": asked,
        "first": first,
        "last": last,
    }
    return len({first, last, asked}) < 3, statement, values


def _become_the_requester(_: Random, __: list[str]) -> Attempt:
    """Turn a witnessed waste into one that the witness asked for."""
    statement = "UPDATE waste_requests SET requested_by = witnessed_by"
    return True, statement, {}


def _own_count(_: Random, __: list[str]) -> Attempt:
    """Witness a count as who counted."""
    return True, "UPDATE counts SET witnessed_by = counted_by", {}


ATTEMPTS: tuple[Callable[[Random, list[str]], Attempt], ...] = (
    _event,
    _own_waste,
    _own_first_signature,
    _both_signatures,
    _become_the_requester,
    _own_count,
)


def _succeeds(
    connection: Connection, statement: str, values: dict[str, object]
) -> bool:
    try:
        connection.execute(text(statement), values)
    except DBAPIError:
        return False
    return True
