"""Journals, replayed: the rows that follow from what was recorded, tag by tag."""

from collections.abc import Callable, Mapping
from typing import Final

from inventory.evidence.replay import (
    access,
    care,
    counts,
    emergencies,
    register,
    stock,
)
from inventory.evidence.replay.tables import Tables, Told
from inventory.journal.events import Tag

# Other tags change no table of this list: entries and free texts are checked apart.
_REPLAYED: Final[Mapping[str, Callable[[Tables, Told], None]]] = {
    Tag.REGISTRATION_OPENED: register.registration_opened,
    Tag.SETTING_CHANGED: register.setting_changed,
    Tag.LOCATION_ADDED: register.location_added,
    Tag.PERSON_ADDED: register.person_added,
    Tag.PERSON_DISABLED: register.person_disabled,
    Tag.PERSON_ENABLED: register.person_enabled,
    Tag.PERSON_SCREENED: register.person_screened,
    Tag.PERSON_TRAINED: register.person_trained,
    Tag.POLICY_ACCEPTED: register.policy_accepted,
    Tag.ACCESS_REQUESTED: access.access_requested,
    Tag.ACCESS_REFUSED: access.access_refused,
    Tag.ACCESS_WITHDRAWN: access.access_withdrawn,
    Tag.ROLE_GRANTED: access.role_granted,
    Tag.ROLE_ENDED: access.role_ended,
    Tag.CREDENTIALS_RESET: access.credentials_reset,
    Tag.EMERGENCY_STARTED: emergencies.emergency_started,
    Tag.EMERGENCY_ENDED: emergencies.emergency_ended,
    Tag.EMERGENCY_REVIEWED: emergencies.emergency_reviewed,
    Tag.INITIAL_INVENTORY_TAKEN: stock.inventory_taken,
    Tag.RECEIPT_RECORDED: stock.receipt_recorded,
    Tag.CONTAINER_OPENED: stock.container_opened,
    Tag.CONTAINER_RETIRED: stock.container_retired,
    Tag.SESSION_OPENED: care.session_opened,
    Tag.SESSION_DRAWN: care.session_drawn,
    Tag.SESSION_CLOSED: care.session_closed,
    Tag.WASTE_REQUESTED: care.waste_requested,
    Tag.WASTE_SIGNED: care.waste_signed,
    Tag.WASTE_RECORDED: care.waste_recorded,
    Tag.WASTE_CANCELLED: care.waste_cancelled,
    Tag.COUNT_STARTED: counts.count_started,
    Tag.COUNT_COMMITTED: counts.count_committed,
    Tag.DISCREPANCY_OPENED: counts.discrepancy_opened,
    Tag.RECONCILIATION_COMPLETED: counts.reconciliation_completed,
}


def replay(tables: Tables, told: Told) -> None:
    """Let an entry change the rows as it changed them when it was recorded.

    Raises:
        LookupError, TypeError, ValueError: it tells of something that no earlier entry
            named, or not in the form of its tag.
    """
    handler = _REPLAYED.get(told.tag)
    if handler is not None:
        handler(tables, told)
    stock.legs_posted(tables, told)
