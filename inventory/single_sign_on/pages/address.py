"""Where the pages of single sign-on stand, and the provider behind them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, cast

import structlog
from flask import Blueprint, current_app

from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.single_sign_on.client import Provider, ProviderError, Trouble
from inventory.single_sign_on.flows import Purpose

blueprint: Final = Blueprint("single_sign_on", __name__)
EXTENSION: Final = "countersign_single_sign_on"

_SILENT: Final = (
    "Your organisation's sign-in does not answer. Try again in a minute, or use your "
    "own name and password here."
)
_UNPROVEN: Final = (
    "Your organisation's sign-in did not show that it is you, a moment ago. Start "
    "again; if it fails again, use your own name and password here."
)

_log = structlog.get_logger(__name__)


def current_provider() -> Provider:
    """Give the organisation's sign-in."""
    return cast("Provider", current_app.extensions[EXTENSION])


@contextmanager
def asking_provider(purpose: Purpose) -> Iterator[Provider]:
    """Ask the provider; why it was of no use stays in the log.

    Raises:
        InventoryError: BUSY when it does not answer; else as `unproven`.
    """
    try:
        yield current_provider()
    except ProviderError as error:
        _log.warning("provider_failed", trouble=error.trouble.value, why=str(error))
        if error.trouble is Trouble.SILENT:
            raise InventoryError(ErrorCode.BUSY, _SILENT) from error
        raise unproven(purpose) from error


def unproven(purpose: Purpose) -> InventoryError:
    """Refuse whom the provider did not prove: NOT_SIGNED_IN or SIGNATURE_NOT_PROVEN."""
    if purpose is Purpose.SIGN_IN:
        return InventoryError(ErrorCode.NOT_SIGNED_IN, _UNPROVEN)
    return InventoryError(ErrorCode.SIGNATURE_NOT_PROVEN, _UNPROVEN)
