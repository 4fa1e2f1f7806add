"""Amounts and numbers as bare figures, for columns whose heading says the rest."""

from collections.abc import Iterable, Iterator

from inventory.kernel.quantities import Form, Strength, format_amount, format_mg
from reports.tables import Align, Column


def figure_column(title: str, width: float, texts: Iterable[str]) -> Column:
    """Make a column in which these figures stand point under point."""
    decimals = max((len(text.partition(".")[2]) for text in texts), default=0)
    return Column(title, width, Align.FIGURE, decimals)


def unit_of(strength: Strength) -> str:
    """Name the unit a product is counted in."""
    return "mL" if strength.form is Form.SOLUTION else "devices"


def mg(amount_ug: int) -> str:
    """Write an amount in mg, without the unit."""
    return format_mg(amount_ug).removesuffix(" mg")


def in_unit(amount_ug: int, strength: Strength) -> str:
    """Write an amount in mL or devices; a broken number of devices keeps its mg."""
    text = format_amount(amount_ug, strength)
    for unit in (" mL", " devices", " device"):
        text = text.removesuffix(unit)
    return text


def spans(numbers: Iterable[int]) -> str:
    """Write ascending numbers with their runs drawn together: "7, 12 to 31"."""
    return ", ".join(
        str(first) if first == last else f"{first} to {last}"
        for first, last in _runs(numbers)
    )


def _runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    run: tuple[int, int] | None = None
    for number in numbers:
        if run and number == run[1] + 1:
            run = run[0], number
            continue
        if run:
            yield run
        run = number, number
    if run:
        yield run
