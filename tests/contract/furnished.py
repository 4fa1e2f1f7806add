"""What there is at a clinic to ask about, by the kind of thing that addresses name."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from inventory.models.containers import Lot
from tests.faults.recipes import RECIPES
from tests.http.api_client import ApiClient
from tests.http.neighbours import furnish
from tests.steps import Steps
from tests.steps.deliveries import KETAMINE_50

KEY = "of-an-entry-that-was-made"

# `sessions` as in `/sessions/<session_id>` -> identifiers of sessions.
Names = Mapping[str, Sequence[str]]
# What a field of a body names.
KINDS = {
    "clinician_id": "clinicians",
    "container_id": "containers",
    "location_id": "locations",
    "lot_id": "lots",
    "person_id": "people",
}


def furnish_names(client: ApiClient) -> Names:
    """Furnish the clinic with one of everything; give the names of it all."""
    clinic = client.clinic
    ward = Steps(clinic)
    found = furnish(ward, "OURS")
    with clinic.database.reading() as db:
        lots = list(db.scalars(select(Lot.id)))
    return {
        **{kind: [identifier] for kind, identifier in found.items()},
        "registrations": [clinic.registration_id],
        "locations": [clinic.vault, clinic.procedure_room],
        "lots": lots,
        "clinicians": [clinic.clinician.id],
        "people": [ward.add_person("sam", "SPARE")],
        "tokens": [ward.issue_token(clinic.pharmacist).token_id],
        "idempotency-keys": [_kept_answer(client, ward)],
        "by-code": [KETAMINE_50],
    }


def _kept_answer(client: ApiClient, ward: Steps) -> str:
    (rule,) = (rule for rule in RECIPES if rule.endswith("/sessions"))
    asked = RECIPES[rule](ward)
    path = f"{client.books}/sessions"
    answer = client.post(path, asked.body, by=client.clinic.pharmacist, key=KEY)
    assert answer.status_code == 201, answer.text
    return KEY
