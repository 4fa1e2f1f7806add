"""What can be ruled, in which words, and that the strictest wins (AC-49). PURE."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from inventory.kernel.errors import ErrorCode, InventoryError

# What somebody who looks over a shoulder, or finds a program's token, has too.
# A single sign-on counts for more only where its provider says that it took more.
_PASSWORD_LIKE: Final = frozenset({"password", "token", "oidc"})
_PERCENT_MAX: Final = 100


class Setting(StrEnum):
    """One rule that a profile sets and a site can make stricter."""

    POSITIVE_IDENTIFICATION = "positive_identification"
    SECOND_WITNESS_PERCENT = "second_witness_percent"


# The row of a site that names the profile it is under.
PROFILE: Final = "profile"
NAMES: Final = (PROFILE, *Setting)

# The words that a setting takes, with what they are worth: more is stricter.
_YES_OR_NO: Final[Mapping[str, int]] = {"no": 0, "yes": 1}
_PERCENT: Final[Mapping[str, int]] = {
    str(percent): percent for percent in range(_PERCENT_MAX + 1)
}
_WORDS: Final[Mapping[Setting, Mapping[str, int]]] = {
    Setting.POSITIVE_IDENTIFICATION: _YES_OR_NO,
    Setting.SECOND_WITNESS_PERCENT: _PERCENT,
}
_TAKES: Final[Mapping[Setting, str]] = {
    Setting.POSITIVE_IDENTIFICATION: "yes or no",
    Setting.SECOND_WITNESS_PERCENT: f"a whole number from 0 to {_PERCENT_MAX}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A value, and where it comes from.

    Attributes:
        value: what is asked for; more is stricter, yes is 1.
        source: the paragraph, or that the site asks for it itself.
        evidence: how well the source is known: `read`, `partly read`,
            `to be verified`, or `own rule`.
    """

    value: int
    source: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What applies in one jurisdiction, with everything that it inherits."""

    name: str
    title: str
    rules: Mapping[Setting, Rule]


def read_value(setting: Setting, text: str) -> int:
    """Read the value of a setting.

    Raises:
        InventoryError: INVALID_FIELD.
    """
    known = _WORDS[setting]
    if text not in known:
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            f"{setting.value} takes {_TAKES[setting]}.",
            field="value",
        )
    return known[text]


def write_value(setting: Setting, value: int) -> str:
    """Write the value of a setting as it is read."""
    return next(text for text, worth in _WORDS[setting].items() if worth == value)


def strictest(ruled: Rule, own: int | None) -> Rule:
    """Give what applies: the profile's rule, or the site's own where it asks more."""
    if own is None or own <= ruled.value:
        return ruled
    return Rule(value=own, source="set by this site", evidence="own rule")


def require_no_weaker(setting: Setting, value: int, profile: Profile) -> None:
    """Refuse a site's own rule that asks for less than the profile (AC-49).

    Raises:
        InventoryError: INVALID_FIELD.
    """
    rule = profile.rules[setting]
    if value < rule.value:
        raise InventoryError(
            ErrorCode.INVALID_FIELD,
            f"{profile.title} asks for {write_value(setting, rule.value)} here "
            f"({rule.source}). A site can only be stricter.",
            field="value",
        )


def require_more_than_a_password(
    factors: Collection[str], rule: Rule, *, field: str
) -> None:
    """Refuse a signature by password or token alone where more is asked (AC-49e).

    Args:
        factors: what the person used, at sign-in and for this signature.
        rule: the rule on positive identification that is in force.
        field: whose signature it is.

    Raises:
        InventoryError: SIGNATURE_TOO_WEAK.
    """
    if rule.value and not set(factors) - _PASSWORD_LIKE:
        raise InventoryError(
            ErrorCode.SIGNATURE_TOO_WEAK,
            "A password alone is not enough here "
            f"({rule.source}). Sign with a passkey, or add the code of your "
            "authenticator.",
            field=field,
            factors=sorted(factors),
        )
