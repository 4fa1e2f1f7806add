"""One day in the books, from the delivery to the report. Figures checked by hand."""

from tests.stories.narrator import Narrator


def test_a_whole_day_with_one_vial_missing_in_the_evening(story: Narrator) -> None:
    # Ten vials of 500 mg in 10 mL (50 mg/mL) arrive: 5000 mg, 100 mL.
    story.nothing_is_there_yet()
    numbers = story.receives(
        scan="]d201003420231141051728013110A1", vials=10, invoice="INV-1"
    )
    assert numbers == list(range(1, 11))

    # 0.5 mg/kg for 71.3 kg is 35.65 mg, which is 0.713 mL of 50 mg/mL.
    first = story.opens_session("PT-20931-A", weight_kg="71.3")
    story.opens_vial(1)
    story.draws(first, vial_1="0.8 mL")
    given = story.gives(first, "35.65 mg")
    assert (given["given"]["amount"], given["dose"]) == ("0.713 mL", "0.5 mg/kg")

    # 0.8 mL drawn less 0.713 mL given leaves 0.087 mL, 4.35 mg, to be wasted.
    assert given["remaining"]["amount"] == "0.087 mL"
    wasted = story.wastes(first, "0.087 mL")
    assert wasted["shown"]["amount_mg"] == "4.35 mg"
    assert wasted["witnessed_by"] == "Wim Witness"
    story.closes(first)

    # One dose from two vials: vial 1 holds 10 - 0.8 = 9.2 mL; all of it and 0.3 mL of
    # vial 2 make 9.5 mL, 475 mg (a long case in anaesthesia dose), all given.
    second = story.opens_session("PT-20932-B", weight_kg="95")
    story.opens_vial(2)
    drawn = story.draws(second, vial_1="9.2 mL", vial_2="0.3 mL")
    assert drawn["drawn"]["amount_mg"] == "475 mg"
    story.gives(second, "475 mg")
    story.closes(second)

    # In the evening vial 1 is empty, vial 2 holds 9.7 mL, and of the eight sealed
    # vials that should be there only seven are: 1 vial, 10 mL, 500 mg are missing.
    story.time_passes(hours=8)
    counted = story.counts_the_vault(sealed=7, in_use={1: "0 mL", 2: "9.7 mL"})
    variance = counted["count"]["lines"][0]["variance"]
    assert variance["containers"] == -1
    assert (variance["amount"], variance["amount_mg"]) == ("-10 mL", "-500 mg")
    assert counted["discrepancies"] == ["D-0001"]

    # 5000 received - 510.65 given - 4.35 wasted = 4485 mg expected, 89.7 mL;
    # 7 vials of 500 mg and 485 mg in vial 2 = 3985 mg found, 79.7 mL.
    report = story.reconciles_today()
    assert "SHORT: 1 container missing" in report
    assert "-1 container, -10 mL, -500 mg" in report
    for line in (
        "Received 5000 100",
        "Administered -510.65 -10.213",
        "Wasted before a witness -4.35 -0.087",
        "Expected on the shelf 4485 89.7",
        "Counted on the shelf 3985 79.7",
        "Variance -500 -10",
    ):
        assert line in report, line
    assert "Pat Pharmacist" in report
    assert "Wim Witness" in report
