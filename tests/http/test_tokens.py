"""What a program may do by its token, and where its last use is seen."""

from collections.abc import Collection
from datetime import timedelta

import pytest

from inventory.kernel.actors import Actor, Permission, Role
from inventory.models.people import Person
from inventory.programs.commands import IssueToken, TokenIssued, issue_token
from tests.clinic import Clinic
from tests.http.api_client import ApiClient
from tests.staff import join

NOTE = {"text": "hello", "amount": "1 mg"}

on_sqlite = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


def _issue(
    clinic: Clinic,
    owner: Actor,
    *,
    site: str | None = None,
    allow: Collection[Permission] | None = None,
) -> TokenIssued:
    command = IssueToken(
        person_id=owner.id,
        label="scanner",
        valid_days=1,
        registration_id=site,
        permissions=allow,
    )
    with clinic.database.transaction() as db:
        return issue_token(db, command, actor=owner, clock=clinic.clock)


def test_a_token_for_one_site_opens_no_other(client: ApiClient) -> None:
    clinic = client.clinic
    both = join(clinic, clinic.pharmacist, Role.PHARMACIST, at=clinic.elsewhere_id)
    here = _issue(clinic, both, site=clinic.registration_id).secret
    everywhere = _issue(clinic, both).secret
    elsewhere = f"/api/v1/registrations/{clinic.elsewhere_id}/notes"
    assert client.post(f"{client.books}/notes", NOTE, token=here).status_code == 201
    assert client.post(elsewhere, NOTE, token=here).status_code == 404
    assert client.post(elsewhere, NOTE, token=everywhere).status_code == 201
    sites = client.get("/api/v1/registrations", token=here).json
    assert [site["id"] for site in sites] == [clinic.registration_id]


def test_a_token_allows_what_it_lists_and_nothing_else(client: ApiClient) -> None:
    token = _issue(
        client.clinic, client.clinic.pharmacist, allow=[Permission.READ_BOOKS]
    ).secret
    assert client.get(f"{client.books}/notes", token=token).status_code == 200
    answer = client.post(f"{client.books}/notes", NOTE, token=token)
    assert (answer.status_code, answer.json["code"]) == (403, "not_permitted")
    assert answer.json["data"] == {"permission": "receive"}


def test_a_token_gives_no_more_than_its_owner_has_now(client: ApiClient) -> None:
    clinic = client.clinic
    token = _issue(clinic, clinic.pharmacist, allow=[Permission.RECEIVE]).secret
    with clinic.database.transaction() as db:
        db.get_one(Person, clinic.pharmacist.id).disabled_at = clinic.clock.now()
    assert client.post(f"{client.books}/notes", NOTE, token=token).status_code == 401


def test_the_last_use_is_seen_to_the_minute(client: ApiClient) -> None:
    clinic = client.clinic
    issued = _issue(clinic, clinic.pharmacist)
    seen = [_last_use(client, issued)]
    for _ in range(4):
        client.post(f"{client.books}/notes", NOTE, token=issued.secret)
        seen.append(_last_use(client, issued))
        clinic.clock.advance(timedelta(seconds=30))
    client.get(f"{client.books}/notes", token=issued.secret)
    seen.append(_last_use(client, issued))
    assert [at and at[14:19] for at in seen] == [
        None,
        "00:00",
        "00:00",
        "01:00",
        "01:00",
        "02:00",
    ]


@on_sqlite
def test_a_refused_use_is_a_use(client: ApiClient) -> None:
    issued = _issue(client.clinic, client.clinic.clinician)
    answer = client.post(f"{client.books}/notes", NOTE, token=issued.secret)
    assert answer.status_code == 403
    assert _last_use(client, issued) is not None


def _last_use(client: ApiClient, issued: TokenIssued) -> str | None:
    address = f"{client.books}/tokens"
    tokens = client.get(address, by=client.clinic.officer).json
    (last_used_at,) = (
        one["last_used_at"] for one in tokens if one["id"] == issued.token_id
    )
    assert last_used_at is None or isinstance(last_used_at, str)
    return last_used_at


def test_a_program_revokes_its_owners_tokens(client: ApiClient) -> None:
    clinic = client.clinic
    issued = _issue(clinic, clinic.pharmacist)
    path = f"/api/v1/tokens/{issued.token_id}/revoke"
    assert client.post(path, by=clinic.clinician).status_code == 404
    assert client.post(path).status_code == 201
    assert client.get("/api/v1/tokens", token=issued.secret).status_code == 401


def test_a_token_for_listed_permissions_revokes_none_but_itself(
    client: ApiClient,
) -> None:
    clinic = client.clinic
    other = _issue(clinic, clinic.pharmacist)
    narrow = _issue(clinic, clinic.pharmacist, allow=[Permission.RECEIVE])
    for token_id, status in ((other.token_id, 404), (narrow.token_id, 201)):
        path = f"/api/v1/tokens/{token_id}/revoke"
        assert client.post(path, token=narrow.secret).status_code == status


def test_those_who_check_see_every_token_that_reaches_their_site(
    client: ApiClient,
) -> None:
    clinic = client.clinic
    here = _issue(clinic, clinic.pharmacist, allow=[Permission.RECEIVE])
    there = _issue(clinic, clinic.stranger)
    address = f"{client.books}/tokens"
    shown = {one["id"]: one for one in client.get(address, by=clinic.manager).json}
    assert shown[here.token_id]["permissions"] == ["receive"]
    assert shown[here.token_id]["person_id"] == clinic.pharmacist.id
    assert there.token_id not in shown
    assert here.secret not in str(shown)
    assert client.get(address).status_code == 403
