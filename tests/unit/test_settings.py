"""Settings are read strictly, all problems at once, and agree with their reference."""

import os
import re
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from secrets import token_hex

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, x25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from config.secret_key import kept_secret_key
from config.settings import (
    PREFIX,
    SettingsCode,
    SettingsError,
    load_settings,
    setting_names,
)

_REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "settings.md"


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith(PREFIX):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_without_any_setting_the_service_can_start(tmp_path: Path) -> None:
    settings = load_settings()
    assert settings.data_dir == tmp_path / "data"
    assert settings.database_url == f"sqlite:///{tmp_path / 'data' / 'books.db'}"
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert (settings.log_level, settings.demo, settings.proxies) == ("info", None, 0)
    assert settings.secret_key not in repr(settings)


@pytest.mark.parametrize(
    ("given", "demo"),
    [
        ({}, None),
        ({"DATABASE_URL": "sqlite:///books.db"}, False),
        ({"DEMO": "false"}, False),
        ({"DEMO": "true"}, True),
        ({"DEMO": "true", "DATABASE_URL": "sqlite:///books.db"}, True),
    ],
)
def test_books_that_are_named_get_no_invented_clinic_unasked(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], *, demo: bool | None
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(PREFIX + name, value)
    assert load_settings().demo is demo


def test_all_problems_are_told_at_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in {
        "PORT": "８０",  # noqa: RUF001 - full-width digits
        "PROXIES": "5",
        "DEMO": "yes",
        "LOG_KEY": "-----BEGIN PRIVATE KEY-----",
        "LOG_LEVEL": "loud",
        "DATABASE_URL": "mysql://x",
        "SECRET_KEY": "short",
        "SECRET_KEY_FILE": str(tmp_path / "nowhere"),
        "PROT": "8000",
    }.items():
        monkeypatch.setenv(PREFIX + name, value)
    with pytest.raises(SettingsError) as refusal:
        load_settings()
    found = {
        (one.code, one.name.removeprefix(PREFIX)) for one in refusal.value.problems
    }
    assert found == {
        (SettingsCode.INVALID, "PORT"),
        (SettingsCode.INVALID, "PROXIES"),
        (SettingsCode.INVALID, "DEMO"),
        (SettingsCode.INVALID, "LOG_KEY"),
        (SettingsCode.INVALID, "LOG_LEVEL"),
        (SettingsCode.INVALID, "DATABASE_URL"),
        (SettingsCode.GIVEN_TWICE, "SECRET_KEY"),
        (SettingsCode.FILE_UNREADABLE, "SECRET_KEY_FILE"),
        (SettingsCode.UNKNOWN, "PROT"),
    }
    assert not Path("data").exists()


@pytest.mark.parametrize("port", ["0", "65536", "-1", "80.0", "1_000", " 80", "", "x"])
def test_a_port_is_a_plain_number(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("COUNTERSIGN_PORT", port)
    with pytest.raises(SettingsError, match="COUNTERSIGN_PORT: Use a whole number"):
        load_settings()


def test_witnesses_are_named_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    own = tmp_path / "data" / "checkpoints"
    assert load_settings().witnesses == (f"dir:{own}",)
    assert own.is_dir()
    addresses = ("dir:/mnt/a b", "https://b.example/w#w+0a1b2c3d+AbC=", "mailto:o@b.io")
    monkeypatch.setenv("COUNTERSIGN_WITNESSES", ",".join(addresses))
    assert load_settings().witnesses == addresses


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WITNESSES", ""),
        ("WITNESSES", "/mnt/a"),
        ("WITNESSES", "dir:a"),
        ("WITNESSES", "dir:/mnt/a,"),
        ("WITNESSES", "https://b.example/w"),
        ("WITNESSES", "ftp://b.example/w#w+0a1b2c3d+AbC="),
        ("WITNESSES", "mailto:olga"),
        ("MAIL_RELAY", ""),
        ("MAIL_RELAY", "mail.example"),
        ("MAIL_RELAY", "smtp://user@mail.example"),
        ("MAIL_RELAY", "smtp://mail.example/path"),
    ],
)
def test_an_address_of_another_form_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"COUNTERSIGN_{name}", value)
    with pytest.raises(SettingsError, match=f"COUNTERSIGN_{name}: Use "):
        load_settings()


@pytest.mark.parametrize(
    "key",
    ["k" * 40, "0123456789abcdef" * 2, "change-me" * 5, token_hex(15), "password" * 9],
    ids=["one letter", "a row", "words", "short", "long"],
)
def test_a_key_that_could_be_guessed_is_refused(
    monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("COUNTERSIGN_SECRET_KEY", key)
    with pytest.raises(SettingsError, match="COUNTERSIGN_SECRET_KEY: Use at least 32"):
        load_settings()


def test_the_key_that_the_service_makes_is_one_that_it_would_take(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    key = kept_secret_key(tmp_path)
    monkeypatch.setenv("COUNTERSIGN_SECRET_KEY", key)
    assert load_settings().secret_key == key


def test_a_secret_may_stand_in_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    key = token_hex(32)
    (tmp_path / "key").write_text(f"{key}\n", encoding="ascii")
    monkeypatch.setenv("COUNTERSIGN_SECRET_KEY_FILE", str(tmp_path / "key"))
    assert load_settings().secret_key == key


def test_a_log_key_may_stand_in_a_file_and_is_an_ed25519_key(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "log-key"
    monkeypatch.setenv("COUNTERSIGN_LOG_KEY_FILE", str(path))
    path.write_bytes(_pem(ed25519.Ed25519PrivateKey.generate()))
    settings = load_settings()
    assert settings.log_key == path.read_text().strip()
    assert settings.log_key not in repr(settings)
    path.write_bytes(_pem(x25519.X25519PrivateKey.generate()))
    with pytest.raises(SettingsError, match="Use an Ed25519 key"):
        load_settings()


def _pem(key: ed25519.Ed25519PrivateKey | x25519.X25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def test_a_data_directory_that_cannot_be_made_is_a_problem(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("COUNTERSIGN_DATA_DIR", str(tmp_path / "file" / "data"))
    with pytest.raises(SettingsError) as refusal:
        load_settings()
    assert [one.code for one in refusal.value.problems] == [
        SettingsCode.DATA_DIR_UNUSABLE
    ]


def test_the_secret_key_is_made_once_and_readable_by_its_owner_only(
    tmp_path: Path,
) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(kept_secret_key, [tmp_path] * 8))
    assert len(keys) == 1
    assert len(keys.pop()) == 43
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]


def test_the_reference_lists_every_setting_with_its_default() -> None:
    reference = _REFERENCE.read_text(encoding="utf-8")
    rows = dict(
        re.findall(r"^\| `COUNTERSIGN_(\w+)` \| (.+?) \|", reference, re.MULTILINE)
    )
    settings = load_settings()
    assert list(rows) == setting_names()
    for name in ("HOST", "LOG_LEVEL", "PORT", "PROXIES"):
        assert rows[name] == f"`{getattr(settings, name.lower())}`"
    assert rows["DEMO"] == "none"
    assert rows["DATA_DIR"] == f"`{settings.data_dir.name}`"


def test_the_reference_lists_every_problem() -> None:
    reference = _REFERENCE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(setting_\w+)` \|", reference, re.MULTILINE)
    assert rows == [code.value for code in SettingsCode]
