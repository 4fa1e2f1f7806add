"""People sign in with what they have, in a real browser, and by keyboard alone."""

import re
from datetime import timedelta

import pyotp
import pytest
from playwright.sync_api import CDPSession, Page, expect

from inventory.credentials import factors, setup_links
from tests.clinic import PASSWORD, Clinic

pytestmark = pytest.mark.browser

_A_DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
}


@pytest.fixture
def device(page: Page) -> CDPSession:
    """A device with passkeys, whose user touches it at once."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": _A_DEVICE})
    return session


def _sign_in(page: Page, **more: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("Sign-in name").fill("pat")
    page.get_by_label("Password").fill(PASSWORD)
    for label, text in more.items():
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_role("button", name="Sign in", exact=True).click()


def _sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Sign-in name")).to_be_visible()


def _books(page: Page) -> None:
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Harbor Infusion Clinic")


def _add_passkey(page: Page) -> None:
    page.goto("/account/passkeys")
    page.get_by_label("What do you call the device?").fill("This laptop")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("recovery codes")
    page.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_text("This laptop")).to_be_visible()


def _add_authenticator(page: Page, clinic: Clinic) -> pyotp.TOTP:
    page.goto("/account/authenticators")
    page.get_by_label("What do you call the device?").fill("My phone")
    page.get_by_role("button", name="Show the code to scan").click()
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    totp = pyotp.TOTP(page.locator("figcaption code").inner_text())
    page.get_by_label("Code that the app shows now").fill(totp.at(clinic.clock.now()))
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Add this authenticator").click()
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    return totp


def test_an_authenticator_is_added_and_its_code_signs_in(
    page: Page, clinic: Clinic
) -> None:
    _sign_in(page)
    totp = _add_authenticator(page, clinic)
    page.get_by_role("button", name="I have kept them").click()
    _sign_out(page)
    _sign_in(page)
    expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    clinic.clock.advance(timedelta(seconds=30))
    _sign_in(page, Code=totp.at(clinic.clock.now()))
    _books(page)


@pytest.mark.usefixtures("device")
def test_a_passkey_is_made_signs_in_alone_and_signs_a_change(page: Page) -> None:
    _sign_in(page)
    _add_passkey(page)
    _sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    _books(page)
    page.goto("/account/recovery-codes")
    page.get_by_role("button", name="Sign with a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your recovery codes")


@pytest.mark.usefixtures("device")
def test_a_browser_without_a_passkey_says_how_to_go_on(
    page: Page, device: CDPSession
) -> None:
    page.goto("/sign-in")
    device.send("WebAuthn.disable")
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": _A_DEVICE})
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("No passkey was used")


def test_a_link_sets_up_a_sign_in(page: Page, clinic: Clinic) -> None:
    now = clinic.clock.now()
    with clinic.database.transaction() as db:
        factors.reset(db, clinic.pharmacist.id, now=now)
        link = setup_links.issue(
            db,
            clinic.pharmacist.id,
            clinic.registration_id,
            purpose=factors.RESET,
            created_by=clinic.administrator.id,
            approved_by=clinic.manager.id,
            now=now,
        )
    page.goto(f"/set-up/{link.secret}")
    expect(page).to_have_url(re.compile(r"/set-up$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Welcome, Pat Pharmacist")
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("The same once more").fill(PASSWORD)
    page.get_by_label("Show what I type").check()
    expect(page.get_by_label("New password")).to_have_attribute("type", "text")
    page.get_by_role("button", name="Set up my sign-in").click()
    expect(page.get_by_role("status")).to_contain_text("Your password is set")
    _sign_in(page)
    _books(page)


def test_the_keyboard_alone_signs_in_and_changes_the_password(page: Page) -> None:
    keys = page.keyboard
    page.goto("/sign-in")
    keys.type("pat")
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    _books(page)
    page.goto("/account/password")
    for text in (f"{PASSWORD}s", f"{PASSWORD}s"):
        _tab_to(page, "password")
        keys.type(text)
    _tab_to(page, "password")
    keys.type(PASSWORD)
    keys.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Your password is changed")


def _tab_to(page: Page, kind: str) -> None:
    """Press Tab until an input of a kind has the focus."""
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == kind:
            return
    pytest.fail(f"the keyboard reaches no {kind}")


def test_a_second_sign_in_ends_the_first_and_says_so(page: Page) -> None:
    _sign_in(page)
    _books(page)
    assert page.context.browser
    other = page.context.browser.new_context(base_url=page.url)
    second = other.new_page()
    _sign_in(second)
    expect(second.get_by_role("status")).to_contain_text("still signed in elsewhere")
    page.goto("/account")
    expect(page.get_by_label("Sign-in name")).to_be_visible()
    other.close()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize(
    "path",
    [
        "/sign-in",
        "/account",
        "/account/password",
        "/account/authenticators",
        "/account/passkeys",
        "/account/recovery-codes",
        "/policy",
    ],
)
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_nothing_is_wider_than_the_screen(page: Page, width: int, path: str) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    _sign_in(page)
    _books(page)
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
