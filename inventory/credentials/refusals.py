"""The sentences of identification: each the same whatever the reason was (T22)."""

from datetime import timedelta
from math import ceil
from typing import Final

from inventory.kernel.actors import Meaning
from inventory.kernel.errors import ErrorCode, InventoryError

_MINUTE_S: Final = 60


def not_signed_in() -> InventoryError:
    """Refuse somebody who did not prove who they are."""
    return InventoryError(
        ErrorCode.NOT_SIGNED_IN,
        "Name, password and code do not belong together. Check all of them; a code "
        "works once. If it fails again and again, use a passkey or a recovery code, or "
        "ask your administrator for a reset.",
    )


def too_many_attempts(wait: timedelta) -> InventoryError:
    """Refuse a try that came too soon after others that failed."""
    wait_s = ceil(wait.total_seconds())
    return InventoryError(
        ErrorCode.TOO_MANY_ATTEMPTS,
        f"Too many tries failed. Wait {_in_words(wait_s)} before the next one, or use "
        "a passkey.",
        retry_after_s=wait_s,
    )


def not_proven(meaning: Meaning) -> InventoryError:
    """Refuse a signature whose signer did not prove who they are."""
    if meaning is Meaning.WITNESS:
        return InventoryError(
            ErrorCode.WITNESS_NOT_PROVEN,
            "Name, password and code do not belong together. The witness signs with "
            "all of their own: sign-in name, password and, with a second factor, its "
            "code or passkey.",
            field="witness",
        )
    return InventoryError(
        ErrorCode.SIGNATURE_NOT_PROVEN,
        "What was given does not prove who signs. Sign with your own sign-in name, "
        "password and, with a second factor, its code or passkey.",
        field="signature",
    )


def signature_needed(needs: list[str]) -> InventoryError:
    """Refuse to record without the components that a signature needs."""
    words = {"password": "your password", "code": "the code of your authenticator"}
    asked = " and ".join(words.get(need, "your passkey") for need in needs)
    return InventoryError(
        ErrorCode.SIGNATURE_NEEDED,
        f"This entry is signed. Give {asked}.",
        field="signature",
        needs=needs,
    )


def _in_words(wait_s: int) -> str:
    if wait_s > _MINUTE_S:
        return f"{ceil(wait_s / _MINUTE_S)} minutes"
    return f"{wait_s} seconds" if wait_s > 1 else "a second"
