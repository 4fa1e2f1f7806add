"""The settings of single sign-on: all or none of them, and the packages it needs."""

from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from marshmallow import ValidationError

from config.hosts import is_loopback

# Where a provider sends people back to; it knows the address by its redirect URI.
ANSWER_PATH: Final = "/sign-in/organisation/answer"
NAMES: Final = (
    "OIDC_CLIENT_ID",
    "OIDC_CLIENT_SECRET",
    "OIDC_ISSUER",
    "OIDC_REDIRECT_URI",
)
PACKAGES: Final = ("authlib", "joserfc", "requests")

_INSTALL: Final = "pip install --require-hashes -r requirements-sso.txt"


def readers(env: Any) -> dict[str, Callable[[str], Any]]:
    """Give what reads each of the settings."""
    return {
        "OIDC_CLIENT_ID": lambda name: env.str(name, None, validate=_plain),
        "OIDC_CLIENT_SECRET": lambda name: env.str(name, None, validate=_plain),
        "OIDC_ISSUER": lambda name: env.str(name, None, validate=_issuer),
        "OIDC_REDIRECT_URI": lambda name: env.str(name, None, validate=_redirect_uri),
    }


def lacking(values: Mapping[str, Any]) -> Iterator[str]:
    """List the settings that are missing beside others of them."""
    given = [name for name in NAMES if values.get(name) is not None]
    if given:
        yield from (name for name in NAMES if name in values and name not in given)


def how_to_install(values: Mapping[str, Any]) -> str | None:
    """Tell how to install what single sign-on needs, if it is asked for and lacking."""
    is_asked_for = any(values.get(name) is not None for name in NAMES)
    missing = [name for name in PACKAGES if find_spec(name) is None]
    if not is_asked_for or not missing:
        return None
    return f"Single sign-on needs {' and '.join(missing)}: {_INSTALL}"


def is_private(url: SplitResult) -> bool:
    """Tell whether nobody on the way can read: https, or http to this machine."""
    if url.scheme == "https":
        return bool(url.hostname)
    return url.scheme == "http" and is_loopback(url.hostname or "")


def _plain(text: str) -> None:
    if not text.isascii() or not text.isprintable() or not text:
        raise ValidationError("Give it as the provider wrote it: one line of ASCII.")


def _issuer(text: str) -> None:
    if not _is_address(text):
        raise ValidationError(
            "Use the provider's issuer as it writes it itself, such as "
            "https://login.example; http only for this machine."
        )


def _redirect_uri(text: str) -> None:
    if not _is_address(text) or urlsplit(text).path != ANSWER_PATH:
        raise ValidationError(
            f"Use the address of this service and {ANSWER_PATH}, such as "
            f"https://books.clinic.example{ANSWER_PATH}; http only for this machine."
        )


def _is_address(text: str) -> bool:
    """Tell whether this is the address of a server, with nothing hidden in it."""
    if not text.isascii() or not text.isprintable() or set(text) & set(" \\?#@"):
        return False
    try:
        url = urlsplit(text)
        return is_private(url) and url.port != 0
    except ValueError:
        return False
