"""The name that a caller claims for this host is never repeated."""

from collections.abc import Iterator

from flask import Flask
from flask.testing import FlaskClient

from tests.clinic import Clinic
from tests.security.addresses import addresses

_FORGED = "https://evil.example"


def _shapes(app: Flask) -> Iterator[str]:
    """Give paths that routing could want to correct, beside those that are right."""
    for path in sorted({rule.rule for rule in app.url_map.iter_rules()}):
        if "<" not in path:
            yield from (path, f"{path}/", f"/{path}", path.replace("/", "//"))


def test_no_redirect_names_a_host(app: Flask, browser: FlaskClient) -> None:
    led = 0
    for path in _shapes(app):
        with browser.get(path, base_url=_FORGED) as answer:
            target = answer.headers.get("Location", "/")
        assert target.startswith("/"), path
        assert not target.startswith("//"), path
        assert "evil" not in target, path
        led += answer.status_code in (301, 302, 303, 307, 308)
    assert led, "some pages lead to the sign-in page"


def test_no_answer_repeats_the_host(app: Flask, clinic: Clinic) -> None:
    for address in addresses(app, clinic):
        with app.test_client().open(
            address.path, method=min(address.methods), base_url=_FORGED
        ) as answer:
            assert b"evil.example" not in answer.data, address
            assert "evil.example" not in str(answer.headers), address
