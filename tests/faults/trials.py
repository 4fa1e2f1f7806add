"""The trials of `./run faults`: three that must hold, and two controls that must not.

A control is the same trial with one safeguard taken away. If it does not break, the
trial beside it proves nothing, and the run fails.
"""

from typing import Final

from tests.faults.kills import crash_without_sync, kill_anything
from tests.faults.losses import lose_answers, lose_answers_and_keys
from tests.faults.points import strike_everywhere
from tests.faults.trial import Outcome, Scale, Trial

_TOO_SLOW: Final = "it did not come to an end in time"


def _holds(outcome: Outcome) -> str:
    if outcome.clean:
        return ""
    return outcome.broken or outcome.refused or "the books are not as told"


def _all_kills(outcome: Outcome, scale: Scale) -> str:
    wanted = outcome.faults >= scale.kills and outcome.acks >= scale.acks
    return _holds(outcome) or ("" if wanted else _TOO_SLOW)


def _loses(outcome: Outcome, _scale: Scale) -> str:
    seen = "the trial cannot see a loss"
    return outcome.broken or ("" if outcome.lost else f"nothing was lost: {seen}")


def _all_losses(outcome: Outcome, scale: Scale) -> str:
    return _holds(outcome) or ("" if outcome.faults >= scale.losses else _TOO_SLOW)


def _duplicates(outcome: Outcome, _scale: Scale) -> str:
    seen = "the trial cannot see a duplicate"
    twice = outcome.duplicated
    return outcome.broken or ("" if twice else f"nothing was recorded twice: {seen}")


def _all_points(outcome: Outcome, _scale: Scale) -> str:
    return _holds(outcome)


TRIALS: Final = (
    Trial("kills", "kill workers and the server", kill_anything, _all_kills, "held"),
    Trial("unsynced", "control: no sync", crash_without_sync, _loses, "caught"),
    Trial("answers", "lose answers", lose_answers, _all_losses, "held"),
    Trial(
        "newkeys", "control: a new key", lose_answers_and_keys, _duplicates, "caught"
    ),
    Trial("points", "strike each statement", strike_everywhere, _all_points, "held"),
)
