"""Which cryptography there is: few algorithms, each in its place, and strong ones."""

import ast
import re
from base64 import b32decode, urlsafe_b64decode
from collections.abc import Callable, Iterator
from secrets import token_hex
from typing import Final

import pytest
from argon2 import Type, extract_parameters
from flask import Flask
from flask.testing import FlaskClient

from inventory.credentials import totp
from inventory.credentials.passwords import strong_passwords
from inventory.credentials.recovery import CODES, replace
from inventory.credentials.sealing import Sealing
from inventory.credentials.tokens import MARK, new_cookie_secret, new_token
from inventory.journal.salted import salted
from inventory.web.cookies import FORM_COOKIE, FormCookie
from tests.architecture import house_rules
from tests.architecture.house_rules import Module
from tests.clinic import Clinic
from tests.security.dangerous import imported
from tests.security.served import ROOT

SECURITY_PAGE: Final = ROOT / "docs" / "concepts" / "security.md"
# Whoever imports one of these does something that the inventory must name.
CRYPTOGRAPHY: Final = frozenset(
    {
        "argon2",
        "authlib",
        "cryptography",
        "hashlib",
        "hmac",
        "itsdangerous",
        "joserfc",
        "jwt",
        "nacl",
        "pyotp",
        "secrets",
        "ssl",
        "webauthn",
    }
)
HASHES: Final = frozenset({"sha256"})
# Signatures, and encryption that also shows alteration; no bare cipher, no mode.
PRIMITIVES: Final = frozenset(
    {
        "ciphers.aead.AESGCM",
        "asymmetric.ed25519.Ed25519PrivateKey",
        "asymmetric.ed25519.Ed25519PublicKey",
        # What passkeys sign with; RS256 is the one padding that devices know.
        "asymmetric.ec.ECDSA",
        "asymmetric.ec.EllipticCurvePublicKey",
        "asymmetric.padding.PKCS1v15",
        "asymmetric.rsa.RSAPublicKey",
        "hashes.SHA256",
        "kdf.hkdf.HKDF",
    }
)
_MODULE: Final = re.compile(r"`((?:inventory|reports|config)/[\w/]+\.py)`")
_PRIMITIVES: Final = "cryptography.hazmat.primitives."
_SECRET_BITS_MIN: Final = 128


def _product() -> Iterator[Module]:
    return (each for each in house_rules.modules(ROOT) if each.is_product)


def test_the_inventory_names_every_module_that_does_cryptography() -> None:
    """If this fails: say in the inventory what the module does it for."""
    found = {
        str(module.path)
        for module in _product()
        if any(name.split(".")[0] in CRYPTOGRAPHY for _, name in imported(module))
    }
    page = SECURITY_PAGE.read_text(encoding="utf-8")
    inventory = page.partition("## Cryptography")[2].partition("\n## ")[0]
    assert set(_MODULE.findall(inventory)) == found


def test_nothing_is_hashed_but_by_sha_256() -> None:
    used = {name for module in _product() for name in _hashes(module)}
    assert used == HASHES


def test_a_planted_hash_is_seen() -> None:
    for source in ("import hashlib\nhashlib.md5(b'')", "from hashlib import md5"):
        assert list(_hashes(Module.of("inventory/x.py", source))) == ["md5"]


def test_only_signatures_and_authenticated_encryption_are_imported() -> None:
    used = {name for module in _product() for name in _primitives(module)}
    assert used <= PRIMITIVES, "weigh the algorithm, then add it here"
    assert "asymmetric.ed25519.Ed25519PrivateKey" in used


def test_a_planted_cipher_is_seen() -> None:
    source = "from cryptography.hazmat.primitives.ciphers import modes"
    assert list(_primitives(Module.of("inventory/x.py", source))) == ["ciphers.modes"]


def test_a_password_costs_whoever_guesses_it_19_mebibytes_twice() -> None:
    passwords = strong_passwords()
    cost = extract_parameters(passwords.hash("three or four unrelated words"))
    assert cost.type is Type.ID
    # OWASP's least with two passes and one lane: a burst of checks stays cheap.
    assert (cost.memory_cost, cost.time_cost, cost.parallelism) == (19 * 1024, 2, 1)
    assert cost.salt_len * 8 >= _SECRET_BITS_MIN
    assert extract_parameters(passwords.decoy) == cost


@pytest.mark.parametrize("make", [new_token, new_cookie_secret])
def test_a_secret_has_256_random_bits(make: Callable[[], str]) -> None:
    made = {make().removeprefix(MARK) for _ in range(1000)}
    assert len(made) == 1000
    assert {len(urlsafe_b64decode(f"{secret}=")) * 8 for secret in made} == {256}
    # Each of the 43 places takes many values: none is fixed by a clock or a counter.
    assert all(len(set(place)) > 3 for place in zip(*made, strict=True))


def test_a_recovery_code_has_120_random_bits(clinic: Clinic) -> None:
    with clinic.database.transaction() as db:
        now, person = clinic.clock.now(), clinic.pharmacist.id
        codes = [each for _ in range(20) for each in replace(db, person, now=now)]
    plain = {code.replace("-", "") for code in codes}
    assert len(plain) == len(codes) == 20 * CODES
    assert {len(b32decode(code)) * 8 for code in plain} == {120}
    assert all(len(set(place)) > 3 for place in zip(*plain, strict=True))


def test_a_seed_of_an_authenticator_has_160_random_bits(clinic: Clinic) -> None:
    sealing, now = Sealing(token_hex(32)), clinic.clock.now()
    with clinic.database.transaction() as db:
        seeds = {
            totp.enrol(
                db,
                clinic.pharmacist.id,
                label=f"telephone {number}",
                sign_in_name="pat",
                sealing=sealing,
                now=now,
            ).secret
            for number in range(50)
        }
    assert len(seeds) == 50
    assert {len(b32decode(seed)) * 8 for seed in seeds} == {160}


def test_forms_are_signed_by_sha_256(app: Flask, browser: FlaskClient) -> None:
    """The cookie and the token of a form carry signatures of 256 bits."""
    page = browser.get("/sign-in").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    cookie = browser.get_cookie(FORM_COOKIE)
    assert token
    assert cookie
    for signed in (token[1], cookie.value):
        signature = signed.rpartition(".")[2]
        assert len(urlsafe_b64decode(f"{signature}=")) * 8 == 256
    assert isinstance(app.session_interface, FormCookie)


def test_a_salt_is_drawn_for_each_text() -> None:
    salts = {salted("the same text").salt for _ in range(100)}
    assert len(salts) == 100
    assert {len(salt) * 8 >= _SECRET_BITS_MIN for salt in salts} == {True}


def _hashes(module: Module) -> Iterator[str]:
    """Name the functions of hashlib that a module uses."""
    for node in ast.walk(module.tree):
        match node:
            case ast.Attribute(value=ast.Name(id="hashlib"), attr=name):
                yield name
            case ast.ImportFrom(module="hashlib", names=names):
                yield from (each.name for each in names)


def _primitives(module: Module) -> Iterator[str]:
    """Name the ciphers, signatures and modes that a module imports."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            place = f"{node.module}.".removeprefix(_PRIMITIVES)
            if node.module.startswith(_PRIMITIVES) and "serialization" not in place:
                yield from (f"{place}{each.name}" for each in node.names)
