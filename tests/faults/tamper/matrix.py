"""Every kind of alteration at many positions: which of them are noticed?"""

import shutil
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from inventory import schema
from inventory.db import Database
from inventory.journal.verifier import TAMPERED, Evidence, Policy
from tests.faults.tamper.attacker import Attacker
from tests.faults.tamper.kinds import KINDS, OF_THE_JOURNAL
from tests.faults.tamper.sites import Site, open_site


@dataclass(slots=True)
class Tally:
    """How many alterations of a kind were tried, and how many were noticed.

    Attributes:
        in_books: noticed by `countersign verify`, in the database itself.
        exported: journals that were handed out after the alteration.
        in_export: noticed by the stand-alone verifier, in what was handed out.
    """

    kind: str
    tried: int = 0
    in_books: int = 0
    exported: int = 0
    in_export: int = 0

    @property
    def all_noticed(self) -> bool:
        """Nothing went through, wherever it was looked for."""
        return 0 < self.tried == self.in_books and self.exported == self.in_export


@dataclass(frozen=True, slots=True)
class Scene:
    """A clinic, another one, and room for altered copies."""

    site: Site
    other_site: Site
    folder: Path

    @property
    def positions(self) -> int:
        """Up to where two entries that follow each other are in checkpoints."""
        return len(self.site.bodies) - 1

    def without_witness(self, folder: Path) -> "Scene":
        """Give the same with nothing kept elsewhere: a folder that is empty."""
        return replace(self, site=replace(self.site, elsewhere=folder))


def set_scene(folder: Path) -> Scene:
    """Let two clinics work a day each, on files of their own."""
    return Scene(_site(folder, "here"), _site(folder, "there"), folder)


def _site(folder: Path, name: str) -> Site:
    url = f"sqlite:///{folder / name}.db"
    schema.upgrade(url)
    database = Database(url)
    site = open_site(database, folder / f"kept for {name}")
    database.dispose()
    return site


def positions_of(scene: Scene, how_many: int) -> list[int]:
    """Choose positions all along the book, the first and the last among them."""
    last = scene.positions
    assert how_many <= last, "the book is too short"
    return [1 + (last - 1) * number // (how_many - 1) for number in range(how_many)]


def try_kind(scene: Scene, kind: str, positions: Iterable[int]) -> Tally:
    """Try a kind at each position, on a fresh copy each time."""
    tally = Tally(kind)
    for position in positions:
        _try(scene, tally, position)
    return tally


def _try(scene: Scene, tally: Tally, position: int) -> None:
    path = scene.folder / "altered.db"
    shutil.copy(scene.site.database_url.removeprefix("sqlite:///"), path)
    attacker = Attacker(site=scene.site, path=path, other_site=scene.other_site)
    KINDS[tally.kind](attacker, position)
    tally.tried += 1
    tally.in_books += scene.site.verify(f"sqlite:///{path}").answer == TAMPERED
    if tally.kind in OF_THE_JOURNAL:
        tally.exported += 1
        tally.in_export += _seen_outside(scene, path)
    for file in scene.folder.glob("altered.db*"):
        file.unlink()


def _seen_outside(scene: Scene, path: Path) -> bool:
    """Hand out the altered journal, with a checkpoint that fits it, and verify it."""
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT body FROM events ORDER BY position")
    bodies = [body for (body,) in rows]
    connection.close()
    exported = scene.folder / "altered.journal"
    exported.write_bytes(scene.site.journal(bodies, scene.site.checkpoint(bodies)))
    evidence = Evidence(Policy.read(scene.site.policy()))
    for each in (exported, *scene.site.elsewhere.rglob("*.checkpoint")):
        evidence.load(each)
    return evidence.judge() == TAMPERED
