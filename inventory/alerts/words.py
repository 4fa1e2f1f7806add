"""What each kind of alert says to a person, and what to do about it."""

from collections.abc import Mapping
from typing import Final

from inventory.credentials.alerts import AlertKind

_K = AlertKind

SENTENCES: Final[Mapping[AlertKind, str]] = {
    _K.OVERLAPPING_SIGN_IN: "{person} signed in while another sign-in of theirs was in "
    "use.",
    _K.SIGN_IN_DELAYED: "Somebody failed several times in a row to sign in as "
    "{person}.",
    _K.SIGN_IN_STOPPED: "So many attempts to sign in as {person} failed that the "
    "password alone does not let them in any more.",
    _K.RECOVERY_CODE_USED: "{person} used a recovery code in the place of a second "
    "factor.",
    _K.PASSKEY_CLONED: "A passkey of {person} was refused: a copy of it seems to be in "
    "use.",
    _K.ACT_AFTER_RESET: "{person} acted after their credentials were reset.",
    _K.EMERGENCY_STARTED: "{person} started emergency access.",
    _K.REVIEW_OVERDUE: "The emergency access of {person} has not been reviewed for a "
    "day.",
}

WAYS_OUT: Final[Mapping[AlertKind, str]] = {
    _K.OVERLAPPING_SIGN_IN: "Ask them whether both were theirs. If not, let an "
    "administrator disable them and have their credentials reset.",
    _K.SIGN_IN_DELAYED: "Ask them whether it was they. If not, somebody is guessing: "
    "they should add a second factor.",
    _K.SIGN_IN_STOPPED: "Ask them whether it was they. They sign in with their second "
    "factor or a recovery code, or their credentials are reset.",
    _K.RECOVERY_CODE_USED: "Ask them whether it was they, and whether they lost a "
    "device: then they remove it from their account.",
    _K.PASSKEY_CLONED: "Ask them to remove this passkey from their account and to add "
    "a new one. Look at what was recorded in their name.",
    _K.ACT_AFTER_RESET: "Ask them whether it was they, and not whoever was handed the "
    "set-up link.",
    _K.EMERGENCY_STARTED: "Find out why, and review it when it is over.",
    _K.REVIEW_OVERDUE: "Review it today: read what was done under it and sign a "
    "finding.",
}
