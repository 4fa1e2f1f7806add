"""Witnesses are named by address; one that cannot be used is refused with a reason."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from inventory.evidence.witnesses.addresses import WitnessAddressError, make_witnesses
from inventory.evidence.witnesses.own_key import (
    KEY_FILE,
    WitnessKeyError,
    kept_signer,
    new_signer,
)
from inventory.kernel.clock import FrozenClock
from tests.logs import Log

KEY = str(new_signer("clinic-b.example/w1").verifier)
CLOCK = FrozenClock(datetime(2026, 11, 2, 14, 0, tzinfo=UTC))
RELAY = "smtps://harbor:a%40b@mail.harbor.example"


def _names(*addresses: str, relay: str | None = RELAY) -> list[str]:
    made = make_witnesses(addresses, mail_relay=relay, clock=CLOCK)
    return [witness.name for witness in made]


def test_each_kind_of_address_names_a_witness() -> None:
    addresses = ("dir:/mnt/a", f"https://b.example/w1#{KEY}", "mailto:olga@b.example")
    assert _names(*addresses) == [
        "dir:/mnt/a",
        "clinic-b.example/w1",
        "mailto:olga@b.example",
    ]


@pytest.mark.parametrize("host", ["127.0.0.1:8471", "localhost", "[::1]:8471"])
def test_on_this_machine_no_tls_is_needed(host: str) -> None:
    assert _names(f"http://{host}#{KEY}") == ["clinic-b.example/w1"]


@pytest.mark.parametrize(
    ("addresses", "relay", "reason"),
    [
        ([f"http://b.example/w1#{KEY}"], None, "over https"),
        ([f"https://b.example/w2#{KEY.replace('w1', 'w2')}"], None, "do not fit"),
        ([f"https://b.example/w1#{Log().signer.verifier}"], None, "key of a log"),
        ([f"https://b.example:99999/w1#{KEY}"], None, "no such port"),
        (["mailto:olga@b.example"], None, "COUNTERSIGN_MAIL_RELAY"),
        (["mailto:olga@b.example"], "smtp://b.example:99999", "no such port"),
        (["dir:/mnt/a", "dir:/mnt/a"], None, "one name"),
    ],
)
def test_an_address_that_names_no_witness_is_refused(
    addresses: list[str], relay: str | None, reason: str
) -> None:
    with pytest.raises(WitnessAddressError, match=reason):
        _names(*addresses, relay=relay)


def test_the_key_of_a_witness_is_made_once_and_keeps_its_name(tmp_path: Path) -> None:
    made = kept_signer(tmp_path / "w", "clinic-b.example/w1")
    again = kept_signer(tmp_path / "w", None)
    assert str(again.verifier) == str(made.verifier)
    assert (tmp_path / "w" / KEY_FILE).stat().st_mode & 0o777 == 0o600
    with pytest.raises(WitnessKeyError, match=r"called clinic-b\.example/w1"):
        kept_signer(tmp_path / "w", "clinic-c.example/w1")


def test_a_new_witness_needs_a_name(tmp_path: Path) -> None:
    with pytest.raises(WitnessKeyError, match="--name"):
        kept_signer(tmp_path / "w", None)


@pytest.mark.parametrize("cut", [0, 20, 60, -3])
def test_a_broken_key_is_not_used(tmp_path: Path, cut: int) -> None:
    kept_signer(tmp_path, "clinic-b.example/w1")
    path = tmp_path / KEY_FILE
    path.write_text(path.read_text()[:cut])
    with pytest.raises(WitnessKeyError, match="broken"):
        kept_signer(tmp_path, None)
