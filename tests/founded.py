"""A clinic whose every row follows from its journal: founded as real ones are."""

from zoneinfo import ZoneInfo

from inventory.db import Database
from inventory.demo.clinic import CABINET, TIME_ZONE, VAULT, demonstration_plan
from inventory.kernel.clock import FrozenClock, civil_day
from inventory.setup.commands import found_clinic
from tests.clinic import PASSWORDS, Clinic


def found(database: Database, clock: FrozenClock) -> Clinic:
    """Found the demonstration's clinic today; there is no other site beside it."""
    today = civil_day(clock.now(), ZoneInfo(TIME_ZONE))
    with database.transaction() as db:
        founded = found_clinic(
            db, demonstration_plan(today), clock=clock, passwords=PASSWORDS
        )
    people = founded.people
    return Clinic(
        database=database,
        clock=clock,
        registration_id=founded.registration_id,
        elsewhere_id="",
        vault=founded.locations[VAULT],
        procedure_room=founded.locations[CABINET],
        vault_elsewhere="",
        pharmacist=people["pat"],
        clinician=people["cleo"],
        colleague=people["wim"],
        officer=people["olga"],
        manager=people["mona"],
        administrator=people["ada"],
        stranger=people["quinn"],
        job=founded.job,
    )
