"""Who asks: for each operation somebody here who may do it, and a stranger.

No one person may do everything at a registration: those who record, keep the house and
check are groups of their own. Together they are the first identity; the second works
at the other registration and nowhere else.
"""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

from flask import Flask

from inventory.kernel.actors import Actor, Permission
from inventory.web.access import stated_access
from tests.clinic import Clinic
from tests.http.api_client import ApiClient

RECORDER, STRANGER = "pharmacist", "stranger"


def people(clinic: Clinic) -> dict[str, Actor]:
    """Give everyone the clinic names, in its order."""
    named = {field.name: getattr(clinic, field.name) for field in fields(clinic)}
    return {name: one for name, one in named.items() if isinstance(one, Actor)}


def who_may(clinic: Clinic, permission: Permission) -> str:
    """Name the first person here who holds a permission."""
    return next(
        name
        for name, person in people(clinic).items()
        if person.may(permission, clinic.registration_id)
    )


def who_may_ask(app: Flask, clinic: Clinic, operation: dict[str, Any]) -> str:
    """Name the first person here who may do what an operation of OpenAPI does."""
    (section,) = operation["tags"]
    view = app.view_functions[f"{section}.{operation['operationId']}"]
    access = stated_access(view)
    return who_may(clinic, access) if isinstance(access, Permission) else RECORDER


def write_identities(folder: Path, client: ApiClient) -> Path:
    """Write everyone's token down as Web Fuzzing Commons has it."""
    entries = [
        {
            "name": name,
            "fixedHeaders": [
                {"name": "Authorization", "value": f"Bearer {client.token(person)}"}
            ],
        }
        for name, person in people(client.clinic).items()
    ]
    path = folder / "identities.json"
    path.write_text(json.dumps({"auth": entries}), encoding="utf-8")
    return path
