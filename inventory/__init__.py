"""Countersign's books: what came in, where it went, who saw it, what is missing."""

from datetime import UTC, datetime
from typing import Final

__version__ = "0.1.0"
# No machine can have this release and be right about an earlier time.
NOT_BEFORE: Final = datetime(2026, 1, 1, tzinfo=UTC)
