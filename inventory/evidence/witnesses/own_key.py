"""The key of our own witness: made once, kept in its folder, together with its name."""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from inventory.evidence.witnesses import durable
from inventory.journal.notes import Algorithm, Signer, Verifier

KEY_FILE: Final = "witness-key"

# The text form that other implementations of signed notes read and write as well.
_PREFIX: Final = "PRIVATE+KEY+"
_ALGORITHM: Final = bytes([Algorithm.COSIGNATURE])
_BROKEN: Final = "The key file of the witness is broken. Put it back from its copy."


class WitnessKeyError(Exception):
    """The witness has no key it can use; the text says why."""


def kept_signer(folder: Path, name: str | None) -> Signer:
    """Read the key, making it at the first start, readable by its owner only.

    Args:
        folder: the witness's own; made if it is not there.
        name: of the witness, needed at the first start; later it may be left out.

    Raises:
        WitnessKeyError: no name to make a key with, another name, or a broken file.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / KEY_FILE
    if not path.exists():
        if name is None:
            raise WitnessKeyError("This is a new witness. Name it with --name.")
        written = write_signer(new_signer(name))
        durable.write_new(path, written.encode(), mode=0o600)
    signer = read_signer(path.read_text(encoding="utf-8"))
    if name not in (None, signer.name):
        raise WitnessKeyError(
            f"The witness in {folder} is called {signer.name}. "
            "Leave --name out, or give another folder."
        )
    return signer


def new_signer(name: str) -> Signer:
    """Make a key for a witness of a name."""
    return Signer(name, Ed25519PrivateKey.generate(), Algorithm.COSIGNATURE)


def write_signer(signer: Signer) -> str:
    """Write a key with its name as one line."""
    seed = signer.private_key.private_bytes_raw()
    key = b64encode(_ALGORITHM + seed).decode()
    return f"{_PREFIX}{signer.name}+{signer.verifier.key_hash.hex()}+{key}\n"


def read_signer(line: str) -> Signer:
    """Read the line back.

    Raises:
        WitnessKeyError: it is not a line of `write_signer`.
    """
    name, _, rest = line.strip().removeprefix(_PREFIX).partition("+")
    key_hash, _, key = rest.partition("+")
    try:
        typed = b64decode(key, validate=True)
        private_key = Ed25519PrivateKey.from_private_bytes(typed[1:])
        signer = Signer(name, private_key, Algorithm.COSIGNATURE)
        verifier: Verifier = signer.verifier
    except (Base64Error, ValueError) as error:
        raise WitnessKeyError(_BROKEN) from error
    if typed[:1] != _ALGORITHM or verifier.key_hash.hex() != key_hash:
        raise WitnessKeyError(_BROKEN)
    return signer
