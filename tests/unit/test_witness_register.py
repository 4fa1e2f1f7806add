"""Our witness cosigns only what continues what it holds, and answers as C2SP says."""

from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.evidence.witnesses.own_key import new_signer
from inventory.evidence.witnesses.register import (
    FolderInUseError,
    RefusedError,
    Register,
)
from inventory.evidence.witnesses.wire import (
    AddCheckpoint,
    hash_origin,
    write_request,
)
from inventory.journal import tree
from inventory.journal.notes import (
    Checkpoint,
    ForgedNoteError,
    open_note,
    sign,
    with_lines,
)
from inventory.kernel.clock import FrozenClock
from tests.logs import ORIGIN, Log

LOG = Log()
FORK = Log(forked_at=3)
STRANGER = Log("countersign/reg_elsewhere")
THIEF = Log(signed_by="thief")
SIGNER = new_signer("clinic-b.example/witness")
NOW = datetime(2026, 11, 2, 14, 0, tzinfo=UTC)
HELD = 5


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    """A witness of the log that holds its first 5 leaves."""
    opened = open_register(tmp_path)
    opened.add(LOG.request(0, HELD))
    yield opened
    opened.close()


def open_register(folder: Path) -> Register:
    """Open the witness over a folder."""
    return Register(
        folder,
        signer=SIGNER,
        logs={ORIGIN: [LOG.signer.verifier]},
        clock=FrozenClock(NOW),
    )


def held(register: Register) -> Checkpoint:
    """What the witness holds of the log."""
    note = register.note(hash_origin(ORIGIN))
    assert note is not None
    return Checkpoint.read(open_note(note, [SIGNER.verifier]).text)


def test_it_cosigns_what_continues_what_it_holds(register: Register) -> None:
    line = register.add(LOG.request(HELD, 9))
    opened = open_note(LOG.note(9) + line, [SIGNER.verifier])
    assert opened.text == str(LOG.checkpoint(9))
    assert [each.at for each in opened.signatures] == [NOW]
    assert held(register) == LOG.checkpoint(9)


def test_what_it_holds_carries_both_signatures(register: Register) -> None:
    note = register.note(hash_origin(ORIGIN))
    assert note is not None
    keys = [LOG.signer.verifier, SIGNER.verifier]
    assert [each.verifier for each in open_note(note, keys).signatures] == keys


def test_it_cosigns_again_what_it_holds(register: Register) -> None:
    assert register.add(LOG.request(HELD, HELD)).startswith("— clinic-b.example")


def test_it_remembers_over_a_restart(register: Register, tmp_path: Path) -> None:
    register.close()
    with pytest.raises(RefusedError) as refusal:
        open_register(tmp_path).add(LOG.request(0, 9))
    assert refusal.value.held_size == HELD


def test_it_signs_nothing_while_its_memory_is_broken(
    register: Register, tmp_path: Path
) -> None:
    (path,) = tmp_path.glob("*.checkpoint")
    path.write_text(path.read_text()[:-20])
    with pytest.raises(ValueError, match=r"note|base64"):
        register.add(LOG.request(0, 9))


def test_two_witnesses_cannot_share_a_folder(
    register: Register, tmp_path: Path
) -> None:
    with pytest.raises(FolderInUseError):
        open_register(tmp_path)
    register.close()
    open_register(tmp_path).close()


def _request(old_size: int, proof: list[bytes], note: str) -> bytes:
    return write_request(AddCheckpoint(old_size, proof, note))


def _note(text: str) -> str:
    return sign(text, LOG.signer)


def _forged(note: str, old: str, new: str) -> str:
    assert old in note
    return note.replace(old, new)


_NODE = b64encode(bytes(32)).decode()
_PROOF = LOG.prove(HELD, 9)
_ROOT_9 = b64encode(LOG.checkpoint(9).root).decode()
_OTHER_ROOT = b64encode(bytes(range(32))).decode()
_GOOD = LOG.request(HELD, 9)
_LINE = LOG.note(9).split("\n\n")[1]

_REFUSED: dict[str, tuple[bytes, HTTPStatus]] = {
    "nothing": (b"", HTTPStatus.BAD_REQUEST),
    "no text": (b"\xff" + _GOOD, HTTPStatus.BAD_REQUEST),
    "no blank line": (_GOOD.replace(b"\n\n", b"\n"), HTTPStatus.BAD_REQUEST),
    "no old size": (_GOOD.removeprefix(b"old 5\n"), HTTPStatus.BAD_REQUEST),
    "old size with a zero": (
        _GOOD.replace(b"old 5", b"old 05"),
        HTTPStatus.BAD_REQUEST,
    ),
    "old size negative": (_GOOD.replace(b"old 5", b"old -5"), HTTPStatus.BAD_REQUEST),
    "old size enormous": (
        _GOOD.replace(b"old 5", b"old 99999999999999999999"),
        HTTPStatus.BAD_REQUEST,
    ),
    "old size in other digits": (
        _GOOD.replace(b"old 5", "old \u0665".encode()),
        HTTPStatus.BAD_REQUEST,
    ),
    "carriage returns": (_GOOD.replace(b"\n", b"\r\n"), HTTPStatus.BAD_REQUEST),
    "proof no base64": (
        _GOOD.replace(b"old 5\n", b"old 5\n****\n"),
        HTTPStatus.BAD_REQUEST,
    ),
    "proof of a short hash": (
        _GOOD.replace(b"old 5\n", b"old 5\nAAAA\n"),
        HTTPStatus.BAD_REQUEST,
    ),
    "proof not canonical": (
        _GOOD.replace(b"old 5\n", f"old 5\n{_NODE[:-2]}B=\n".encode()),
        HTTPStatus.BAD_REQUEST,
    ),
    "proof of 64 lines": (
        f"old {HELD}\n{(_NODE + chr(10)) * 64}\n{LOG.note(9)}".encode(),
        HTTPStatus.BAD_REQUEST,
    ),
    "old size above the new": (LOG.request(HELD, 4), HTTPStatus.BAD_REQUEST),
    "an extension line": (
        _request(HELD, _PROOF, _note(f"{LOG.checkpoint(9)}more\n")),
        HTTPStatus.BAD_REQUEST,
    ),
    "size with a zero": (
        _request(HELD, _PROOF, _note(f"{ORIGIN}\n09\n{_ROOT_9}\n")),
        HTTPStatus.BAD_REQUEST,
    ),
    "size enormous": (
        _request(HELD, _PROOF, _note(f"{ORIGIN}\n9999999999999999999\n{_ROOT_9}\n")),
        HTTPStatus.BAD_REQUEST,
    ),
    "root too short": (
        _request(HELD, _PROOF, _note(f"{ORIGIN}\n9\nAAAA\n")),
        HTTPStatus.BAD_REQUEST,
    ),
    "an unknown log": (STRANGER.request(0, 9), HTTPStatus.NOT_FOUND),
    "an origin that only begins alike": (
        _request(HELD, _PROOF, _forged(LOG.note(9), ORIGIN, f"{ORIGIN}x")),
        HTTPStatus.NOT_FOUND,
    ),
    "another's key": (THIEF.request(HELD, 9), HTTPStatus.FORBIDDEN),
    "no known signature": (
        _request(
            HELD,
            _PROOF,
            f"{LOG.checkpoint(9)}\n{STRANGER.note(9).split(chr(10) * 2)[1]}",
        ),
        HTTPStatus.FORBIDDEN,
    ),
    "the root changed": (
        _request(HELD, _PROOF, _forged(LOG.note(9), _ROOT_9, _OTHER_ROOT)),
        HTTPStatus.FORBIDDEN,
    ),
    "the size changed": (
        _request(HELD, _PROOF, _forged(LOG.note(9), "\n9\n", "\n10\n")),
        HTTPStatus.FORBIDDEN,
    ),
    "the signature of another size": (
        _request(HELD, _PROOF, f"{LOG.checkpoint(10)}\n{_LINE}"),
        HTTPStatus.FORBIDDEN,
    ),
    "one good and one forged signature": (
        _request(HELD, _PROOF, with_lines(LOG.note(9), [LOG.note(8).splitlines()[-1]])),
        HTTPStatus.FORBIDDEN,
    ),
    "an old size from before": (LOG.request(3, 9), HTTPStatus.CONFLICT),
    "an old size of nothing": (LOG.request(0, 9), HTTPStatus.CONFLICT),
    "an old size not reached": (LOG.request(7, 9), HTTPStatus.CONFLICT),
    "no proof": (_request(HELD, [], LOG.note(9)), HTTPStatus.UNPROCESSABLE_ENTITY),
    "a proof too short": (
        _request(HELD, _PROOF[:-1], LOG.note(9)),
        HTTPStatus.UNPROCESSABLE_ENTITY,
    ),
    "a proof too long": (
        _request(HELD, [*_PROOF, bytes(32)], LOG.note(9)),
        HTTPStatus.UNPROCESSABLE_ENTITY,
    ),
    "a proof in disorder": (
        _request(HELD, _PROOF[::-1], LOG.note(9)),
        HTTPStatus.UNPROCESSABLE_ENTITY,
    ),
    "a proof of another step": (
        _request(HELD, LOG.prove(4, 9), LOG.note(9)),
        HTTPStatus.UNPROCESSABLE_ENTITY,
    ),
    "another history": (FORK.request(HELD, 9), HTTPStatus.UNPROCESSABLE_ENTITY),
    "another root of the size held": (
        FORK.request(HELD, HELD),
        HTTPStatus.UNPROCESSABLE_ENTITY,
    ),
}


@pytest.mark.parametrize(("body", "status"), _REFUSED.values(), ids=_REFUSED)
def test_a_forged_or_foreign_request_is_refused(
    register: Register, body: bytes, status: HTTPStatus
) -> None:
    with pytest.raises(RefusedError) as refusal:
        register.add(body)
    assert refusal.value.status is status
    is_conflict = status is HTTPStatus.CONFLICT
    assert refusal.value.held_size == (HELD if is_conflict else None)
    assert held(register) == LOG.checkpoint(HELD)


def test_an_empty_tree_has_one_root_only(tmp_path: Path) -> None:
    register = open_register(tmp_path)
    with pytest.raises(RefusedError) as refusal:
        register.add(_request(0, [], _note(f"{ORIGIN}\n0\n{_NODE}\n")))
    assert refusal.value.status is HTTPStatus.UNPROCESSABLE_ENTITY
    with pytest.raises(RefusedError, match="does not continue"):
        register.add(_request(0, [bytes(32)], LOG.note(4)))
    assert register.note(hash_origin(ORIGIN)) is None
    empty = Checkpoint(ORIGIN, 0, tree.EMPTY_ROOT)
    register.add(_request(0, [], _note(str(empty))))
    assert held(register) == empty
    register.close()


def test_a_cosignature_fits_no_other_checkpoint(register: Register) -> None:
    line = register.add(LOG.request(HELD, 9))
    with pytest.raises(ForgedNoteError):
        open_note(FORK.note(9) + line, [SIGNER.verifier])


def test_racing_histories_never_both_get_a_size(tmp_path: Path) -> None:
    register = open_register(tmp_path)
    register.add(LOG.request(0, 3))  # where the two histories part
    bodies = [
        log.request(old, size)
        for old in range(3, 9)
        for size in range(old, 9)
        for log in (LOG, FORK)
    ]
    with ThreadPoolExecutor(8) as pool:
        lines = list(pool.map(lambda body: _cosigned(register, body), bodies * 3))
    assert any(lines)
    assert _two_rooted(bodies * 3, lines) == set()
    register.close()


@settings(max_examples=60, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.booleans(), st.integers(0, 20), st.integers(0, 20), st.booleans()),
        max_size=30,
    )
)
def test_two_cosigned_roots_of_one_size_never_exist_and_it_only_moves_forward(
    steps: list[tuple[bool, int, int, bool]],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("witness")
    register, bodies, lines, last = open_register(folder), [], [], 0
    for is_fork, old_size, size, restarts in steps:
        if restarts:
            register.close()
            register = open_register(folder)
        bodies.append((FORK if is_fork else LOG).request(old_size, size))
        lines.append(_cosigned(register, bodies[-1]))
        if lines[-1]:
            assert held(register).size == size >= last
            last = size
    assert _two_rooted(bodies, lines) == set()
    register.close()


def _cosigned(register: Register, body: bytes) -> str:
    try:
        return register.add(body)
    except RefusedError:
        return ""


def _two_rooted(bodies: list[bytes], lines: list[str]) -> set[str]:
    """Which sizes were cosigned with more than one root."""
    roots: dict[str, set[str]] = {}
    for body, line in zip(bodies, lines, strict=True):
        if line:
            _origin, size, root, *_ = body.decode().split("\n\n", 1)[1].split("\n")
            roots.setdefault(size, set()).add(root)
    return {size for size, found in roots.items() if len(found) > 1}
