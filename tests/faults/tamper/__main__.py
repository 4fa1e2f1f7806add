"""Alter, verify, and print what was noticed: `python -m tests.faults.tamper`.

Exits with 1 if an alteration went through, or a clean record raised an alarm.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.faults.tamper.clean import alarms
from tests.faults.tamper.kinds import KINDS
from tests.faults.tamper.matrix import Scene, positions_of, set_scene, try_kind
from tests.faults.tamper.scale import measure


def main() -> int:
    """Run the parts that are asked for; all of them without arguments."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--positions", type=int, default=100, help="of each kind")
    parser.add_argument("--clean", type=int, default=10_000, help="verifications")
    parser.add_argument("--entries", type=int, nargs="*", default=[100_000, 1_000_000])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="countersign-tamper-") as name:
        folder = Path(name)
        scene = set_scene(folder)
        sound = _matrix(scene, options.positions) if options.positions else True
        sound &= _clean(scene, options.clean) if options.clean else True
        alone = folder / "scale"
        alone.mkdir()
        for entries in options.entries:
            _scale(alone, entries)
    return 0 if sound else 1


def _matrix(scene: Scene, how_many: int) -> bool:
    _say(f"{'alteration':<30} {'in the books':>14} {'in an export':>14}")
    tallies = []
    for kind in KINDS:
        tally = try_kind(scene, kind, positions_of(scene, how_many))
        books = f"{tally.in_books}/{tally.tried}"
        export = f"{tally.in_export}/{tally.exported}" if tally.exported else "-"
        _say(f"{tally.kind:<30} {books:>14} {export:>14}")
        tallies.append(tally)
    tried, noticed = (
        sum(tally.tried for tally in tallies),
        sum(tally.in_books for tally in tallies),
    )
    _say(f"{'noticed':<30} {f'{noticed}/{tried}':>14}")
    return all(tally.all_noticed for tally in tallies)


def _clean(scene: Scene, how_many: int) -> bool:
    raised = list(alarms(scene.site, scene.folder, how_many))
    _say(f"clean verifications: {how_many}, alarms: {len(raised)}")
    for each in raised[:3]:
        _say(f"  {each}")
    return not raised


def _scale(folder: Path, entries: int) -> None:
    measured = measure(folder, entries)
    _say(
        f"{measured.entries} entries, {measured.bytes} bytes: {measured.answer} "
        f"in {measured.seconds:.1f} s ({measured.cpu_seconds:.1f} s of one processor), "
        f"at most {measured.peak_mib} MiB"
    )


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
