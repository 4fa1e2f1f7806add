"""What applies at a site: its profile's rules, and its own where they ask for more."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.models.sites import FacilitySetting
from inventory.profiles.catalogue import DEFAULT, PROFILES
from inventory.profiles.rules import (
    PROFILE,
    Profile,
    Rule,
    Setting,
    read_value,
    strictest,
    write_value,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedRule:
    """A rule in force, in words."""

    name: str
    value: str
    source: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRules:
    """The rules of one site.

    Attributes:
        profile: the jurisdiction it is under.
        own: what it asks of itself.
    """

    profile: Profile
    own: Mapping[Setting, int]

    def rule(self, setting: Setting) -> Rule:
        """What applies, with its source."""
        return strictest(self.profile.rules[setting], self.own.get(setting))

    @property
    def rules(self) -> list[NamedRule]:
        """Every rule in force."""
        return [_named(setting, self.rule(setting)) for setting in Setting]


def read_rules(db: Session, registration_id: str) -> SiteRules:
    """Read the rules of a site, in one query."""
    rows = db.execute(
        select(FacilitySetting.name, FacilitySetting.value).where(
            FacilitySetting.registration_id == registration_id
        )
    )
    said = {row.name: row.value for row in rows}
    return SiteRules(
        profile=PROFILES[said.pop(PROFILE, DEFAULT)],
        own={Setting(name): read_value(Setting(name), said[name]) for name in said},
    )


def read_setting(db: Session, registration_id: str, setting: Setting) -> int:
    """Give what applies at a site."""
    return read_rules(db, registration_id).rule(setting).value


def _named(setting: Setting, rule: Rule) -> NamedRule:
    return NamedRule(
        name=setting.value,
        value=write_value(setting, rule.value),
        source=rule.source,
        evidence=rule.evidence,
    )
