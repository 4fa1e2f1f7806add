"""The reconciliation report says what is missing, in every measure, and adds up."""

from dataclasses import replace

import pytest

from inventory.kernel.quantities import Form, Strength
from reports.blocks import Finding
from reports.layout import Paper
from reports.reconciliation import render
from reports.reconciliation_data import Flow, ProductBooks, Quantity, Reconciliation
from reports.reconciliation_verdict import signed, verdict
from tests.reports import samples


def test_a_missing_vial_is_named_in_containers_volume_and_mass() -> None:
    first_page = samples.pages_of(render(samples.short_of_a_vial()))[0]
    assert "SHORT: 1 container missing" in first_page
    assert (
        "-1 container, -10 mL, -500 mg of Ketamine 50 mg/mL, 10 mL vial, lot A1234, "
        "container V-0031, Main safe: discrepancy D-0001, open."
    ) in first_page


def test_stock_that_agrees_is_said_to_agree_in_one_sentence() -> None:
    text = " ".join(
        samples.pages_of(render(samples.reconciliation(samples.esketamine())))
    )
    assert "All counted stock agrees with the books" in text
    assert "SHORT" not in text
    assert "None was opened in this period" in text


def test_the_first_page_states_facility_period_zone_and_as_of() -> None:
    first_page = samples.pages_of(render(samples.short_of_a_vial()))[0]
    for words in (
        "Harbour Ketamine Clinic, mid-level practitioner clinic",
        "FH1234563",
        "12 Harbour Street, Brooklyn, NY 11201",
        "2026-09-01 00:00 to 2026-11-30 24:00 America/New_York",
        "2026-12-01 00:00 (2026-12-01T05:00:00.000000Z)",
        "417 in the period, of 1482 in the books",
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
    text = " ".join(samples.pages_of(render(samples.short_of_a_vial())))
    assert text.count(samples.EDITION.root) == 1


def test_the_equation_is_printed_in_mass_volume_and_containers() -> None:
    text = " ".join(samples.pages_of(render(samples.short_of_a_vial())))
    for line in (
        "On the books at opening 6000 120 12",
        "Administered -19485 -389.7",
        "Wasted before a witness -2375 -47.5",
        "Expected on the books 8752.35 175.047 18",
        "of which drawn in open sessions -40 -0.8",
        "Expected on the shelf 8712.35 174.247 18",
        "Counted on the shelf 8212.35 164.247 17",
        "Variance -500 -10 -1 SHORT",
    ):
        assert line in text


def test_an_equation_adds_up_to_what_is_expected_on_the_shelf() -> None:
    product = samples.ketamine()
    lots = sum((line.expected for line in product.lots), start=Quantity())
    assert product.total.expected == lots == Quantity(8_712_350, 18)


def test_an_adjustment_changes_what_is_expected_by_its_own_sign() -> None:
    product = replace(
        samples.esketamine(),
        flows={Flow.OPENING: samples.vials(3), Flow.ADJUSTED: samples.vials(-1)},
    )
    assert product.on_the_books == samples.vials(2)


def _swapped() -> ProductBooks:
    """One lot short of a vial, another over by one: the total agrees."""
    return replace(
        samples.ketamine(),
        counted=samples.ketamine().total.expected,
        lots=(
            samples.compared("A1234", "", samples.vials(10), samples.vials(9)),
            samples.compared("B0077", "", samples.vials(8), samples.vials(9)),
        ),
        containers=(),
        places=(),
    )


def test_a_surplus_elsewhere_never_hides_a_shortage() -> None:
    found = verdict(samples.reconciliation(_swapped()))
    assert found.finding is Finding.SHORT
    assert found.headline == "SHORT: 1 container missing"
    assert found.details[0].endswith("lot A1234: no discrepancy is open for it.")
    assert found.details[1].startswith("+1 container, +10 mL, +500 mg")


def test_a_total_that_varies_is_told_though_every_part_agrees() -> None:
    lots = (samples.compared("B0077", "", samples.vials(8), samples.vials(8)),)
    product = replace(samples.ketamine(), lots=lots, containers=(), places=lots)
    found = verdict(samples.reconciliation(product))
    assert found.headline == "SHORT: 1 container missing"
    assert "all stock: no discrepancy is open for it." in found.details[0]


def _only_total(counted: Quantity | None) -> Reconciliation:
    bare = replace(samples.ketamine(), lots=(), containers=(), places=())
    return samples.reconciliation(replace(bare, counted=counted))


@pytest.mark.parametrize(
    ("counted", "finding", "headline"),
    [
        (None, Finding.NOT_COUNTED, "Nothing was counted: the books stand unconfirmed"),
        (
            Quantity(8_712_350, 18),
            Finding.AGREES,
            "All counted stock agrees with the books",
        ),
        (
            Quantity(8_712_349, 18),
            Finding.SHORT,
            "SHORT: less was counted than the books hold",
        ),
        (
            Quantity(8_712_351, 18),
            Finding.OVER,
            "OVER: more was counted than the books hold",
        ),
        (Quantity(9_712_350, 16), Finding.SHORT, "SHORT: 2 containers missing"),
    ],
)
def test_the_verdict_notices_a_single_microgram(
    counted: Quantity | None, finding: Finding, headline: str
) -> None:
    found = verdict(_only_total(counted))
    assert (found.finding, found.headline) == (finding, headline)


def test_an_uncounted_lot_is_named_beside_stock_that_agrees() -> None:
    lots = (samples.compared("A1", "", samples.vials(1), None),)
    product = replace(samples.esketamine(), lots=lots)
    found = verdict(samples.reconciliation(product))
    assert found.finding is Finding.AGREES
    assert found.details == (
        "Not counted, so not confirmed: Esketamine 28 mg nasal device, lot A1.",
    )


def test_a_closed_discrepancy_is_listed_and_leaves_the_verdict_alone() -> None:
    closed = replace(samples.MISSING_VIAL, is_open=False, state="closed: adjusted")
    data = samples.reconciliation(samples.esketamine(), discrepancies=(closed,))
    assert verdict(data).finding is Finding.AGREES
    assert "closed: adjusted" in samples.pages_of(render(data))[0]


def test_many_discrepancies_are_summed_in_the_box_and_all_listed() -> None:
    cases = tuple(
        replace(samples.MISSING_VIAL, number=f"D-{number:04}") for number in range(60)
    )
    data = samples.reconciliation(samples.ketamine(), discrepancies=cases)
    pages = samples.pages_of(render(data))
    assert "SHORT: 60 containers missing" in pages[0]
    assert "And 56 more, listed below." in pages[0]
    text = " ".join(pages)
    assert all(case.number in text for case in cases)


@pytest.mark.parametrize(
    ("quantity", "strength", "words"),
    [
        (Quantity(-500_000, -1), samples.SOLUTION, "-1 container, -10 mL, -500 mg"),
        (Quantity(12_345), samples.SOLUTION, "+0.2469 mL, +12.345 mg"),
        (Quantity(-56_000, -2), samples.DEVICE, "-2 devices, -56 mg"),
        (Quantity(1), Strength(Form.SOLUTION, 3), "+≈0.333333 mL, +0.001 mg"),
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
