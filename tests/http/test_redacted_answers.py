"""What was removed from the books does not live on in the answers kept for retries."""

from sqlalchemy import select

from inventory.evidence.redaction import RedactText, redact_text
from inventory.models.service import IdempotencyKey
from tests.http.api_client import ApiClient
from tests.steps import Steps

SECRET = 'Room of "Erika" 100 %_'


def test_an_answer_that_is_given_again_has_the_text_no_more(client: ApiClient) -> None:
    clinic = client.clinic
    path = f"{client.books}/sessions/{Steps(clinic).drawn_session()}/waste-requests"
    entry = {
        "amount": "14.35 mg",
        "manner": "sequestration_device",
        "place": SECRET,
    }
    asked = client.post(path, entry, key="once").json
    assert asked["shown"]["place"] == SECRET
    command = RedactText(
        registration_id=clinic.registration_id,
        event_id=asked["event_id"],
        name="place",
        reason="Names a patient",
    )
    with clinic.database.transaction() as db:
        redact_text(db, command, actor=clinic.officer, clock=clinic.clock)
    again = client.post(path, entry, key="once")
    assert again.headers["Idempotency-Replayed"] == "true"
    shown = asked["shown"] | {"place": "(redacted)"}
    assert again.json == asked | {"shown": shown}
    with clinic.database.reading() as db:
        assert "Erika" not in "".join(db.scalars(select(IdempotencyKey.answer)))
