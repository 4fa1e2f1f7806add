"""Signatures in a book, held against the very entries they are over (21 CFR 11.70).

An entry that was never altered can still carry a signature that belongs to another one:
whoever can write to the books could put it there. So each is compared with what the
entry says, and a passkey's is checked with its public key.

Entries from before signatures had digests carry none, and no factors either.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from inventory.journal import canonical
from inventory.journal.assertions import check_assertion
from inventory.journal.events import Tag
from inventory.journal.verifier import FaultError

Entry = Mapping[str, Any]

_PLACES: Final = ("witness", "second_witness")
# What an author's signature is over: all but where the entry stands (journal.book).
_SIGNED: Final = ("book", "tag", "subject", "occurred_at", "data", "texts")

# What one signature of a witness lets happen once.
_ONCE: Final = frozenset({Tag.WASTE_SIGNED, Tag.WASTE_RECORDED, Tag.COUNT_COMMITTED})


class Signatures:
    """The signatures of a book, entry by entry."""

    def __init__(self) -> None:
        self._used: set[tuple[str, str]] = set()

    def take(self, entry: Entry) -> None:
        """Hold the signatures of the next entry against it.

        Raises:
            FaultError: one is over something else, by its author's own witness, used
                twice, or not by its key.
        """
        author = entry["actor"]
        _require_author(entry, author)
        witnesses = [entry[place] for place in _PLACES if entry.get(place)]
        people = [author["id"], *(each["id"] for each in witnesses)]
        if len(set(people)) < len(people):
            raise FaultError("is signed twice by one person")
        for each in _second_signatures(entry, witnesses):
            _require_over(entry, each)
        if witnesses and entry["tag"] in _ONCE:
            self._require_new(entry["tag"], witnesses[0]["digest"])

    def _require_new(self, tag: str, digest: str) -> None:
        if (tag, digest) in self._used:
            raise FaultError("carries the signature of an earlier entry")
        self._used.add((tag, digest))


def _require_author(entry: Entry, author: Mapping[str, Any]) -> None:
    if "digest" not in author:
        if author.get("factors"):
            raise FaultError("names factors of a signature that is not there")
        return
    signed = {name: entry[name] for name in _SIGNED}
    if canonical.digest({**signed, "by": author["id"]}) != author["digest"]:
        raise FaultError("is not what its author signed")


def _second_signatures(
    entry: Entry, witnesses: list[Mapping[str, Any]]
) -> Iterator[Mapping[str, Any]]:
    """Give every signature over what the entry shows of itself to a second person."""
    yield from witnesses
    review = entry["data"].get("signature")
    if review is not None:
        yield review


def _require_over(entry: Entry, signature: Mapping[str, Any]) -> None:
    shown = entry["data"].get("entry")
    if shown is None:
        if "digest" in entry["actor"]:
            raise FaultError("does not say what its witness was shown")
        return
    if canonical.digest(shown) != signature["digest"]:
        raise FaultError("is not what its witness signed")
    if signature.get("assertion") and not check_assertion(signature):
        raise FaultError("carries a signature that is not by its passkey")
