"""The rules of a site over HTTP."""

from tests.http.api_client import ApiClient


def test_the_rules_in_force_come_with_their_sources(client: ApiClient) -> None:
    administrator = client.clinic.administrator
    body = {"name": "profile", "value": "us-oh", "reason": "We are in Ohio"}
    changed = client.post(f"{client.books}/settings", body, by=administrator)
    assert (changed.status_code, changed.json["value"]) == (201, "us-oh")
    answer = client.get(f"{client.books}/settings", by=administrator)
    assert answer.json["profile"] == "us-oh"
    rule = answer.json["rules"][0]
    assert (rule["name"], rule["value"]) == ("positive_identification", "yes")
    assert rule["source"].startswith("OAC 4729:5-3-01")


def test_a_setting_that_is_not_there_cannot_be_changed(client: ApiClient) -> None:
    body = {"name": "password", "value": "x", "reason": "none"}
    answer = client.post(
        f"{client.books}/settings", body, by=client.clinic.administrator
    )
    assert answer.json["code"] == "invalid_field"
    assert client.events() == 0
