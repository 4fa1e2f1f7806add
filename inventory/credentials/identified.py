"""Who it was, once they have proved it."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from inventory.kernel.actors import Actor, Identification, Meaning, Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """A person who has just proved who they are; made by `Identifier` alone.

    Attributes:
        actor: the person, with the roles they hold now. After `confirm`, known by the
            factors of the sign-in and of this signature: the actor of the entry.
        factors: what they used just now, such as ("password", "totp").
        at: when, by the server's clock, UTC.
    """

    actor: Actor
    factors: tuple[str, ...]
    at: datetime

    def over(self, digest: str, meaning: Meaning) -> Proof:
        """Give this as a signature over what they were shown, by its digest."""
        return Proof(
            person=self.actor,
            digest=digest,
            factors=self.factors,
            proven_at=self.at,
            meaning=meaning,
        )


def identified_as(
    actor: Actor, factors: tuple[str, ...], *, at: datetime
) -> Identified:
    """Give a person as known by what they used just now."""
    known_by = Identification(factors=factors)
    return Identified(actor=replace(actor, known_by=known_by), factors=factors, at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceremony:
    """A question for a passkey.

    Attributes:
        challenge_id: comes back with the answer.
        options_json: for `PublicKeyCredential.parseRequestOptionsFromJSON`, or
            `parseCreationOptionsFromJSON` when a passkey is added.
    """

    challenge_id: str = field(repr=False)
    options_json: str = field(repr=False)
