"""One run of schemathesis against the whole application, in this process."""

import os
from collections.abc import Collection, Iterable
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import Any, Final
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import schemathesis
from flask import Flask
from schemathesis import (
    APIOperation,
    BaseSchema,
    Case,
    HookContext,
    Response,
)
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure
from schemathesis.core.result import Ok
from schemathesis.engine import from_schema
from schemathesis.wfc.escalation import restore_identity_assignments

from inventory.kernel.actors import Actor
from tests.contract import checks
from tests.contract.findings import Findings
from tests.contract.furnished import Names
from tests.contract.identities import (
    RECORDER,
    STRANGER,
    people,
    who_may_ask,
    write_identities,
)
from tests.contract.real_names import RealNames
from tests.http.api_client import ApiClient

Operation = APIOperation[Any, Any, Any, Any]

EXAMPLES: Final = int(os.environ.get("COUNTERSIGN_CONTRACT_EXAMPLES", "3"))
SEED: Final = int(os.environ.get("COUNTERSIGN_CONTRACT_SEED", "1"))
FUZZING: Final = frozenset({"fuzzing"})
EACH_ALONE: Final = FUZZING | {"examples", "coverage"}
IN_SEQUENCE: Final = frozenset({"stateful"})

# What fits the description may meet a rule that needs the books (404, 409), a memory
# (429) or a calculation (422); `no_described_form_is_refused` tells the last from a
# wrong form.
_FITTING_MAY_BE_ANSWERED: Final = ["2xx", "404", "409", "422", "429"]
_CHECKS: Final = {
    **{check.__name__: {"enabled": True} for check in checks.OURS},
    # Both are run by `access_is_enforced`.
    "ignored_auth": {"enabled": False},
    "object_level_authorization": {"enabled": False},
    "positive_data_acceptance": {"expected-statuses": _FITTING_MAY_BE_ANSWERED},
}


def load(app: Flask, **settings: Any) -> BaseSchema:
    """Load the description as the application gives it."""
    always = {
        "seed": SEED,
        "cache": {"enabled": False},
        "checks": _CHECKS,
        "suppress-health-check": ["all"],
    }
    config = SchemathesisConfig.from_dict({**always, **settings})
    return schemathesis.openapi.from_wsgi(
        "/api/v1/openapi.json", _over_https(app), config=config
    )


def _over_https(app: Flask) -> WSGIApplication:
    """Serve as behind a proxy: a token that came over plain HTTP is refused."""

    def served(environ: WSGIEnvironment, respond: StartResponse) -> Iterable[bytes]:
        environ |= {"wsgi.url_scheme": "https", "REMOTE_ADDR": "192.0.2.7"}
        return app(environ, respond)

    return served


@dataclass(frozen=True)
class Campaign:
    """Asks every operation of a method about what is there.

    Attributes:
        client: of the application.
        names: of what is there.
        folder: for the tokens of those who ask.
        method: GET, POST or "" for both.
        phases: of schemathesis.
        asker: who asks; by default, of the people here, whoever may.
    """

    client: ApiClient
    names: Names
    folder: Path
    _: KW_ONLY
    method: str = ""
    phases: Collection[str] = EACH_ALONE
    asker: str = ""

    def run(self) -> Findings:
        """Ask, and tell what was found."""
        schema = self._load()
        findings = Findings()
        findings.gather(from_schema(schema).execute())
        return findings

    def _load(self) -> BaseSchema:
        schema = load(self.client.app, **self._settings())
        if self.method:
            schema = schema.include(method=self.method)
        who_asks = self._who_asks(schema)
        restore_identity_assignments(schema, who_asks)
        kept = self._kept(who_asks.values())
        RealNames(self.names, kept=kept).install(schema)

        @schema.hook
        def filter_failure(
            context: HookContext,  # noqa: ARG001 - schemathesis's signature
            failure: Failure,
            case: Case[Any],
            response: Response,
        ) -> bool:
            return not checks.misses_something_else(failure, case, response)

        return schema

    def _settings(self) -> dict[str, Any]:
        identities = write_identities(self.folder, self.client)
        return {
            "auth": {"wfc": {"path": str(identities), "peers": [RECORDER, STRANGER]}},
            "continue-on-failure": True,
            "generation": {
                "database": "none",
                "deterministic": True,
                "max-examples": EXAMPLES,
                "no-shrink": True,
            },
            "phases": {
                name: {"enabled": name in self.phases}
                for name in EACH_ALONE | IN_SEQUENCE
            },
        }

    def _who_asks(self, schema: BaseSchema) -> dict[str, str]:
        app, clinic = self.client.app, self.client.clinic
        who_asks = {}
        for found in schema.get_all_operations():
            assert isinstance(found, Ok), found
            operation = found.ok()
            who = self.asker or who_may_ask(app, clinic, _raw(operation))
            who_asks[operation.label] = who
        return who_asks

    def _tokens(self, person: Actor) -> set[str]:
        listed = self.client.get("/api/v1/tokens", by=person).json
        return {token["id"] for token in listed}

    def _kept(self, names: Iterable[str]) -> set[str]:
        kept: set[str] = set()
        for name in names:
            person = people(self.client.clinic)[name]
            kept |= {person.id} | self._tokens(person)
        return kept - set(self.names["tokens"])


def _raw(operation: Operation) -> dict[str, Any]:
    raw: dict[str, Any] = operation.definition.raw
    return raw
