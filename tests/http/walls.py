"""Every address of a registration, and how anybody's request to it is answered."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from flask import Flask
from flask.testing import FlaskClient

from inventory.kernel.actors import Actor, Permission
from inventory.web.access import stated_access
from tests.clinic import Clinic
from tests.http.api_client import ApiClient
from tests.http.browsers import browser_of, form_token

REGISTRATION: Final = "registration_id"
# What no identifier was ever given to.
ABSENT: Final = "0" * 26

_API: Final = "/api/"
_BOOK: Final = "/registrations/<registration_id>"
_API_BOOK: Final = f"/api/v1{_BOOK}"
_DAYS: Final = "?first_day=2026-11-01&last_day=2026-11-02"
# What has to be asked of an address that does not answer otherwise.
QUERIES: Final = {
    f"{_API_BOOK}/access": "?on=2026-11-02",
    f"{_API_BOOK}/products/<product_id>/ledger.pdf": _DAYS,
    f"{_BOOK}/reports/products/<product_id>/ledger.pdf": _DAYS,
}
_SAFE: Final = frozenset({"HEAD", "OPTIONS"})
_OBJECT: Final = re.compile(r"(?P<kind>[a-z-]+)/<(?P<name>\w+)>")
# Random in every answer, of the same length: which request it was, and what a form
# carries against forgery and double clicks.
_RANDOM: Final = re.compile(
    rb'req_[0-9a-f]{24}|(?<=name="csrf_token" value=")[^"]+'
    rb'|(?<=name="idempotency_key" value=")[^"]+'
)
_FAULT: Final = re.compile(r'id="(\w+)-hint" class="fault"')
_ONLY_HERE: Final = frozenset({"X-Request-Id", "Set-Cookie"})


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one address of a registration, and what it demands."""

    method: str
    rule: str
    access: Permission

    @property
    def is_api(self) -> bool:
        """Whether programs ask it."""
        return self.rule.startswith(_API)

    @property
    def objects(self) -> Mapping[str, str]:
        """What it names besides the registration: name in the rule -> kind."""
        found = {one["name"]: one["kind"] for one in _OBJECT.finditer(self.rule)}
        found.pop(REGISTRATION)
        return found

    def path(self, registration_id: str, objects: Mapping[str, str]) -> str:
        """Give an address: `objects` are identifiers by kind."""
        path = self.rule.replace(f"<{REGISTRATION}>", registration_id)
        for name, kind in self.objects.items():
            path = path.replace(f"<{name}>", objects.get(kind, ABSENT))
        return path

    def path_of(self, registration_id: str, names: Mapping[str, str]) -> str:
        """Give an address: `names` are identifiers by their name in the rule."""
        kinds = {self.objects[name]: names[name] for name in self.objects}
        return self.path(registration_id, kinds)

    def __str__(self) -> str:
        return f"{self.method} {self.rule}"


def routes(app: Flask) -> list[Route]:
    """List every address of a registration, from the map that serves them."""
    return [
        Route(method, rule.rule, _permission(app, rule.endpoint))
        for rule in app.url_map.iter_rules()
        if REGISTRATION in rule.arguments
        for method in sorted((rule.methods or set()) - _SAFE)
    ]


def _permission(app: Flask, endpoint: str) -> Permission:
    access = stated_access(app.view_functions[endpoint])
    assert isinstance(access, Permission), endpoint
    return access


@dataclass(frozen=True, slots=True)
class Seen:
    """An answer, without what is random in it and without the address asked for."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def says(self) -> str:
        """The body as text."""
        return self.body.decode(errors="replace")

    @property
    def faults(self) -> list[str]:
        """What a page says is wrong with its form, to be read by who adds one."""
        return _FAULT.findall(self.says)


@dataclass(slots=True)
class Visitor:
    """Somebody who asks, as a program and in a browser.

    Attributes:
        person: who; None for a stranger without a token or a cookie.
    """

    app: Flask
    clinic: Clinic
    person: Actor | None
    _client: ApiClient = field(init=False)
    _browser: FlaskClient = field(init=False)
    _token: str = field(init=False)
    _keys: Iterator[int] = field(init=False)

    def __post_init__(self) -> None:
        """Sign in, in a browser and by a token."""
        self._client = ApiClient(self.app, self.clinic)
        self._browser = (
            browser_of(self.app, self.clinic, self.person)
            if self.person
            else self.app.test_client()
        )
        self._token = form_token(self._browser)
        self._keys = iter(range(1_000_000))

    def ask(
        self,
        route: Route,
        path: str,
        *,
        fields: Mapping[str, Any] | None = None,
        hide: Collection[str] = (),
    ) -> Seen:
        """Send a request.

        Args:
            route: the address it goes to.
            path: its path, and its query.
            fields: what is sent in the body.
            hide: identifiers that stand as one and the same in what is seen.
        """
        send = self._as_program if route.is_api else self._as_browser
        answer = send(route.method, path, dict(fields or {}))
        body = _RANDOM.sub(b"", answer.data)
        headers = "\n".join(
            f"{name}: {value}"
            for name, value in answer.headers.items()
            if name not in _ONLY_HERE
        )
        for identifier in hide:
            body = body.replace(identifier.encode(), b"...")
            headers = headers.replace(identifier, "...")
        return Seen(answer.status_code, dict(_pairs(headers)), body)

    def _as_program(self, method: str, path: str, fields: dict[str, Any]) -> Any:
        headers = {"Idempotency-Key": f"walls-{next(self._keys)}"}
        if self.person:
            headers["Authorization"] = f"Bearer {self._client.token(self.person)}"
        body = fields if method == "POST" else None
        return self._client.open(method, path, json=body, headers=headers)

    def _as_browser(self, method: str, path: str, fields: dict[str, Any]) -> Any:
        if method != "POST":
            return self._browser.open(path, method=method)
        hidden = {
            "csrf_token": self._token,
            "idempotency_key": f"walls-{next(self._keys)}",
        }
        return self._browser.post(path, data=hidden | fields)


def _pairs(headers: str) -> Iterator[tuple[str, str]]:
    for line in headers.splitlines():
        name, _, value = line.partition(": ")
        yield name, value


class Visitors:
    """The people of a clinic, each signed in once."""

    def __init__(self, app: Flask, clinic: Clinic) -> None:
        self._app, self._clinic = app, clinic
        self._known: dict[str, Visitor] = {}

    def of(self, person: Actor) -> Visitor:
        """Give a person as they ask."""
        if person.id not in self._known:
            self._known[person.id] = Visitor(self._app, self._clinic, person)
        return self._known[person.id]

    def who_may(self, permission: Permission) -> Visitor:
        """Give somebody of the clinic who has a permission."""
        clinic = self._clinic
        people = (
            clinic.pharmacist,
            clinic.officer,
            clinic.manager,
            clinic.administrator,
        )
        here = clinic.registration_id
        return self.of(next(one for one in people if one.may(permission, here)))
