"""Keys and a prover for tests: what a test signs is the same at every run."""

from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from inventory.evidence.keys import LogKeys
from inventory.evidence.proving import Prover
from tests.clinic import Clinic

LOG_KEYS: Final = LogKeys(Ed25519PrivateKey.from_private_bytes(b"l" * 32))


def prover(clinic: Clinic) -> Prover:
    """Give what proves entries of a clinic's books."""
    return Prover(clinic.database, LOG_KEYS, clinic.clock)
