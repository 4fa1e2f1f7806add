"""The perpetual ledger prints every entry and carries its balance from page to page."""

import re
import tracemalloc
from itertools import pairwise

import pytest

from reports.ledger_data import PerpetualLedger
from reports.perpetual_ledger import render
from tests.reports import samples

_PAGES_OF_5000 = 220
_ENTRIES_PER_PAGE = 23
_CARRIED = re.compile(r"Carried forward (\S+) (\S+)")
_BROUGHT = re.compile(r"Brought forward (\S+) (\S+)")


@pytest.fixture(scope="module")
def long_ledger() -> list[str]:
    """Pages of a ledger with 5,000 entries."""
    return samples.pages_of(render(samples.ledger(5_000)))


def test_five_thousand_entries_fill_the_pages_they_need(long_ledger: list[str]) -> None:
    assert len(long_ledger) == _PAGES_OF_5000
    assert f"Page 7 of {_PAGES_OF_5000}" in long_ledger[6]


def test_what_is_carried_forward_is_brought_forward(long_ledger: list[str]) -> None:
    # The last page has nothing but what comes after the table.
    for this, following in pairwise(long_ledger[:-1]):
        carried, brought = _CARRIED.search(this), _BROUGHT.search(following)
        assert carried is not None
        assert brought is not None
        assert carried.groups() == brought.groups()


def test_every_entry_is_printed_once_and_in_order(long_ledger: list[str]) -> None:
    text = " ".join(long_ledger)
    positions = [
        int(found) for found in re.findall(r"(\d+) 20\d\d-\d\d-\d\d \d\d:", text)
    ]
    wanted = list(range(101, 5_101))
    assert [position for position in positions if position in set(wanted)] == wanted


def test_the_balance_follows_every_amount() -> None:
    text = " ".join(samples.pages_of(render(samples.ledger(5))))
    for figures in (
        "Opening balance 6000 120",
        "RO 5000 11000 220",
        "RO 50 10950 219",
        "RO 35.65 10950 219",
        "RO DW 14.35 10950 219",
        "RO 5000 15950 319",
        "Totals, closing balance 10000 50 35.65 14.35 15950 319",
    ):
        assert figures in text


def test_lines_that_add_up_are_said_to_agree_with_the_books() -> None:
    text = " ".join(samples.pages_of(render(samples.ledger(5))))
    assert (
        "These 5 lines add up to what the books hold 15950 mg (319 mL) on the shelf, "
        "0 mg (0 mL) drawn in open sessions."
    ) in text


def test_what_is_still_drawn_at_the_end_is_told_beside_the_shelf() -> None:
    text = " ".join(samples.pages_of(render(samples.ledger(3))))
    assert "10950 mg (219 mL) on the shelf, 14.35 mg (0.287 mL) drawn" in text


@pytest.mark.parametrize(
    ("ledger", "held"),
    [
        (samples.ledger(5, shelf_off_by_ug=1), "15950.001 mg (319.00002 mL) on the"),
        (samples.ledger(5, drawn_off_by_ug=1), "shelf, 0.001 mg (0.00002 mL) drawn"),
    ],
    ids=["on the shelf", "drawn"],
)
def test_a_balance_that_differs_by_a_microgram_is_said_aloud(
    ledger: PerpetualLedger, held: str
) -> None:
    text = " ".join(samples.pages_of(render(ledger)))
    assert "DOES NOT ADD UP" in text
    assert "The lines add up to 15950 mg (319 mL) on the shelf, 0 mg" in text
    assert held in text.partition("The books hold")[2]


def test_initials_lead_to_printed_names() -> None:
    text = " ".join(samples.pages_of(render(samples.ledger(60))))
    assert "Initials Printed name DW Dana Whitfield RO Ruth Okafor" in text


def test_a_late_entry_shows_when_it_was_recorded() -> None:
    text = " ".join(samples.pages_of(render(samples.ledger(21))))
    assert "LATE: recorded 2026-09-01 14:41" in text


def test_an_empty_period_still_shows_its_balances() -> None:
    pages = samples.pages_of(render(samples.ledger(0)))
    assert "Opening balance 6000 120" in pages[0]
    assert "Totals, closing balance 0 0 0 0 6000 120" in pages[0]


def _peak_bytes(count: int) -> int:
    """The most memory that printing so many entries needs at once."""
    tracemalloc.start()
    render(samples.ledger(count))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def test_a_further_page_costs_the_memory_of_its_printed_bytes() -> None:
    _peak_bytes(1)  # fonts are read once
    added_pages = (600 - 140) // _ENTRIES_PER_PAGE
    assert (_peak_bytes(600) - _peak_bytes(140)) / added_pages < 60_000
