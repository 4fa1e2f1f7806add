"""A new colleague, from the register to the first role, in two browsers."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.clinic import PASSWORD, Clinic

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True),
]


def _sign_in(page: Page, name: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("Sign-in name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


@pytest.fixture
def other(chromium: Browser, address: str) -> Iterator[Page]:
    """The browser of whoever approves."""
    context = chromium.new_context(base_url=address)
    yield context.new_page()
    context.close()


def test_one_asks_and_another_approves(page: Page, other: Page, clinic: Clinic) -> None:
    _sign_in(page, "ada")
    page.get_by_role("button", name="Add a person").click()
    page.get_by_label("Printed name").fill("Nora New")
    page.get_by_label("Initials").fill("NN")
    page.get_by_label("Sign-in name").fill("nora")
    page.get_by_role("button", name="Add this person").click()
    expect(page.get_by_role("heading", name="Nora New")).to_be_visible()

    page.get_by_role("link", name="Record a screening").click()
    page.get_by_label("Screened on").fill("2026-10-30")
    page.get_by_role("button", name="Record the screening").click()
    page.get_by_role("link", name="Record a training").click()
    page.get_by_label("The training counts through").fill("2027-03-31")
    page.get_by_role("button", name="Record the training").click()

    page.get_by_role("link", name="Make a set-up link").click()
    page.get_by_role("button", name="Make a set-up link").click()
    expect(page.get_by_text("It is shown only now")).to_be_visible()
    page.get_by_role("link", name="Back to Nora New").click()

    page.get_by_role("button", name="Ask for a role").click()
    page.get_by_role("radio", name=re.compile("^Witness")).check()
    page.get_by_role("button", name="Ask for this role").click()
    expect(page.get_by_text("It waits for a manager")).to_be_visible()

    _sign_in(other, "mona")
    other.get_by_role("link", name="Requests").click()
    other.get_by_role("link", name=re.compile("^Open: Give Nora New")).click()
    other.get_by_label("Your password").fill(PASSWORD)
    other.get_by_role("button", name="Approve").click()
    expect(other.get_by_text("witnesses, and nothing else")).to_be_visible()

    page.goto(f"/registrations/{clinic.registration_id}/access")
    row = page.get_by_role("row", name=re.compile("Nora New"))
    expect(row).to_contain_text("Ada Admin and Mona Manager")
    expect(row).to_contain_text("signature policy not accepted")
