"""What a counter may write down, and whether it is complete. PURE.

Nothing here tells the counter what the books expect: a refusal names a thing to count,
never a quantity (invariant I22, threat T8).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.kernel.quantities import Strength, format_amount, parse_amount_or_zero

# Vials hold up to 10 % more than their label; a reading adds its error.
OVERFILL_MAX_PERCENT: Final = 15
# More containers at one place, or of one lot there, are a slip of the finger.
CONTAINERS_MAX: Final = 10_000


class CountKind(StrEnum):
    """Why a count is made."""

    CYCLE = "cycle"
    SHIFT = "shift"
    SPOT = "spot"
    BIENNIAL = "biennial"
    CLOSING = "closing"


class Method(StrEnum):
    """How a figure was found.

    `volume` is the content of one numbered container: read off, or its label's when it
    was found sealed where the books have none.
    """

    NUMBER = "number"
    SCAN = "scan"
    VOLUME = "volume"


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedLine:
    """As written: sealed containers of a lot, by how many or by the numbers scanned."""

    lot_id: str
    containers: int | None = None
    numbers: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InUseLine:
    """As written: a container in use and its content; None means it was not found."""

    number: int
    volume: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownLot:
    """A lot as the book received it."""

    id: str
    product_name: str
    ndc: str
    lot: str
    expires_on: date
    strength: Strength
    nominal_ug: int

    @property
    def label(self) -> str:
        """What a person finds on the container."""
        return f"{self.product_name}, lot {self.lot}"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownContainer:
    """A numbered container of the book."""

    id: str
    number: int
    lot: KnownLot


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedCounted:
    """What was found sealed of a lot; `scanned` is empty unless numbers were read."""

    lot: KnownLot
    method: Method
    containers: int
    scanned: tuple[KnownContainer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InUseCounted:
    """What was found of a container in use."""

    container: KnownContainer
    found: bool
    amount_ug: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A whole count, in figures."""

    sealed: tuple[SealedCounted, ...]
    in_use: tuple[InUseCounted, ...]


def read_figures(
    sealed: Sequence[SealedLine],
    in_use: Sequence[InUseLine],
    *,
    lots: Mapping[str, KnownLot],
    containers: Mapping[int, KnownContainer],
) -> Counted:
    """Read what the counter wrote down.

    Args:
        sealed: as written.
        in_use: as written.
        lots: the named lots that the book knows, by id.
        containers: the named containers that the book knows, by number.

    Raises:
        InventoryError: NOT_FOUND for a lot or number the book never had; INVALID_FIELD
            for something written twice or a number of another lot; INVALID_AMOUNT,
            INEXACT_AMOUNT; CAPACITY_EXCEEDED.
    """
    _refuse_repeats(sealed, in_use)
    return Counted(
        sealed=tuple(
            _read_sealed(line, lots, containers, field=f"sealed.{index}")
            for index, line in enumerate(sealed)
        ),
        in_use=tuple(
            _read_in_use(line, containers, field=f"in_use.{index}")
            for index, line in enumerate(in_use)
        ),
    )


def require_complete(
    counted: Counted,
    *,
    lots: Collection[KnownLot],
    in_use: Collection[KnownContainer],
) -> None:
    """Refuse a count that leaves out something the books have at the place.

    Raises:
        InventoryError: COUNT_INCOMPLETE, naming everything that is left out.
    """
    written_lots = {line.lot.id for line in counted.sealed}
    written_numbers = {line.container.number for line in counted.in_use}
    left_sealed = [lot.label for lot in lots if lot.id not in written_lots]
    left_in_use = [
        f"container {container.number} in use ({container.lot.label})"
        for container in in_use
        if container.number not in written_numbers
    ]
    missing = left_sealed + left_in_use
    if missing:
        raise InventoryError(
            ErrorCode.COUNT_INCOMPLETE,
            f"The count leaves out: {'; '.join(missing)}. "
            "Count them; write 0 if there is none.",
            field="sealed" if left_sealed else "in_use",
            missing=missing,
        )


def require_plausible_length(
    sealed: Sequence[SealedLine], in_use: Sequence[InUseLine]
) -> None:
    """Refuse more lines and scanned numbers than any place has containers.

    Raises:
        InventoryError: INVALID_FIELD.
    """
    written = len(sealed) + len(in_use)
    written += sum(len(line.numbers or ()) for line in sealed)
    if written > CONTAINERS_MAX:
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            f"A count has at most {CONTAINERS_MAX} lines and scanned numbers. "
            "Give the number of containers of each lot instead of scanning them.",
            field="sealed",
        )


def require_own_open_count(*, state: str, counted_by: str, actor_id: str) -> None:
    """Let only the person who started a count commit it, once.

    Raises:
        InventoryError: NOT_PERMITTED, COUNT_NOT_OPEN.
    """
    if counted_by != actor_id:
        raise InventoryError(
            ErrorCode.NOT_PERMITTED,
            "Somebody else started this count and commits it. "
            "Start a count of your own when it is done.",
        )
    if state != "open":
        raise InventoryError(
            ErrorCode.COUNT_NOT_OPEN,
            "This count is committed and final. Start a new count to count again.",
        )


def _refuse_repeats(sealed: Sequence[SealedLine], in_use: Sequence[InUseLine]) -> None:
    lot_ids: set[str] = set()
    for index, line in enumerate(sealed):
        if line.lot_id in lot_ids:
            raise InventoryError(
                ErrorCode.INVALID_FIELD,
                "This lot stands in the count twice. Add its containers up.",
                field=f"sealed.{index}.lot_id",
            )
        lot_ids.add(line.lot_id)
    scanned = [
        (number, f"sealed.{index}.numbers.{place}")
        for index, line in enumerate(sealed)
        for place, number in enumerate(line.numbers or ())
    ]
    read = [(line.number, f"in_use.{at}.number") for at, line in enumerate(in_use)]
    numbers: set[int] = set()
    for number, field in scanned + read:
        if number in numbers:
            raise InventoryError(
                ErrorCode.INVALID_FIELD,
                f"Container {number} stands in the count twice. Remove one of them.",
                field=field,
            )
        numbers.add(number)


def _read_sealed(
    line: SealedLine,
    lots: Mapping[str, KnownLot],
    containers: Mapping[int, KnownContainer],
    *,
    field: str,
) -> SealedCounted:
    lot = lots.get(line.lot_id)
    if lot is None:
        raise InventoryError(
            ErrorCode.NOT_FOUND,
            "This lot was never received at this site. Receive it, then count it.",
            field=f"{field}.lot_id",
        )
    if line.numbers is None:
        many = _read_containers(line.containers, field=f"{field}.containers")
        return SealedCounted(lot=lot, method=Method.NUMBER, containers=many)
    if line.containers is not None:
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            "Give the number of containers or the numbers scanned, not both.",
            field=f"{field}.containers",
        )
    scanned = tuple(
        _scanned(number, lot, containers, field=f"{field}.numbers.{place}")
        for place, number in enumerate(line.numbers)
    )
    return SealedCounted(
        lot=lot, method=Method.SCAN, containers=len(scanned), scanned=scanned
    )


def _read_containers(containers: int | None, *, field: str) -> int:
    if containers is None or not 0 <= containers <= CONTAINERS_MAX:
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            f"Give the number of sealed containers, 0 to {CONTAINERS_MAX}, "
            "or the numbers scanned.",
            field=field,
        )
    return containers


def _scanned(
    number: int,
    lot: KnownLot,
    containers: Mapping[int, KnownContainer],
    *,
    field: str,
) -> KnownContainer:
    container = _known(number, containers, field=field)
    if container.lot.id != lot.id:
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            f"Container {number} is of {container.lot.label}. Count it there.",
            field=field,
        )
    return container


def _read_in_use(
    line: InUseLine, containers: Mapping[int, KnownContainer], *, field: str
) -> InUseCounted:
    container = _known(line.number, containers, field=f"{field}.number")
    if line.volume is None:
        return InUseCounted(container=container, found=False, amount_ug=0)
    lot = container.lot
    amount_ug = parse_amount_or_zero(line.volume, lot.strength, field=f"{field}.volume")
    if amount_ug * 100 > lot.nominal_ug * (100 + OVERFILL_MAX_PERCENT):
        label = format_amount(lot.nominal_ug, lot.strength)
        raise InventoryError(
            ErrorCode.CAPACITY_EXCEEDED,
            f"A container of {lot.label} is labelled {label} and cannot hold that "
            "much. Read the scale again and check the number on the container.",
            field=f"{field}.volume",
            nominal_ug=lot.nominal_ug,
        )
    return InUseCounted(container=container, found=True, amount_ug=amount_ug)


def _known(
    number: int, containers: Mapping[int, KnownContainer], *, field: str
) -> KnownContainer:
    container = containers.get(number)
    if container is None:
        raise InventoryError(
            ErrorCode.NOT_FOUND,
            f"There is no container {number} at this site. Scan it again.",
            field=field,
        )
    return container
