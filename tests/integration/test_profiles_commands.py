"""A site chooses its profile and makes rules stricter, never weaker."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from inventory.db import Database
from inventory.journal import book, texts
from inventory.kernel.actors import Role
from inventory.kernel.clock import FrozenClock
from inventory.kernel.errors import ErrorCode
from inventory.models.sites import FacilitySetting
from inventory.profiles.commands import ChangeSetting, SettingChanged, change_setting
from inventory.profiles.queries import read_rules, read_setting
from inventory.profiles.rules import Setting
from inventory.profiles.signatures import require_positive_identification
from tests.clinic import Clinic
from tests.faults.tamper.sites import open_site
from tests.refusals import refused

REASON = "Board inspection of June"


def _change(clinic: Clinic, name: str, value: str, **changes: Any) -> SettingChanged:
    command = ChangeSetting(
        registration_id=changes.pop("registration_id", clinic.registration_id),
        name=name,
        value=value,
        reason=REASON,
    )
    actor = changes.pop("actor", clinic.administrator)
    with clinic.database.transaction() as db:
        return change_setting(db, command, actor=actor, clock=clinic.clock)


def _in_force(clinic: Clinic, setting: Setting) -> int:
    with clinic.database.reading() as db:
        return read_setting(db, clinic.registration_id, setting)


def test_a_site_is_under_federal_law_until_it_says_otherwise(clinic: Clinic) -> None:
    with clinic.database.reading() as db:
        assert read_rules(db, clinic.registration_id).profile.name == "us"
    assert _in_force(clinic, Setting.POSITIVE_IDENTIFICATION) == 0
    _change(clinic, "profile", "us-oh")
    assert _in_force(clinic, Setting.POSITIVE_IDENTIFICATION) == 1


def test_a_site_can_be_stricter_than_its_profile(clinic: Clinic) -> None:
    _change(clinic, "positive_identification", "yes")
    _change(clinic, "second_witness_percent", "10")
    _change(clinic, "second_witness_percent", "25")
    assert _in_force(clinic, Setting.POSITIVE_IDENTIFICATION) == 1
    assert _in_force(clinic, Setting.SECOND_WITNESS_PERCENT) == 25


def test_a_site_cannot_be_weaker_than_its_profile(clinic: Clinic) -> None:
    _change(clinic, "profile", "us-oh")
    with refused(ErrorCode.INVALID_FIELD, at="value"):
        _change(clinic, "positive_identification", "no")


def test_an_own_rule_made_under_a_laxer_profile_gives_way(clinic: Clinic) -> None:
    _change(clinic, "positive_identification", "no")
    _change(clinic, "profile", "us-oh")
    assert _in_force(clinic, Setting.POSITIVE_IDENTIFICATION) == 1


def test_one_site_rules_nothing_at_another(clinic: Clinic) -> None:
    _change(clinic, "profile", "us-oh")
    with clinic.database.reading() as db:
        assert read_rules(db, clinic.elsewhere_id).profile.name == "us"


@pytest.mark.parametrize(
    ("name", "value"),
    [("profile", "us-xx"), ("profile", "../us"), ("second_witness_percent", "200")],
)
def test_what_a_setting_does_not_take_is_refused(
    clinic: Clinic, name: str, value: str
) -> None:
    with refused(ErrorCode.INVALID_FIELD, at="value"):
        _change(clinic, name, value)


def test_only_who_keeps_the_house_changes_its_rules(clinic: Clinic) -> None:
    for person in (clinic.pharmacist, clinic.officer, clinic.manager, clinic.stranger):
        with refused(ErrorCode.NOT_PERMITTED):
            _change(clinic, "profile", "us-oh", actor=person)
    with refused(ErrorCode.NOT_PERMITTED):
        _change(clinic, "profile", "us-oh", registration_id=clinic.elsewhere_id)


def test_a_change_is_an_event_with_its_reason(clinic: Clinic) -> None:
    _change(clinic, "profile", "us")
    _change(clinic, "profile", "us-oh")
    with clinic.database.reading() as db:
        events = list(book.read(db, clinic.registration_id))
        said = texts.read(db, clinic.registration_id, events[-1].position)
    data = [json.loads(event.body)["data"] for event in events]
    assert data == [
        {"name": "profile", "from": None, "to": "us"},
        {"name": "profile", "from": "us", "to": "us-oh"},
    ]
    assert said == {"reason": REASON}


def test_a_weak_signature_passes_or_not_as_the_site_rules(clinic: Clinic) -> None:
    def judge(*factors: str) -> None:
        with clinic.database.reading() as db:
            require_positive_identification(
                db, clinic.registration_id, factors, field="signature"
            )

    judge("token")
    _change(clinic, "profile", "us-oh")
    judge("password", "totp")
    with refused(ErrorCode.SIGNATURE_TOO_WEAK, at="signature"):
        judge("token")


def test_the_settings_of_a_site_follow_from_its_journal(
    database: Database, tmp_path: Path
) -> None:
    site = open_site(database, tmp_path / "elsewhere", sessions=1)
    clock = FrozenClock(datetime(2026, 11, 3, tzinfo=UTC))
    command = ChangeSetting(
        registration_id=site.book_id, name="profile", value="us-oh", reason=REASON
    )
    administrator = replace(
        next(iter(site.people.values())),
        roles={site.book_id: frozenset({Role.ADMINISTRATOR})},
    )
    with database.transaction() as db:
        change_setting(db, command, actor=administrator, clock=clock)
    assert site.verify(site.database_url).alterations == ()
    with database.transaction() as db:
        db.get_one(FacilitySetting, (site.book_id, "profile")).value = "us"
    (said,) = site.verify(site.database_url).alterations
    assert "value is us, and was us-oh by the journal" in said
