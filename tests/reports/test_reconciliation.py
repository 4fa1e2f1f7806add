"""The reconciliation report says what is missing, in every measure, and adds up."""

from dataclasses import replace

import pytest

from inventory.kernel.quantities import Form, Strength
from inventory.reconciliation.figures import CountLineFigures
from inventory.reconciliation.rules import ZERO, Quantity, Term
from reports.blocks import Finding
from reports.equation import WORDS
from reports.findings import finding, signed
from reports.layout import Paper
from reports.reconciliation import Reconciliation, render
from reports.reconciliation_verdict import verdict
from tests.reports import samples
from tests.reports.samples import shelf, vials


def _text(report: Reconciliation) -> str:
    return " ".join(samples.pages_of(render(report)))


def test_a_missing_vial_is_named_in_containers_volume_and_mass() -> None:
    first_page = samples.pages_of(render(samples.short_of_a_vial()))[0]
    assert "SHORT: 1 container missing" in first_page
    assert (
        "-1 container, -10 mL, -500 mg of Ketamine 50 mg/mL, 10 mL vial, lot A1234, "
        "container 31, Main safe: discrepancy D-0001, open."
    ) in first_page


def test_stock_that_agrees_is_said_to_agree_in_one_sentence() -> None:
    text = _text(samples.report(samples.figures(samples.esketamine())))
    assert "All counted stock agrees with the books" in text
    assert "SHORT" not in text
    assert "Open discrepancies None is open." in text


def test_the_first_page_states_facility_period_zone_and_as_of() -> None:
    first_page = samples.pages_of(render(samples.short_of_a_vial()))[0]
    for words in (
        "Harbour Ketamine Clinic, infusion clinic",
        "FH1234563",
        "12 Harbour Street, Brooklyn, NY 11201",
        "2026-09-01 00:00 to 2026-11-30 24:00 America/New_York",
        "2026-12-01 00:00 (2026-12-01T05:00:00.000000Z)",
        "entries 1 to 1482 of the books",
    ):
        assert words in first_page


@pytest.mark.parametrize("paper", list(Paper))
def test_every_page_is_headed_and_footed(paper: Paper) -> None:
    pages = samples.pages_of(render(samples.short_of_a_vial(), paper=paper))
    assert len(pages) > 1
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in page
        assert "Harbour Ketamine Clinic · DEA FH1234563" in page
        assert "Book position 1482 · tree root 3f9a1c07d2b84e65…" in page
        assert "Generated 2026-12-01T14:03:11.000000Z by Ruth Okafor" in page
        assert "Countersign 0.1.0" in page


def test_the_full_root_is_printed_once() -> None:
    assert _text(samples.short_of_a_vial()).count(samples.ROOT) == 1


def test_the_equation_is_printed_in_mass_volume_and_containers() -> None:
    text = _text(samples.short_of_a_vial())
    for line in (
        "On the books at opening 6000 120 12",
        "Administered -19485 -389.7",
        "Wasted before a witness -2375 -47.5",
        "Expected on the books 8140 162.8 17",
        "of which drawn in open sessions -40 -0.8",
        "Expected on the shelf 8100 162 17",
        "Counted on the shelf 7600 152 16",
        "Variance -500 -10 -1 SHORT",
    ):
        assert line in text


def test_every_term_of_the_equation_has_its_words() -> None:
    assert set(WORDS) == set(Term)


def test_a_device_is_its_own_container_and_is_not_counted_twice() -> None:
    text = _text(samples.report(samples.figures(samples.esketamine())))
    assert "Administered -1148 -41" in text
    assert "Emptied" not in text


def test_a_lot_that_is_used_up_is_left_out() -> None:
    lots = (samples.lot("EMPTY1", shelf(ZERO)), samples.lot("FULL1", shelf(vials(1))))
    product = replace(samples.ketamine(), lots=lots)
    text = _text(samples.report(samples.figures(product)))
    assert "FULL1 expires 2027-08-31 1 of 1 10 10 0 0 agrees" in text
    assert "EMPTY1" not in text


def test_a_part_that_is_short_here_and_over_there_is_told_on_two_lines() -> None:
    swapped = shelf(vials(10), short=vials(-1), over=vials(1))
    product = replace(samples.ketamine(), shelf=swapped, lots=())
    product = replace(product, places=(samples.place("Main safe", swapped),))
    text = _text(samples.report(samples.figures(product)))
    assert finding(swapped) is Finding.SHORT
    assert "Variance -500 -10 -1 SHORT Variance 500 10 1 OVER" in text
    assert "Main safe 10 of 10 100 100 -10 -500 SHORT 10 500 OVER" in text


def test_a_product_that_was_not_all_counted_names_the_places() -> None:
    partly = shelf(vials(10), short=vials(-1), uncounted=("Cart", "Safe"))
    product = replace(samples.ketamine(), shelf=partly)
    text = _text(samples.report(samples.figures(product)))
    assert "Not counted: Cart, Safe Variance -500 -10 -1 SHORT" in text


def test_a_surplus_elsewhere_never_hides_a_shortage() -> None:
    lines = (
        samples.count_line(vials(9), expected=vials(10)),
        samples.count_line(vials(9), expected=vials(8), lot_name="B0077"),
    )
    found = verdict(samples.figures(counts=(samples.count(*lines),)))
    assert found.finding is Finding.SHORT
    assert found.headline == "SHORT: 1 container missing"
    assert found.details[0].endswith(
        "lot A1234, Main safe: no discrepancy is open for it."
    )
    assert found.details[1].startswith("+1 container, +10 mL, +500 mg")


def test_a_variance_with_its_case_is_told_once() -> None:
    found = verdict(samples.short_of_a_vial().figures)
    assert len(found.details) == 1


@pytest.mark.parametrize(
    ("counted", "verdict_finding", "headline"),
    [
        (
            Quantity(8_000_000, 16),
            Finding.AGREES,
            "All counted stock agrees with the books",
        ),
        (
            Quantity(7_999_999, 16),
            Finding.SHORT,
            "SHORT: less was counted than the books hold",
        ),
        (
            Quantity(8_000_001, 16),
            Finding.OVER,
            "OVER: more was counted than the books hold",
        ),
        (Quantity(9_000_000, 14), Finding.SHORT, "SHORT: 2 containers missing"),
    ],
)
def test_the_verdict_notices_a_single_microgram(
    counted: Quantity, verdict_finding: Finding, headline: str
) -> None:
    line = samples.count_line(counted, expected=vials(16))
    found = verdict(samples.figures(counts=(samples.count(line),)))
    assert (found.finding, found.headline) == (verdict_finding, headline)


def test_books_that_nobody_counted_stand_unconfirmed() -> None:
    shown = samples.figures(samples.ketamine(), counts=())
    found = verdict(shown)
    assert found.finding is Finding.NOT_COUNTED
    assert found.headline == "Nothing was counted: the books stand unconfirmed"
    assert "No count was committed in this period." in _text(samples.report(shown))


def test_a_place_not_counted_is_named_beside_stock_that_agrees() -> None:
    found = verdict(samples.figures(places_not_counted=("Cart", "Safe 2")))
    assert found.finding is Finding.AGREES
    assert found.details == (
        "Not counted in the period, so not confirmed: Cart, Safe 2.",
    )


def test_many_discrepancies_are_summed_in_the_box_and_all_listed() -> None:
    cases = tuple(
        replace(samples.MISSING_VIAL, label=f"D-{number:04}") for number in range(60)
    )
    shown = samples.figures(samples.ketamine(), discrepancies=cases)
    pages = samples.pages_of(render(samples.report(shown)))
    assert "SHORT: 60 containers missing" in pages[0]
    assert "And 56 more, listed below." in pages[0]
    text = " ".join(pages)
    assert all(case.label in text for case in cases)


def test_a_count_names_who_counted_and_who_proved_to_have_seen_it() -> None:
    text = _text(samples.short_of_a_vial())
    assert "Ruth Okafor (RO) Dana Whitfield (DW) password, passkey" in text


def test_a_count_without_a_witness_says_so() -> None:
    alone = replace(samples.COUNT, witnessed_by=None)
    text = _text(samples.report(samples.figures(counts=(alone,))))
    assert "Ruth Okafor (RO) nobody" in text


def test_a_line_that_varies_names_the_numbers_that_were_not_found() -> None:
    line: CountLineFigures = samples.count_line(
        vials(8), expected=vials(10), missing_numbers=(31, 34, 35)
    )
    text = _text(samples.report(samples.figures(counts=(samples.count(line),))))
    assert "scan 31, 34 to 35" in text


@pytest.mark.parametrize(
    ("quantity", "strength", "words"),
    [
        (Quantity(-500_000, -1), samples.SOLUTION, "-1 container, -10 mL, -500 mg"),
        (Quantity(12_345), samples.SOLUTION, "+0.2469 mL, +12.345 mg"),
        (Quantity(-56_000, -2), samples.DEVICE, "-2 devices, -56 mg"),
        (Quantity(1), Strength(Form.SOLUTION, 3), "+≈0.333333 mL, +0.001 mg"),
        (Quantity(0, 2), samples.SOLUTION, "+2 containers, 0 mL, 0 mg"),
    ],
)
def test_a_variance_is_written_in_every_measure_that_fits(
    quantity: Quantity, strength: Strength, words: str
) -> None:
    assert signed(quantity, strength) == words


def test_signers_find_lines_with_their_meaning() -> None:
    last_page = samples.pages_of(render(samples.short_of_a_vial()))[-1]
    for words in ("Counted by:", "Witnessed by:", "Reviewed by:", "Printed name"):
        assert words in last_page
