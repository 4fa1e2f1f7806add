"""The pure parts of credentials: strength, throttle, networks, sealing, assertions."""

from datetime import UTC, datetime, timedelta

import pytest

from inventory.credentials.networks import network_of
from inventory.credentials.sealing import Sealing, SecretKeyChangedError
from inventory.credentials.strength import LENGTH_MAX, require_acceptable
from inventory.credentials.throttle import (
    Counter,
    Failures,
    counted,
    is_stopped,
    wait,
)
from inventory.credentials.totp import is_code
from inventory.journal.assertions import PARTS, check_assertion, decode, encode
from inventory.kernel.errors import ErrorCode, InventoryError

NOW = datetime(2026, 11, 2, 14, 0, tzinfo=UTC)
CONTEXT = ("pat", "Pat Pharmacist", "Harbor Infusion Clinic")


@pytest.mark.parametrize(
    "password",
    [
        "three or four unrelated words",
        "drei oder vier Wörter",
        "猫が椅子の上で静かに眠っている午後の部屋",
        "'; DROP TABLE people; --",
        "correct horse battery staple",
        "plum ladder forty quiet " * 10,
    ],
)
def test_a_long_password_of_any_characters_is_taken(password: str) -> None:
    require_acceptable(password, beside_second_factor=False, context=CONTEXT)


@pytest.mark.parametrize(
    ("password", "beside"),
    [
        ("fourteen chars", False),
        ("gh7K2mP", True),
        ("", True),
        ("ab4 " * 65, True),
    ],
)
def test_a_password_of_the_wrong_length_is_refused(
    password: str, *, beside: bool
) -> None:
    with pytest.raises(InventoryError, match=f"to {LENGTH_MAX} characters") as caught:
        require_acceptable(password, beside_second_factor=beside, context=())
    assert caught.value.code is ErrorCode.INVALID_FIELD
    assert caught.value.field == "password"


@pytest.mark.parametrize(
    "password",
    [
        "password12345678",
        "aaaaaaaaaaaaaaaaaaaa",
        "qwertyuiopasdfgh",
        "abcdefghijklmnopqrs",
        "Harbor Infusion Clinic",
        "HARBORINFUSIONCLINIC",
        "pat pharmacist 2026",
        "letmeinletmeinletmein",
    ],
)
def test_a_password_among_the_first_to_be_tried_is_refused_and_not_repeated(
    password: str,
) -> None:
    with pytest.raises(InventoryError, match="first that would be tried") as caught:
        require_acceptable(
            password, beside_second_factor=False, context=CONTEXT, field="new_password"
        )
    assert caught.value.field == "new_password"
    assert password.lower() not in caught.value.message.lower()


def test_beside_a_second_factor_a_short_random_one_is_enough() -> None:
    require_acceptable("gh7K2mPq", beside_second_factor=True, context=CONTEXT)
    with pytest.raises(InventoryError):
        require_acceptable("password", beside_second_factor=True, context=CONTEXT)


@pytest.mark.parametrize(
    ("count", "seconds"),
    [(1, 0), (4, 0), (5, 1), (6, 2), (10, 32), (14, 512), (15, 900), (5000, 900)],
)
def test_a_name_waits_twice_as_long_each_time(count: int, seconds: int) -> None:
    failures = Failures(count, NOW)
    assert wait(Counter.ALONE, failures, NOW) == timedelta(seconds=seconds)
    later = NOW + timedelta(seconds=seconds)
    assert wait(Counter.ALONE, failures, later) == timedelta(0)


@pytest.mark.parametrize(
    ("count", "seconds"), [(1, 0), (59, 0), (60, 10), (61, 20), (120, 610)]
)
def test_a_network_regains_a_try_each_ten_seconds(count: int, seconds: int) -> None:
    failures = Failures(count, NOW)
    assert wait(Counter.NETWORK, failures, NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("before", "gone_by_s", "after"),
    [(59, 0, 60), (59, 9, 60), (59, 10, 59), (59, 100, 50), (59, 100_000, 1)],
)
def test_a_network_is_forgiven_with_time(
    before: int, gone_by_s: int, after: int
) -> None:
    failures = Failures(before, NOW - timedelta(seconds=gone_by_s))
    assert counted(Counter.NETWORK, failures, NOW) == Failures(after, NOW)


def test_a_name_is_not_forgiven_with_time() -> None:
    failures = Failures(49, NOW - timedelta(days=400))
    assert not is_stopped(Counter.ALONE, failures)
    after = counted(Counter.ALONE, failures, NOW)
    assert after == Failures(50, NOW)
    assert is_stopped(Counter.ALONE, after)


def test_without_failures_nothing_waits() -> None:
    for counter in Counter:
        assert wait(counter, None, NOW) == timedelta(0)
        assert not is_stopped(counter, None)
        assert counted(counter, None, NOW) == Failures(1, NOW)
    assert not is_stopped(Counter.NETWORK, Failures(5000, NOW))


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("", ""),
        ("unix", "unix"),
    ],
)
def test_an_address_belongs_to_a_network(address: str, network: str) -> None:
    assert network_of(address) == network


def test_what_is_sealed_opens_for_its_purpose_and_place_only() -> None:
    sealing = Sealing("k" * 32)
    sealed = sealing.seal(b"secret", purpose="authenticator", place="otp_1")
    assert sealing.open(sealed, purpose="authenticator", place="otp_1") == b"secret"
    assert sealed != sealing.seal(b"secret", purpose="authenticator", place="otp_1")
    flipped = ("B" if sealed[0] == "A" else "A") + sealed[1:]
    for key, text, purpose, place in (
        ("x" * 32, sealed, "authenticator", "otp_1"),
        ("k" * 32, sealed, "other", "otp_1"),
        ("k" * 32, sealed, "authenticator", "otp_2"),
        ("k" * 32, flipped, "authenticator", "otp_1"),
        ("k" * 32, sealed[:-4], "authenticator", "otp_1"),
        ("k" * 32, "", "authenticator", "otp_1"),
        ("k" * 32, "no base64!", "authenticator", "otp_1"),
    ):
        with pytest.raises(SecretKeyChangedError):
            Sealing(key).open(text, purpose=purpose, place=place)


def test_a_keyed_hash_depends_on_key_purpose_and_text() -> None:
    made = {
        Sealing(key * 32).keyed_hash(text, purpose=purpose)
        for key in "kx"
        for text in ("pat", "olga")
        for purpose in ("throttle", "other")
    }
    assert len(made) == 8
    assert "kkkk" not in repr(Sealing("k" * 32))


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("123456", True),
        ("123 456", True),
        ("12345", False),
        ("1234567", False),
        ("12345a", False),
        ("١٢٣٤٥٦", False),
        ("²³⁴⁵⁶⁷", False),
        ("", False),
    ],
)
def test_a_code_is_six_digits(text: str, *, is_one: bool) -> None:
    assert is_code(text) is is_one


@pytest.mark.parametrize("raw", [b"", b"\x00", b"\xff" * 32, b"abc"])
def test_base64url_has_one_form(raw: bytes) -> None:
    assert decode(encode(raw)) == raw
    for other in (f"{encode(raw)}=", f"{encode(raw)}\n", f" {encode(raw)}"):
        with pytest.raises(ValueError, match=r"canonical|padding|base64"):
            decode(other)


@pytest.mark.parametrize(
    "proof",
    [
        {},
        {"digest": "ab" * 32},
        {"digest": "ab" * 32, "assertion": None},
        {"digest": "ab" * 32, "assertion": dict.fromkeys(PARTS, "")},
        {"digest": "", "assertion": dict.fromkeys(PARTS, "e30")},
        {"digest": "ab" * 32, "assertion": dict.fromkeys(PARTS, "e30")},
        {"digest": "ab" * 32, "assertion": dict.fromkeys(PARTS, "bnVsbA")},
        {"digest": 7, "assertion": dict.fromkeys(PARTS, "e30")},
        {"digest": "ab" * 32, "assertion": dict.fromkeys(PARTS, 7)},
    ],
)
def test_what_is_no_signature_is_refused_not_crashed_on(
    proof: dict[str, object],
) -> None:
    assert not check_assertion(proof)


@pytest.mark.parametrize("counter", list(Counter))
@pytest.mark.parametrize("failures", [1, 4, 5, 40, 60, 70])
def test_a_clock_that_was_set_back_makes_nobody_wait_for_longer(
    counter: Counter, failures: int
) -> None:
    found = Failures(failures, NOW)
    at_once = wait(counter, found, NOW)
    assert wait(counter, found, NOW - timedelta(days=90)) == at_once
    assert counted(counter, found, NOW - timedelta(days=90)).count == failures + 1
