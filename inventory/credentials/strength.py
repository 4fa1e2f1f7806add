"""Which new passwords are taken: long ones that nobody would try early. PURE.

NIST SP 800-63B-4 3.1.1.2: a least length, a blocklist with words of the person's own
surroundings, any characters, and no rule about which kinds of them.
"""

import re
from collections.abc import Collection, Iterator
from threading import Lock
from typing import Final

from zxcvbn import zxcvbn

from inventory.kernel.errors import ErrorCode, InventoryError

LENGTH_MIN_ALONE: Final = 15
LENGTH_MIN_BESIDE: Final = 8
LENGTH_MAX: Final = 256

# Decimal digits of the number of guesses that find it, by zxcvbn's estimate.
_GUESSES_MIN_ALONE: Final = 10**10
_GUESSES_MIN_BESIDE: Final = 10**6
# Enough to judge by: the rest of a longer one can only make it better.
_JUDGED_LENGTH: Final = 72
_WORD: Final = re.compile(r"\w{3,}")

# zxcvbn keeps the words of the context in a global of its own.
_one_at_a_time: Final = Lock()


def length_min(*, beside_second_factor: bool) -> int:
    """Give the least number of characters."""
    return LENGTH_MIN_BESIDE if beside_second_factor else LENGTH_MIN_ALONE


def require_acceptable(
    password: str,
    *,
    beside_second_factor: bool,
    context: Collection[str],
    field: str = "password",
) -> None:
    """Refuse a password that is short or that an attacker would try early.

    Args:
        password: as typed.
        beside_second_factor: whether the person has a second factor.
        context: words an attacker would try first: names, the clinic's name.
        field: the input at fault, if it is refused.

    Raises:
        InventoryError: INVALID_FIELD, never with the password.
    """
    least = length_min(beside_second_factor=beside_second_factor)
    if not least <= len(password) <= LENGTH_MAX:
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            f"A password has {least} to {LENGTH_MAX} characters. "
            "Three or four unrelated words are easy to keep.",
            field=field,
        )
    guesses, why = _judge(password, context)
    if guesses < (_GUESSES_MIN_BESIDE if beside_second_factor else _GUESSES_MIN_ALONE):
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            f"This password is among the first that would be tried. {why}Three or four "
            "unrelated words are hard to guess and easy to keep; names and the "
            "clinic's words count little.",
            field=field,
        )


def _judge(password: str, context: Collection[str]) -> tuple[int, str]:
    with _one_at_a_time:
        judged = zxcvbn(password[:_JUDGED_LENGTH], user_inputs=list(_words(context)))
    warning = judged["feedback"]["warning"]
    return int(judged["guesses"]), f"{warning} " if warning else ""


def _words(context: Collection[str]) -> Iterator[str]:
    for phrase in context:
        yield phrase
        yield from _WORD.findall(phrase)
