"""The secret key of this installation: made once, kept in its data directory."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from marshmallow import ValidationError
from zxcvbn import zxcvbn

FILE_NAME: Final = "secret-key"
LENGTH_MIN: Final = 32
# The power of ten of the guesses it takes: 66 bits, fewer than 16 random bytes have.
GUESSES_LOG10_MIN: Final = 20

_KEY_BYTES: Final = 32
_JUDGED: Final = 72  # zxcvbn takes no more


def require_unguessable(key: str) -> None:
    """Refuse a key of words, rows and repetitions, however long it is.

    Raises:
        ValidationError: saying how to make a better one.
    """
    guesses = zxcvbn(key[:_JUDGED])["guesses_log10"]
    if len(key) < LENGTH_MIN or guesses < GUESSES_LOG10_MIN:
        raise ValidationError(
            f"Use at least {LENGTH_MIN} random characters, as `openssl rand -hex 32` "
            "prints, or nothing: then the service makes a key of its own."
        )


def kept_secret_key(data_dir: Path) -> str:
    """Return the key, making it at the first start, readable by its owner only.

    Two processes that start at once agree on one key: the file appears whole or not at
    all, and the first one wins.
    """
    path = data_dir / FILE_NAME
    if not path.exists():
        _make(path)
    return path.read_text(encoding="ascii")


def _make(path: Path) -> None:
    with NamedTemporaryFile("w", dir=path.parent, prefix=f".{FILE_NAME}-") as draft:
        draft.write(secrets.token_urlsafe(_KEY_BYTES))
        draft.flush()
        os.fsync(draft.fileno())
        with suppress(FileExistsError):
            os.link(draft.name, path)
