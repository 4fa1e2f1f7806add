"""A patient's reference: an opaque token, never what names a person. PURE."""

import re
from typing import Final

from inventory.kernel.errors import ErrorCode, InventoryError

_PATIENT_REF: Final = re.compile(r"[A-Za-z0-9-]{8,64}")
# What people type where a token belongs, each of which would name a patient.
_NAMES_A_PATIENT: Final = (
    (re.compile(r"[0-9]{3}-[0-9]{2}-[0-9]{4}"), "a social security number"),
    (re.compile(r"(1-)?[0-9]{3}-[0-9]{3}-[0-9]{4}"), "a telephone number"),
    (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"), "a date, such as a birth date"),
    (re.compile(r"[0-9]{2}-[0-9]{2}-[0-9]{4}"), "a date, such as a birth date"),
    (re.compile(r"[A-Za-z-]+"), "a name: it has no digit"),
)


def check_patient_ref(text: str) -> str:
    """Return a patient's reference if it is an opaque token, 8 to 64 characters.

    The token resolves to name and address in the patient record (AC-19, AC-21); what
    would itself identify a patient stays out of books that are never erased.

    Raises:
        InventoryError: INVALID_FIELD.
    """
    way_out = "Give the opaque reference of the patient record, such as PT-20931-A."
    if not _PATIENT_REF.fullmatch(text):
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            "A patient reference has 8 to 64 letters, digits or hyphens: "
            f"no blanks, no e-mail address. {way_out}",
            field="patient_ref",
        )
    for pattern, what in _NAMES_A_PATIENT:
        if pattern.fullmatch(text):
            raise InventoryError(
                ErrorCode.INVALID_FIELD,
                f"This looks like {what}. {way_out}",
                field="patient_ref",
            )
    return text
