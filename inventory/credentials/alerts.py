"""Say that somebody should look at something soon."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from inventory.kernel.identifiers import new_id
from inventory.models.access import Alert


class AlertKind(StrEnum):
    """What can be worth an alert."""

    OVERLAPPING_SIGN_IN = "overlapping_sign_in"
    SIGN_IN_DELAYED = "sign_in_delayed"  # 5 failures in a row (21 CFR 11.300(d))
    SIGN_IN_STOPPED = "sign_in_stopped"  # 50 failures in a row
    RECOVERY_CODE_USED = "recovery_code_used"
    PASSKEY_CLONED = "passkey_cloned"
    ACT_AFTER_RESET = "act_after_reset"
    EMERGENCY_STARTED = "emergency_started"
    REVIEW_OVERDUE = "review_overdue"


def raise_alert(
    db: Session,
    registration_ids: Iterable[str],
    kind: AlertKind,
    *,
    person_id: str | None,
    detail: str,
    now: datetime,
) -> None:
    """Raise one alert at each of the registrations.

    Args:
        db: the open transaction.
        registration_ids: where it is to be seen.
        kind: what it is about.
        person_id: whom it is about; they cannot acknowledge it themselves.
        detail: a sentence with the circumstances, without secrets.
        now: when it was noticed.
    """
    for registration_id in registration_ids:
        db.add(
            Alert(
                id=new_id("alt", now),
                registration_id=registration_id,
                kind=kind.value,
                person_id=person_id,
                detail=detail,
                raised_at=now,
            )
        )
