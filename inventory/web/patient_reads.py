"""Who looked at what belongs to a patient: recorded before the answer leaves."""

from typing import Final
from urllib.parse import quote

import structlog
from flask import request
from sqlalchemy.exc import SQLAlchemyError

from inventory.kernel.actors import Actor
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.kernel.identifiers import new_id
from inventory.models.attempts import PatientRead
from inventory.web.services import Services

_PATH_LENGTH_MAX: Final = 300

_log = structlog.get_logger(__name__)


def note_patient_read(services: Services, actor: Actor, registration_id: str) -> None:
    """Record that somebody looks at patients' data; without the record, no answer.

    Raises:
        InventoryError: BUSY or READ_ONLY when it cannot be recorded.
    """
    now = services.clock.now()
    assert request.url_rule is not None, "an address that was found has a rule"
    read = PatientRead(
        id=new_id("prd", now),
        read_at=now,
        registration_id=registration_id,
        person_id=actor.id,
        source=actor.known_by.source or "",
        action=f"GET {request.url_rule.rule}",
        path=quote(request.path)[:_PATH_LENGTH_MAX],
    )
    try:
        with services.database.transaction() as db:
            db.add(read)
    except SQLAlchemyError as error:
        _log.error("patient_read_not_recorded", exc_info=error)
        raise InventoryError(
            ErrorCode.BUSY,
            "Who looks at patients' data is recorded first, and that record cannot be "
            "written at the moment. Try again shortly; if that fails too, give the "
            "request_id to your administrator.",
        ) from error
