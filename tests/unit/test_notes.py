"""Notes are those of the published implementations, and forgeries are refused."""

from base64 import b64decode, b64encode
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from inventory.journal.notes import (
    Algorithm,
    Checkpoint,
    ForgedNoteError,
    MalformedNoteError,
    NoteError,
    Signer,
    UnsignedNoteError,
    Verifier,
    cosign,
    open_note,
    sign,
    with_lines,
)

# The example of golang.org/x/mod/sumdb/note.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
PETERS_SEED = "810a1402d5146c8d84f2443330f54080ebf98ee17d9c74f6252fc5d5c7283173"
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
PETERS_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZ"
    "SNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
)
ENOCHS_LINE = (
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG"
    "01oOTGwnWLox33WWd1RvMc+QQ="
)
NOTE = f"{TEXT}\n{PETERS_LINE}\n"

# A checkpoint of a public log, as six keys signed it on 2026-05-23; two of the lines
# are cosignatures of witnesses whose keys are known here.
PUBLIC_CHECKPOINT = """\
arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

— arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLf\
QFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
— arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27le\
fwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
— transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd\
8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==
— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+a\
VCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
"""
PUBLIC_LOG = (
    "arche2025h1.staging.ct.transparency.dev+ba2f06c0+"
    "AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f"
)
REMORA = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
GARDEN = (
    "transparency.dev/DEV:witness-little-garden+d8042a87+"
    "BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM"
)
COSIGNED_AT = datetime(2026, 5, 23, 21, 50, 24, tzinfo=UTC)

LOG = Signer("countersign/reg_1", Ed25519PrivateKey.from_private_bytes(b"l" * 32))
WITNESS = Signer(
    "witness.example/w1",
    Ed25519PrivateKey.from_private_bytes(b"w" * 32),
    Algorithm.COSIGNATURE,
)
CHECKPOINT = Checkpoint("countersign/reg_1", 12, bytes(range(32)))
AT = datetime(2026, 11, 2, 14, 0, 0, 999_999, tzinfo=UTC)


def _verifiers(*texts: str) -> list[Verifier]:
    return [Verifier.read(text) for text in texts]


@pytest.mark.parametrize("text", [PETER, ENOCH, PUBLIC_LOG, REMORA, GARDEN])
def test_published_verifier_keys_are_read_and_written_alike(text: str) -> None:
    assert str(Verifier.read(text)) == text


def test_the_published_note_is_opened() -> None:
    opened = open_note(NOTE, _verifiers(PETER, ENOCH))
    assert opened.text == TEXT
    [signature] = opened.signatures
    assert signature.line == PETERS_LINE
    assert signature.verifier == Verifier.read(PETER)
    assert signature.at is None


def test_the_published_note_is_signed_alike() -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(PETERS_SEED))
    signer = Signer("PeterNeumann", key)
    assert str(signer.verifier) == PETER
    assert sign(TEXT, signer) == NOTE


def test_a_note_may_be_signed_by_several() -> None:
    note = with_lines(NOTE, [ENOCHS_LINE])
    assert len(open_note(note, _verifiers(PETER, ENOCH)).signatures) == 2
    assert len(open_note(note, _verifiers(ENOCH)).signatures) == 1


def test_a_line_that_stands_twice_counts_once() -> None:
    note = with_lines(NOTE, [PETERS_LINE])
    assert len(open_note(note, _verifiers(PETER)).signatures) == 1


def test_a_checkpoint_of_a_public_log_is_opened_with_its_cosignatures() -> None:
    opened = open_note(PUBLIC_CHECKPOINT, _verifiers(PUBLIC_LOG, REMORA, GARDEN))
    checkpoint = Checkpoint.read(opened.text)
    assert checkpoint.size == 1_432_088_532
    assert str(checkpoint) == opened.text
    stated = {each.verifier.name: each.at for each in opened.signatures}
    assert stated[Verifier.read(PUBLIC_LOG).name] is None
    assert stated["remora.n621.de"] == COSIGNED_AT
    assert stated[Verifier.read(GARDEN).name] == COSIGNED_AT


def test_a_cosignature_states_its_time_in_whole_seconds() -> None:
    line = cosign(CHECKPOINT, WITNESS, at=AT)
    note = with_lines(sign(str(CHECKPOINT), LOG), [line])
    opened = open_note(note, [LOG.verifier, WITNESS.verifier])
    assert [each.at for each in opened.signatures] == [None, AT.replace(microsecond=0)]
    assert opened.signatures[1].line == line
    assert Checkpoint.read(opened.text) == CHECKPOINT


def test_the_private_key_is_not_shown() -> None:
    assert "private" not in repr(LOG)


SIGNED = sign(str(CHECKPOINT), LOG)
COSIGNED = with_lines(SIGNED, [cosign(CHECKPOINT, WITNESS, at=AT)])
OTHER = Signer(LOG.name, Ed25519PrivateKey.from_private_bytes(b"o" * 32))
_BODY, _, _LINES = SIGNED.partition("\n\n")


def _changed(note: str, signed: bytes) -> str:
    """Give a note with other bytes in its last signature line."""
    line, _, _ = note.rpartition(" ")
    return f"{line} {b64encode(signed).decode()}\n"


def _signed(note: str) -> bytes:
    """Give the bytes of a note's last signature line."""
    return b64decode(note.rpartition(" ")[2])


FORGED = {
    "another size": SIGNED.replace("\n12\n", "\n13\n"),
    "another root": SIGNED.replace("AAEC", "AAED"),
    "another origin": SIGNED.replace("countersign/reg_1\n", "countersign/reg_2\n"),
    "a line more": SIGNED.replace("\n\n", "\nextension\n\n", 1),
    "a line less": SIGNED.replace("\n12\n", "\n"),
    "a space at the end of the text": SIGNED.replace("\n\n", " \n\n", 1),
    "a cosignature of another time": _changed(
        COSIGNED, _signed(COSIGNED)[:11] + b"\0" + _signed(COSIGNED)[12:]
    ),
    "a cosignature without its time": with_lines(
        SIGNED, [WITNESS.line(str(CHECKPOINT).encode())]
    ),
    "a cosignature of another checkpoint": with_lines(
        SIGNED, [cosign(Checkpoint("x", 12, bytes(32)), WITNESS, at=AT)]
    ),
    "a cosignature of nothing": _changed(COSIGNED, _signed(COSIGNED)[:5]),
    "a cosignature after the end of time": with_lines(
        SIGNED, [WITNESS.line(b"", prefix=b"\xff" * 8)]
    ),
    "a signature that is too short": _changed(SIGNED, _signed(SIGNED)[:-1]),
    "a signature that is too long": _changed(SIGNED, _signed(SIGNED) + b"\0"),
}
UNSIGNED = {
    "an unknown key of the same name": sign(str(CHECKPOINT), OTHER),
    "a known key under another name": SIGNED.replace("— countersign/", "— clinic/"),
    "a witness alone, unknown here": f"{_BODY}\n\n— x.example/w 2net5wAAAABqEiEg\n",
}
MALFORMED = {
    "a signature of nothing": _changed(SIGNED, _signed(SIGNED)[:4]),
    "nothing": "",
    "no signature": f"{_BODY}\n\n",
    "no empty line": SIGNED.replace("\n\n", "\n", 1),
    "no line end": SIGNED[:-1],
    "an empty line after the signatures": f"{SIGNED}\n",
    "a hyphen for the dash": SIGNED.replace("— ", "- "),
    "no name": SIGNED.replace("— countersign/reg_1 ", "— "),
    "a plus in the name": SIGNED.replace("— countersign/", "— counter+sign/"),
    "a carriage return": SIGNED.replace("\n", "\r\n"),
    "a tab": SIGNED.replace("— ", "—\t"),
    "a null character": SIGNED.replace("reg_1\n12", "reg_1\x00\n12"),
    "half of a character": SIGNED.replace("reg_1\n12", "reg_1\ud800\n12"),
    "no base64": SIGNED.replace("=\n", "?\n"),
    "base64 with a line's spaces": SIGNED.replace("— countersign/reg_1 ", "— a b "),
    "too many signatures": with_lines(SIGNED, [PETERS_LINE] * 100),
    "too long": f"{'x' * 1_000_000}\n\n{_LINES}",
}


@pytest.mark.parametrize("note", FORGED.values(), ids=FORGED)
def test_a_known_name_under_another_text_is_a_forgery(note: str) -> None:
    assert note not in (SIGNED, COSIGNED)
    with pytest.raises(ForgedNoteError):
        open_note(note, [LOG.verifier, WITNESS.verifier])


@pytest.mark.parametrize("note", UNSIGNED.values(), ids=UNSIGNED)
def test_a_note_that_no_known_key_signed_is_refused(note: str) -> None:
    with pytest.raises(UnsignedNoteError):
        open_note(note, [LOG.verifier, WITNESS.verifier])


@pytest.mark.parametrize("note", MALFORMED.values(), ids=MALFORMED)
def test_what_is_not_a_note_is_refused(note: str) -> None:
    with pytest.raises(MalformedNoteError):
        open_note(note, [LOG.verifier, WITNESS.verifier])


def test_base64_that_is_not_canonical_is_refused() -> None:
    """Two bits of the last character decode to nothing."""
    assert SIGNED.endswith("=\n")
    last = SIGNED[-3]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = alphabet[alphabet.index(last) + 1]
    with pytest.raises(MalformedNoteError, match="canonical"):
        open_note(f"{SIGNED[:-3]}{other}=\n", [LOG.verifier])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "countersign/reg_1\n12\n",
        "countersign/reg_1\n12\nAAAA\n",
        f"\n12\n{'A' * 43}=\n",
        f"countersign/reg_1\n012\n{'A' * 43}=\n",
        f"countersign/reg_1\n-1\n{'A' * 43}=\n",
        f"countersign/reg_1\n1_2\n{'A' * 43}=\n",
        f"countersign/reg_1\n\u0661\u0662\n{'A' * 43}=\n",
        f"countersign/reg_1\n9223372036854775808\n{'A' * 43}=\n",
        f"countersign/reg_1\n12\n{'A' * 43}=\nextension\n",
        f"countersign/reg_1\n12\n{'A' * 43}=",
        f"countersign/reg_1\n12\n{'A' * 42}B=\n",
    ],
)
def test_what_is_not_a_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(MalformedNoteError):
        Checkpoint.read(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        PETER.replace("c74f20a3", "c74f20a4"),
        PETER.replace("c74f20a3", "C74F20A3"),
        PETER.replace("+ARpc", "+AhpC"),
        PETER.replace("PeterNeumann", "Peter Neumann"),
        PETER.replace("PeterNeumann", ""),
        PETER[:-4],
        "PeterNeumann+c74f20a3",
    ],
)
def test_what_is_not_a_verifier_key_is_refused(text: str) -> None:
    with pytest.raises(MalformedNoteError):
        Verifier.read(text)


@pytest.mark.parametrize("text", ["", "no line end", "a\ttab\n", "\ud800\n"])
def test_what_cannot_be_a_note_is_not_signed(text: str) -> None:
    with pytest.raises(NoteError):
        sign(text, LOG)
