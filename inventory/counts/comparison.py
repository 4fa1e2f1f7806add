"""A count against the books at its position: expected, counted, variance. PURE.

variance = counted - expected, line by line, in micrograms and in containers. Nothing
is set off against anything: what a scan found beside the books stands on a line of its
own, next to what it missed (invariants I23, I36).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from inventory.counts.rules import (
    Counted,
    InUseCounted,
    KnownContainer,
    Method,
    SealedCounted,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTheBooks:
    """What the books have at a place: the content of each container, by its id.

    Attributes:
        sealed: lot id -> container number -> micrograms.
        in_use: container id -> micrograms.
    """

    sealed: Mapping[str, Mapping[int, int]]
    in_use: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a committed count; `container_id` is None for a lot's sealed ones."""

    lot_id: str
    container_id: str | None = None
    method: Method
    counted_containers: int
    counted_ug: int
    expected_containers: int
    expected_ug: int
    missing_numbers: tuple[int, ...] = ()

    @property
    def variance_ug(self) -> int:
        """Counted minus expected: negative is missing."""
        return self.counted_ug - self.expected_ug

    @property
    def variance_containers(self) -> int:
        """Counted minus expected: negative is missing."""
        return self.counted_containers - self.expected_containers


def compare(counted: Counted, books: OnTheBooks) -> list[Line]:
    """Put expected beside counted, for each lot and each numbered container."""
    lines = [
        line
        for found in counted.sealed
        for line in _sealed_lines(found, books.sealed.get(found.lot.id, {}))
    ]
    return lines + [_in_use_line(found, books) for found in counted.in_use]


def _sealed_lines(found: SealedCounted, expected: Mapping[int, int]) -> Iterator[Line]:
    surplus = [each for each in found.scanned if each.number not in expected]
    containers = found.containers - len(surplus)
    missing = expected.keys() - {each.number for each in found.scanned}
    yield Line(
        lot_id=found.lot.id,
        method=found.method,
        counted_containers=containers,
        counted_ug=containers * found.lot.nominal_ug,
        expected_containers=len(expected),
        expected_ug=sum(expected.values()),
        missing_numbers=tuple(sorted(missing)) if found.method is Method.SCAN else (),
    )
    for container in surplus:
        yield _surplus_line(container)


def _surplus_line(container: KnownContainer) -> Line:
    return Line(
        lot_id=container.lot.id,
        container_id=container.id,
        method=Method.VOLUME,
        counted_containers=1,
        counted_ug=container.lot.nominal_ug,
        expected_containers=0,
        expected_ug=0,
    )


def _in_use_line(found: InUseCounted, books: OnTheBooks) -> Line:
    container = found.container
    return Line(
        lot_id=container.lot.id,
        container_id=container.id,
        method=Method.VOLUME,
        counted_containers=int(found.found),
        counted_ug=found.amount_ug,
        expected_containers=int(container.id in books.in_use),
        expected_ug=books.in_use.get(container.id, 0),
    )
