"""When something happened, as claimed: how far it may lie from the server's clock."""

from datetime import datetime, timedelta
from typing import Final

from inventory.kernel.clock import format_instant, require_utc
from inventory.kernel.errors import ErrorCode, InventoryError

# Clocks of other machines run ahead a little; an entry in advance is something else.
FUTURE_MAX: Final = timedelta(minutes=2)
# Records are kept on a current basis: 21 CFR 1304.21(a), with the default of AC-13.
AGE_MAX: Final = timedelta(hours=24)


def resolve_occurred_at(
    claimed: datetime | None, now: datetime, *, field: str = "occurred_at"
) -> datetime:
    """Give the instant something happened: as claimed, or now when nothing is claimed.

    Args:
        claimed: what the person says, in UTC; None means just now.
        now: the server's clock.
        field: the input to name when it is refused.

    Raises:
        InventoryError: TIME_IN_FUTURE beyond `FUTURE_MAX`, TIME_TOO_OLD beyond
            `AGE_MAX`.
    """
    if claimed is None:
        return now
    if require_utc(claimed) > now + FUTURE_MAX:
        raise InventoryError(
            ErrorCode.TIME_IN_FUTURE,
            "This time has not come yet. Check the date, the time and its offset; "
            "record it once it has happened.",
            field=field,
            server_time=format_instant(now),
        )
    if claimed < now - AGE_MAX:
        raise InventoryError(
            ErrorCode.TIME_TOO_OLD,
            "This is more than 24 hours ago, too late for an ordinary entry. "
            "Check the date; if it is right, tell the compliance officer.",
            field=field,
            server_time=format_instant(now),
        )
    return claimed
