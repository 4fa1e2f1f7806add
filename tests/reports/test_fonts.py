"""Text from people is printed as data: seen in full, or seen to be cut."""

import pytest

from reports.fonts import MONO, SANS, Style, fit, visible, width_of, wrap

STYLE = Style(SANS, 7, 0)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Lot <b>12 & 13", "Lot <b>12 & 13"),
        ("José", "José"),
        ("Jose\u0301", "José"),
        ("Příliš žluťoučký, ş, µg ≥ Δ ✓", "Příliš žluťoučký, ş, µg ≥ Δ ✓"),
        ("a\u202eb", "a⟨U+202E⟩b"),
        ("a\u200bb", "a⟨U+200B⟩b"),
        ("a\u00a0b", "a⟨U+00A0⟩b"),
        ("a\x00b\nc\td", "a⟨U+0000⟩b⟨U+000A⟩c⟨U+0009⟩d"),
        ("日本", "⟨U+65E5⟩⟨U+672C⟩"),
        ("😀", "⟨U+1F600⟩"),
        ("שלום"[:1], "⟨U+05E9⟩"),
        ("q\u0336", "q⟨U+0336⟩"),
        ("\ud800", "⟨U+D800⟩"),
        ("⟨U+0000⟩", "⟨U+27E8⟩U+0000⟨U+27E9⟩"),
    ],
)
def test_every_character_is_seen_as_itself_or_as_its_code_point(
    text: str, shown: str
) -> None:
    assert visible(text) == shown


def test_a_long_text_is_cut_with_its_length() -> None:
    assert visible("x" * 200_000) == "x" * 500 + "… ⟨200000 characters⟩"


def test_an_overlong_word_is_broken_and_stays_in_its_column() -> None:
    lines = wrap("lot " + "W" * 60, STYLE, 80)
    assert "".join(lines) == "lot" + "W" * 60
    assert all(width_of(line, STYLE) <= 80 for line in lines)


def test_too_many_lines_end_in_a_mark_with_the_length() -> None:
    lines = wrap("word " * 80, STYLE, 60, most_lines=3)
    assert lines == ["word word word", "word word word", "…⟨400⟩"]


def test_a_figure_is_never_parted_from_its_unit() -> None:
    whole = visible("-1 container, -10 mL, -500 mg")
    lines = wrap(whole, STYLE, width_of(whole, STYLE) - 1)
    assert lines == ["-1 container, -10 mL,", "-500 mg"]


def test_a_line_that_does_not_fit_is_cut_with_a_mark() -> None:
    shown = fit("Harbour Ketamine Clinic", STYLE, 60)
    assert shown.endswith("…⟨23⟩")
    assert width_of(shown, STYLE) <= 60


def test_figures_have_one_width() -> None:
    widths = {width_of(visible(digit), STYLE) for digit in "0123456789"}
    assert len(widths) == 1


def test_the_fixed_face_gives_every_character_one_width() -> None:
    style = Style(MONO, 7, 0)
    assert width_of(visible("iiii"), style) == width_of(visible("WWWW"), style)
