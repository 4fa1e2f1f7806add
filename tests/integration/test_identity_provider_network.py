"""How a provider is asked over the network: seldom, briefly, and within limits."""

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from inventory.kernel.clock import FrozenClock
from inventory.single_sign_on.client import (
    Asked,
    Provider,
    ProviderError,
    Trouble,
    connect,
)
from inventory.single_sign_on.provider import OpenIDProvider
from tests.http.organisation import identity_of, trouble_of
from tests.identity_provider import IdentityProvider


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


def test_metadata_and_keys_are_asked_for_once_an_hour(
    provider: Provider, there: IdentityProvider, clock: FrozenClock
) -> None:
    for _ in range(3):
        identity_of(provider, clock)
    kept = [path for path in there.asked if path not in ("/authorize", "/token")]
    assert kept == ["/.well-known/openid-configuration", "/keys"]
    clock.advance(timedelta(hours=1))
    there.signed_in_at = clock.now()
    identity_of(provider, clock)
    kept = [path for path in there.asked if path not in ("/authorize", "/token")]
    assert kept == ["/.well-known/openid-configuration", "/keys"] * 2


def test_a_new_key_of_the_provider_is_found(
    provider: Provider, there: IdentityProvider, clock: FrozenClock
) -> None:
    identity_of(provider, clock)
    there.key_number, there.shown_keys = 2, (1, 2)
    clock.advance(timedelta(minutes=1))
    identity_of(provider, clock)
    assert there.asked.count("/keys") == 2


def test_an_unknown_key_is_not_looked_for_all_the_time(
    provider: Provider, there: IdentityProvider, clock: FrozenClock
) -> None:
    identity_of(provider, clock)
    there.key_number = 2
    for _ in range(3):
        assert trouble_of(provider, clock) is Trouble.UNTRUSTED
    assert there.asked.count("/keys") == 1


def test_a_provider_that_takes_the_secret_in_the_body_is_given_it_there(
    provider: Provider, there: IdentityProvider, clock: FrozenClock
) -> None:
    there.metadata["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
    there.takes_basic = False
    assert trouble_of(provider, clock) is None


def test_no_redirect_is_followed(provider: Provider, there: IdentityProvider) -> None:
    there.has_moved = True
    with pytest.raises(ProviderError, match="TooManyRedirects"):
        provider.sign_out_address()


def test_an_answer_without_end_is_cut_off(
    provider: Provider, there: IdentityProvider
) -> None:
    there.metadata["padding"] = "x" * 300_000
    with pytest.raises(ProviderError, match="RequestException"):
        provider.sign_out_address()


def test_what_is_no_json_object_is_no_answer(
    provider: Provider, there: IdentityProvider
) -> None:
    there.says_instead = [1, 2]
    with pytest.raises(ProviderError) as refusal:
        provider.sign_out_address()
    assert refusal.value.trouble is Trouble.SILENT


def test_a_provider_that_is_down_is_silent(
    provider: Provider, there: IdentityProvider
) -> None:
    there.close()
    with pytest.raises(ProviderError) as refusal:
        provider.sign_out_address()
    assert refusal.value.trouble is Trouble.SILENT


def test_a_slow_provider_holds_few_threads_and_none_for_long(
    there: IdentityProvider, clock: FrozenClock
) -> None:
    there.hangs = True
    provider = OpenIDProvider(there.client, clock=clock, timeout_s=2)

    def ask(_: int) -> Trouble:
        with pytest.raises(ProviderError) as refusal:
            provider.sign_out_address()
        return refusal.value.trouble

    began = time.monotonic()
    with ThreadPoolExecutor(12) as many:
        assert set(many.map(ask, range(12))) == {Trouble.SILENT}
    assert time.monotonic() - began < 8
    assert len(there.asked) <= 4
    there.close()


def test_nothing_secret_stands_in_a_repr(
    there: IdentityProvider, clock: FrozenClock
) -> None:
    asked = Asked.at(clock.now(), anew=True)
    shown = repr((there.client, asked))
    for secret in (there.client_secret, asked.state, asked.nonce, asked.verifier):
        assert secret not in shown


def test_the_optional_packages_are_imported_only_for_a_provider() -> None:
    program = (
        "import sys, wsgi\n"
        "assert not {'authlib', 'requests', 'joserfc'} & set(sys.modules)\n"
        "from inventory.single_sign_on.client import Client, connect\n"
        "from inventory.kernel.clock import SystemClock\n"
        "client = Client(issuer='', client_id='', client_secret='', redirect_uri='')\n"
        "connect(client, clock=SystemClock())\n"
        "assert {'authlib', 'requests', 'joserfc'} <= set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
