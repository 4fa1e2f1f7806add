"""What each address demands of whoever asks. Nothing is open by oversight.

Every view states its demand with `state_access`; a test walks the addresses of the
finished application and fails on one that does not.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, Final, TypeVar

from inventory.kernel.actors import Permission

_STATED: Final = "countersign_access"

V = TypeVar("V", bound=Callable[..., Any])


class Openness(StrEnum):
    """What an address demands that belongs to no registration."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"


PUBLIC: Final = Openness.PUBLIC
SIGNED_IN: Final = Openness.SIGNED_IN

Access = Permission | Openness


def state_access(view: V, access: Access) -> V:
    """Write on a view what it demands."""
    setattr(view, _STATED, access)
    return view


def stated_access(view: Callable[..., Any]) -> Access | None:
    """Read what a view demands; None if it was never said."""
    stated: Access | None = getattr(view, _STATED, None)
    return stated
