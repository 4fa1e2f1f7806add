"""A site chooses its profile, and makes a rule of it stricter; both with a reason."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from inventory.journal import book
from inventory.journal.book import Appended
from inventory.journal.events import AuditEvent, Tag
from inventory.journal.salted import salted
from inventory.kernel.actors import Actor, Permission, require_permission
from inventory.kernel.clock import Clock
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.ledger.containers import lock_registration
from inventory.models.sites import FacilitySetting
from inventory.profiles import rules
from inventory.profiles.catalogue import PROFILES
from inventory.profiles.queries import read_rules


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSetting:
    """Set a rule of a site.

    Attributes:
        name: `profile`, or one of `rules.Setting`.
        value: in the words of the setting, such as "us-oh", "yes" or "10".
        reason: why, in the site's words.
    """

    registration_id: str
    name: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingChanged:
    """A rule of a site, as it is from now on."""

    name: str
    value: str
    recorded: Appended


def change_setting(
    db: Session, command: ChangeSetting, *, actor: Actor, clock: Clock
) -> SettingChanged:
    """Set a rule of a site; it applies to the next entry.

    Raises:
        InventoryError: NOT_PERMITTED, NOT_FOUND, INVALID_FIELD for a value that is
            unknown or asks for less than the profile.
    """
    registration_id = command.registration_id
    require_permission(actor, Permission.MANAGE_SITES, registration_id)
    lock_registration(db, registration_id)
    _require_allowed(db, command)
    now = clock.now()
    before = _store(db, command, now)
    event = AuditEvent(
        book_id=registration_id,
        tag=Tag.SETTING_CHANGED,
        subject=registration_id,
        actor=actor,
        occurred_at=now,
        data={"name": command.name, "from": before, "to": command.value},
        texts={"reason": salted(command.reason)},
    )
    return SettingChanged(
        name=command.name,
        value=command.value,
        recorded=book.append(db, event, clock=clock),
    )


def _require_allowed(db: Session, command: ChangeSetting) -> None:
    if command.name != rules.PROFILE:
        setting = rules.Setting(command.name)
        value = rules.read_value(setting, command.value)
        profile = read_rules(db, command.registration_id).profile
        rules.require_no_weaker(setting, value, profile)
    elif command.value not in PROFILES:
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            f"There is no such profile. Use one of: {', '.join(sorted(PROFILES))}.",
            field="value",
        )


def _store(db: Session, command: ChangeSetting, now: datetime) -> str | None:
    """Keep the value; give the one before, None where the profile's held."""
    row = db.get(FacilitySetting, (command.registration_id, command.name))
    before = row.value if row else None
    if row is None:
        row = FacilitySetting(
            registration_id=command.registration_id, name=command.name
        )
        db.add(row)
    row.value, row.set_at = command.value, now
    db.flush()
    return before
