"""The two steps of a blind count: started, committed."""

from inventory.counts.commands.commit import (
    CommitCount,
    CountCommitted,
    commit_count,
    count_digest,
)
from inventory.counts.commands.start import CountStarted, StartCount, start_count

__all__ = [
    "CommitCount",
    "CountCommitted",
    "CountStarted",
    "StartCount",
    "commit_count",
    "count_digest",
    "start_count",
]
