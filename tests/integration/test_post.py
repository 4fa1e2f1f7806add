"""Posting: balances are guarded, entries chain, the event goes with them or nothing."""

import json
import threading
from datetime import timedelta

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from inventory.journal import book, tree
from inventory.journal.book import Appended
from inventory.journal.events import AuditEvent, Tag
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.ledger import accounts, balances
from inventory.ledger.balances import By, Window
from inventory.ledger.post import post
from inventory.ledger.postings import Portion, Posting, move
from inventory.models.books import Entry
from tests.clinic import Clinic
from tests.stock import VIAL_UG, put_on_shelf

SESSION = "ses_one"


def _event(clinic: Clinic, tag: Tag = Tag.SESSION_DRAWN) -> AuditEvent:
    return AuditEvent(
        book_id=clinic.registration_id,
        tag=tag,
        subject=SESSION,
        actor=clinic.pharmacist,
        occurred_at=clinic.clock.now(),
    )


def _draw(clinic: Clinic, db: Session, container_id: str, amount_ug: int) -> Appended:
    posting = move(
        [Portion(container_id, amount_ug, VIAL_UG)],
        out_of=accounts.stock(clinic.vault),
        into=accounts.drawn(SESSION),
    )
    return post(db, posting, event=_event(clinic), clock=clinic.clock)


def _shelf_ug(clinic: Clinic) -> int:
    with clinic.database.reading() as db:
        account = accounts.stock(clinic.vault)
        return balances.balance_ug(db, clinic.registration_id, account)


def test_entries_carry_the_balance_before_and_after_and_count_versions(
    clinic: Clinic,
) -> None:
    vial = put_on_shelf(clinic, vials=1)[0]
    with clinic.database.transaction() as db:
        _draw(clinic, db, vial, 50_000)
        _draw(clinic, db, vial, 35_650)
    with clinic.database.reading() as db:
        shelf = db.execute(
            select(Entry.previous_ug, Entry.amount_ug, Entry.balance_ug, Entry.version)
            .where(Entry.kind == "stock")
            .order_by(Entry.position)
        ).all()
    assert [tuple(row) for row in shelf] == [
        (0, 500_000, 500_000, 1),
        (500_000, -50_000, 450_000, 2),
        (450_000, -35_650, 414_350, 3),
    ]


def test_sinks_keep_no_running_balance(clinic: Clinic) -> None:
    put_on_shelf(clinic, vials=1)
    with clinic.database.reading() as db:
        source = db.scalars(select(Entry).where(Entry.kind == "opening")).one()
    assert (source.previous_ug, source.balance_ug, source.version) == (None,) * 3


def test_drawing_more_than_a_vial_holds_is_refused_and_nothing_moves(
    clinic: Clinic,
) -> None:
    vial = put_on_shelf(clinic, vials=2)[0]
    with pytest.raises(InventoryError) as refused, clinic.database.transaction() as db:
        _draw(clinic, db, vial, VIAL_UG + 1)
    assert refused.value.code is ErrorCode.INSUFFICIENT_BALANCE
    assert refused.value.data["available_ug"] == VIAL_UG
    assert _shelf_ug(clinic) == 2 * VIAL_UG


def test_drawing_from_where_the_vial_never_was_is_refused(clinic: Clinic) -> None:
    vial = put_on_shelf(clinic, vials=1)[0]
    posting = move(
        [Portion(vial, 1000, VIAL_UG)],
        out_of=accounts.stock(clinic.procedure_room),
        into=accounts.drawn(SESSION),
    )
    with pytest.raises(InventoryError) as refused, clinic.database.transaction() as db:
        post(db, posting, event=_event(clinic), clock=clinic.clock)
    assert refused.value.code is ErrorCode.INSUFFICIENT_BALANCE
    assert refused.value.data["available_ug"] == 0


def test_a_vial_cannot_hold_more_than_its_label(clinic: Clinic) -> None:
    vial = put_on_shelf(clinic, vials=1)[0]
    posting = move(
        [Portion(vial, 1, VIAL_UG)],
        out_of=accounts.supplier("rcp_again"),
        into=accounts.stock(clinic.vault),
    )
    with pytest.raises(InventoryError) as refused, clinic.database.transaction() as db:
        post(db, posting, event=_event(clinic), clock=clinic.clock)
    assert refused.value.code is ErrorCode.CAPACITY_EXCEEDED


def test_one_leg_too_many_takes_the_whole_posting_back(clinic: Clinic) -> None:
    one, two = put_on_shelf(clinic, vials=2)
    posting = move(
        [Portion(one, 10, VIAL_UG), Portion(two, VIAL_UG + 1, VIAL_UG)],
        out_of=accounts.stock(clinic.vault),
        into=accounts.drawn(SESSION),
    )
    with pytest.raises(InventoryError), clinic.database.transaction() as db:
        post(db, posting, event=_event(clinic), clock=clinic.clock)
    with clinic.database.reading() as db:
        assert book.read_head(db, clinic.registration_id).size == 1
    assert _shelf_ug(clinic) == 2 * VIAL_UG


def test_positions_are_dense_and_time_never_goes_back(clinic: Clinic) -> None:
    vial = put_on_shelf(clinic, vials=1)[0]
    for minutes in (5, -90, 1):
        clinic.clock.advance(timedelta(minutes=minutes))
        with clinic.database.transaction() as db:
            _draw(clinic, db, vial, 1000)
    with clinic.database.reading() as db:
        events = list(book.read(db, clinic.registration_id))
    assert [event.position for event in events] == [1, 2, 3, 4]
    times = [event.recorded_at for event in events]
    assert times == sorted(times)


def test_the_root_of_the_head_is_the_root_over_the_stored_bytes(clinic: Clinic) -> None:
    vial = put_on_shelf(clinic, vials=1)[0]
    with clinic.database.transaction() as db:
        last = [_draw(clinic, db, vial, 1000) for _ in range(5)][-1]
    with clinic.database.reading() as db:
        events = list(book.read(db, clinic.registration_id))
        head = book.read_head(db, clinic.registration_id)
        assert book.root_at(db, clinic.registration_id, 3) == events[2].root
        assert book.root_at(db, clinic.registration_id, 0) == tree.EMPTY_ROOT
    leaves = [tree.leaf_hash(event.body) for event in events]
    assert leaves == [event.leaf_hash for event in events]
    assert tree.root(leaves) == head.root == last.root


def test_the_hashed_bytes_name_the_legs_and_the_people(clinic: Clinic) -> None:
    vial = put_on_shelf(clinic, vials=1)[0]
    with clinic.database.transaction() as db:
        _draw(clinic, db, vial, 50_000)
    with clinic.database.reading() as db:
        body = json.loads(list(book.read(db, clinic.registration_id))[-1].body)
    assert body["actor"]["name"] == "Pat Pharmacist"
    assert body["legs"] == [
        {
            "account": f"drawn:{SESSION}",
            "container": vial,
            "amount_ug": 50_000,
            "previous_ug": 0,
            "balance_ug": 50_000,
            "version": 1,
        },
        {
            "account": f"stock:{clinic.vault}",
            "container": vial,
            "amount_ug": -50_000,
            "previous_ug": 500_000,
            "balance_ug": 450_000,
            "version": 2,
        },
    ]


def test_books_of_two_registrations_do_not_see_each_other(clinic: Clinic) -> None:
    put_on_shelf(clinic, vials=3)
    with clinic.database.reading() as db:
        assert book.read_head(db, clinic.elsewhere_id).size == 0
        assert balances.sums_ug(db, clinic.elsewhere_id, by=[By.KIND]) == {}


def test_sums_can_be_asked_as_known_at_a_position_and_as_of_a_time(
    clinic: Clinic,
) -> None:
    vial = put_on_shelf(clinic, vials=1)[0]
    clinic.clock.advance(timedelta(hours=1))
    with clinic.database.transaction() as db:
        _draw(clinic, db, vial, 50_000)
    with clinic.database.reading() as db:

        def stock_ug(window: Window) -> int:
            sums = balances.sums_ug(
                db, clinic.registration_id, by=[By.KIND], window=window
            )
            return sums[("stock",)]

        assert stock_ug(Window()) == 450_000
        assert stock_ug(Window(known_position=1)) == 500_000
        assert stock_ug(Window(before=clinic.clock.now())) == 500_000
        assert stock_ug(Window(since=clinic.clock.now())) == -50_000


@pytest.mark.parametrize("vials", [1, 40])
def test_the_number_of_statements_does_not_grow_with_the_legs(
    clinic: Clinic, vials: int
) -> None:
    containers = put_on_shelf(clinic, vials=vials)
    posting = move(
        [Portion(container, 1000, VIAL_UG) for container in containers],
        out_of=accounts.stock(clinic.vault),
        into=accounts.drawn(SESSION),
    )
    statements: list[str] = []
    with clinic.database.transaction() as db:
        connection = db.connection()
        sqlalchemy_event.listen(
            connection,
            "before_cursor_execute",
            lambda *args: statements.append(args[2]),
        )
        post(db, posting, event=_event(clinic), clock=clinic.clock)
    assert len(statements) == 5


def test_two_people_on_the_last_of_a_vial_do_not_both_get_it(clinic: Clinic) -> None:
    vial = put_on_shelf(clinic, vials=1)[0]
    gate = threading.Barrier(4)
    outcomes: list[str] = []

    def take() -> None:
        gate.wait()
        try:
            with clinic.database.transaction() as db:
                _draw(clinic, db, vial, VIAL_UG)
            outcomes.append("drawn")
        except InventoryError as error:
            outcomes.append(error.code.value)

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["drawn"] + ["insufficient_balance"] * 3


def test_an_unbalanced_entry_chain_is_refused_by_the_database(clinic: Clinic) -> None:
    put_on_shelf(clinic, vials=1)
    with (
        pytest.raises(DBAPIError, match="chain"),
        clinic.database.transaction() as db,
    ):
        db.connection().exec_driver_sql(
            "INSERT INTO entries SELECT book_id, position, 99, kind, holder_id, "
            "container_id, amount_ug, previous_ug, balance_ug + 1, version, "
            "occurred_at, recorded_at FROM entries WHERE kind = 'stock'"
        )


def test_an_empty_posting_is_a_programming_error() -> None:
    with pytest.raises(AssertionError):
        Posting([])
