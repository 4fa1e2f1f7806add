"""Text of people is data wherever it goes: into JSON, a page, a statement, a mail."""

from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any, Final
from urllib.parse import quote

import pytest
from flask import Flask, g, render_template

from config.settings import SettingsError, load_settings
from inventory.kernel.actors import Actor
from inventory.web.forms import Form
from tests.clinic import Clinic
from tests.http.api_client import ApiClient

HOSTILE: Final = (
    "<script>alert(1)</script>",
    "\"><img src=x onerror='alert(1)'>",
    "' onmouseover='alert(1)",
    "</title><svg/onload=alert(1)>",
    "<!--",
    "]]>",
    "javascript:alert(1)",
    "&lt;b&gt; &amp; &#x3c;",
    "{{ config }} {% for x in y %} ${7*7} #{7*7}",
    "%s %d %n {0} {self.__class__}",
    "'); DROP TABLE events; --",
    '" OR ""="',
    "$(reboot) `reboot` ; reboot | reboot",
    "../../etc/passwd",
    "=cmd|'/C calc'!A0",
    '\\", "permission": "all", "x": "',
    "</p><para><font color='white'>",
)
PLAIN: Final = "Harbor Infusion Clinic"
_A_SITE: Final = "reg_00000000000000000000000000"


class _Structure(HTMLParser):
    """The elements of a page with the names of their attributes, and its comments."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.parts: list[tuple[str, ...]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts.append((tag, *(name for name, _ in attrs)))

    def handle_comment(self, data: str) -> None:
        self.parts.append(("comment", data))


def _pages(text: str) -> Mapping[str, dict[str, Any]]:
    """Give the pages that show what people typed, each with one text everywhere."""
    fault = {"field": text, "detail": text}
    shown = ("title", "detail", "status", "code", "request_id")
    typed = dict.fromkeys(("sign_in_name", "password", "code"), text)
    return {
        "problem.html": {"problem": dict.fromkeys(shown, text) | {"faults": [fault]}},
        "choose_site.html": {
            "sites": [{"id": _A_SITE, "name": text, "dea_number": text}],
            "pages": {_A_SITE: text},
        },
        "sign_in.html": {
            "destination": text,
            "form": Form(entered=typed, faults=typed, refusal=text),
        },
    }


def _rendered(app: Flask, name: str, text: str) -> str:
    with app.test_request_context():
        g.actor = Actor(id="per_x", name=text, initials=text)
        return render_template(name, **_pages(text)[name])


@pytest.mark.parametrize("page", _pages(""))
def test_no_text_becomes_an_element_or_an_attribute(app: Flask, page: str) -> None:
    plain = _Structure(_rendered(app, page, PLAIN)).parts
    assert ("html", "lang") in plain
    for text in HOSTILE:
        assert _Structure(_rendered(app, page, text)).parts == plain, text


def test_the_comparison_would_see_an_element_and_an_attribute() -> None:
    plain = _Structure('<p title="x">y</p>').parts
    assert _Structure('<p title="x">y<b></p>').parts != plain
    assert _Structure('<p title="x" onload="y">y</p>').parts != plain
    assert _Structure('<p title="x">y<!-- z --></p>').parts != plain


def test_a_text_comes_back_as_it_was_typed_and_names_nothing_else(
    client: ApiClient, clinic: Clinic
) -> None:
    places = f"{client.books}/locations"
    for text in HOSTILE:
        place = {"name": text, "kind": "kit", "lock_class": "safe"}
        answer = client.post(places, place, by=clinic.administrator)
        assert answer.status_code == 201, answer.text
        assert answer.json["name"] == text
    listed = [place["name"] for place in client.get(places).json]
    assert sorted(listed) == sorted([*HOSTILE, "Vault", "Procedure room"])
    assert client.events() == len(HOSTILE)


def test_a_text_in_an_address_finds_nothing_and_breaks_nothing(
    client: ApiClient,
) -> None:
    for path in ("/api/v1/idempotency-keys/", "/api/v1/products/by-code/"):
        for text in HOSTILE:
            answer = client.get(path + quote(text, safe="/"))
            assert answer.status_code in (404, 422), answer.text
            assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("end", ["\r\n", "\n", "%0d%0a", "\r\nRCPT TO:<eve@evil>"])
def test_an_address_for_mail_cannot_carry_a_second_line(
    monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    address = f"mailto:olga{end}@clinic.example {end}Bcc: eve"
    monkeypatch.setenv("COUNTERSIGN_WITNESSES", address)
    with pytest.raises(SettingsError, match="COUNTERSIGN_WITNESSES: Use "):
        load_settings()
