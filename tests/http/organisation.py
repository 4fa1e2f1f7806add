"""Steps of a browser that goes to the organisation's sign-in and comes back."""

import html
import re
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from flask import Blueprint, Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from inventory.kernel.clock import FrozenClock
from inventory.models.credentials import FederatedIdentity
from inventory.single_sign_on import pages
from inventory.single_sign_on.client import (
    Asked,
    Identity,
    Provider,
    ProviderError,
    Trouble,
    connect,
)
from tests.application import application
from tests.clinic import PASSWORD, Clinic
from tests.identity_provider import IdentityProvider

FORM = "application/x-www-form-urlencoded"
ANSWER = "/sign-in/organisation/answer"


def served(
    folder: Path,
    clinic: Clinic,
    provider: IdentityProvider,
    *,
    extra: tuple[Blueprint, ...] = (),
) -> Flask:
    """Build the whole application as the composition root does with single sign-on."""
    app = application(folder, database=clinic.database, clock=clinic.clock, extra=extra)
    pages.install(app, connect(provider.client, clock=clinic.clock))
    return app


def link(clinic: Clinic, provider: IdentityProvider, person_id: str) -> None:
    """Let the person who is in front of the provider be one of ours."""
    with clinic.database.transaction() as db:
        db.add(
            FederatedIdentity(
                issuer=provider.issuer,
                subject=provider.subject,
                person_id=person_id,
                linked_at=clinic.clock.now(),
            )
        )


def post(browser: FlaskClient, path: str, **fields: str) -> TestResponse:
    """Send a form of ours."""
    token = re.search(
        r'name="csrf_token" value="([^"]+)"', browser.get("/sign-in").text
    )
    assert token
    return browser.post(path, data={"csrf_token": token[1], **fields})


def sign_in(browser: FlaskClient, name: str) -> None:
    """Sign in with name and password."""
    answer = post(browser, "/sign-in", sign_in_name=name, password=PASSWORD)
    assert answer.status_code == 303, answer.text


def handed_over(answer: TestResponse) -> str:
    """Give the address at the provider that a page leads to."""
    assert answer.status_code == 200, answer.text
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', answer.text)
    assert found
    return html.unescape(found[1])


def answered(address: str) -> str:
    """Answer at the provider; give the path of ours to come back to."""
    url = urlsplit(address)
    connection = HTTPConnection(url.netloc, timeout=10)
    connection.request("GET", f"{url.path}?{url.query}")
    back = connection.getresponse().headers["Location"]
    connection.close()
    path = urlsplit(back)
    return f"{path.path}?{path.query}"


def come_back(browser: FlaskClient, path: str = "/", **fields: str) -> TestResponse:
    """Sign in at the organisation: there and back."""
    began = post(browser, "/sign-in/organisation", next=path, **fields)
    return browser.get(answered(handed_over(began)))


def is_signed_in(browser: FlaskClient) -> bool:
    """Tell whether the browser is let in to a page of an account."""
    return browser.get("/account").status_code == 200


def identity_of(
    provider: Provider, clock: FrozenClock, *, anew: bool = False
) -> Identity:
    """Go there and back without any page of ours."""
    asked = Asked.at(clock.now(), anew=anew)
    return provider.believe(asked, answer_to(provider, asked))


def answer_to(provider: Provider, asked: Asked) -> dict[str, str]:
    """Go there; give what the browser brings back."""
    back = urlsplit(answered(provider.address(asked))).query
    return {name: value for name, (value,) in parse_qs(back).items()}


def trouble_of(
    provider: Provider, clock: FrozenClock, *, anew: bool = False
) -> Trouble | None:
    """Go there and back; give why the provider was of no use, if it was not."""
    try:
        identity_of(provider, clock, anew=anew)
    except ProviderError as error:
        return error.trouble
    return None
