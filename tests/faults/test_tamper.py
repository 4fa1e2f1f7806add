"""A small run of the tamper matrix: five positions of each kind, some clean records."""

from pathlib import Path

import pytest

from tests.faults.tamper.clean import alarms
from tests.faults.tamper.kinds import KINDS
from tests.faults.tamper.matrix import Scene, positions_of, set_scene, try_kind


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Two clinics after a day's work."""
    return set_scene(tmp_path_factory.mktemp("tamper"))


def test_books_that_nobody_altered_are_ok(scene: Scene) -> None:
    assert scene.site.verify(scene.site.database_url).answer == "OK"
    assert not list(alarms(scene.site, scene.folder, 60))


def test_twelve_kinds_are_tried_at_a_hundred_positions(scene: Scene) -> None:
    assert len(KINDS) == 12
    assert len(set(positions_of(scene, 100))) == 100


@pytest.mark.parametrize("kind", KINDS)
def test_an_alteration_is_noticed(scene: Scene, kind: str) -> None:
    tally = try_kind(scene, kind, positions_of(scene, 5))
    assert tally.tried == 5
    assert tally.all_noticed, tally


def test_without_what_is_kept_elsewhere_a_signed_rewrite_goes_unnoticed(
    scene: Scene, tmp_path: Path
) -> None:
    """The control: it is the checkpoints elsewhere that notice, and nothing else."""
    # Who gave a dose stands in no other table that could speak.
    doses = [
        position
        for position, body in enumerate(scene.site.bodies, start=1)
        if b'"tag":"session:administered"' in body
    ]
    alone = scene.without_witness(tmp_path / "empty")
    tally = try_kind(alone, "re-sign with the log key", doses[:5])
    assert (tally.tried, tally.in_books, tally.in_export) == (5, 0, 0)
