"""Whether who signed a moment ago still stands where they stood (invariant I19)."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from inventory.credentials.actors import load_actor
from inventory.kernel.actors import Meaning, Proof
from inventory.kernel.errors import ErrorCode, InventoryError


def as_of_now(db: Session, proof: Proof, *, now: datetime) -> Proof:
    """Give the proof with the roles that its person holds in this transaction.

    Raises:
        InventoryError: WITNESS_NOT_ENTITLED, or SIGNATURE_NOT_PROVEN for another
            meaning, when the person was disabled since.
    """
    person = load_actor(db, proof.person.id, now=now)
    if person is None:
        raise _gone(proof.meaning)
    return replace(proof, person=person)


def _gone(meaning: Meaning) -> InventoryError:
    if meaning is Meaning.WITNESS:
        return InventoryError(
            ErrorCode.WITNESS_NOT_ENTITLED,
            "This person is no longer active. Ask another colleague to witness.",
            field="witness",
        )
    return InventoryError(
        ErrorCode.SIGNATURE_NOT_PROVEN,
        "Whoever signed this is no longer active. Ask another colleague to sign.",
        field="sign_in_name",
    )
