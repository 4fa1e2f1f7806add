"""The settings: read once from the environment, checked as a whole, then frozen.

Every name starts with COUNTERSIGN_. A secret may stand in a file instead, named by the
same name with _FILE at the end. `docs/reference/settings.md` explains each.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, cast

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from environs import EnvValidationError, FileAwareEnv
from flask.helpers import get_debug_flag
from marshmallow import ValidationError
from marshmallow.validate import Length, OneOf, Regexp

from config import single_sign_on
from config.secret_key import kept_secret_key, require_unguessable

PREFIX: Final = "COUNTERSIGN_"
FILE_SUFFIX: Final = "_FILE"
LOG_LEVELS: Final = ("debug", "info", "warning", "error")
PORT_MAX: Final = 65535
PROXIES_MAX: Final = 4

_WITNESS: Final = (
    r"dir:/[^,]*|https?://[^\s,#]+#[^\s,+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+"
    r"|mailto:[^\s,@]+@[^\s,@]+"
)
_BOOKS: Final = r"sqlite:///.+|postgresql\+psycopg://.+"


class SettingsCode(StrEnum):
    """Every way in which settings are refused."""

    INVALID = "setting_invalid"
    UNKNOWN = "setting_unknown"
    GIVEN_TWICE = "setting_given_twice"
    FILE_UNREADABLE = "setting_file_unreadable"
    DATA_DIR_UNUSABLE = "setting_data_dir_unusable"
    INCOMPLETE = "setting_incomplete"
    PACKAGE_MISSING = "setting_package_missing"
    UNSAFE = "setting_unsafe"


@dataclass(frozen=True, slots=True)
class SettingsProblem:
    """One setting that cannot be used."""

    code: SettingsCode
    name: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.name}: {self.sentence} ({self.code})"


class SettingsError(Exception):
    """The settings cannot be used; all problems at once."""

    def __init__(self, problems: list[SettingsProblem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How this service is to run.

    Attributes:
        database_url: the books, `sqlite:///...` or `postgresql+psycopg://...`.
        data_dir: where files of the service are kept.
        demo: whether empty books get an invented clinic, which may then be served over
            an unsafe database too; None, where nothing was said of the books, only
            lets those of the service's own get it.
        host: address to listen on.
        log_key: signs the checkpoints of the books, as PEM; None keeps one of its own.
        log_level: the least level that is logged.
        mail_relay: server that takes our mail, `smtp://user:password@host:port`.
        oidc_client_id: this service's name at the organisation's sign-in (OpenID
            Connect); None, as the other three, without single sign-on.
        oidc_client_secret: by which this service proves itself there.
        oidc_issuer: who the organisation's sign-in is, by its address.
        oidc_redirect_uri: where it sends people back to.
        port: port to listen on.
        proxies: how many proxies in front are trusted to name the caller.
        secret_key: signs the cookie against forged forms.
        witnesses: who holds our checkpoints: `dir:`, `https:`, `mailto:` addresses.
    """

    database_url: str
    data_dir: Path
    demo: bool | None
    host: str
    log_key: str | None = field(repr=False)
    log_level: str
    mail_relay: str | None = field(repr=False)
    oidc_client_id: str | None = None
    oidc_client_secret: str | None = field(default=None, repr=False)
    oidc_issuer: str | None = None
    oidc_redirect_uri: str | None = None
    port: int
    proxies: int
    secret_key: str = field(repr=False)
    witnesses: tuple[str, ...]


def setting_names() -> list[str]:
    """List the names of all settings, without the prefix, in order of the alphabet."""
    return [setting.name.upper() for setting in fields(Settings)]


def load_settings() -> Settings:
    """Read the settings; make the data directory and the secret key if need be.

    Raises:
        SettingsError: naming every setting that cannot be used.
    """
    problems = [*_unknown(), *_unreadable(), *_given_twice(), *_debugging()]
    values, invalid = _read(skipped={problem.name for problem in problems})
    problems += invalid
    problems += _unready(values)
    if problems:
        raise SettingsError(problems)
    return Settings(**_completed(values))


def _read(*, skipped: set[str]) -> tuple[dict[str, Any], list[SettingsProblem]]:
    env = FileAwareEnv(eager=False, prefix=PREFIX, strip_whitespace=True)
    readers: dict[str, Callable[[str], Any]] = {
        "DATABASE_URL": lambda name: env.str(name, None, validate=_books),
        "DATA_DIR": lambda name: env.path(name, Path("data")),
        "DEMO": lambda name: env.str(name, None, validate=OneOf(["true", "false"])),
        "HOST": lambda name: env.str(name, "127.0.0.1", validate=Length(min=1)),
        "LOG_KEY": lambda name: env.str(name, None, validate=_ed25519_key),
        "LOG_LEVEL": lambda name: env.str(name, "info", validate=OneOf(LOG_LEVELS)),
        "MAIL_RELAY": lambda name: env.str(name, None, validate=_mail_relay),
        **single_sign_on.readers(env),
        "PORT": lambda name: env.str(name, "8000", validate=_whole(1, PORT_MAX)),
        "PROXIES": lambda name: env.str(name, "0", validate=_whole(0, PROXIES_MAX)),
        "SECRET_KEY": lambda name: env.str(name, None, validate=require_unguessable),
        "WITNESSES": lambda name: env.list(name, None, validate=_witnesses),
    }
    values = {
        name: read(name)
        for name, read in readers.items()
        if not skipped & {PREFIX + name, PREFIX + name + FILE_SUFFIX}
    }
    try:
        env.seal()
    except EnvValidationError as refusal:
        refused = cast("dict[str, list[str]]", refusal.error_messages)
        usable = {n: value for n, value in values.items() if PREFIX + n not in refused}
        return usable, [
            SettingsProblem(SettingsCode.INVALID, name, " ".join(sentences))
            for name, sentences in refused.items()
        ]
    return values, []


def _completed(values: dict[str, Any]) -> dict[str, Any]:
    data_dir = _made(values["DATA_DIR"])
    return {
        "database_url": values["DATABASE_URL"] or f"sqlite:///{data_dir / 'books.db'}",
        "data_dir": data_dir,
        "demo": _demo(values),
        "host": values["HOST"],
        "log_key": values["LOG_KEY"],
        "log_level": values["LOG_LEVEL"],
        "mail_relay": values["MAIL_RELAY"],
        **{name.lower(): values[name] for name in single_sign_on.NAMES},
        "port": int(values["PORT"]),
        "proxies": int(values["PROXIES"]),
        "secret_key": values["SECRET_KEY"] or kept_secret_key(data_dir),
        "witnesses": tuple(values["WITNESSES"] or [_own_witness(data_dir)]),
    }


def _demo(values: Mapping[str, Any]) -> bool | None:
    """Say no for whoever named their books and nothing else."""
    if values["DEMO"] is not None:
        return bool(values["DEMO"] == "true")
    return False if values["DATABASE_URL"] else None


def _made(data_dir: Path) -> Path:
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        sentence = f"{data_dir} cannot be made. Name a directory that can."
        problem = SettingsProblem(
            SettingsCode.DATA_DIR_UNUSABLE, f"{PREFIX}DATA_DIR", sentence
        )
        raise SettingsError([problem]) from error
    return data_dir.resolve()


def _own_witness(data_dir: Path) -> str:
    """Give the witness of an installation that names none: a folder of its own.

    It shows an accident, not an attack: better ones stand elsewhere.
    """
    folder = data_dir / "checkpoints"
    folder.mkdir(mode=0o700, exist_ok=True)
    return f"dir:{folder}"


def _unknown() -> Iterator[SettingsProblem]:
    known = {PREFIX + name for name in setting_names()}
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and name.removesuffix(FILE_SUFFIX) not in known:
            sentence = "There is no such setting. Remove it or correct its name."
            yield SettingsProblem(SettingsCode.UNKNOWN, name, sentence)


def _unreadable() -> Iterator[SettingsProblem]:
    for setting in setting_names():
        name = PREFIX + setting + FILE_SUFFIX
        path = os.environ.get(name)
        if path and not os.access(path, os.R_OK):
            sentence = "This file cannot be read. Correct its path or its permissions."
            yield SettingsProblem(SettingsCode.FILE_UNREADABLE, name, sentence)


def _given_twice() -> Iterator[SettingsProblem]:
    for setting in setting_names():
        name = PREFIX + setting
        if name in os.environ and name + FILE_SUFFIX in os.environ:
            sentence = f"This is given here and by {name}{FILE_SUFFIX}. Keep one."
            yield SettingsProblem(SettingsCode.GIVEN_TWICE, name, sentence)


def _debugging() -> Iterator[SettingsProblem]:
    """Refuse Flask's own switch: its console runs whatever a visitor types."""
    if get_debug_flag():
        sentence = "Debugging is never on where books are kept. Remove this."
        yield SettingsProblem(SettingsCode.UNSAFE, "FLASK_DEBUG", sentence)


def _unready(values: dict[str, Any]) -> Iterator[SettingsProblem]:
    for name in single_sign_on.lacking(values):
        sentence = "Single sign-on needs this too. Add it, or remove the others."
        yield SettingsProblem(SettingsCode.INCOMPLETE, PREFIX + name, sentence)
    how = single_sign_on.how_to_install(values)
    if how:
        name = f"{PREFIX}OIDC_ISSUER"
        yield SettingsProblem(SettingsCode.PACKAGE_MISSING, name, how)


def _books(url: str) -> None:
    Regexp(
        rf"\A(?:{_BOOKS})\Z",
        error="Use sqlite:///path or postgresql+psycopg://user@host/database.",
    )(url)


def _mail_relay(url: str) -> None:
    Regexp(
        r"\Asmtps?://(?:[^\s:@/]+:[^\s:@/]+@)?[A-Za-z0-9.-]+(?::[0-9]{1,5})?\Z",
        error="Use smtp://host:port or smtps://user:password@host.",
    )(url)


def _witnesses(addresses: list[str]) -> None:
    for address in addresses or [""]:
        Regexp(
            rf"\A(?:{_WITNESS})\Z",
            error="Use dir:/path, https://host/path#key or mailto:address, with commas "
            "between them.",
        )(address)


def _ed25519_key(pem: str) -> None:
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise ValidationError("Use an Ed25519 key without a password, as PKCS 8 PEM.")


def _whole(least: int, most: int) -> Callable[[str], None]:
    def check(text: str) -> None:
        plain = text.isascii() and text.isdigit() and len(text) <= len(str(most))
        if not plain or not least <= int(text) <= most:
            raise ValidationError(f"Use a whole number from {least} to {most}.")

    return check
