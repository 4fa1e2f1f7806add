"""A real browser goes to the organisation's sign-in and comes back."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from inventory.single_sign_on import pages
from inventory.single_sign_on.client import connect
from tests.application import application
from tests.clinic import PASSWORD, Clinic
from tests.identity_provider import IdentityProvider

pytestmark = pytest.mark.browser


@pytest.fixture
def provider(clinic: Clinic) -> Iterator[IdentityProvider]:
    """The organisation's sign-in, where Pat is signed in since a minute ago."""
    since = clinic.clock.now() - timedelta(minutes=1)
    with IdentityProvider(clock=clinic.clock, signed_in_at=since) as provider:
        yield provider


@pytest.fixture
def address(
    clinic: Clinic, tmp_path: Path, provider: IdentityProvider
) -> Iterator[str]:
    """Where the clinic's application is served, with single sign-on."""
    app = application(tmp_path, database=clinic.database, clock=clinic.clock)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    address = f"http://127.0.0.1:{server.port}"
    provider.redirect_uri = f"{address}/sign-in/organisation/answer"
    pages.install(app, connect(provider.client, clock=clinic.clock))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield address
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_person_links_their_account_and_signs_in_with_it(page: Page) -> None:
    page.goto("/sign-in")
    page.get_by_label("Sign-in name").fill("pat")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()

    page.goto("/account")
    page.get_by_role("link", name="Link it, or see what is linked").click()
    page.get_by_role("button", name="Link your organisation's sign-in").click()
    expect(page.get_by_text("p.pharmacist")).to_be_visible()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Link it to my account").click()
    expect(page.get_by_role("status")).to_contain_text("You can sign in with it.")

    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in with your organisation").click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Harbor Infusion Clinic")
