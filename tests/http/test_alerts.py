"""Alerts: read, looked into by somebody they are not about, and then kept."""

from sqlalchemy import select

from inventory.credentials.alerts import AlertKind, raise_alert
from inventory.kernel.actors import Actor
from inventory.models.access import Alert
from tests.http.api_client import Answer, ApiClient


def _raise(client: ApiClient, about: Actor, *, at: str | None = None) -> None:
    clinic = client.clinic
    with clinic.database.transaction() as db:
        raise_alert(
            db,
            [at or clinic.registration_id],
            AlertKind.SIGN_IN_STOPPED,
            person_id=about.id,
            detail="50 attempts failed in a row.",
            now=clinic.clock.now(),
        )


def _listed(client: ApiClient, by: Actor | None = None) -> Answer:
    return client.get(f"{client.books}/alerts", by=by or client.clinic.manager)


def _acknowledge(client: ApiClient, alert_id: str, by: Actor) -> Answer:
    return client.post(f"{client.books}/alerts/{alert_id}/acknowledgement", by=by)


def test_an_alert_says_what_happened_and_what_to_do(client: ApiClient) -> None:
    _raise(client, client.clinic.pharmacist)
    (alert,) = _listed(client).json
    assert alert["kind"] == "sign_in_stopped"
    assert alert["person_name"] == "Pat Pharmacist"
    assert "Pat Pharmacist" in alert["sentence"]
    assert alert["way_out"]
    assert alert["acknowledged_at"] is None


def test_open_alerts_stand_before_those_that_were_looked_into(
    client: ApiClient,
) -> None:
    clinic = client.clinic
    for person in (clinic.pharmacist, clinic.clinician):
        _raise(client, person)
    first = _listed(client).json[0]["alert_id"]
    assert _acknowledge(client, first, clinic.officer).status_code == 201
    listed = _listed(client).json
    assert [each["acknowledged_by"] for each in listed] == [None, clinic.officer.name]
    assert listed[1]["alert_id"] == first


def test_an_alert_is_looked_into_once(client: ApiClient) -> None:
    clinic = client.clinic
    _raise(client, clinic.pharmacist)
    alert_id = _listed(client).json[0]["alert_id"]
    _acknowledge(client, alert_id, clinic.officer)
    refused = _acknowledge(client, alert_id, clinic.manager)
    assert (refused.status_code, refused.json["code"]) == (409, "already_exists")
    assert _listed(client).json[0]["acknowledged_by"] == clinic.officer.name


def test_nobody_looks_into_an_alert_about_themselves(client: ApiClient) -> None:
    officer = client.clinic.officer
    _raise(client, officer)
    alert_id = _listed(client).json[0]["alert_id"]
    refused = _acknowledge(client, alert_id, officer)
    assert (refused.status_code, refused.json["code"]) == (403, "not_permitted")
    assert _listed(client).json[0]["acknowledged_at"] is None


def test_another_sites_alert_is_not_there(client: ApiClient) -> None:
    clinic = client.clinic
    _raise(client, clinic.stranger, at=clinic.elsewhere_id)
    assert _listed(client).json == []
    with clinic.database.reading() as db:
        (anothers,) = db.scalars(select(Alert.id))
    answers = [
        _acknowledge(client, alert_id, clinic.manager)
        for alert_id in (anothers, f"{anothers[:-1]}0")
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json["detail"] == answers[1].json["detail"]
