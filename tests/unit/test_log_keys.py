"""The log key is made once, kept from others, and what an old one signed stays good."""

import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from inventory.evidence import keys
from inventory.evidence.keys import LogKeyError
from inventory.journal.notes import Checkpoint, UnsignedNoteError, open_note, sign
from tests.application import settings_in

BOOK = "reg_1"
TEXT = str(Checkpoint("countersign/reg_1", 1, bytes(32)))


def test_the_first_key_is_made_once_and_readable_by_its_owner_only(
    tmp_path: Path,
) -> None:
    settings = settings_in(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(keys.load, [settings] * 8))
    assert len({each.signer(BOOK).verifier for each in made}) == 1
    assert {each.old for each in made} == {()}
    folder = tmp_path / "keys"
    assert sorted(path.name for path in folder.iterdir()) == [
        "known-log-keys",
        "log-key.pem",
    ]
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_books_share_the_key_and_differ_in_name(tmp_path: Path) -> None:
    made = keys.load(settings_in(tmp_path))
    one, other = (made.signer(book).verifier for book in ("reg_1", "reg_2"))
    assert one.public_key == other.public_key
    assert (one.name, other.name) == ("countersign/reg_1", "countersign/reg_2")
    assert one.key_hash != other.key_hash


def test_what_was_signed_before_three_rotations_still_verifies(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    notes = [sign(TEXT, keys.load(settings).signer(BOOK))]
    notes += [sign(TEXT, keys.rotate(settings).signer(BOOK)) for _ in range(3)]
    assert len(set(notes)) == 4
    verifiers = keys.load(settings).verifiers(BOOK)
    for note in notes:
        assert open_note(note, verifiers).text == TEXT
    assert open_note(notes[-1], verifiers[:1]).text == TEXT
    with pytest.raises(UnsignedNoteError):
        open_note(notes[0], verifiers[:1])


def test_a_lost_key_is_not_replaced_unasked(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    lost = keys.load(settings).signer(BOOK)
    (tmp_path / "keys" / "log-key.pem").unlink()
    with pytest.raises(LogKeyError, match="countersign keys rotate"):
        keys.load(settings)
    keys.rotate(settings)
    assert lost.verifier in keys.load(settings).verifiers(BOOK)[1:]


def test_a_key_may_be_given_in_the_settings(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    given = keys.load(settings_in(elsewhere))
    pem = (elsewhere / "keys" / "log-key.pem").read_text()
    first = keys.load(settings_in(tmp_path))
    settings = replace(settings_in(tmp_path), log_key=pem)
    loaded = keys.load(settings)
    assert loaded.signer(BOOK).verifier == given.signer(BOOK).verifier
    assert loaded.verifiers(BOOK)[1:] == (first.signer(BOOK).verifier,)
    with pytest.raises(LogKeyError, match="COUNTERSIGN_LOG_KEY"):
        keys.rotate(settings)


def test_the_key_is_not_shown(tmp_path: Path) -> None:
    assert "private" not in repr(keys.load(settings_in(tmp_path))).lower()
