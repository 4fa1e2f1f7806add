"""Instants on the clock of a site."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class LocalTime:
    """Writes instants on the site's clock."""

    zone: ZoneInfo

    def __call__(self, instant: datetime) -> str:
        """Give day, hour and minute, such as "2026-11-02 09:15"."""
        return instant.astimezone(self.zone).strftime("%Y-%m-%d %H:%M")
