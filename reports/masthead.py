"""What every report states about itself: whose books, which days, known up to where."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from inventory import __version__
from inventory.journal.notes import Checkpoint
from inventory.journal.written_proofs import WrittenProof
from inventory.models.sites import Registration

SOFTWARE: Final = f"Countersign {__version__}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facility:
    """The registered location whose books these are (21 CFR 1304.04)."""

    name: str
    dea_number: str
    address: str
    kind: str

    @classmethod
    def of(cls, registration: Registration) -> "Facility":
        """Name a registration as it was opened; no command changes one."""
        return cls(
            name=registration.name,
            dea_number=registration.dea_number,
            address=registration.address,
            kind=registration.facility_type.replace("_", " "),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Whole civil days, first to last, in the site's zone; the instants are half-open.

    `starts_at` and `ends_at` are the zone's bounds of those days, in UTC
    (`inventory.kernel.clock.period_bounds`).
    """

    first_day: date
    last_day: date
    zone: ZoneInfo
    starts_at: datetime
    ends_at: datetime

    def __str__(self) -> str:
        """Name both ends and the zone, the last day to its end."""
        return f"{self.first_day} 00:00 to {self.last_day} 24:00 {self.zone}"

    def local(self, instant: datetime) -> str:
        """Write an instant on the site's clock, with its offset in a doubled hour."""
        here = instant.astimezone(self.zone)
        doubled = here.replace(fold=0).utcoffset() != here.replace(fold=1).utcoffset()
        return here.strftime("%Y-%m-%d %H:%M" + (" %z" if doubled else ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """By what a reader can check the report without us.

    Attributes:
        note: the first signed checkpoint that covers what the report states.
        proof: that the report's own entry stands in it, where it has one.
    """

    note: str
    proof: WrittenProof | None = None

    @property
    def size(self) -> int:
        """Number of entries that the checkpoint covers."""
        return Checkpoint.claimed_by(self.note).size

    @property
    def code(self) -> str:
        """The text of the QR code."""
        return self.proof.for_qr() if self.proof else self.note

    @property
    def attachments(self) -> dict[str, bytes]:
        """Files that go with the report, by name."""
        if self.proof:
            return {"proof.txt": str(self.proof).encode()}
        return {"checkpoint.txt": self.note.encode()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """The state of the books a report was printed from, and its making.

    Attributes:
        as_of: what had occurred by this instant is in the report.
        position: the last journal position read; the books hold this many entries.
        root: the tree's root over positions 1..`position`, SHA-256 in hex (RFC 6962).
        evidence: the signed checkpoint, and the proof of the report's entry.
        generated_at: by the server's clock.
        generated_by: printed name of the person, or name of the job.
        software_version: such as "Countersign 0.1.0".
    """

    as_of: datetime
    position: int
    root: str
    evidence: Evidence
    generated_at: datetime
    generated_by: str
    software_version: str = SOFTWARE

    @property
    def short_root(self) -> str:
        """The first 16 digits; the full root stands under "How to check"."""
        return f"{self.root[:16]}…"
