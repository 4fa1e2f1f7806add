"""Two people who always sign for each other: a hint to take turns, never a refusal."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inventory.models.people import Person
from inventory.models.waste import WasteRequest
from inventory.waste.rules import State, is_always_the_same

LOOKED_AT: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairHint:
    """Who has witnessed more than half of somebody's wastes.

    Attributes:
        name: the witness.
        witnessed: how many of them.
        of: how many there were in the last 90 days.
    """

    name: str
    witnessed: int
    of: int

    @property
    def sentence(self) -> str:
        """Say it to whoever asks for a witness."""
        return (
            f"{self.name} has witnessed {self.witnessed} of your last {self.of} "
            "wastes. Ask somebody else if you can."
        )


def find_pair(
    db: Session, registration_id: str, requester_id: str, *, now: datetime
) -> PairHint | None:
    """Find who witnesses most of a person's wastes, if it is always the same one."""
    signed = (
        select(WasteRequest.first_witness_id, WasteRequest.witnessed_by, func.count())
        .where(
            WasteRequest.registration_id == registration_id,
            WasteRequest.requested_by == requester_id,
            WasteRequest.state == State.WITNESSED.value,
            WasteRequest.requested_at > now - LOOKED_AT,
        )
        .group_by(WasteRequest.first_witness_id, WasteRequest.witnessed_by)
    )
    times: Counter[str] = Counter()
    of = 0
    for first, last, wastes in db.execute(signed):
        of += wastes
        times.update({each: wastes for each in (first, last) if each})
    if not times:
        return None
    witness_id, witnessed = times.most_common(1)[0]
    if not is_always_the_same(witnessed, of):
        return None
    name = db.scalars(select(Person.name).where(Person.id == witness_id)).one()
    return PairHint(name=name, witnessed=witnessed, of=of)
