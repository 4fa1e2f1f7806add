"""Answers get lost after the commit."""

from random import Random
from typing import Final

from tests.faults.arena import Arena
from tests.faults.lossy import LossyProxy
from tests.faults.trial import Outcome, Scale, outcome_of

_ACKS_WITHIN_SECONDS: Final = 60


def lose_answers(arena: Arena, scale: Scale, chance: Random) -> Outcome:
    """Lose every other answer; programs ask again under the same key."""
    return _lose(arena, scale, chance, one_key=True)


def lose_answers_and_keys(arena: Arena, scale: Scale, chance: Random) -> Outcome:
    """Lose every other answer; programs ask again under a new key."""
    return _lose(arena, scale, chance, one_key=False)


def _lose(arena: Arena, scale: Scale, chance: Random, *, one_key: bool) -> Outcome:
    with arena.stand() as (_, stand):
        host, port = stand.service.address.split(":")
        with LossyProxy((host, int(port)), chance=chance) as proxy:
            with stand.programs(chance, address=proxy.address, one_key=one_key):
                proxy.wait_for(scale.losses, seconds=_ACKS_WITHIN_SECONDS)
            return outcome_of(stand.tally, stand.compare(), faults=proxy.lost)
