"""The inspector of the demonstration is let in again: one asks, another approves."""

from datetime import date

from inventory.credentials.identified import identified_as
from inventory.db import Database
from inventory.kernel.actors import Meaning, Role
from inventory.kernel.clock import Clock
from inventory.people.commands import (
    ApproveAccess,
    RequestAccess,
    approve_access,
    request_access,
)
from inventory.people.rules import RequestKind
from inventory.setup.commands import ClinicFounded


def let_the_inspector_in(
    database: Database,
    clinic: ClinicFounded,
    *,
    until: date,
    clock: Clock,
) -> None:
    """Let the administrator ask for a visit, and the manager approve it."""
    administrator, manager = clinic.people["ada"], clinic.people["mona"]
    asking = RequestAccess(
        registration_id=clinic.registration_id,
        person_id=clinic.people["ines"].id,
        kind=RequestKind.GRANT_ROLE,
        role=Role.INSPECTOR,
        ends_on=until,
    )
    with database.transaction() as db:
        asked = request_access(db, asking, actor=administrator, clock=clock)
    signed = identified_as(manager, ("password",), at=clock.now())
    approving = ApproveAccess(
        registration_id=clinic.registration_id,
        request_id=asked.shown.request_id,
        approval=signed.over(asked.digest, Meaning.APPROVAL),
    )
    with database.transaction() as db:
        approve_access(db, approving, actor=manager, clock=clock)
