"""Two people, two browsers: one wastes, the other signs; or both at one screen."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.clinic import PASSWORD, Clinic
from tests.steps import Steps

pytestmark = pytest.mark.browser


@pytest.fixture
def ward(clinic: Clinic) -> Steps:
    """The clinic whose vials are drawn from."""
    return Steps(clinic)


@pytest.fixture
def other(chromium: Browser, address: str) -> Iterator[Page]:
    """Another person's browser."""
    context = chromium.new_context(base_url=address)
    yield context.new_page()
    context.close()


def _sign_in(page: Page, name: str) -> None:
    page.goto("/")
    page.get_by_label("Sign-in name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def _ask(page: Page) -> None:
    """Sign in as the clinician, and ask for a witness from the start page."""
    _sign_in(page, "cleo")
    page.get_by_role("link", name="Waste what is left").click()
    page.get_by_label("How much is wasted").fill("0.287 mL")
    page.get_by_label("How", exact=True).select_option("In a sequestration device")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Sign and ask for a witness").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Waste before a witness")


def test_one_asks_and_another_signs_on_their_own_device(
    page: Page, other: Page, ward: Steps
) -> None:
    ward.drawn_session("1 mL")
    _ask(page)
    _sign_in(other, "wim")
    expect(other.get_by_role("heading", level=1)).to_have_text(
        "Waste that awaits a witness"
    )
    other.get_by_role("button", name="See and sign").click()
    expect(other.get_by_text("14.35 mg · 0.287 mL")).to_be_visible()
    other.get_by_label("Your password").fill(PASSWORD)
    other.get_by_role("button", name="Sign as witness").click()
    expect(other.get_by_role("status")).to_contain_text("Witnessed by Wim Witness")
    page.reload()
    expect(page.get_by_role("status")).to_contain_text("Recorded.")


def test_a_witness_co_signs_and_the_recorder_stays_signed_in(
    page: Page, ward: Steps
) -> None:
    ward.drawn_session("1 mL")
    _ask(page)
    page.get_by_label("The witness's sign-in name").fill("wim")
    page.get_by_label("The witness's password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Witnessed by Wim Witness")
    expect(page.get_by_role("link", name="Your account")).to_contain_text("Cleo")


def test_a_passkey_signs_exactly_the_entry_that_is_shown(
    page: Page, other: Page, ward: Steps
) -> None:
    ward.drawn_session("1 mL")
    _ask(page)
    _sign_in(other, "wim")
    _give_passkey(other)
    other.goto(f"/registrations/{ward.clinic.registration_id}/witness")
    other.get_by_role("button", name="See and sign").click()
    other.get_by_role("button", name="Sign with your passkey").click()
    expect(other.get_by_role("status")).to_contain_text("Witnessed by Wim Witness")
    witness = ward.told(ward.size())["witness"]
    assert witness["factors"] == ["passkey"]
    assert witness["assertion"]["signature"]


def _give_passkey(page: Page) -> None:
    """Add a passkey to whoever is signed in, on a device that knows its user."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
    }
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.goto("/account/passkeys")
    page.get_by_label("What do you call the device?").fill("Phone")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Add a passkey")
