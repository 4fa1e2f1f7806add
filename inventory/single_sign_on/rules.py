"""What of a signed ID token is believed, beyond what every client checks. PURE.

Sources: OpenID Connect Core 1.0 sections 2 and 3.1.3.7, RFC 8176 (`amr`), ASVS 5.0 6.8,
9.2 and 10.5.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

# Clocks of two servers differ by this much at most.
SKEW: Final = timedelta(seconds=5)
# A sign-in there counts for one here as long as an idle one here lives: otherwise
# whoever finds an unattended screen is signed in by the provider.
SIGN_IN_AGE_MAX: Final = timedelta(minutes=15)
# For a signature, and for linking: the person was there a moment ago.
ANEW_AGE_MAX: Final = timedelta(seconds=60)

SUBJECT_LENGTH_MAX: Final = 255
OIDC: Final = ("oidc",)
OIDC_AND_MORE: Final = ("oidc", "mfa")

# RFC 8176: more than one factor, or one that is no password.
_MORE: Final = frozenset(
    {"mfa", "otp", "hwk", "swk", "sc", "fpt", "face", "iris", "retina"}
)
_MORE_CLASSES: Final = frozenset(
    {
        "phr",  # OpenID EAP ACR Values 1.0: phishing-resistant
        "phrh",
        "https://refeds.org/profile/mfa",
        "http://schemas.openid.net/pape/policies/2007/06/multi-factor",
    }
)


class DisbeliefError(Exception):
    """An ID token says something that must not be believed; names the claim."""


def require_id_token(header: Mapping[str, Any]) -> None:
    """Refuse a token of another kind, such as one for an API.

    Raises:
        DisbeliefError: `typ`.
    """
    if str(header.get("typ", "JWT")).upper() != "JWT":
        raise DisbeliefError("typ")


def require_own_audience(claims: Mapping[str, Any], client_id: str) -> None:
    """Refuse a token that is not for this client, and for nobody else.

    Raises:
        DisbeliefError: `aud`.
    """
    if claims.get("aud") not in (client_id, [client_id]):
        raise DisbeliefError("aud")


def subject_of(claims: Mapping[str, Any]) -> str:
    """Give the person's name there: up to 255 characters of ASCII.

    Raises:
        DisbeliefError: `sub`.
    """
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 1 <= len(subject) <= SUBJECT_LENGTH_MAX:
        raise DisbeliefError("sub")
    if not subject.isascii() or not subject.isprintable() or subject != subject.strip():
        raise DisbeliefError("sub")
    return subject


def auth_time_of(
    claims: Mapping[str, Any], *, asked_at: datetime, anew: bool, now: datetime
) -> datetime:
    """Give when the person proved it there, if that is recent enough.

    Args:
        claims: of the ID token.
        asked_at: when the question left.
        anew: whether they had to prove it after that.
        now: the present instant.

    Raises:
        DisbeliefError: `auth_time`.
    """
    said_s = claims.get("auth_time")
    if not isinstance(said_s, int) or isinstance(said_s, bool):
        raise DisbeliefError("auth_time")
    oldest = now - (ANEW_AGE_MAX if anew else SIGN_IN_AGE_MAX)
    if anew:
        oldest = max(oldest, asked_at - SKEW)
    if not _seconds(oldest) <= said_s <= _seconds(now + SKEW):
        raise DisbeliefError("auth_time")
    return datetime.fromtimestamp(said_s, UTC)


def factors_of(claims: Mapping[str, Any]) -> tuple[str, ...]:
    """Give what the person used, as far as the provider says."""
    methods, context = claims.get("amr"), claims.get("acr")
    said = {each for each in methods or () if isinstance(each, str)}
    if said & _MORE or (isinstance(context, str) and context in _MORE_CLASSES):
        return OIDC_AND_MORE
    return OIDC


def _seconds(instant: datetime) -> int:
    return int(instant.timestamp())
