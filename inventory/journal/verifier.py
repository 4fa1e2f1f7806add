"""Check the records of a book without its keeper. One file, on its own, offline.

    python verifier.py FILES... [--policy FILE]

FILES are journal exports, checkpoints, proofs of entries, entries and PDF reports, or
folders of them. What lies beside a given file is used too. The policy says whom you
trust; take it from somebody else than the keeper of the books:

    log countersign/<registration id> <verifier key>
    witness <verifier key>
    quorum <how many of the witnesses must have signed>

The answer is OK (exit code 0), TAMPERED (1) or COULD NOT VERIFY (2). Nothing is taken
from the program that kept the books: it needs Python and `cryptography`, no network.
Formats: RFC 6962 tree; C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-proof.
"""

import argparse
import json
import re
import struct
import sys
import zlib
from base64 import b64decode, b64encode
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

OK, TAMPERED, UNVERIFIED = ANSWERS = ("OK", "TAMPERED", "COULD NOT VERIFY")
ENTRY: Final = "countersign/1"
JOURNAL: Final = "countersign-journal/1"
PROOF: Final = b"c2sp.org/tlog-proof@v1\n"
QR: Final = b"CSP1:"
LOG_KEY, WITNESS_KEY = 0x01, 0x04
# Accounts that can run out: each of their legs states the balance before and after.
LIMITED: Final = frozenset({"stock", "drawn"})
_BASE45: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_SIGNED: Final = "\n\n— ".encode()  # where the signatures of a note begin
_NOTE_BYTES: Final = 1 << 15  # more than any checkpoint with its signatures
_LARGEST: Final = 1 << 20  # bytes of a checkpoint, a proof or an entry
_STREAM: Final = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_NOTE: Final = re.compile(
    r"(?P<body>(?P<origin>[^\n]+)\n(?P<size>0|[1-9][0-9]{0,18})\n(?P<root>[^\n]{44})\n)"
    r"\n(?P<signatures>(?:— [^\s+]+ [^\s]+\n)+)"
)
OUT_OF_FORM: Final = (
    *(LookupError, TypeError, ValueError, AttributeError),
    *(RecursionError, OverflowError, struct.error),
)

Place = tuple[str, int]  # the origin of a book, and a position in it or its size


class FaultError(Exception):
    """A record that contradicts itself, or what was recorded or signed elsewhere."""


def leaf_hash(body: bytes) -> bytes:
    """Hash an entry as a leaf of the tree (RFC 6962)."""
    return sha256(b"\x00" + body).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


@dataclass(slots=True)
class Tree:
    """A growing tree: its size and its perfect subtrees, largest first."""

    size: int = 0
    frontier: list[bytes] = field(default_factory=list)

    def add(self, leaf: bytes) -> None:
        """Append a leaf."""
        size = self.size
        while size & 1:
            leaf = _node(self.frontier.pop(), leaf)
            size >>= 1
        self.frontier.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """Give the root."""
        root = self.frontier[-1] if self.frontier else sha256(b"").digest()
        for left in reversed(self.frontier[:-1]):
            root = _node(left, root)
        return root


def root_from_inclusion(
    index: int, size: int, leaf: bytes, proof: Sequence[bytes]
) -> bytes | None:
    """Give the root that a proof leads to; None if it has not the length it needs."""
    if size == 1:
        return None if index or proof else leaf
    if not proof or not 0 <= index < size:
        return None
    *below, sibling = proof
    split = 1 << (size - 1).bit_length() - 1
    if index < split:
        left = root_from_inclusion(index, split, leaf, below)
        return left and _node(left, sibling)
    right = root_from_inclusion(index - split, size - split, leaf, below)
    return right and _node(sibling, right)


def _base64(text: str, length: int | None = None) -> bytes:
    raw = b64decode(text, validate=True)
    if length is not None and len(raw) != length:
        raise ValueError(f"has {len(raw)} bytes where {length} belong")
    return raw


@dataclass(frozen=True, slots=True)
class Key:
    """A verifier key: a name, what it signs, and the public half of the pair."""

    name: str
    algorithm: int
    public: bytes

    @classmethod
    def read(cls, text: str, algorithm: int) -> "Key":
        """Read `name+hash+key` and check that its parts belong together."""
        name, hashed, encoded = text.split("+", 2)
        raw = _base64(encoded, 33)
        key = cls(name, raw[0], raw[1:])
        if raw[0] != algorithm or key.hash.hex() != hashed:
            raise ValueError(f"is no key of the right kind: {text[:60]!r}")
        return key

    @property
    def hash(self) -> bytes:
        """The four bytes that name the key in a signature."""
        named = f"{self.name}\n".encode() + bytes([self.algorithm]) + self.public
        return sha256(named).digest()[:4]

    def signed(self, body: str, signature: bytes) -> bool:
        """Tell whether the holder of this key signed a checkpoint."""
        if self.algorithm == WITNESS_KEY:
            (seconds,) = struct.unpack_from(">Q", signature.ljust(8))
            body, signature = f"cosignature/v1\ntime {seconds}\n{body}", signature[8:]
        public = Ed25519PublicKey.from_public_bytes(self.public)
        with suppress(InvalidSignature):
            public.verify(signature, body.encode())
            return True
        return False


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed note: the size and root of one book, and who signed them."""

    source: str
    body: str
    place: Place
    root: bytes
    signatures: tuple[tuple[str, bytes], ...]

    @classmethod
    def read(cls, note: str, source: str) -> "Checkpoint":
        """Read a note of three lines; there are no extensions."""
        read = _NOTE.fullmatch(note)
        if read is None or not note.replace("\n", "").isprintable():
            raise ValueError("is no checkpoint")
        lines = [line.split(" ") for line in read["signatures"].splitlines()]
        signatures = tuple((name, _base64(encoded)) for _, name, encoded in lines)
        place, root = (read["origin"], int(read["size"])), _base64(read["root"], 32)
        return cls(source, read["body"], place, root, signatures)

    def signed_by(self, key: Key) -> bool:
        """Tell whether the log, or a witness, of this key signed it."""
        return any(
            (name, raw[:4]) == (key.name, key.hash) and key.signed(self.body, raw[4:])
            for name, raw in self.signatures
        )


@dataclass(slots=True)
class Policy:
    """Whom the reader trusts: the keys of logs by origin, witnesses, how many."""

    logs: defaultdict[str, list[Key]] = field(default_factory=lambda: defaultdict(list))
    witnesses: dict[bytes, Key] = field(default_factory=dict)
    quorum: int = -1

    @classmethod
    def read(cls, text: str) -> "Policy":
        """Read a policy; what is not understood is refused, not skipped."""
        policy = cls()
        for line in text.splitlines():
            match line.split("#")[0].split():
                case []:
                    continue
                case ["log", origin, key]:
                    policy.logs[origin].append(Key.read(key, LOG_KEY))
                case ["witness", key]:
                    witness = Key.read(key, WITNESS_KEY)
                    policy.witnesses[witness.public] = witness
                case ["quorum", number]:
                    policy.quorum = int(number)
                case _:
                    raise ValueError(f"has a line out of form: {line[:60]!r}")
        if not policy.logs or not 0 <= policy.quorum <= len(policy.witnesses):
            raise ValueError("needs a log, and a quorum of the witnesses it names")
        return policy

    def signers(self, checkpoint: Checkpoint) -> tuple[bool, int]:
        """Tell whether a log trusted for this book signed, and how many witnesses."""
        logs = self.logs.get(checkpoint.place[0], ())
        witnessed = sum(checkpoint.signed_by(key) for key in self.witnesses.values())
        return any(checkpoint.signed_by(key) for key in logs), witnessed


def _no_float(text: str) -> Any:
    raise FaultError(f"holds {text[:20]}, which is no whole number")


_READER: Final = json.JSONDecoder(parse_float=_no_float, parse_constant=_no_float)
_WRITER: Final = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False
)


def parse(body: bytes) -> dict[str, Any]:
    """Read an entry, which must be in the one canonical form of its content."""
    try:
        entry = _READER.decode(body.decode())
        if _WRITER.encode(entry).encode() != body or entry["version"] != ENTRY:
            raise FaultError("is not in the canonical form of an entry")
    except OUT_OF_FORM as error:
        raise FaultError("is not an entry") from error
    return entry  # type: ignore[no-any-return]  # it has keys, or it would be refused


@dataclass(slots=True)
class Book:
    """Reads the entries of a book in order and holds each against those before it.

    Attributes:
        book: the registration whose book it is.
        after: the entries up to here are not in hand.
        position: the last entry that was read.
    """

    book: str
    after: int = 0
    position: int = field(init=False)
    recorded_at: str = ""
    balances: dict[str, tuple[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.position = self.after

    def read(self, body: bytes) -> dict[str, Any]:
        """Take the next entry.

        Raises:
            FaultError: it contradicts itself or an earlier one.
        """
        entry = parse(body)
        try:
            self._check_place(entry)
            self._check_witness(entry)
            self._check_legs(entry["legs"])
        except OUT_OF_FORM as error:
            raise FaultError("is not an entry") from error
        self.position += 1
        self.recorded_at = entry["recorded_at"]
        return entry

    def _check_place(self, entry: dict[str, Any]) -> None:
        if entry["book"] != self.book:
            raise FaultError(f"belongs to another book, {entry['book']}")
        if entry["position"] != self.position + 1:
            raise FaultError(f"says that it is entry {entry['position']}")
        if entry["recorded_at"] < self.recorded_at:
            raise FaultError("was recorded before the one above it")

    def _check_witness(self, entry: dict[str, Any]) -> None:
        witness = entry["witness"]
        if witness is None and entry["tag"] == "waste:recorded":
            raise FaultError("is waste without a witness")
        if witness is not None and witness["id"] == entry["actor"]["id"]:
            raise FaultError("is witnessed by the one who acted")

    def _check_legs(self, legs: list[dict[str, Any]]) -> None:
        sums: defaultdict[str, int] = defaultdict(int)
        for leg in legs:
            amount_ug = leg["amount_ug"]
            if type(amount_ug) is not int or amount_ug == 0:
                raise FaultError("has a leg that moves no whole amount")
            sums[leg["container"]] += amount_ug
            self._check_balance(leg, amount_ug)
        if any(sums.values()):
            raise FaultError("has legs that do not sum to zero")

    def _check_balance(self, leg: dict[str, Any], amount_ug: int) -> None:
        stated = leg["previous_ug"], leg["balance_ug"], leg["version"]
        if leg["account"].partition(":")[0] not in LIMITED:
            if stated != (None, None, None):
                raise FaultError("states a balance of an account that keeps none")
            return
        previous_ug, balance_ug, version = stated
        key = f"{leg['account']} {leg['container']}"
        # Where earlier entries are not in hand, an account begins as it is found.
        unseen = (previous_ug, version - 1) if self.after else (0, 0)
        if self.balances.get(key, unseen) != (previous_ug, version - 1):
            raise FaultError(f"does not go on from the last balance of {key}")
        if previous_ug + amount_ug != balance_ug:
            raise FaultError(f"miscalculates the balance of {key}")
        self.balances[key] = balance_ug, version


def check_text(entry: dict[str, Any], line: bytes) -> None:
    """Hold a free text against the hash of it that its entry keeps."""
    try:
        stated = json.loads(line)
        salted = _base64(stated["salt"]) + stated["text"].encode()
        recorded = entry["position"], entry["texts"][stated["name"]]
    except OUT_OF_FORM as error:
        raise FaultError("follows a free text that belongs nowhere") from error
    if recorded != (stated["position"], sha256(salted).hexdigest()):
        raise FaultError("follows a free text that is not the one recorded")


def _inflated(stream: bytes) -> bytes:
    with suppress(zlib.error):
        return zlib.decompressobj().decompress(stream, _LARGEST)
    return stream


def _base45(text: str) -> bytes:
    """Decode base45, the alphabet of dense QR codes (RFC 9285)."""
    triples = [text[at : at + 3] for at in range(0, len(text), 3)]
    numbers = [
        sum(_BASE45.index(each) * 45**place for place, each in enumerate(triple))
        for triple in triples
    ]
    pairs = zip(numbers, triples, strict=True)
    return b"".join(number.to_bytes(len(triple) - 1) for number, triple in pairs)


def origin_of(book: str) -> str:
    """Give the name under which the checkpoints of a book are signed."""
    return f"countersign/{book}"


@dataclass(frozen=True, slots=True)
class Proof:
    """That the entry at a place stands in the book of a checkpoint (tlog-proof)."""

    source: str
    place: Place
    hashes: tuple[bytes, ...]
    checkpoint: Checkpoint


@dataclass(slots=True)
class Evidence:
    """Everything in hand, and what is found when it is held against each other.

    Attributes:
        entries: what each place that a proof is about is said to hold.
        claims: by origin and size, what a log signed.
        trusted: those of them that satisfy the policy.
        found: sentences, each under the answer that it speaks for.
    """

    policy: Policy | None = None
    journals: list[Path] = field(default_factory=list)
    pdfs: list[str] = field(default_factory=list)
    proofs: list[Proof] = field(default_factory=list)
    entries: defaultdict[Place, set[bytes]] = field(
        default_factory=lambda: defaultdict(set)
    )
    claims: dict[Place, Checkpoint] = field(default_factory=dict)
    trusted: set[Place] = field(default_factory=set)
    found: dict[str, list[str]] = field(
        default_factory=lambda: {answer: [] for answer in ANSWERS}
    )

    def load(self, path: Path, *, given: bool = True) -> None:
        """Take up a file as whatever it is; what is unknown counts if it was given."""
        try:
            with path.open("rb") as file:
                known = self._load(path, file.read(_LARGEST))
        except (FaultError, OSError, *OUT_OF_FORM) as error:
            self.found[UNVERIFIED].append(f"{path.name} cannot be read: {error}")
        else:
            if given and not known:
                self.found[UNVERIFIED].append(f"{path.name} is no evidence known here")

    def _load(self, path: Path, head: bytes) -> bool:
        if head.startswith(b'{"after":'):
            for note in json.loads(head.partition(b"\n")[0])["checkpoints"]:
                self.claim(Checkpoint.read(note, path.name))
            self.journals.append(path)
        elif head.startswith(b"%PDF-"):
            self.pdfs.append(path.name)
            for stream in _STREAM.findall(path.read_bytes()):
                plain = _inflated(stream).rstrip() + b"\n"
                if plain.startswith(PROOF):
                    self._load_proof(path.name, plain)
                elif len(plain) <= _NOTE_BYTES and _SIGNED in plain:
                    self.claim(Checkpoint.read(plain.decode(), path.name))
        elif head.startswith(PROOF):
            self._load_proof(path.name, head)
        elif head.startswith(QR):
            self._load_qr(path.name, head.strip().decode())
        elif _SIGNED in head and len(head) <= _NOTE_BYTES:
            self.claim(Checkpoint.read(head.decode(), path.name))
        else:
            return False
        return True

    def _load_proof(self, source: str, raw: bytes) -> None:
        above, _, note = raw.removeprefix(PROOF).decode().partition("\n\n")
        lines = above.split("\n")
        if lines[0].startswith("extra "):
            body = _base64(lines.pop(0).removeprefix("extra "))
            entry = parse(body)
            place = origin_of(entry["book"]), entry["position"]
            self.entries[place].add(body)
        read = re.fullmatch(r"index (0|[1-9][0-9]{0,18})", lines[0])
        if read is None:
            raise ValueError("a proof needs an index")
        checkpoint = Checkpoint.read(note, source)
        self.claim(checkpoint)
        hashes = tuple(_base64(line, 32) for line in lines[1:])
        place = checkpoint.place[0], int(read[1]) + 1
        self.proofs.append(Proof(source, place, hashes, checkpoint))

    def _load_qr(self, source: str, text: str) -> None:
        """Take up what a QR code says: a proof in binary, without the entry."""
        raw = _base45(text.removeprefix(QR.decode()))
        origin, rest = raw[1 : 1 + raw[0]].decode(), raw[1 + raw[0] :]
        index, size, root = struct.unpack_from(">QQ32s", rest)
        body = f"{origin}\n{size}\n{b64encode(root).decode()}\n"
        line = f"— {origin} {b64encode(rest[48:116]).decode()}"
        checkpoint = Checkpoint.read(f"{body}\n{line}\n", source)
        self.claim(checkpoint)
        hashes = tuple(rest[at : at + 32] for at in range(116, len(rest), 32))
        self.proofs.append(Proof(source, (origin, index + 1), hashes, checkpoint))

    def claim(self, checkpoint: Checkpoint) -> None:
        """Hold a checkpoint against the policy and against the others."""
        place, log, witnesses = checkpoint.place, True, -1
        if self.policy:
            if place[0] not in self.policy.logs:
                return  # about a book that nobody asks about
            log, witnesses = self.policy.signers(checkpoint)
        if not log:
            self.found[UNVERIFIED].append(f"{checkpoint.source}: not signed by its log")
            return
        other = self.claims.setdefault(place, checkpoint)
        if other.root != checkpoint.root:
            both = f"{other.source} and {checkpoint.source}"
            self.found[TAMPERED].append(f"{both}: two histories of {place[1]} entries")
        if self.policy and witnesses >= self.policy.quorum:
            self.trusted.add(place)

    def judge(self) -> str:
        """Hold everything against everything; gives the answer in a word."""
        for path in self.journals:
            try:
                self._check_journal(path)
            except OUT_OF_FORM as error:
                self.found[UNVERIFIED].append(f"{path.name} cannot be read: {error}")
        for proof in self.proofs:
            self._check_proof(proof)
        for pdf in self.pdfs:
            if not any(proof.source in (pdf, f"{pdf}.proof") for proof in self.proofs):
                what = f"{pdf} has no proof, nor {pdf}.proof beside it"
                self.found[UNVERIFIED].append(what)
        if self.policy is None:
            self.found[UNVERIFIED].append("no policy: no signature was checked")
        if self.found[TAMPERED]:
            return TAMPERED
        return UNVERIFIED if self.found[UNVERIFIED] or not self.found[OK] else OK

    def _check_journal(self, path: Path) -> None:
        with path.open("rb") as lines:
            header = json.loads(lines.readline())
            book = Book(header["book"], header["after"])
            try:
                trusted = self._read_entries(book, header, lines)
            except FaultError as error:
                what = f"{path.name}: entry {book.position + 1} {error}"
                self.found[TAMPERED].append(what)
                return
        first, last = max(trusted, book.after) + 1, self._size(origin_of(book.book))
        if first <= book.position or not trusted:
            what = f"entries {first} to {book.position}: no trusted checkpoint"
            self.found[UNVERIFIED].append(f"{path.name}: {what}")
        else:
            what = f"entries {book.after + 1} to {trusted}, of {last} that are known of"
            self.found[OK].append(f"{path.name}: {what}")

    def _size(self, origin: str) -> int:
        """Give the most entries that any checkpoint counts in a book."""
        return max((size for at, size in self.claims if at == origin), default=0)

    def _read_entries(
        self, book: Book, header: dict[str, Any], lines: Iterable[bytes]
    ) -> int:
        """Give the last position at which a trusted checkpoint agreed, or 0."""
        tree = Tree(book.after, [_base64(each, 32) for each in header["frontier"]])
        if len(tree.frontier) != book.after.bit_count() or header["format"] != JOURNAL:
            raise FaultError("follows a first line that is out of form")
        origin, agreed, trusted = origin_of(book.book), book.after, 0
        wanted = {proof.place for proof in self.proofs}
        entry: dict[str, Any] = {}
        for line in lines:
            if line.startswith(b'{"name":'):
                check_text(entry, line)
                continue
            body = line.removesuffix(b"\n")
            entry = book.read(body)
            tree.add(leaf_hash(body))
            place = origin, tree.size
            if place in wanted:
                self.entries[place].add(body)
            if place not in self.claims:
                continue
            if self.claims[place].root != tree.root():
                source, book.position = self.claims[place].source, agreed
                raise FaultError(f"to {tree.size}: not what {source} has signed")
            agreed = tree.size
            trusted = agreed if place in self.trusted else trusted
        until = max(header["until"], self._size(origin) if header["whole"] else 0)
        if tree.size != until:
            raise FaultError(f"is missing: the journal goes on to {until}")
        return trusted

    def _check_proof(self, proof: Proof) -> None:
        (origin, position), checkpoint = proof.place, proof.checkpoint
        what = f"entry {position} of {origin} in {proof.source}"
        if checkpoint.place not in self.trusted:
            self.found[UNVERIFIED].append(f"{what}: no trusted checkpoint")
            return
        bodies = self.entries.get(proof.place, set())
        where = position - 1, checkpoint.place[1]
        roots = {
            root_from_inclusion(*where, leaf_hash(body), proof.hashes)
            for body in bodies
        }
        if not roots:
            self.found[UNVERIFIED].append(f"{what} is not in hand, only its proof")
        elif roots != {checkpoint.root}:
            self.found[TAMPERED].append(f"{what} is not the one that was signed")
        else:
            told = json.dumps(json.loads(bodies.pop()), indent=2, ensure_ascii=False)
            self.found[OK].append(f"{what} says:\n{told}")


def gather(files: Sequence[Path], policy: Policy | None) -> Evidence:
    """Take up files, folders, and what lies beside the files."""
    evidence = Evidence(policy)
    given = {path.absolute() for path in files if not path.is_dir()}
    found = {each for path in given for each in path.parent.iterdir()}
    for folder in files:
        found |= set(folder.absolute().rglob("*"))
    for path in sorted(given | found):
        if path in given or path.is_file():
            evidence.load(path, given=path in given)
    return evidence


def main(arguments: Sequence[str] | None = None) -> int:
    """Check what is given; 0 for OK, 1 for TAMPERED, 2 for COULD NOT VERIFY."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--policy", type=Path, help="whom you trust")
    options = parser.parse_args(arguments)
    try:
        policy = options.policy and Policy.read(options.policy.read_text("utf-8"))
        evidence = gather(options.files, policy)
        answer = evidence.judge()
    except (OSError, *OUT_OF_FORM) as error:
        sys.stdout.write(f"{UNVERIFIED}\n  what was given cannot be read: {error}\n")
        return ANSWERS.index(UNVERIFIED)
    lines = [f"{each}: {it}" for each in ANSWERS for it in evidence.found[each]]
    sys.stdout.write("\n  ".join([answer, *lines]) + "\n")
    return ANSWERS.index(answer)


if __name__ == "__main__":
    sys.exit(main())
