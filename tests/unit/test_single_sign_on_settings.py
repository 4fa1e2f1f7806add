"""Single sign-on is asked for by four settings: all of them, or none."""

import os
import sys

import pytest

from config.settings import (
    PREFIX,
    Settings,
    SettingsCode,
    SettingsError,
    load_settings,
)
from inventory.single_sign_on.client import client_of

GOOD = {
    "OIDC_CLIENT_ID": "countersign",
    "OIDC_CLIENT_SECRET": "correct horse",
    "OIDC_ISSUER": "https://login.clinic.example",
    "OIDC_REDIRECT_URI": "https://books.clinic.example/sign-in/organisation/answer",
}


@pytest.fixture(autouse=True)
def _bare_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    for name in list(os.environ):
        if name.startswith(PREFIX):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path_factory.mktemp("empty"))


def _load(monkeypatch: pytest.MonkeyPatch, **given: str) -> Settings:
    for name, value in given.items():
        monkeypatch.setenv(PREFIX + name, value)
    return load_settings()


def _problems(
    monkeypatch: pytest.MonkeyPatch, **given: str
) -> list[tuple[SettingsCode, str]]:
    with pytest.raises(SettingsError) as refusal:
        _load(monkeypatch, **given)
    problems = refusal.value.problems
    return [(one.code, one.name.removeprefix(PREFIX)) for one in problems]


def test_nothing_is_asked_for_by_default() -> None:
    assert client_of(load_settings()) is None


def test_four_settings_name_the_client(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = _load(monkeypatch, **GOOD)
    client = client_of(settings)
    assert client
    assert client.issuer == GOOD["OIDC_ISSUER"]
    assert client.client_secret == GOOD["OIDC_CLIENT_SECRET"]
    assert GOOD["OIDC_CLIENT_SECRET"] not in repr((settings, client))


@pytest.mark.parametrize("missing", sorted(GOOD))
def test_one_that_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    given = {name: value for name, value in GOOD.items() if name != missing}
    assert _problems(monkeypatch, **given) == [(SettingsCode.INCOMPLETE, missing)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OIDC_CLIENT_ID", ""),
        ("OIDC_CLIENT_ID", "länger"),
        ("OIDC_CLIENT_SECRET", "one\ntwo"),
        ("OIDC_ISSUER", "http://login.clinic.example"),
        ("OIDC_ISSUER", "login.clinic.example"),
        ("OIDC_ISSUER", "https://"),
        ("OIDC_ISSUER", "https://login.clinic.example?tenant=1"),
        ("OIDC_ISSUER", "https://login.clinic.example#a"),
        ("OIDC_ISSUER", "https://somebody@login.clinic.example"),
        ("OIDC_ISSUER", "https://login.clinic.example:99999"),
        ("OIDC_ISSUER", "http://127.0.0.1.example"),
        ("OIDC_ISSUER", "file:///etc/passwd"),
        ("OIDC_REDIRECT_URI", "https://books.clinic.example/"),
        ("OIDC_REDIRECT_URI", "http://books.example/sign-in/organisation/answer"),
        ("OIDC_REDIRECT_URI", "https:///sign-in/organisation/answer"),
        ("OIDC_REDIRECT_URI", "https://b.example/sign-in/organisation/answer?a=1"),
    ],
)
def test_what_cannot_be_used_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    given = {**GOOD, name: value}
    assert _problems(monkeypatch, **given) == [(SettingsCode.INVALID, name)]


@pytest.mark.parametrize(
    "issuer",
    [
        "https://login.clinic.example/",
        "https://login.example/tenants/1/v2.0",
        "https://login.example:8443",
        "http://127.0.0.1:8080/realms/clinic",
        "http://localhost:8080",
        "http://[::1]:8080",
    ],
)
def test_an_issuer_is_taken_as_it_is_written(
    monkeypatch: pytest.MonkeyPatch, issuer: str
) -> None:
    assert _load(monkeypatch, **{**GOOD, "OIDC_ISSUER": issuer}).oidc_issuer == issuer


@pytest.mark.parametrize("package", ["authlib", "joserfc", "requests"])
def test_a_package_that_is_missing_is_named_with_the_way_to_install_it(
    monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    assert client_of(load_settings()) is None
    with pytest.raises(SettingsError) as refusal:
        _load(monkeypatch, **GOOD)
    (problem,) = refusal.value.problems
    assert problem.code is SettingsCode.PACKAGE_MISSING
    assert problem.sentence == (
        f"Single sign-on needs {package}: "
        "pip install --require-hashes -r requirements-sso.txt"
    )
