"""The one service that tells who somebody is: to sign in, and to sign an entry."""

from datetime import datetime
from typing import final

from inventory.credentials import federated, passkey_answers, signing
from inventory.credentials.identified import Ceremony, Identified
from inventory.credentials.means import Means
from inventory.credentials.presented import (
    Given,
    PasskeyAnswer,
    Presented,
    RelyingParty,
)
from inventory.credentials.sign_ins import SignedIn
from inventory.kernel.actors import Actor, Meaning, Proof


@final
class Identifier(Means):
    """Tells who somebody is, by name and password, passkey or their organisation.

    It opens short transactions of its own and hashes between them: call it before the
    write transaction, never inside one.
    """

    def identify(
        self, presented: Presented, *, person_id: str | None = None
    ) -> Identified:
        """Give whoever presents all components of one person's credential.

        Args:
            presented: name, password and, with a second factor, a code.
            person_id: who it has to be, or None for anybody.

        Raises:
            InventoryError: NOT_SIGNED_IN, with one sentence and at one cost whether the
                name is unknown, disabled or stopped or anything is wrong;
                TOO_MANY_ATTEMPTS, with `retry_after_s`, after failures in a row.
        """
        return signing.identify(self, presented, person_id=person_id)

    def begin_passkey(self, party: RelyingParty) -> Ceremony:
        """Ask whichever passkey of ours the browser has; keeps nothing."""
        return passkey_answers.begin_sign_in(self, party)

    def identify_passkey(self, answer: PasskeyAnswer) -> Identified:
        """Give whose passkey answered, its user verified: two factors at once.

        Raises:
            InventoryError: NOT_SIGNED_IN.
        """
        return passkey_answers.sign_in(self, answer)

    def identify_federated(
        self,
        issuer: str,
        subject: str,
        auth_time: datetime,
        *,
        factors: tuple[str, ...] = ("oidc",),
    ) -> Identified:
        """Give whoever linked this identity of their organisation's sign-in.

        Raises:
            InventoryError: NOT_SIGNED_IN when nobody active has linked it.
        """
        return federated.identify(self, issuer, subject, auth_time, factors)

    def prove(
        self, presented: Presented, digest: str, *, meaning: Meaning = Meaning.WITNESS
    ) -> Proof:
        """Let a second person sign exactly one entry, with all components.

        Args:
            presented: their own name, password and, with a second factor, a code.
            digest: SHA-256, hex, of the entry they were shown.
            meaning: what the signature says.

        Raises:
            InventoryError: WITNESS_NOT_PROVEN for a witness, SIGNATURE_NOT_PROVEN for
                another meaning, never saying which part; TOO_MANY_ATTEMPTS.
        """
        return signing.prove(self, presented, digest, meaning)

    def begin_signature(
        self, person_id: str | None, digest: str | None, party: RelyingParty
    ) -> Ceremony:
        """Ask a passkey for a signature over exactly one entry.

        Args:
            person_id: whose passkeys, or None for whichever the browser has.
            digest: of the entry; None for a `confirm`, which is over no entry yet.
            party: the address the page is served at.
        """
        return passkey_answers.begin_signature(self, person_id, digest, party)

    def prove_by_passkey(
        self,
        answer: PasskeyAnswer,
        digest: str,
        *,
        meaning: Meaning = Meaning.WITNESS,
    ) -> Proof:
        """Let a second person sign exactly one entry with a passkey.

        The proof's `assertion` is what the device signed; anyone can check it with
        `journal.assertions.check_assertion`.

        Raises:
            InventoryError: as `prove`.
        """
        return signing.prove_by_passkey(self, answer, digest, meaning)

    def confirm(self, actor: Actor, given: Given, sign_in: SignedIn) -> Identified:
        """Let somebody who is signed in sign an entry or a change of their own.

        The first signature of a sign-in needs all components, later ones at least one
        (21 CFR 11.200(a)(1)(i)). After the entry was written, the caller notes it in
        the same transaction: `sign_ins.note_signed`.

        Raises:
            InventoryError: SIGNATURE_NEEDED when components are lacking (`needs`),
                SIGNATURE_NOT_PROVEN, TOO_MANY_ATTEMPTS.
        """
        return signing.confirm(self, actor, given, sign_in)
