"""How often somebody may fail to prove who they are. PURE rules.

From the fifth failure in a row each further try waits, twice as long each time, up to
a quarter of an hour; after fifty nothing is evaluated under the key any more, until the
person proves who they are in another way (NIST SP 800-63B-4 3.2.2: at most 100).

A person with a second factor cannot be locked out by guesses: tries with and without a
code are counted under different keys, and wrong codes apart for each network from which
the person has signed in before.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

DELAYED_FROM: Final = 5
EVALUATED_MAX: Final = 50
DELAY_MAX: Final = timedelta(minutes=15)

# A network regains one try in this time: 60 in ten minutes.
NETWORK_FAILURES_MAX: Final = 60
NETWORK_REGAINS_ONE: Final = timedelta(seconds=10)


class Counter(StrEnum):
    """What failures are counted under; each stands beside a name or a network."""

    ALONE = "alone"  # a name, and no code with it
    CODE = "code"  # a name and a wrong code
    BESIDE = "beside"  # a name, its right code, and a wrong password
    NETWORK = "network"  # whatever was wrong

    @property
    def is_of_name(self) -> bool:
        """Tell whether it counts failures in a row under a name."""
        return self is not Counter.NETWORK


@dataclass(frozen=True, slots=True)
class Failures:
    """The failures under one key.

    Attributes:
        count: in a row; for a network less one for each ten seconds gone by.
        last_at: the latest.
    """

    count: int
    last_at: datetime


def wait(counter: Counter, failures: Failures | None, now: datetime) -> timedelta:
    """Give how long to wait before a further try is looked at; zero for not at all.

    A clock that was set back makes nobody wait for longer than the delay itself.
    """
    if failures is None:
        return timedelta(0)
    delay = _delay(counter, failures)
    return min(max(failures.last_at + delay - now, timedelta(0)), delay)


def is_stopped(counter: Counter, failures: Failures | None) -> bool:
    """Tell whether nothing is evaluated under a name's key any more."""
    if failures is None or not counter.is_of_name:
        return False
    return failures.count >= EVALUATED_MAX


def counted(counter: Counter, failures: Failures | None, now: datetime) -> Failures:
    """Count one try, before it is known whether it fails."""
    if failures is None:
        return Failures(1, now)
    before = failures.count
    if counter is Counter.NETWORK:
        gone_by = max(now - failures.last_at, timedelta(0))
        before = max(before - gone_by // NETWORK_REGAINS_ONE, 0)
    return Failures(before + 1, now)


def _delay(counter: Counter, failures: Failures) -> timedelta:
    if counter is Counter.NETWORK:
        excess = failures.count - NETWORK_FAILURES_MAX + 1
        return max(excess, 0) * NETWORK_REGAINS_ONE
    excess = failures.count - DELAYED_FROM
    if excess < 0:
        return timedelta(0)
    # 2 ** 10 seconds are more than the most.
    return min(timedelta(seconds=2 ** min(excess, 10)), DELAY_MAX)
