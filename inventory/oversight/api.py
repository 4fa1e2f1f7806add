"""What was refused, and who looked at patients' data, over HTTP."""

from datetime import date, datetime
from typing import Any

from inventory.kernel.actors import Permission
from inventory.oversight.queries import (
    AttemptsAsked,
    AttemptsPage,
    PatientReadsAsked,
    PatientReadsPage,
    bounds_of_day,
    list_attempts,
    list_patient_reads,
)
from inventory.oversight.schemas import (
    AttemptsAnswer,
    AttemptsQuery,
    PatientReadsAnswer,
    PatientReadsQuery,
)
from inventory.web.endpoints import Edge, make_blueprint, reads
from inventory.web.refusals import key_of_name

blueprint = make_blueprint(
    "oversight", "What was refused, and who looked at patients' data."
)


@reads(
    blueprint,
    "/attempts",
    Permission.READ_ACCESS,
    takes=AttemptsQuery,
    answers=AttemptsAnswer,
)
def get_attempts(edge: Edge, fields: dict[str, Any]) -> AttemptsPage:
    """List refused attempts at this site and of its people, the latest first."""
    between = _between(edge, fields.pop("day"))
    asked = AttemptsAsked(between=between, **fields)
    return list_attempts(edge.db, edge.registration_id, asked, key_of_name=key_of_name)


@reads(
    blueprint,
    "/patient-reads",
    Permission.READ_ACCESS,
    takes=PatientReadsQuery,
    answers=PatientReadsAnswer,
)
def get_patient_reads(edge: Edge, fields: dict[str, Any]) -> PatientReadsPage:
    """List who looked at what belongs to patients, the latest first."""
    between = _between(edge, fields.pop("day"))
    asked = PatientReadsAsked(between=between, **fields)
    return list_patient_reads(edge.db, edge.registration_id, asked)


def _between(edge: Edge, day: date | None) -> tuple[datetime, datetime] | None:
    return bounds_of_day(edge.db, edge.registration_id, day) if day else None
