"""What a supervised session allows, as tables."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from inventory.kernel.actors import Actor, Role
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.kernel.quantities import Form, Strength
from inventory.ledger.postings import Portion
from inventory.sessions import rules
from inventory.sessions.rules import OnShelf, Opened, State

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
TODAY = date(2026, 11, 2)
SESSION = Opened(closed=False, opened_at=NOON, product_id=None)
VIAL = OnShelf(
    number=12,
    product_id="prd_50",
    strength=Strength(Form.SOLUTION, 50_000),
    expires_on=date(2028, 1, 31),
    state=State.IN_USE,
    balance_ug=500_000,
    nominal_ug=500_000,
    ready_at=NOON,
)
SEALED_VIAL = replace(VIAL, state=State.SEALED)
RETIRED_VIAL = replace(VIAL, state=State.RETIRED, balance_ug=0)
EXPIRED_VIAL = replace(VIAL, expires_on=date(2026, 11, 1))
DEVICE = replace(
    VIAL,
    product_id="prd_device",
    strength=Strength(Form.DEVICE, 28_000),
    state=State.SEALED,
    balance_ug=28_000,
    nominal_ug=28_000,
)
Lines = Sequence[tuple[OnShelf, str]]


def _draw(
    lines: Lines, session: Opened = SESSION, claimed: datetime | None = None
) -> list[int]:
    return rules.check_draw(session, lines, claimed=claimed, day=TODAY)


@pytest.mark.parametrize(
    ("lines", "expected_ug"),
    [
        ([(VIAL, "1 mL")], [50_000]),
        ([(VIAL, "500 mg")], [500_000]),
        ([(VIAL, "0.713 mL"), (VIAL, "35.65 mg")], [35_650, 35_650]),
        ([(DEVICE, "1 device")], [28_000]),
        ([(DEVICE, "28 mg"), (DEVICE, "1 device")], [28_000, 28_000]),
        # The day printed on the label is the last day of use.
        ([(replace(VIAL, expires_on=TODAY), "1 mL")], [50_000]),
    ],
)
def test_a_draw_takes_the_amounts_as_written(
    lines: Lines, expected_ug: list[int]
) -> None:
    assert _draw(lines) == expected_ug


@pytest.mark.parametrize(
    ("lines", "code", "field"),
    [
        ([(VIAL, "a drop")], "invalid_amount", "lines.0.amount"),
        ([(VIAL, "1 device")], "invalid_amount", "lines.0.amount"),
        ([(VIAL, "1 mL"), (VIAL, "0 mL")], "amount_not_positive", "lines.1.amount"),
        ([(VIAL, "0.00001 mL")], "inexact_amount", "lines.0.amount"),
        ([(DEVICE, "2 devices")], "invalid_amount", "lines.0.amount"),
        ([(DEVICE, "14 mg")], "inexact_amount", "lines.0.amount"),
        ([(EXPIRED_VIAL, "1 mL")], "lot_expired", "lines.0.container_id"),
        ([(SEALED_VIAL, "1 mL")], "container_sealed", "lines.0.container_id"),
        ([(RETIRED_VIAL, "1 mL")], "container_retired", "lines.0.container_id"),
        (
            [(replace(DEVICE, state=State.RETIRED), "1 device")],
            "container_retired",
            "lines.0.container_id",
        ),
        (
            [(VIAL, "1 mL"), (DEVICE, "1 device")],
            "product_differs",
            "lines.1.container_id",
        ),
        ([(VIAL, "500.001 mg")], "insufficient_balance", "lines.0.amount"),
        (
            [(VIAL, "1 mL"), (replace(VIAL, balance_ug=49_999), "1 mL")],
            "insufficient_balance",
            "lines.1.amount",
        ),
        # Several faults at once: the first in the order of ErrorCode is answered.
        ([(EXPIRED_VIAL, "1 mL"), (VIAL, "0 mL")], "amount_not_positive", None),
        ([(SEALED_VIAL, "1 mL"), (EXPIRED_VIAL, "1 mL")], "lot_expired", None),
        ([(DEVICE, "1 device"), (SEALED_VIAL, "1 mL")], "container_sealed", None),
    ],
)
def test_a_draw_is_refused(lines: Lines, code: str, field: str | None) -> None:
    with pytest.raises(InventoryError) as refused:
        _draw(lines)
    assert refused.value.code.value == code
    assert field in (None, refused.value.field)


def test_a_refused_draw_says_what_is_left() -> None:
    with pytest.raises(InventoryError, match=r"have 10 mL left in container 12") as no:
        _draw([(VIAL, "10.5 mL")])
    assert no.value.data == {"asked_ug": 525_000, "available_ug": 500_000}


def test_a_later_draw_takes_the_product_of_the_earlier_ones() -> None:
    session = replace(SESSION, product_id="prd_50")
    assert _draw([(VIAL, "1 mL")], session) == [50_000]
    with pytest.raises(InventoryError) as refused:
        _draw([(DEVICE, "1 device")], session)
    assert refused.value.code is ErrorCode.PRODUCT_DIFFERS


def test_a_closed_session_draws_nothing() -> None:
    with pytest.raises(InventoryError) as refused:
        _draw([(VIAL, "1 mL")], replace(SESSION, closed=True))
    assert refused.value.code is ErrorCode.SESSION_CLOSED


@pytest.mark.parametrize(
    ("session", "vial", "what"),
    [
        (SESSION, replace(VIAL, ready_at=NOON - timedelta(hours=1)), "session"),
        (replace(SESSION, opened_at=NOON - timedelta(hours=1)), VIAL, "container 12"),
    ],
)
def test_a_draw_is_not_before_its_session_and_its_vial_were_opened(
    session: Opened, vial: OnShelf, what: str
) -> None:
    assert _draw([(vial, "1 mL")], session, claimed=NOON) == [50_000]
    with pytest.raises(InventoryError, match=what) as refused:
        _draw([(vial, "1 mL")], session, claimed=NOON - timedelta(seconds=1))
    assert refused.value.code is ErrorCode.TIME_TOO_OLD


@pytest.mark.parametrize(
    ("container_ids", "field"),
    [
        ([], "lines"),
        (["ctr_a", "ctr_a"], "lines.1.container_id"),
        (["ctr_a", "ctr_b", "ctr_a"], "lines.2.container_id"),
    ],
)
def test_a_draw_names_each_container_once(container_ids: list[str], field: str) -> None:
    with pytest.raises(InventoryError) as refused:
        rules.refuse_repeats(container_ids)
    assert (refused.value.code, refused.value.field) == (
        ErrorCode.INVALID_FIELD,
        field,
    )


def test_different_containers_may_stand_in_one_draw() -> None:
    rules.refuse_repeats(["ctr_a", "ctr_b"])


def test_a_sealed_vial_of_a_current_lot_may_be_opened() -> None:
    rules.check_opening(SEALED_VIAL, day=TODAY)


@pytest.mark.parametrize(
    ("container", "code"),
    [
        (DEVICE, ErrorCode.INVALID_FIELD),
        (replace(SEALED_VIAL, expires_on=date(2026, 11, 1)), ErrorCode.LOT_EXPIRED),
        (VIAL, ErrorCode.CONTAINER_NOT_SEALED),
        (RETIRED_VIAL, ErrorCode.CONTAINER_RETIRED),
    ],
)
def test_nothing_else_may_be_opened(container: OnShelf, code: ErrorCode) -> None:
    with pytest.raises(InventoryError) as refused:
        rules.check_opening(container, day=TODAY)
    assert refused.value.code is code


def test_a_vial_in_use_with_nothing_left_may_be_retired() -> None:
    rules.check_retirement(replace(VIAL, balance_ug=0))


@pytest.mark.parametrize(
    ("container", "code"),
    [
        (SEALED_VIAL, ErrorCode.CONTAINER_SEALED),
        (DEVICE, ErrorCode.CONTAINER_SEALED),
        (RETIRED_VIAL, ErrorCode.CONTAINER_RETIRED),
        (replace(VIAL, balance_ug=1), ErrorCode.CONTAINER_NOT_EMPTY),
    ],
)
def test_nothing_else_may_be_retired(container: OnShelf, code: ErrorCode) -> None:
    with pytest.raises(InventoryError) as refused:
        rules.check_retirement(container)
    assert refused.value.code is code


def test_a_session_closes_at_zero() -> None:
    rules.check_closing(SESSION, 0)


@pytest.mark.parametrize(
    ("session", "drawn_ug", "code"),
    [
        (SESSION, 1, ErrorCode.SESSION_NOT_AT_ZERO),
        (replace(SESSION, closed=True), 0, ErrorCode.SESSION_CLOSED),
    ],
)
def test_a_session_does_not_close_otherwise(
    session: Opened, drawn_ug: int, code: ErrorCode
) -> None:
    with pytest.raises(InventoryError) as refused:
        rules.check_closing(session, drawn_ug)
    assert refused.value.code is code


def test_a_session_that_cannot_close_says_what_remains() -> None:
    with pytest.raises(InventoryError, match=r"14\.35 mg is drawn") as refused:
        rules.check_closing(SESSION, 14_350)
    assert refused.value.data == {"remaining_ug": 14_350}


def test_nothing_is_given_of_nothing() -> None:
    rules.require_something_drawn([Portion("ctr_a", 1, 500_000)])
    with pytest.raises(InventoryError) as refused:
        rules.require_something_drawn([])
    assert refused.value.code is ErrorCode.INSUFFICIENT_BALANCE


def _person(role: Role, registration_id: str) -> Actor:
    roles = {registration_id: frozenset({role})}
    return Actor(id="per_1", name="Cleo", initials="CC", roles=roles)


def test_a_clinician_of_the_site_may_supervise() -> None:
    clinician = _person(Role.CLINICIAN, "reg_here")
    assert rules.require_clinician(clinician, "reg_here") is clinician


@pytest.mark.parametrize(
    "person",
    [
        None,
        _person(Role.PHARMACIST, "reg_here"),
        _person(Role.CLINICIAN, "reg_elsewhere"),
    ],
)
def test_nobody_else_may_supervise(person: Actor | None) -> None:
    with pytest.raises(InventoryError) as refused:
        rules.require_clinician(person, "reg_here")
    assert refused.value.code is ErrorCode.INVALID_FIELD
    assert refused.value.field == "clinician_id"


@pytest.mark.parametrize(
    ("amount_ug", "weight_g", "expected"),
    [
        (35_650, 71_300, "0.5 mg/kg"),
        (142_600, 71_300, "2 mg/kg"),
        (71_300_000, 71_300, "1000 mg/kg"),
        (35_000, 71_300, "≈0.491 mg/kg"),
        (28_000, 70_000, "0.4 mg/kg"),
        (1, 3_000, "≈0.000 mg/kg"),
        (2, 3_000, "≈0.001 mg/kg"),
        (99_999_999, 100_000_000, "≈1.000 mg/kg"),
    ],
)
def test_a_dose_is_shown_per_body_weight(
    amount_ug: int, weight_g: int, expected: str
) -> None:
    assert rules.format_mg_per_kg(amount_ug, weight_g) == expected
