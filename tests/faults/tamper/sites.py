"""A small clinic whose checkpoints are kept elsewhere: what is attacked."""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from sqlalchemy.orm import Session

from inventory.credentials.passwords import cheap_passwords
from inventory.db import Database
from inventory.demo.clinic import (
    CABINET,
    KETAMINE,
    SPRAVATO,
    SPRAVATO_KIT,
    VAULT,
    demonstration_plan,
    patients,
)
from inventory.demo.counts import count_place
from inventory.demo.sessions import Suite, Team, treat
from inventory.demo.shelf import Shelf
from inventory.evidence import checkpoints
from inventory.evidence.keys import LogKeys, origin
from inventory.evidence.verify import Verification, book_ids, own_policy, verify_books
from inventory.journal import book, tree
from inventory.journal.notes import Checkpoint, sign
from inventory.journal.verifier import JOURNAL, Evidence
from inventory.kernel.actors import Actor
from inventory.kernel.clock import FrozenClock
from inventory.receiving.commands import (
    RecordReceipt,
    TakeInitialInventory,
    record_receipt,
    take_initial_inventory,
)
from inventory.receiving.rules import EnteredLine, Moment
from inventory.setup.commands import ClinicFounded, found_clinic

SESSIONS: Final = 14
_TODAY: Final = date(2026, 11, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A clinic's books, its log key, and the folder that is out of reach."""

    database_url: str
    book_id: str
    keys: LogKeys
    elsewhere: Path
    bodies: tuple[bytes, ...]
    people: Mapping[str, Actor]

    def policy(self) -> str:
        """Write whom an outsider trusts: the log alone, whose checkpoints he keeps."""
        verifier = self.keys.signer(self.book_id).verifier
        return f"log {origin(self.book_id)} {verifier}\nquorum 0\n"

    def pem(self) -> str:
        """Write the log key as it stands in COUNTERSIGN_LOG_KEY."""
        key = self.keys.current
        return key.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        ).decode()

    def checkpoint(self, bodies: Sequence[bytes]) -> str:
        """Sign a checkpoint of some entries, true or not."""
        root = tree.root([tree.leaf_hash(body) for body in bodies])
        checkpoint = Checkpoint(origin(self.book_id), len(bodies), root)
        return sign(str(checkpoint), self.keys.signer(self.book_id))

    def journal(self, bodies: Sequence[bytes], *notes: str, after: int = 0) -> bytes:
        """Write the file that an export of these entries would be."""
        frontier: tuple[bytes, ...] = ()
        for size, body in enumerate(bodies[:after]):
            frontier = tree.append(size, frontier, tree.leaf_hash(body))
        header = {
            "after": after,
            "book": self.book_id,
            "checkpoints": notes,
            "format": JOURNAL,
            "frontier": [b64encode(each).decode() for each in frontier],
            "until": len(bodies),
            "whole": after == 0,
        }
        lines = [json.dumps(header).encode(), *bodies[after:]]
        return b"\n".join(lines) + b"\n"

    def verify(self, database_url: str) -> Verification:
        """Verify a database with what is kept elsewhere."""
        database = Database(database_url)
        try:
            with database.reading() as db:
                books = {self.book_id, *book_ids(db)}
                evidence = Evidence(own_policy(self.keys, books))
                for path in sorted(self.elsewhere.rglob("*.checkpoint")):
                    evidence.load(path)
                return verify_books(db, evidence)
        finally:
            database.dispose()


def open_site(database: Database, folder: Path, *, sessions: int = SESSIONS) -> Site:
    """Found a clinic, let it work a day, and keep its checkpoints in a folder."""
    work = _Day(database, folder)
    work.go(sessions)
    with database.reading() as db:
        bodies = tuple(event.body for event in book.read(db, work.book_id))
    return Site(
        database_url=database.engine.url.render_as_string(hide_password=False),
        book_id=work.book_id,
        keys=work.keys,
        elsewhere=folder,
        bodies=bodies,
        people=work.clinic.people,
    )


class _Day:
    """One working day, through the handlers that people use."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.folder = database, folder
        self.keys = LogKeys(Ed25519PrivateKey.generate())
        self.clock = FrozenClock(datetime(2026, 11, 2, 14, 0, tzinfo=UTC))
        self.shelf = Shelf()
        self.deliveries = 0
        self.clinic = self._founded()
        self.book_id = self.clinic.registration_id
        people = self.clinic.people
        self.team = Team(
            recorder=people["pat"],
            clinician=people["cleo"],
            witness=people["wim"],
        )

    def go(self, sessions: int) -> None:
        """Receive, treat and count; a vial is stolen before the count."""
        self._keep_checkpoint()
        with self.database.transaction() as db:
            self._take_initial_inventory(db)
            self._receive(db, KETAMINE, VAULT, KETAMINE, 4)
            self._receive(db, SPRAVATO, CABINET, SPRAVATO_KIT, 9)
        chance = Random(7285)  # noqa: S311 - an invented story, not a secret
        for patient in patients(chance)[:sessions]:
            with self.database.transaction() as db:
                treat(self._suite(db), self.team, patient)
            self._keep_checkpoint()
        self.shelf.steal_sealed(KETAMINE)
        with self.database.transaction() as db:
            for place in (VAULT, CABINET):
                count_place(self._suite(db), self.team, self.clinic.locations[place])
        self._keep_checkpoint()

    def _founded(self) -> ClinicFounded:
        passwords = cheap_passwords()
        with self.database.transaction() as db:
            return found_clinic(
                db, demonstration_plan(_TODAY), clock=self.clock, passwords=passwords
            )

    def _keep_checkpoint(self) -> None:
        self.clock.advance(timedelta(minutes=2))
        with self.database.transaction() as db:
            made = checkpoints.make_due(
                db, self.book_id, keys=self.keys, clock=self.clock
            )
        if made is not None:
            folder = self.folder / origin(self.book_id)
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"{made.size:019}.checkpoint"
            path.write_text(made.note, encoding="utf-8")

    def _take_initial_inventory(self, db: Session) -> None:
        command = TakeInitialInventory(
            registration_id=self.book_id, taken_on=_TODAY, moment=Moment.OPENING
        )
        take_initial_inventory(db, command, actor=self.team.recorder, clock=self.clock)

    def _receive(
        self, db: Session, ndc: str, place: str, code: str, packages: int
    ) -> None:
        self.deliveries += 1
        command = RecordReceipt(
            registration_id=self.book_id,
            location_id=self.clinic.locations[place],
            supplier_name="Meridian Medical Supply",
            supplier_address="400 Dock Road, Albany, NY 12207",
            supplier_dea_number="PM1234563",
            invoice_number=f"INV-{self.deliveries}",
            received_at=self.clock.now(),
            lines=(
                EnteredLine(
                    code=code,
                    lot=f"LOT{self.deliveries}",
                    expires_on=date(2028, 12, 31),
                    packages=packages,
                ),
            ),
        )
        received = record_receipt(
            db, command, actor=self.team.recorder, clock=self.clock
        )
        self.shelf.put(ndc, received.lines)

    def _suite(self, db: Session) -> Suite:
        return Suite(
            db=db,
            clock=self.clock,
            registration_id=self.book_id,
            shelf=self.shelf,
        )
