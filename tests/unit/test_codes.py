"""Codes are read as printed or refused; vectors: labels, 21 CFR 207.33, GS1, DEA."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.kernel.codes import (
    NDC10_LAYOUTS,
    DeaNumber,
    Ndc,
    Scan,
    gtin_check_digit,
    parse_dea_number,
    parse_gtin14,
    parse_ndc,
    parse_scan,
)
from inventory.kernel.errors import ErrorCode, InventoryError

GTIN = "00342023113108"
KETALAR = Scan(gtin14=GTIN, lot="ABC123", expires_on=date(2028, 12, 31), serial="XYZ")


@pytest.mark.parametrize(
    ("text", "layout", "ndc11", "ndc12"),
    [
        ("0409-2051-05", "4-4-2", "00409-2051-05", "000409-2051-05"),
        ("42023-113-10", "5-3-2", "42023-0113-10", "042023-0113-10"),
        ("71872-7296-1", "5-4-1", "71872-7296-01", "071872-7296-01"),
        ("42023-0113-10", "5-4-2", "42023-0113-10", "042023-0113-10"),
        ("042023-0113-10", "6-4-2", "42023-0113-10", "042023-0113-10"),
        ("142023-0113-10", "6-4-2", None, "142023-0113-10"),
    ],
)
def test_an_ndc_keeps_its_layout_and_is_padded_for_others(
    text: str, layout: str, ndc11: str | None, ndc12: str
) -> None:
    ndc = parse_ndc(text, field="ndc")
    assert ndc.printed == text
    assert (ndc.layout, ndc.ndc11, ndc.ndc12) == (layout, ndc11, ndc12)


@pytest.mark.parametrize(
    ("bare", "printed"),
    [("00409205105", "00409-2051-05"), ("042023011310", "042023-0113-10")],
)
def test_bare_digits_that_fit_one_layout_are_read(bare: str, printed: str) -> None:
    assert parse_ndc(bare, field="ndc").printed == printed


def test_ten_bare_digits_are_ambiguous() -> None:
    with pytest.raises(InventoryError, match="hyphens") as caught:
        parse_ndc("4202311310", field="ndc")
    assert caught.value.code is ErrorCode.AMBIGUOUS_CODE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0409",
        "409-2051-05",
        "42023-113-1",
        "42023-113-10 ",
        "42023--113-10",
        "4202A-113-10",
        "\uff142023-113-10",
        "123456789",
        "1234567890123",
    ],
)
def test_any_other_ndc_is_refused(text: str) -> None:
    with pytest.raises(InventoryError, match="0409-2051-05") as caught:
        parse_ndc(text, field="ndc")
    assert caught.value.code is ErrorCode.INVALID_CODE


@given(st.from_regex(r"[0-9]{10}", fullmatch=True), st.sampled_from(NDC10_LAYOUTS))
def test_a_round_trip_over_11_digits_is_lossless_with_the_layout(
    digits: str, layout: str
) -> None:
    labeler, product, _ = map(int, layout.split("-"))
    ndc = Ndc(digits[:labeler], digits[labeler:][:product], digits[labeler + product :])
    assert ndc.ndc11 is not None
    assert parse_ndc(ndc.ndc11, field="ndc").in_layout(layout, field="ndc") == ndc


@pytest.mark.parametrize("layout", ["4-4-2", "5-4-1", "6-3-2", "", "all"])
def test_a_layout_that_has_no_room_or_is_unknown_is_refused(layout: str) -> None:
    with pytest.raises(InventoryError, match="layout"):
        parse_ndc("42023-0113-10", field="ndc").in_layout(layout, field="layout")


@pytest.mark.parametrize(
    ("ndc", "indicator", "gtin14"),
    [
        ("42023-113-10", 0, "00342023113108"),
        ("42023-113-10", 1, "10342023113105"),
        ("0409-2051-15", 0, "00304092051156"),
        ("50458-028-00", 0, "00350458028003"),
        ("33342-053-28", 0, "00333342053282"),
    ],
)
def test_a_gtin_is_made_from_an_ndc(ndc: str, indicator: int, gtin14: str) -> None:
    assert parse_ndc(ndc, field="ndc").gtin14(indicator) == gtin14


def test_only_a_ten_digit_ndc_has_a_gtin() -> None:
    with pytest.raises(InventoryError, match="10 digits"):
        parse_ndc("042023-0113-10", field="ndc").gtin14()


def test_an_indicator_is_0_to_8() -> None:
    with pytest.raises(ValueError, match="0 to 8"):
        parse_ndc("42023-113-10", field="ndc").gtin14(9)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GTIN, GTIN),
        ("342023113108", GTIN),
        ("0342023113108", GTIN),
        ("96385074", "00000096385074"),
    ],
)
def test_a_gtin_of_any_length_is_padded_to_14(text: str, expected: str) -> None:
    assert parse_gtin14(text, field="gtin") == expected


def test_a_wrong_check_digit_names_the_right_one() -> None:
    with pytest.raises(InventoryError, match="should be 8") as caught:
        parse_gtin14("00342023113107", field="gtin")
    assert caught.value.data == {"expected_digit": 8}


@pytest.mark.parametrize(
    "text", ["", "1234567", "123456789", "0034202311310x", "٣" * 8]
)
def test_any_other_gtin_is_refused(text: str) -> None:
    with pytest.raises(InventoryError, match="8, 12, 13 or 14 digits"):
        parse_gtin14(text, field="gtin")


@given(st.from_regex(r"[0-9]{13}", fullmatch=True), st.data())
def test_one_wrong_digit_is_always_found(payload: str, data: st.DataObject) -> None:
    good = f"{payload}{gtin_check_digit(payload)}"
    place = data.draw(st.integers(0, 13))
    wrong = data.draw(st.sampled_from("0123456789").filter(lambda d: d != good[place]))
    with pytest.raises(InventoryError, match="should be"):
        parse_gtin14(good[:place] + wrong + good[place + 1 :], field="gtin")


@pytest.mark.parametrize("prefix", ["", "]d2", "]C1", "]Q3", "]e0", "]d2\x1d", "\x1d"])
@pytest.mark.parametrize(
    "content",
    [
        "01003420231131081728123110ABC123\x1d21XYZ",
        "21XYZ\x1d10ABC123\x1d17281231" + "01" + GTIN,
        "10ABC123\x1d01" + GTIN + "\x1d1728123121XYZ\x1d",
        "01" + GTIN + "1728120010ABC123\x1d21XYZ\x1d715042023011310",
    ],
)
def test_a_scan_is_read_in_any_order(prefix: str, content: str) -> None:
    assert parse_scan(prefix + content, field="scan") == KETALAR


def test_the_text_below_the_code_is_read_too() -> None:
    printed = f"(01){GTIN}(17)281231(10)ABC123(21)XYZ"
    assert parse_scan(printed, field="scan") == KETALAR


def test_day_00_is_the_end_of_the_month() -> None:
    assert parse_scan("]d217280200", field="scan").expires_on == date(2028, 2, 29)


@pytest.mark.parametrize(
    "text", [GTIN, "342023113108", "]E00342023113108", f"]I1{GTIN}"]
)
def test_a_plain_bar_code_gives_only_a_gtin(text: str) -> None:
    assert parse_scan(text, field="scan") == Scan(gtin14=GTIN)


def test_the_indicator_tells_a_pack_from_a_unit() -> None:
    assert parse_scan(GTIN, field="scan").indicator == 0
    assert parse_scan("0110342023113105", field="scan").indicator == 1
    assert parse_scan("10ABC123", field="scan").indicator is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("\x1d", "empty"),
        ("hello", "not a GS1 field"),
        ("01" + GTIN + "zz", "not a GS1 field"),
        ("01" + GTIN + "\x1d\x1d10A", "not a GS1 field"),
        ("01" + GTIN + " ", "not a GS1 field"),
        ("]d201003420", "not a GS1 field"),
        ("]d217281331", "not a GS1 field"),
        ("]d217280230", "not a GS1 field"),
        ("10", "not a GS1 field"),
        ("0100342023113107", "should be 8"),
        ("0200342023113107", "check digit in \\(02\\)"),
        ("10A\x1d10A", "comes twice"),
        ("10" + "A" * 20 + "21XYZ", "does not end"),
        ("(01)" + GTIN + "(10)A(B)C", "brackets"),
        ("(01)" + GTIN + " (10)A", "not a GS1 field"),
        ("(0100)342023113108", "not a GS1 identifier"),
        ("]A0123", "type of bar code"),
        ("]", "type of bar code"),
        ("10" + "é", "Scan it again"),
        ("10A\x1d" * 200, "Scan it again"),
    ],
)
def test_a_scan_that_gs1_does_not_allow_is_refused(text: str, says: str) -> None:
    with pytest.raises(InventoryError, match=says) as caught:
        parse_scan(text, field="scan")
    assert (caught.value.code, caught.value.field) == (ErrorCode.INVALID_CODE, "scan")


PIECES = st.sampled_from(["01", GTIN, "17281231", "10", "21", "715", "(", ")", "\x1d"])


@given(st.lists(PIECES | st.text(max_size=5)).map("".join))
def test_any_text_is_either_read_or_refused(text: str) -> None:
    with suppress(InventoryError):
        gtin14 = parse_scan(text, field="scan").gtin14
        assert gtin14 is None or gtin_check_digit(gtin14[:-1]) == int(gtin14[-1])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("AP5836727", "AP5836727"),
        ("BB1388568", "BB1388568"),
        ("F91234563", "F91234563"),
        (" ap 5836727 ", "AP5836727"),
        ("f91234563-001ab", "F91234563-001AB"),
    ],
)
def test_a_dea_number_is_normalised(text: str, expected: str) -> None:
    assert str(parse_dea_number(text, field="dea")) == expected


def test_the_suffix_of_an_institution_stands_apart() -> None:
    number = parse_dea_number("F91234563-001AB", field="dea")
    assert number == DeaNumber("F91234563", "001AB")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "AB1234567",
        "IB1388568",
        "9B1388568",
        "B81388568",
        "BB138856",
        "BB13885680",
        "BB1388568-",
        "BB1388568-é",
        "BB1388568001AB",
        "BB138856\uff18",
    ],
)
def test_any_other_dea_number_is_refused(text: str) -> None:
    with pytest.raises(InventoryError) as caught:
        parse_dea_number(text, field="dea")
    assert caught.value.code is ErrorCode.INVALID_CODE
