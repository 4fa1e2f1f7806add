"""A signature is over its own entry, by its own person, and once."""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from inventory.evidence.signatures import Signatures
from inventory.journal import canonical
from inventory.journal.assertions import challenge_for, encode
from inventory.journal.verifier import FaultError

Entry = dict[str, Any]
KEY = generate_private_key(SECP256R1())


def _entry(tag: str = "waste:recorded", amount_ug: int = 14_350) -> Entry:
    """Give a waste as it stands in a book, signed by its author and a witness."""
    shown = {"request": "wst_1", "amount_ug": amount_ug}
    entry: Entry = {
        "book": "reg_1",
        "tag": tag,
        "subject": "ses_1",
        "occurred_at": "2026-11-02T14:00:00.000000Z",
        "data": {"request": "wst_1", "entry": shown},
        "texts": {},
        "actor": {"id": "per_cleo", "factors": ["password"]},
        "witness": _signature("per_wim", shown),
        "second_witness": None,
    }
    return _signed_by_author(entry)


def _signed_by_author(entry: Entry) -> Entry:
    names = ("book", "tag", "subject", "occurred_at", "data", "texts")
    content = {name: entry[name] for name in names} | {"by": entry["actor"]["id"]}
    author = {**entry["actor"], "digest": canonical.digest(content)}
    return {**entry, "actor": author}


def _signature(person_id: str, shown: Mapping[str, Any]) -> Entry:
    return {"id": person_id, "digest": canonical.digest(shown), "assertion": None}


def _by_passkey(
    entry: Entry, *, by: EllipticCurvePrivateKey = KEY, verified: bool = True
) -> Entry:
    """Let the witness sign with a passkey."""
    digest, salt = entry["witness"]["digest"], b"s" * 32
    challenge = encode(challenge_for(salt, digest))
    client_data = json.dumps({"type": "webauthn.get", "challenge": challenge}).encode()
    device_data = b"h" * 32 + bytes([0x05 if verified else 0x01]) + bytes(4)
    signed = device_data + hashlib.sha256(client_data).digest()
    public_key = KEY.public_key().public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )
    assertion = {
        "credential_id": encode(b"c" * 16),
        "authenticator_data": encode(device_data),
        "client_data_json": encode(client_data),
        "signature": encode(by.sign(signed, ECDSA(SHA256()))),
        "public_key": encode(public_key),
        "salt": encode(salt),
    }
    return {**entry, "witness": {**entry["witness"], "assertion": assertion}}


def _moved(entry: Entry) -> Entry:
    """Put an entry's witness, word for word, beside another waste."""
    return {**_entry(amount_ug=1), "witness": entry["witness"]}


@pytest.mark.parametrize(
    "entry",
    [_entry(), _entry("waste:signed"), _by_passkey(_entry())],
    ids=["password", "first of two", "passkey"],
)
def test_a_signature_over_its_own_entry_is_sound(entry: Entry) -> None:
    Signatures().take(entry)


CHANGES: dict[str, tuple[Callable[[Entry], Entry], str]] = {
    "another amount": (
        lambda entry: {**entry, "data": _entry(amount_ug=1)["data"]},
        "is not what its author signed",
    ),
    "another time": (
        lambda entry: {**entry, "occurred_at": "2026-11-02T15:00:00.000000Z"},
        "is not what its author signed",
    ),
    "another author": (
        lambda entry: {**entry, "actor": {**entry["actor"], "id": "per_pat"}},
        "is not what its author signed",
    ),
    "the author's signature of another entry": (
        lambda entry: {**entry, "actor": _entry(amount_ug=1)["actor"]},
        "is not what its author signed",
    ),
    "factors without a signature": (
        lambda entry: {**entry, "actor": {"id": "per_cleo", "factors": ["passkey"]}},
        "names factors of a signature that is not there",
    ),
    "another amount, signed anew by the author": (
        lambda entry: _signed_by_author({**entry, "data": _entry(amount_ug=1)["data"]}),
        "is not what its witness signed",
    ),
    "the witness of another entry": (_moved, "is not what its witness signed"),
    "the passkey of another entry": (
        lambda entry: _moved(_by_passkey(entry)),
        "is not what its witness signed",
    ),
    "a passkey's signature under a new digest": (
        lambda entry: _moved(
            {
                **_by_passkey(entry),
                "witness": {
                    **_by_passkey(entry)["witness"],
                    "digest": _entry(amount_ug=1)["witness"]["digest"],
                },
            }
        ),
        "carries a signature that is not by its passkey",
    ),
    "a signature by another key": (
        lambda entry: _by_passkey(entry, by=generate_private_key(SECP256R1())),
        "carries a signature that is not by its passkey",
    ),
    "a passkey that did not ask its user": (
        lambda entry: _by_passkey(entry, verified=False),
        "carries a signature that is not by its passkey",
    ),
    "the author as witness": (
        lambda entry: {**entry, "witness": {**entry["witness"], "id": "per_cleo"}},
        "is signed twice by one person",
    ),
    "one witness as two": (
        lambda entry: {**entry, "second_witness": entry["witness"]},
        "is signed twice by one person",
    ),
    "a second witness over something else": (
        lambda entry: {**entry, "second_witness": _signature("per_pat", {"x": 1})},
        "is not what its witness signed",
    ),
    "a witness over nothing that is said": (
        lambda entry: _signed_by_author({**entry, "data": {}}),
        "does not say what its witness was shown",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_signature_that_was_moved_or_made_up_is_noticed(change: str) -> None:
    alter, said = CHANGES[change]
    with pytest.raises(FaultError, match=said):
        Signatures().take(alter(_entry()))


def test_a_signature_is_used_once() -> None:
    signatures = Signatures()
    signatures.take(_entry("waste:signed"))
    signatures.take(_entry("waste:recorded"))
    with pytest.raises(FaultError, match="carries the signature of an earlier entry"):
        signatures.take(_entry("waste:recorded"))


def test_one_approval_can_be_behind_two_entries() -> None:
    signatures = Signatures()
    for tag in ("role:ended", "role:granted"):
        signatures.take(_entry(tag))


def test_a_review_is_over_what_the_reviewer_was_shown() -> None:
    shown = {"access": "emg_1", "entries": []}
    entry = _entry("emergency:reviewed") | {"witness": None}
    sound = {"entry": shown, "signature": _signature("per_mona", shown)}
    Signatures().take(_signed_by_author({**entry, "data": sound}))
    other = {**sound, "signature": _signature("per_mona", {"access": "emg_2"})}
    with pytest.raises(FaultError, match="is not what its witness signed"):
        Signatures().take(_signed_by_author({**entry, "data": other}))


def test_entries_from_before_signatures_had_digests_stay_sound() -> None:
    old = _entry() | {"actor": {"id": "per_cleo"}}
    Signatures().take(old)
    Signatures().take({**old, "tag": "count:committed", "data": {}})
