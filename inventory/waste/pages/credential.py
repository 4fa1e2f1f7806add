"""What a witness gives on a page, proved over exactly the entry they were shown."""

from collections.abc import Mapping
from typing import Any

from inventory.credentials.presented import Presented
from inventory.credentials.records import name_of
from inventory.kernel.actors import Proof
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.web.edges import Asking
from inventory.web.organisation import prove_by_organisation
from inventory.web.own_signature import passkey_answer
from inventory.web.visitors import network


def prove_co_signer(asking: Asking, fields: dict[str, Any], **_: str) -> Proof:
    """Prove whoever signs on the screen of who asked, with all components.

    Raises:
        InventoryError: SIGNATURE_NEEDED, WITNESS_NOT_PROVEN, TOO_MANY_ATTEMPTS.
    """
    return _prove(asking, fields, fields.get("sign_in_name"))


def prove_own_witness(asking: Asking, fields: dict[str, Any], **_: str) -> Proof:
    """Prove the witness who is signed in, anew and with all components.

    Raises:
        InventoryError: SIGNATURE_NEEDED, WITNESS_NOT_PROVEN, TOO_MANY_ATTEMPTS.
    """
    if fields.get("organisation"):
        return prove_by_organisation(asking, fields["digest"])
    with asking.services.database.reading() as db:
        name = name_of(db, asking.actor.id)
    proof = _prove(asking, fields, name)
    if proof.person.id != asking.actor.id:
        raise InventoryError(
            ErrorCode.WITNESS_NOT_PROVEN,
            "This passkey belongs to somebody else. Sign with your own, or let them "
            "sign in here.",
            field="witness",
        )
    return proof


def _prove(asking: Asking, fields: Mapping[str, Any], name: str | None) -> Proof:
    identifier, digest = asking.services.identifier, fields["digest"]
    answer = passkey_answer(
        fields.get("witness_passkey"), fields.get("witness_challenge")
    )
    if answer is not None:
        return identifier.prove_by_passkey(answer, digest)
    password = fields.get("password")
    if not name or not password:
        raise InventoryError(
            ErrorCode.SIGNATURE_NEEDED,
            "The witness signs with their own name and password, or with a passkey.",
            field="password" if name else "sign_in_name",
        )
    presented = Presented(
        sign_in_name=name,
        password=password,
        code=fields.get("code"),
        network=network(),
    )
    return identifier.prove(presented, digest)
