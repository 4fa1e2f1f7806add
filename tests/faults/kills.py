"""Processes die at random while eight programs post."""

from collections.abc import Callable, Sequence
from random import Random
from threading import Event
from typing import Final

from tests.faults.arena import Arena
from tests.faults.stand import Stand
from tests.faults.trial import Outcome, Scale, outcome_of

ACKS_WITHIN_SECONDS: Final = 60
JITTER_SECONDS: Final = 0.02

Blow = Callable[[], None]


def kill_anything(arena: Arena, scale: Scale, chance: Random) -> Outcome:
    """Kill workers of the service, processes of the server, and the whole server."""
    with arena.stand() as (_, stand):
        kinds: Sequence[Blow] = (
            lambda: stand.service.kill_worker(chance),
            arena.server.crash,
            lambda: stand.service.kill_worker(chance),
            lambda: arena.server.crash_one(chance),
        )
        blows = [kinds[number % len(kinds)] for number in range(scale.kills)]
        chance.shuffle(blows)
        return _strike(stand, blows, scale.acks, chance)


def crash_without_sync(arena: Arena, scale: Scale, chance: Random) -> Outcome:
    """Crash a server that acknowledges what it has not written yet."""
    with arena.stand() as (database, stand):
        arena.server.forget_to_sync(database)
        blows = [arena.server.crash] * scale.crashes
        acks = scale.crashes * scale.acks // scale.kills
        return _strike(stand, blows, acks, chance)


def _strike(stand: Stand, blows: Sequence[Blow], acks: int, chance: Random) -> Outcome:
    """Deal blows at random moments, spread over a number of acknowledgements."""
    tally, apart, dealt = stand.tally, acks // len(blows), 0
    with stand.programs(chance):
        for number, blow in enumerate(blows):
            moment = number * apart + chance.randrange(apart)
            if not tally.wait_for(moment, seconds=ACKS_WITHIN_SECONDS):
                break
            Event().wait(chance.uniform(0, JITTER_SECONDS))
            blow()
            dealt += 1
        tally.wait_for(acks, seconds=ACKS_WITHIN_SECONDS)
    return outcome_of(tally, stand.compare(), faults=dealt)
