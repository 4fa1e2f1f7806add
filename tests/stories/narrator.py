"""Tells a story to the running application, in the words of the people in it.

Everything goes over HTTP, with tokens, keys and passwords, as real programs do it.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from inventory.kernel.actors import Actor
from tests.clinic import PASSWORD, Clinic
from tests.http.api_client import ApiClient


@dataclass
class Narrator:
    """One clinic's story; each call is one thing that somebody does."""

    client: ApiClient
    clinic: Clinic
    numbers: dict[int, str] = field(default_factory=dict)

    def time_passes(self, **amount: int) -> None:
        self.clinic.clock.advance(timedelta(**amount))

    def nothing_is_there_yet(self) -> None:
        """The initial inventory, with zero stock."""
        now = self.clinic.clock.now()
        self._do(
            "/initial-inventory",
            {"taken_on": now.date().isoformat(), "moment": "opening", "lines": []},
        )

    def receives(self, *, scan: str, vials: int, invoice: str) -> list[int]:
        """A delivery to the vault; gives the numbers that its vials got."""
        answer = self._do(
            "/receipts",
            {
                "location_id": self.clinic.vault,
                "supplier_name": "Meridian Medical Supply",
                "supplier_address": "400 Dock Road, Albany, NY 12207",
                "supplier_dea_number": "PM1234563",
                "invoice_number": invoice,
                "received_at": self.clinic.clock.now().isoformat(),
                "lines": [{"scan": scan, "containers": vials}],
            },
        )
        got = [each for line in answer["lines"] for each in line["containers"]]
        self.numbers |= {each["number"]: each["id"] for each in got}
        return [each["number"] for each in got]

    def opens_session(self, patient: str, *, weight_kg: str) -> str:
        """A supervised session for depression."""
        answer = self._do(
            "/sessions",
            {
                "patient_ref": patient,
                "indication": "mood_disorder",
                "clinician_id": self.clinic.clinician.id,
                "weight_kg": weight_kg,
                "route": "iv",
                "protocol": "0.5 mg/kg over 40 minutes",
            },
        )
        session_id: str = answer["session_id"]
        return session_id

    def opens_vial(self, number: int) -> None:
        self._do(f"/containers/{self.numbers[number]}/opening", {})

    def draws(self, session: str, **vials: str) -> dict[str, Any]:
        """Draw from vials: `draws(session, vial_1="0.5 mL", vial_2="0.3 mL")`."""
        lines = [
            {"container_id": self.numbers[int(name.split("_")[1])], "amount": amount}
            for name, amount in vials.items()
        ]
        return self._do(f"/sessions/{session}/draws", {"lines": lines})

    def gives(self, session: str, amount: str) -> dict[str, Any]:
        return self._do(f"/sessions/{session}/administrations", {"amount": amount})

    def wastes(self, session: str, amount: str) -> dict[str, Any]:
        """Ask for a witness; the colleague sees the entry and signs it."""
        asked = self._do(
            f"/sessions/{session}/waste-requests",
            {"amount": amount, "manner": "sequestration_device"},
        )
        return self._do(
            f"/waste-requests/{asked['shown']['request_id']}/witness",
            {"sign_in_name": "wim", "password": PASSWORD, "digest": asked["digest"]},
        )

    def closes(self, session: str) -> None:
        self._do(f"/sessions/{session}/closing", {})

    def counts_the_vault(
        self, *, sealed: int, in_use: dict[int, str]
    ) -> dict[str, Any]:
        """Start a count, look, and hand in what is there, before a witness."""
        started = self._do(
            "/counts", {"location_id": self.clinic.vault, "kind": "cycle"}
        )
        [lot] = started["sheet"]["lots"]
        found = {
            "sealed": [{"lot_id": lot["lot_id"], "containers": sealed}],
            "in_use": [
                {"number": number, "volume": volume}
                for number, volume in in_use.items()
            ],
            "witness": {"sign_in_name": "wim", "password": PASSWORD},
        }
        return self._do(f"/counts/{started['count_id']}/commit", found)

    def reconciles_today(self) -> str:
        """The officer reconciles the day; gives the text of the PDF report."""
        today = self.clinic.clock.now().date().isoformat()
        made = self._do(
            "/reconciliations",
            {"first_day": today, "last_day": today},
            by=self.clinic.officer,
        )
        path = f"/reconciliations/{made['reconciliation_id']}/report.pdf"
        pdf = self.client.get(self.client.books + path, by=self.clinic.officer)
        assert (pdf.status_code, pdf.content_type) == (200, "application/pdf")
        pages = PdfReader(BytesIO(pdf.data)).pages
        return " ".join(" ".join(page.extract_text().split()) for page in pages)

    def _do(self, path: str, body: Any, *, by: Actor | None = None) -> dict[str, Any]:
        answer = self.client.post(self.client.books + path, body, by=by)
        assert answer.status_code == 201, answer.text
        done: dict[str, Any] = answer.json
        return done
