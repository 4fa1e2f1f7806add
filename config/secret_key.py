"""The secret key of this installation: made once, kept in its data directory."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

FILE_NAME: Final = "secret-key"
_KEY_BYTES: Final = 32


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
