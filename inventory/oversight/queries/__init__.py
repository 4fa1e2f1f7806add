"""What those who check may read, one file for each kind of record."""

from inventory.oversight.queries.attempts import (
    AttemptsAsked,
    AttemptsPage,
    list_attempts,
)
from inventory.oversight.queries.days import bounds_of_day
from inventory.oversight.queries.patient_reads import (
    PatientReadsAsked,
    PatientReadsPage,
    list_patient_reads,
)

__all__ = [
    "AttemptsAsked",
    "AttemptsPage",
    "PatientReadsAsked",
    "PatientReadsPage",
    "bounds_of_day",
    "list_attempts",
    "list_patient_reads",
]
