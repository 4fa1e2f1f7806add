"""A person signs in, sees the books, prints a ledger, and signs out."""

import pytest
from playwright.sync_api import Page, expect

from tests.clinic import PASSWORD, Clinic
from tests.stock import put_on_shelf

pytestmark = pytest.mark.browser


def _sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.goto("/")
    page.get_by_label("Sign-in name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_signing_in_leads_to_the_books_of_the_one_site(
    page: Page, clinic: Clinic
) -> None:
    put_on_shelf(clinic, vials=3)
    _sign_in(page, "pat")
    expect(page.get_by_role("heading", level=1)).to_have_text("Harbor Infusion Clinic")
    row = page.get_by_role("row").filter(has_text="Vault")
    expect(row).to_contain_text("1500 mg")
    expect(row).to_contain_text("30 mL")


def test_a_wrong_password_says_what_to_do_and_keeps_the_name(page: Page) -> None:
    _sign_in(page, "pat", "not the password of anybody")
    expect(page.get_by_role("alert")).to_contain_text("Check all of them")
    expect(page.get_by_label("Sign-in name")).to_have_value("pat")


def test_the_ledger_is_a_pdf(page: Page, clinic: Clinic) -> None:
    put_on_shelf(clinic, vials=3)
    _sign_in(page, "pat")
    link = page.get_by_role("link", name="Perpetual ledger").get_attribute("href")
    assert link
    printed = page.request.get(link)
    assert printed.headers["content-type"] == "application/pdf"
    assert printed.body().startswith(b"%PDF-")


def test_signing_out_ends_it(page: Page) -> None:
    _sign_in(page, "pat")
    page.get_by_role("button", name="Sign out").click()
    page.goto("/")
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_is_wider_than_the_screen(
    page: Page, clinic: Clinic, width: int
) -> None:
    put_on_shelf(clinic, vials=3)
    page.set_viewport_size({"width": width, "height": 800})
    _sign_in(page, "pat")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
