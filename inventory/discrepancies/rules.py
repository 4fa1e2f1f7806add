"""What a variance opens: the part of it that no open case says already. PURE.

Counts repeat. A vial that is missing today is missing tomorrow, and is one case. So
each place, lot and container (a subject) keeps this balance: the variances of its open
cases add up to its variance at the last count (invariants I23, I36).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Subject:
    """What a case is about: one place and one lot; a container when one is known.

    `container_id` is "" for the sealed containers of the lot taken together.
    """

    location_id: str
    lot_id: str
    container_id: str = ""


@dataclass(frozen=True, slots=True)
class Variance:
    """Counted minus expected: negative is missing. Measures are never set off."""

    amount_ug: int = 0
    containers: int = 0

    def __bool__(self) -> bool:
        """Tell whether books and count differ in either measure."""
        return self.amount_ug != 0 or self.containers != 0

    def __sub__(self, other: "Variance") -> "Variance":
        """Take both measures away."""
        return Variance(
            self.amount_ug - other.amount_ug, self.containers - other.containers
        )


NONE: Final = Variance()


def case_label(number: int) -> str:
    """Write the number of a case as people say it: "D-0007"."""
    return f"D-{number:04}"


def unexplained(
    counted: Mapping[Subject, Variance], known: Mapping[Subject, Variance]
) -> dict[Subject, Variance]:
    """Say what to open cases for after a count of one place.

    Args:
        counted: the variance of each subject that was counted, zeros included.
        known: the sum of the open cases of each subject at that place. The cases of a
            subject that was not counted again stay as they are.

    Returns:
        The difference of each subject that has one, in the order of the count.
    """
    differences = {
        subject: counted[subject] - known.get(subject, NONE) for subject in counted
    }
    return {subject: each for subject, each in differences.items() if each}
