"""What is done about people and their access, one file for each part of it."""

from inventory.people.commands.approval import (
    AccessApproved,
    ApproveAccess,
    approve_access,
)
from inventory.people.commands.attestations import (
    RecordScreening,
    RecordTraining,
    ScreeningRecorded,
    TrainingRecorded,
    record_screening,
    record_training,
)
from inventory.people.commands.links import MakeSetupLink, make_setup_link
from inventory.people.commands.register import (
    AddJob,
    AddPerson,
    PersonAdded,
    add_job,
    add_person,
)
from inventory.people.commands.requests import (
    AccessRequested,
    RefuseAccess,
    RequestAccess,
    RequestDecided,
    WithdrawAccess,
    refuse_access,
    request_access,
    withdraw_access,
)
from inventory.people.commands.standing import (
    DisablePerson,
    EnablePerson,
    StandingChanged,
    disable_person,
    enable_person,
)

__all__ = [
    "AccessApproved",
    "AccessRequested",
    "AddJob",
    "AddPerson",
    "ApproveAccess",
    "DisablePerson",
    "EnablePerson",
    "MakeSetupLink",
    "PersonAdded",
    "RecordScreening",
    "RecordTraining",
    "RefuseAccess",
    "RequestAccess",
    "RequestDecided",
    "ScreeningRecorded",
    "StandingChanged",
    "TrainingRecorded",
    "WithdrawAccess",
    "add_job",
    "add_person",
    "approve_access",
    "disable_person",
    "enable_person",
    "make_setup_link",
    "record_screening",
    "record_training",
    "refuse_access",
    "request_access",
    "withdraw_access",
]
