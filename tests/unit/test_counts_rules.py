"""What a counter may write down, and how it is compared with the books."""

from datetime import date

import pytest

from inventory.counts.comparison import Line, OnTheBooks, compare
from inventory.counts.rules import (
    CONTAINERS_MAX,
    Counted,
    InUseCounted,
    InUseLine,
    KnownContainer,
    KnownLot,
    Method,
    SealedCounted,
    SealedLine,
    read_figures,
    require_complete,
    require_own_open_count,
    require_plausible_length,
)
from inventory.kernel.errors import ErrorCode
from inventory.kernel.quantities import Form, Strength
from tests.refusals import refused

VIAL_UG = 500_000


def _lot(lot_id: str) -> KnownLot:
    return KnownLot(
        id=lot_id,
        product_name="Ketamine 50 mg/mL, 10 mL",
        ndc="42023-114-10",
        lot=lot_id.upper(),
        expires_on=date(2028, 1, 31),
        strength=Strength(Form.SOLUTION, 50_000),
        nominal_ug=VIAL_UG,
    )


A, B = _lot("a"), _lot("b")
LOTS = {lot.id: lot for lot in (A, B)}
CONTAINERS = {
    number: KnownContainer(id=f"ctr_{number}", number=number, lot=lot)
    for number, lot in ((1, A), (2, A), (3, A), (9, B))
}


def _read(*lines: SealedLine | InUseLine) -> Counted:
    return read_figures(
        [line for line in lines if isinstance(line, SealedLine)],
        [line for line in lines if isinstance(line, InUseLine)],
        lots=LOTS,
        containers=CONTAINERS,
    )


@pytest.mark.parametrize(
    ("volume", "amount_ug"),
    [("0 mL", 0), ("9.287 mL", 464_350), ("11.5 mL", 575_000), ("35.65 mg", 35_650)],
)
def test_a_volume_is_read_exactly(volume: str, amount_ug: int) -> None:
    [found] = _read(InUseLine(number=1, volume=volume)).in_use
    assert (found.found, found.amount_ug) == (True, amount_ug)


def test_no_volume_says_that_the_container_was_not_found() -> None:
    [found] = _read(InUseLine(number=1, volume=None)).in_use
    assert (found.found, found.amount_ug) == (False, 0)


@pytest.mark.parametrize(
    ("lines", "code", "field"),
    [
        ([SealedLine(lot_id="z", containers=1)], "not_found", "sealed.0.lot_id"),
        ([SealedLine(lot_id="a")], "invalid_field", "sealed.0.containers"),
        (
            [SealedLine(lot_id="a", containers=-1)],
            "invalid_field",
            "sealed.0.containers",
        ),
        (
            [SealedLine(lot_id="a", containers=CONTAINERS_MAX + 1)],
            "invalid_field",
            "sealed.0.containers",
        ),
        (
            [SealedLine(lot_id="a", containers=2, numbers=(1, 2))],
            "invalid_field",
            "sealed.0.containers",
        ),
        (
            [SealedLine(lot_id="a", containers=1)] * 2,
            "invalid_field",
            "sealed.1.lot_id",
        ),
        (
            [SealedLine(lot_id="a", numbers=(1, 77))],
            "not_found",
            "sealed.0.numbers.1",
        ),
        (
            [SealedLine(lot_id="a", numbers=(1, 9))],
            "invalid_field",
            "sealed.0.numbers.1",
        ),
        (
            [SealedLine(lot_id="a", numbers=(1, 2, 1))],
            "invalid_field",
            "sealed.0.numbers.2",
        ),
        (
            [SealedLine(lot_id="a", numbers=(1,)), InUseLine(number=1, volume="1 mL")],
            "invalid_field",
            "in_use.0.number",
        ),
        ([InUseLine(number=77, volume="1 mL")], "not_found", "in_use.0.number"),
        ([InUseLine(number=1, volume="1")], "invalid_amount", "in_use.0.volume"),
        ([InUseLine(number=1, volume="-1 mL")], "invalid_amount", "in_use.0.volume"),
        (
            [InUseLine(number=1, volume="0.000001 mL")],
            "inexact_amount",
            "in_use.0.volume",
        ),
        (
            [InUseLine(number=1, volume="11.500020 mL")],
            "capacity_exceeded",
            "in_use.0.volume",
        ),
    ],
)
def test_what_cannot_be_so_is_refused_by_its_field(
    lines: list[SealedLine | InUseLine], code: str, field: str
) -> None:
    with refused(ErrorCode(code), field):
        _read(*lines)


def test_a_count_longer_than_any_place_is_refused() -> None:
    numbers = tuple(range(1, CONTAINERS_MAX))
    line = SealedLine(lot_id="a", numbers=numbers)
    require_plausible_length([line], [])
    with refused(ErrorCode.INVALID_FIELD, "sealed"):
        require_plausible_length([line], [InUseLine(number=1, volume="1 mL")])


def test_zero_of_everything_is_a_complete_count() -> None:
    counted = _read(
        SealedLine(lot_id="a", containers=0),
        SealedLine(lot_id="b", numbers=()),
        InUseLine(number=1, volume="0 mL"),
    )
    require_complete(counted, lots=[A, B], in_use=[CONTAINERS[1]])


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        ([InUseLine(number=1, volume="1 mL")], "sealed"),
        ([SealedLine(lot_id="a", containers=1)], "in_use"),
    ],
)
def test_a_count_that_leaves_something_out_is_incomplete(
    lines: list[SealedLine | InUseLine], field: str
) -> None:
    with refused(ErrorCode.COUNT_INCOMPLETE, field):
        require_complete(_read(*lines), lots=[A], in_use=[CONTAINERS[1]])


def test_a_lot_found_besides_does_not_stand_in_for_one_left_out() -> None:
    counted = _read(SealedLine(lot_id="b", containers=1))
    with refused(ErrorCode.COUNT_INCOMPLETE, "sealed"):
        require_complete(counted, lots=[A], in_use=[])


def test_who_started_is_asked_before_whether_it_is_open() -> None:
    with refused(ErrorCode.NOT_PERMITTED):
        require_own_open_count(state="committed", counted_by="a", actor_id="b")
    with refused(ErrorCode.COUNT_NOT_OPEN):
        require_own_open_count(state="committed", counted_by="a", actor_id="a")
    require_own_open_count(state="open", counted_by="a", actor_id="a")


BOOKS = OnTheBooks(sealed={"a": {2: VIAL_UG, 3: VIAL_UG}}, in_use={"ctr_1": 464_350})


def _sealed(containers: int, *scanned: int) -> Counted:
    found = SealedCounted(
        lot=A,
        method=Method.SCAN if scanned else Method.NUMBER,
        containers=containers,
        scanned=tuple(CONTAINERS[number] for number in scanned),
    )
    return Counted(sealed=(found,), in_use=())


@pytest.mark.parametrize(
    ("counted", "variances", "missing"),
    [
        (_sealed(2), [(0, 0)], [()]),
        (_sealed(0), [(-2, -2 * VIAL_UG)], [()]),
        (_sealed(3), [(1, VIAL_UG)], [()]),
        (_sealed(2, 2, 3), [(0, 0)], [()]),
        (_sealed(1, 3), [(-1, -VIAL_UG)], [(2,)]),
        (_sealed(2, 1, 3), [(-1, -VIAL_UG), (1, VIAL_UG)], [(2,), ()]),
    ],
)
def test_variance_is_counted_minus_expected_line_by_line(
    counted: Counted,
    variances: list[tuple[int, int]],
    missing: list[tuple[int, ...]],
) -> None:
    lines = compare(counted, BOOKS)
    found = [(line.variance_containers, line.variance_ug) for line in lines]
    assert found == variances
    assert [line.missing_numbers for line in lines] == missing


@pytest.mark.parametrize(
    ("number", "found", "amount_ug", "variance"),
    [
        (1, True, 464_350, (0, 0)),
        (1, True, 0, (0, -464_350)),
        (1, False, 0, (-1, -464_350)),
        (2, True, 400_000, (1, 400_000)),
    ],
)
def test_a_numbered_container_is_a_line_of_its_own(
    number: int,
    found: bool,  # noqa: FBT001 - a column of the table
    amount_ug: int,
    variance: tuple[int, int],
) -> None:
    reading = InUseCounted(
        container=CONTAINERS[number], found=found, amount_ug=amount_ug
    )
    [line] = compare(Counted(sealed=(), in_use=(reading,)), BOOKS)
    assert isinstance(line, Line)
    assert line.container_id == f"ctr_{number}"
    assert (line.variance_containers, line.variance_ug) == variance
