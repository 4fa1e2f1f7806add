"""B22: what the time of an answer tells a stranger about a name, which is nothing.

Wrong passwords are tried for people who are there, who are not there, who were disabled
and whom failures have stopped, in random order, each with the full cost of a password.
Two kinds differ if their medians are 5 ms apart or Welch's t exceeds 4.5; the figure is
the largest difference of any two kinds, in units of these limits.
"""

import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import combinations, count
from math import sqrt
from random import Random
from statistics import fmean, median, variance
from typing import Any, Final

from flask import Flask
from flask.testing import FlaskClient

from config.logging import configure_logging
from inventory.app import create_app
from inventory.credentials.passwords import Passwords, strong_passwords
from inventory.credentials.tokens import fingerprint, new_token
from inventory.db import Database
from inventory.kernel.clock import FrozenClock
from inventory.kernel.identifiers import new_id
from inventory.models.credentials import ApiToken
from inventory.models.people import Person
from tests.application import settings_in
from tests.bench.databases import SQLITE, Databases
from tests.bench.measure import Figures, Scale, require_same
from tests.clinic import Clinic, open_clinic
from tests.steps import Steps
from wsgi import blueprints

SAMPLES: Final = 200  # of each kind; a tenth of them for a first look
FULL_POSTS: Final = 100
MEDIANS_MAX_SECONDS: Final = 0.005
T_MAX: Final = 4.5
STOPPING_FAILURES: Final = 50
# Between two tries every delay and every window of the throttle has passed.
PAUSE: Final = timedelta(minutes=16)

MORNING: Final = datetime(2026, 11, 2, 14, tzinfo=UTC)  # of the clinic's first day

_TOKEN: Final = re.compile(r'name="csrf_token" value="([^"]+)"')
_WRONG: Final = "not the password of anybody"
_YEARS: Final = timedelta(days=3 * 365)

Try = Callable[[str], int]


def differences_of_sign_ins(databases: Databases, scale: Scale) -> Figures:
    """Measure the answers of the sign-in page."""
    return _measured(databases, scale, _sign_in_page)


def differences_of_witnesses(databases: Databases, scale: Scale) -> Figures:
    """Measure the answers to a witness who signs with a wrong password."""
    return _measured(databases, scale, _witness)


def _measured(
    databases: Databases,
    scale: Scale,
    make_try: Callable[[Flask, Clinic], Try],
) -> Figures:
    configure_logging("error")  # thousands of refusals are on purpose
    database = Database(databases.migrated(SQLITE))
    clinic = open_clinic(database, FrozenClock(MORNING))
    clock = clinic.clock
    passwords = strong_passwords()
    app = create_app(
        settings_in(databases.folder),
        database=database,
        clock=clock,
        passwords=passwords,
        blueprints=blueprints(),
    )
    attempt = make_try(app, clinic)
    samples = SAMPLES if scale.posts >= FULL_POSTS else SAMPLES // 10
    names = _people(clinic, passwords, samples)
    stopped = clinic.colleague.name.split()[0].lower()
    for _ in range(STOPPING_FAILURES):
        attempt(stopped)
        clock.advance(PAUSE)
    seconds = _sampled(names | {"stopped": [stopped] * samples}, attempt, clock)
    database.dispose()
    return Figures([_largest_difference(seconds)], [1.0])


def _sampled(
    names: Mapping[str, list[str]], attempt: Try, clock: FrozenClock
) -> dict[str, list[float]]:
    order = [(kind, name) for kind, of_kind in names.items() for name in of_kind]
    Random(len(order)).shuffle(order)  # noqa: S311 - no secret
    seconds: dict[str, list[float]] = {kind: [] for kind in names}
    statuses = set()
    for kind, name in order:
        clock.advance(PAUSE)
        started = time.perf_counter()
        statuses.add(attempt(name))
        seconds[kind].append(time.perf_counter() - started)
    require_same("statuses of wrong passwords", len(statuses), 1)
    return seconds


def _largest_difference(seconds: Mapping[str, list[float]]) -> float:
    return max(
        max(
            abs(median(one) - median(other)) / MEDIANS_MAX_SECONDS,
            abs(_welch_t(one, other)) / T_MAX,
        )
        for one, other in combinations(seconds.values(), 2)
    )


def _welch_t(one: list[float], other: list[float]) -> float:
    error = sqrt(variance(one) / len(one) + variance(other) / len(other))
    return (fmean(one) - fmean(other)) / error


def _people(clinic: Clinic, passwords: Passwords, samples: int) -> dict[str, list[str]]:
    """Add a person for every try, so that no try follows a failure of the same one."""
    now = clinic.clock.now()
    hashed = passwords.hash("correct horse battery staple")
    with clinic.database.transaction() as db:
        for number in range(samples):
            for kind in ("known", "disabled"):
                person = Person(
                    id=new_id("per", now),
                    kind="person",
                    sign_in_name=f"{kind}{number}",
                    name=f"{kind} {number}",
                    initials=f"{kind[0].upper()}X{number}",
                    password_hash=hashed,
                    password_set_at=now,
                    password_length=28,
                    created_at=now,
                    disabled_at=now if kind == "disabled" else None,
                )
                db.add(person)
    kinds = ("known", "disabled", "unknown")
    return {kind: [f"{kind}{number}" for number in range(samples)] for kind in kinds}


def _sign_in_page(app: Flask, _clinic: Clinic) -> Try:
    client = app.test_client()
    addresses = _addresses()
    page = client.get("/sign-in").get_data(as_text=True)
    found = _TOKEN.search(page)
    assert found is not None, "the sign-in page has a form"

    def attempt(name: str) -> int:
        form = {"csrf_token": found[1], "sign_in_name": name, "password": _WRONG}
        return _post(client, "/sign-in", next(addresses), data=form)

    return attempt


def _witness(app: Flask, clinic: Clinic) -> Try:
    steps = Steps(clinic)
    asked = steps.ask(steps.drawn_session(), "1 mL")
    path = (
        f"/api/v1/registrations/{clinic.registration_id}"
        f"/waste-requests/{asked.shown.request_id}/witness"
    )
    token, keys, addresses = _long_lived_token(clinic), count(), _addresses()
    client = app.test_client()

    def attempt(name: str) -> int:
        body = {"sign_in_name": name, "password": _WRONG, "digest": asked.digest}
        headers = {
            "Authorization": f"Bearer {token}",
            "Idempotency-Key": f"answer-times-{next(keys)}",
        }
        return _post(client, path, next(addresses), json=body, headers=headers)

    return attempt


def _post(client: FlaskClient, path: str, address: str, **body: Any) -> int:
    answer = client.post(path, environ_overrides={"REMOTE_ADDR": address}, **body)
    status: int = answer.status_code
    return status


def _addresses() -> Any:
    return (f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}" for n in count(1))


def _long_lived_token(clinic: Clinic) -> str:
    secret, now = new_token(), clinic.clock.now()
    with clinic.database.transaction() as db:
        db.add(
            ApiToken(
                id=new_id("tok", now),
                person_id=clinic.clinician.id,
                label="benchmark",
                secret_sha256=fingerprint(secret),
                created_at=now,
                expires_at=now + _YEARS,
            )
        )
    return secret
