"""What the journal can say: a closed list of tags, and the event that carries one.

Grammar of a tag: `subject:verb`, the verb in the past tense, because an event tells
what has happened. A new kind of event is a new line here and in
`docs/reference/events.md` (a test compares them).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from inventory.journal.salted import SaltedText
from inventory.kernel.actors import Actor, Meaning, Proof


class Tag(StrEnum):
    """Everything that can have happened in a book."""

    REGISTRATION_OPENED = "registration:opened"
    LOCATION_ADDED = "location:added"
    PERSON_ADDED = "person:added"
    PERSON_DISABLED = "person:disabled"
    PERSON_ENABLED = "person:enabled"
    PERSON_SCREENED = "person:screened"
    PERSON_TRAINED = "person:trained"
    POLICY_ACCEPTED = "policy:accepted"
    ACCESS_REQUESTED = "access:requested"
    ACCESS_REFUSED = "access:refused"
    ACCESS_WITHDRAWN = "access:withdrawn"
    ROLE_GRANTED = "role:granted"
    ROLE_ENDED = "role:ended"
    CREDENTIALS_RESET = "credentials:reset"
    CREDENTIAL_CHANGED = "credential:changed"
    TOKEN_ISSUED = "token:issued"  # noqa: S105 - a tag, no secret
    TOKEN_REVOKED = "token:revoked"  # noqa: S105 - a tag, no secret
    TERMINAL_REGISTERED = "terminal:registered"
    TERMINAL_REVOKED = "terminal:revoked"
    EMERGENCY_STARTED = "emergency:started"
    EMERGENCY_ENDED = "emergency:ended"
    EMERGENCY_REVIEWED = "emergency:reviewed"
    SETTING_CHANGED = "setting:changed"
    INITIAL_INVENTORY_TAKEN = "initial_inventory:taken"
    RECEIPT_RECORDED = "receipt:recorded"
    SESSION_OPENED = "session:opened"
    CONTAINER_OPENED = "container:opened"
    CONTAINER_RETIRED = "container:retired"
    SESSION_DRAWN = "session:drawn"
    SESSION_ADMINISTERED = "session:administered"
    SESSION_CLOSED = "session:closed"
    WASTE_REQUESTED = "waste:requested"
    WASTE_SIGNED = "waste:signed"
    WASTE_RECORDED = "waste:recorded"
    WASTE_CANCELLED = "waste:cancelled"
    COUNT_STARTED = "count:started"
    COUNT_COMMITTED = "count:committed"
    DISCREPANCY_OPENED = "discrepancy:opened"
    RECONCILIATION_COMPLETED = "reconciliation:completed"
    SCHEMA_NOTED = "schema:noted"
    SCHEMA_CHANGED = "schema:changed"
    TEXT_REDACTED = "text:redacted"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    """One thing that happened, ready to be appended to a book.

    Attributes:
        book_id: the registration whose book it belongs to.
        tag: what happened.
        subject: id of the thing it happened to.
        actor: who did it; name and initials are copied into the bytes.
        occurred_at: when it happened, as claimed.
        data: figures and snapshots, JSON without floats.
        meaning: what the actor's own signature says.
        witness: the second person's proof, where the tag needs one.
        second_witness: a third person's, where chance asked for one.
        texts: what people typed, by name; only hashes of it stand in the bytes.
    """

    book_id: str
    tag: Tag
    subject: str
    actor: Actor
    occurred_at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)
    meaning: Meaning = Meaning.AUTHORSHIP
    witness: Proof | None = None
    second_witness: Proof | None = None
    texts: Mapping[str, SaltedText] = field(default_factory=dict)
