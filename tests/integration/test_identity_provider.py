"""What is believed of a provider's answer, asked over the network."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from inventory.kernel.clock import FrozenClock
from inventory.single_sign_on.client import (
    Asked,
    Identity,
    Provider,
    ProviderError,
    Trouble,
    connect,
)
from tests.http.organisation import answer_to, identity_of, trouble_of
from tests.identity_provider import IdentityProvider

NOW_S = 1793628000


@pytest.fixture
def there(clock: FrozenClock) -> Iterator[IdentityProvider]:
    """The organisation's sign-in, where somebody is signed in since a minute ago."""
    since = clock.now() - timedelta(minutes=1)
    with IdentityProvider(clock=clock, signed_in_at=since) as there:
        yield there


@pytest.fixture
def provider(there: IdentityProvider, clock: FrozenClock) -> Provider:
    """Our side of it."""
    return connect(there.client, clock=clock)


def test_the_clock_of_these_tests_is_known(clock: FrozenClock) -> None:
    assert clock.now().timestamp() == NOW_S


def test_an_identity_is_believed(
    provider: Provider, there: IdentityProvider, clock: FrozenClock
) -> None:
    assert identity_of(provider, clock) == Identity(
        issuer=there.issuer,
        subject="p.pharmacist",
        auth_time=clock.now() - timedelta(minutes=1),
        factors=("oidc",),
    )


@pytest.mark.parametrize(
    ("claims", "factors"),
    [
        ({"amr": ["pwd"]}, ("oidc",)),
        ({"amr": []}, ("oidc",)),
        ({"amr": [["otp"], 7]}, ("oidc",)),
        ({"acr": "urn:mace:incommon:iap:silver"}, ("oidc",)),
        ({"acr": ["phr"]}, ("oidc",)),
        ({"amr": ["pwd", "mfa"]}, ("oidc", "mfa")),
        ({"amr": ["pwd", "otp"]}, ("oidc", "mfa")),
        ({"amr": ["hwk", "user"]}, ("oidc", "mfa")),
        ({"amr": ["swk"]}, ("oidc", "mfa")),
        ({"acr": "phr"}, ("oidc", "mfa")),
        ({"acr": "https://refeds.org/profile/mfa"}, ("oidc", "mfa")),
    ],
    ids=str,
)
def test_more_than_a_password_counts_where_the_provider_says_so(
    provider: Provider,
    there: IdentityProvider,
    clock: FrozenClock,
    claims: dict[str, object],
    factors: tuple[str, ...],
) -> None:
    there.claims |= claims
    assert identity_of(provider, clock).factors == factors


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": ["countersign"], "azp": "countersign"},
        {"exp": NOW_S - 4},
        {"iat": NOW_S + 5, "nbf": NOW_S + 5},
        {"auth_time": NOW_S - 900},
        {"auth_time": NOW_S + 5},
        {"sub": "p" * 255},
        {"at_hash": None},
    ],
    ids=str,
)
def test_a_token_is_believed_up_to_its_limits(
    provider: Provider,
    there: IdentityProvider,
    clock: FrozenClock,
    claims: dict[str, object],
) -> None:
    there.claims |= claims
    assert trouble_of(provider, clock) is None


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another"},
        {"aud": ["countersign", "another"], "azp": "countersign"},
        {"aud": []},
        {"aud": None},
        {"azp": "another"},
        {"iss": "https://login.example"},
        {"iss": None},
        {"exp": NOW_S - 5},
        {"exp": None},
        {"exp": "soon"},
        {"iat": NOW_S + 6},
        {"iat": None},
        {"nbf": NOW_S + 6},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "p.pharmacist "},
        {"sub": "p\n"},
        {"sub": "ｐ"},  # noqa: RUF001 - a full-width letter
        {"sub": "p" * 256},
        {"at_hash": "AAAA"},
        {"at_hash": 7},
        {"amr": "otp"},
        {"auth_time": None},
        {"auth_time": "now"},
        {"auth_time": True},
        {"auth_time": 1e9},
        {"auth_time": float("nan")},
        {"auth_time": NOW_S - 901},
        {"auth_time": NOW_S + 6},
    ],
    ids=str,
)
def test_a_token_with_one_wrong_claim_is_not_believed(
    provider: Provider,
    there: IdentityProvider,
    clock: FrozenClock,
    claims: dict[str, object],
) -> None:
    there.claims |= claims
    assert trouble_of(provider, clock) is Trouble.UNTRUSTED


@pytest.mark.parametrize("seconds_ago", [6, 60, 61])
def test_anew_means_after_it_was_asked(
    provider: Provider, there: IdentityProvider, clock: FrozenClock, seconds_ago: int
) -> None:
    there.takes_prompt = False
    there.signed_in_at = clock.now() - timedelta(seconds=seconds_ago)
    assert trouble_of(provider, clock, anew=False) is None
    assert trouble_of(provider, clock, anew=True) is Trouble.UNTRUSTED


@pytest.mark.parametrize(("seconds", "trouble"), [(60, None), (61, Trouble.UNTRUSTED)])
def test_anew_means_a_minute_ago_at_most(
    provider: Provider, clock: FrozenClock, seconds: int, trouble: Trouble | None
) -> None:
    asked = Asked.at(clock.now(), anew=True)
    answer = answer_to(provider, asked)
    clock.advance(timedelta(seconds=seconds))
    found = None
    try:
        provider.believe(asked, answer)
    except ProviderError as error:
        found = error.trouble
    assert found is trouble


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
@pytest.mark.parametrize("kid", ["1", None])
def test_a_token_that_anybody_could_have_made_is_not_believed(
    provider: Provider,
    there: IdentityProvider,
    clock: FrozenClock,
    algorithm: str,
    kid: str | None,
) -> None:
    there.algorithm = algorithm
    there.header["kid"] = kid
    assert trouble_of(provider, clock) is Trouble.UNTRUSTED


@pytest.mark.parametrize(
    "header",
    [
        {"kid": "1"},  # a key of the provider, but not the one that signed
        {"kid": "2"},
        {"kid": "e"},
        {"kid": "1", "jku": "http://127.0.0.1:1/keys"},
        {"kid": "1", "crit": ["b64"], "b64": False},
    ],
    ids=str,
)
def test_a_token_signed_by_somebody_else_is_not_believed(
    provider: Provider,
    there: IdentityProvider,
    clock: FrozenClock,
    header: dict[str, object],
) -> None:
    there.key_number = 2
    there.header |= header
    assert trouble_of(provider, clock) is Trouble.UNTRUSTED


@pytest.mark.parametrize(
    ("typ", "trouble"),
    [
        ("JWT", None),
        ("jwt", None),
        (None, None),
        ("at+jwt", Trouble.UNTRUSTED),
        ("logout+jwt", Trouble.UNTRUSTED),
    ],
)
def test_a_token_of_another_kind_is_not_believed(
    provider: Provider,
    there: IdentityProvider,
    clock: FrozenClock,
    typ: str | None,
    trouble: Trouble | None,
) -> None:
    there.header["typ"] = typ
    assert trouble_of(provider, clock) is trouble


def test_a_code_is_redeemed_once(provider: Provider, clock: FrozenClock) -> None:
    asked = Asked.at(clock.now(), anew=False)
    answer = answer_to(provider, asked)
    provider.believe(asked, answer)
    with pytest.raises(ProviderError, match="OAuthError"):
        provider.believe(asked, answer)


def test_a_code_is_worth_nothing_without_its_verifier(
    provider: Provider, clock: FrozenClock
) -> None:
    answer = answer_to(provider, Asked.at(clock.now(), anew=False))
    with pytest.raises(ProviderError, match="OAuthError"):
        provider.believe(Asked.at(clock.now(), anew=False), answer)


@pytest.mark.parametrize(
    ("says_it_does", "named", "trouble"),
    [
        (None, None, None),
        (None, "own", None),
        (True, "own", None),
        (True, None, Trouble.UNTRUSTED),
        (None, "https://login.example", Trouble.UNTRUSTED),
    ],
)
def test_an_answer_of_another_provider_is_not_believed(
    provider: Provider,
    there: IdentityProvider,
    clock: FrozenClock,
    *,
    says_it_does: bool | None,
    named: str | None,
    trouble: Trouble | None,
) -> None:
    there.metadata["authorization_response_iss_parameter_supported"] = says_it_does
    there.names_itself = there.issuer if named == "own" else named
    assert trouble_of(provider, clock) is trouble


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://login.example"},
        {"issuer": None},
        {"authorization_endpoint": "http://login.example/authorize"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": "http://login.example/token"},
        {"token_endpoint": None},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": "https://[/keys"},
        {"end_session_endpoint": "http://login.example/sign-out"},
    ],
    ids=str,
)
def test_metadata_that_others_could_read_or_write_is_not_believed(
    provider: Provider,
    there: IdentityProvider,
    clock: FrozenClock,
    metadata: dict[str, object],
) -> None:
    there.metadata |= metadata
    with pytest.raises(ProviderError) as refusal:
        provider.address(Asked.at(clock.now(), anew=False))
    assert refusal.value.trouble is Trouble.UNTRUSTED
