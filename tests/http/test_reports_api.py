"""Reports as programs and browsers get them: a PDF, or a refusal that says why."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from inventory.web.downloads import Pdf
from tests.clinic import PASSWORD, Clinic
from tests.http.api_client import Answer, ApiClient
from tests.reports.samples import pages_of
from tests.reports.ward import Ward

TODAY = "first_day=2026-11-02&last_day=2026-11-02"
LEDGER_NAME = "ledger-BB1388568-42023-114-10-2026-11-02-to-2026-11-02.pdf"
RECONCILIATION_NAME = "reconciliation-BB1388568-2026-11-02-to-2026-11-02.pdf"


@pytest.fixture
def ward(clinic: Clinic) -> Ward:
    """A clinic at work."""
    return Ward(clinic)


@pytest.fixture
def reconciliation(ward: Ward, client: ApiClient) -> str:
    """The address of a report about a missing vial."""
    made = ward.reconcile_short_of_a_vial()
    return f"{client.books}/reconciliations/{made}/report.pdf"


@pytest.fixture
def ledger(ward: Ward, client: ApiClient) -> str:
    """The address of a ledger of ketamine, without its days."""
    product_id = ward.work().lines[0].product_id
    return f"{client.books}/products/{product_id}/ledger.pdf"


def _sign_in(browser: FlaskClient, name: str) -> None:
    shown = browser.get("/sign-in").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', shown)
    assert token
    form = {"csrf_token": token[1], "sign_in_name": name, "password": PASSWORD}
    browser.post("/sign-in", data=form)


def _is_a_pdf(answer: Answer | TestResponse, file_name: str) -> None:
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "application/pdf"
    given = answer.headers["Content-Disposition"]
    assert given == f"attachment; filename={file_name}"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.data.startswith(b"%PDF-")


def test_a_program_gets_the_reconciliation(
    client: ApiClient, reconciliation: str
) -> None:
    answer = client.get(reconciliation)
    _is_a_pdf(answer, RECONCILIATION_NAME)
    first_page = pages_of(answer.data)[0]
    assert "-1 container, -10 mL, -500 mg" in first_page


def test_the_same_reconciliation_gives_the_same_bytes_to_everyone(
    client: ApiClient, reconciliation: str
) -> None:
    by_officer = client.get(reconciliation, by=client.clinic.officer)
    assert client.get(reconciliation).data == by_officer.data


def test_a_program_gets_the_ledger(client: ApiClient, ledger: str) -> None:
    answer = client.get(f"{ledger}?{TODAY}", by=client.clinic.officer)
    _is_a_pdf(answer, LEDGER_NAME)
    text = " ".join(pages_of(answer.data))
    assert "Totals, closing balance 5000 50 35.65 14.35 4950 99" in text
    assert "by Olga Officer" in text


@pytest.mark.parametrize(("paper", "box"), [("letter", "612"), ("a4", "595.2756")])
def test_the_sheet_is_chosen(
    client: ApiClient, reconciliation: str, paper: str, box: str
) -> None:
    answer = client.get(f"{reconciliation}?paper={paper}")
    assert f"/MediaBox [ 0 0 {box} ".encode() in answer.data


def test_a_browser_gets_both(
    browser: FlaskClient, ward: Ward, client: ApiClient
) -> None:
    made = ward.reconcile_short_of_a_vial()
    [product] = ward.steps.figures(client.events()).products
    here = f"/registrations/{client.clinic.registration_id}/reports"
    _sign_in(browser, "pat")
    shown = browser.get(f"{here}/reconciliations/{made}.pdf?paper=a4")
    _is_a_pdf(shown, RECONCILIATION_NAME)
    shown = browser.get(f"{here}/products/{product.product_id}/ledger.pdf?{TODAY}")
    _is_a_pdf(shown, LEDGER_NAME)


def test_a_browser_that_is_not_signed_in_is_sent_to_sign_in(
    browser: FlaskClient, client: ApiClient
) -> None:
    here = f"/registrations/{client.clinic.registration_id}/reports"
    answer = browser.get(f"{here}/reconciliations/rec_1.pdf")
    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in?next=")


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
class TestRefusals:
    @pytest.mark.parametrize("name", ["clinician", "colleague", "administrator"])
    def test_a_role_that_reads_no_reports_is_refused(
        self, client: ApiClient, reconciliation: str, ledger: str, name: str
    ) -> None:
        person = getattr(client.clinic, name)
        for path in (reconciliation, f"{ledger}?{TODAY}"):
            answer = client.get(path, by=person)
            assert (answer.status_code, answer.json["code"]) == (403, "not_permitted")
            assert answer.json["data"] == {"permission": "read_reports"}

    def test_a_stranger_finds_nothing(
        self, client: ApiClient, reconciliation: str, ledger: str
    ) -> None:
        for path in (reconciliation, f"{ledger}?{TODAY}"):
            answer = client.get(path, by=client.clinic.stranger)
            assert (answer.status_code, answer.json["code"]) == (404, "not_found")

    def test_a_stranger_finds_nothing_by_way_of_their_own_site(
        self, client: ApiClient, reconciliation: str, ledger: str
    ) -> None:
        here, elsewhere = client.clinic.registration_id, client.clinic.elsewhere_id
        for path in (reconciliation, f"{ledger}?{TODAY}"):
            theirs = path.replace(here, elsewhere)
            answer = client.get(theirs, by=client.clinic.stranger)
            assert (answer.status_code, answer.json["code"]) == (404, "not_found")

    def test_nobody_gets_a_report_without_a_token(
        self, client: ApiClient, reconciliation: str
    ) -> None:
        assert client.open("GET", reconciliation).status_code == 401

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ("", "first_day"),
            ("first_day=2026-11-02", "last_day"),
            ("first_day=2.11.2026&last_day=2026-11-02", "first_day"),
            ("first_day=2026-11-02&last_day=2026-11-01", "last_day"),
            ("first_day=2026-11-02&last_day=2026-11-03", "last_day"),
            (f"{TODAY}&paper=a5", "paper"),
            (f"{TODAY}&position=5", "position"),
        ],
    )
    def test_a_ledger_of_no_possible_days_is_refused(
        self, client: ApiClient, ledger: str, query: str, field: str
    ) -> None:
        answer = client.get(f"{ledger}?{query}")
        assert (answer.status_code, answer.json["code"]) == (422, "invalid_field")
        assert field in [fault["field"] for fault in answer.json["fields"]]

    def test_a_browser_is_told_on_a_page(
        self, browser: FlaskClient, ward: Ward
    ) -> None:
        _sign_in(browser, "cleo")
        here = f"/registrations/{ward.clinic.registration_id}/reports"
        answer = browser.get(f"{here}/reconciliations/rec_1.pdf")
        assert answer.status_code == 403
        assert answer.content_type.startswith("text/html")


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_the_description_tells_that_a_pdf_is_answered(client: ApiClient) -> None:
    paths: dict[str, Any] = client.get("/api/v1/openapi.json").json["paths"]
    books = "/api/v1/registrations/{registration_id}"
    for path, asked in (
        ("/reconciliations/{reconciliation_id}/report.pdf", {"paper"}),
        ("/products/{product_id}/ledger.pdf", {"paper", "first_day", "last_day"}),
    ):
        operation = paths[books + path]["get"]
        assert set(operation["responses"]["200"]["content"]) == {"application/pdf"}
        names = {one["name"] for one in operation["parameters"] if one["in"] == "query"}
        assert names == asked


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("42023-114-10", "ledger-42023-114-10.pdf"),
        ('../../etc\\passwd"; x=y', "ledger-etc-passwd-x-y.pdf"),
        ("a\r\nSet-Cookie: b", "ledger-a-Set-Cookie-b.pdf"),
        ("日本", "ledger.pdf"),
    ],
)
def test_a_file_name_carries_nothing_that_a_header_or_file_system_reads(
    part: str, name: str
) -> None:
    assert Pdf(b"", ("ledger", part)).file_name == name
