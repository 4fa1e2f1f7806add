"""Passkeys: made, used to sign in, and used to sign exactly one entry."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from inventory.credentials import second_factors
from inventory.credentials.identified import Ceremony
from inventory.credentials.identify import Identifier
from inventory.credentials.presented import Given, PasskeyAnswer, RelyingParty
from inventory.journal import book
from inventory.journal.assertions import PARTS, check_assertion, decode, encode
from inventory.kernel.actors import Actor, Meaning
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.models.access import Alert
from inventory.models.credentials import Challenge, Passkey
from tests.authenticator import PARTY, SoftwarePasskey, new_key
from tests.clinic import Clinic
from tests.credentials import identifier_of, just_identified, resumed, signed_in

DIGEST = "ab" * 32
OTHER_DIGEST = "cd" * 32
ELSEWHERE = RelyingParty(id="evil.example", origin="https://evil.example")


def _add(
    clinic: Clinic,
    person: Actor,
    passkey: SoftwarePasskey | None = None,
    label: str = "key",
) -> SoftwarePasskey:
    passkey, means = passkey or SoftwarePasskey(), identifier_of(clinic)
    answer = passkey.create(second_factors.begin_passkey(means, person, PARTY))
    with clinic.database.transaction() as db:
        by = just_identified(clinic, person)
        second_factors.add_passkey(db, means, by, answer, label=label)
    return passkey


def _refusal_of_sign_in(identifier: Identifier, answer: PasskeyAnswer) -> ErrorCode:
    with pytest.raises(InventoryError) as caught:
        identifier.identify_passkey(answer)
    return caught.value.code


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA", "RS256"])
def test_a_passkey_alone_signs_in_and_signs(clinic: Clinic, algorithm: str) -> None:
    passkey = _add(clinic, clinic.colleague, SoftwarePasskey(key=new_key(algorithm)))
    identifier = identifier_of(clinic)
    found = identifier.identify_passkey(passkey.get(identifier.begin_passkey(PARTY)))
    assert (found.actor.id, found.factors) == (clinic.colleague.id, ("passkey",))
    question = identifier.begin_signature(clinic.colleague.id, DIGEST, PARTY)
    proof = identifier.prove_by_passkey(passkey.get(question), DIGEST)
    assert (proof.person.id, proof.digest) == (clinic.colleague.id, DIGEST)
    assert (proof.factors, proof.meaning) == (("passkey",), Meaning.WITNESS)
    assert proof.assertion is not None
    assert set(proof.assertion) == set(PARTS)
    stored = {"digest": proof.digest, "assertion": dict(proof.assertion)}
    assert check_assertion(json.loads(json.dumps(stored)))


def test_what_a_device_signed_is_of_no_other_entry(clinic: Clinic) -> None:
    assertion = _signed(clinic)
    assert check_assertion({"digest": DIGEST, "assertion": assertion})
    assert not check_assertion({"digest": OTHER_DIGEST, "assertion": assertion})


def _signed(clinic: Clinic) -> dict[str, str]:
    passkey, identifier = _add(clinic, clinic.colleague), identifier_of(clinic)
    question = identifier.begin_signature(clinic.colleague.id, DIGEST, PARTY)
    proof = identifier.prove_by_passkey(passkey.get(question), DIGEST)
    assert proof.assertion is not None
    return dict(proof.assertion)


@pytest.mark.parametrize("part", sorted(set(PARTS) - {"credential_id"}))
def test_no_part_of_a_stored_signature_can_be_altered(
    clinic: Clinic, part: str
) -> None:
    assertion = _signed(clinic)
    raw = bytearray(decode(assertion[part]))
    raw[-1] ^= 1
    altered = {**assertion, part: encode(bytes(raw))}
    assert not check_assertion({"digest": DIGEST, "assertion": altered})
    lacking = {name: assertion[name] for name in assertion if name != part}
    assert not check_assertion({"digest": DIGEST, "assertion": lacking})


def test_a_question_of_a_sign_in_keeps_nothing(clinic: Clinic) -> None:
    identifier = identifier_of(clinic)
    passkey = _add(clinic, clinic.colleague)
    before = _challenges(clinic)
    for _ in range(5):
        question = identifier.begin_passkey(PARTY)
    assert _challenges(clinic) == before
    identifier.identify_passkey(passkey.get(question))
    assert _challenges(clinic) == before + 1


def _challenges(clinic: Clinic) -> int:
    with clinic.database.reading() as db:
        return db.scalar(select(func.count()).select_from(Challenge)) or 0


def test_an_answer_signs_in_once(clinic: Clinic) -> None:
    passkey, identifier = _add(clinic, clinic.colleague), identifier_of(clinic)
    answer = passkey.get(identifier.begin_passkey(PARTY))
    identifier.identify_passkey(answer)
    assert _refusal_of_sign_in(identifier, answer) is ErrorCode.NOT_SIGNED_IN


def test_an_answer_is_of_its_own_question(clinic: Clinic) -> None:
    passkey, identifier = _add(clinic, clinic.colleague), identifier_of(clinic)
    answer = passkey.get(identifier.begin_passkey(PARTY))
    other = replace(answer, challenge_id=identifier.begin_passkey(PARTY).challenge_id)
    assert _refusal_of_sign_in(identifier, other) is ErrorCode.NOT_SIGNED_IN
    forged = replace(answer, challenge_id="c2VhbGVk")
    assert _refusal_of_sign_in(identifier, forged) is ErrorCode.NOT_SIGNED_IN


def test_an_old_question_is_not_answered_any_more(clinic: Clinic) -> None:
    passkey, identifier = _add(clinic, clinic.colleague), identifier_of(clinic)
    sign_in = passkey.get(identifier.begin_passkey(PARTY))
    witness = passkey.get(identifier.begin_signature(None, DIGEST, PARTY))
    clinic.clock.advance(timedelta(minutes=5))
    assert _refusal_of_sign_in(identifier, sign_in) is ErrorCode.NOT_SIGNED_IN
    assert _refusal_of_proof(identifier, witness) is ErrorCode.WITNESS_NOT_PROVEN


def _refusal_of_proof(
    identifier: Identifier,
    answer: PasskeyAnswer,
    digest: str = DIGEST,
    meaning: Meaning = Meaning.WITNESS,
) -> ErrorCode:
    with pytest.raises(InventoryError) as caught:
        identifier.prove_by_passkey(answer, digest, meaning=meaning)
    return caught.value.code


def test_a_device_that_does_not_ask_its_user_is_no_passkey(clinic: Clinic) -> None:
    passkey, identifier = _add(clinic, clinic.colleague), identifier_of(clinic)
    passkey.verifies = False
    answer = passkey.get(identifier.begin_passkey(PARTY))
    assert _refusal_of_sign_in(identifier, answer) is ErrorCode.NOT_SIGNED_IN
    with pytest.raises(InventoryError) as caught:
        _add(clinic, clinic.pharmacist, SoftwarePasskey(verifies=False))
    assert caught.value.field == "passkey"


def test_an_answer_given_to_another_site_is_none(clinic: Clinic) -> None:
    passkey, identifier = _add(clinic, clinic.colleague), identifier_of(clinic)
    answer = passkey.get(identifier.begin_passkey(PARTY), party=ELSEWHERE)
    phished = replace(answer, party=PARTY)
    assert _refusal_of_sign_in(identifier, phished) is ErrorCode.NOT_SIGNED_IN


@pytest.mark.parametrize("text", ["", "null", "[]", "{}", "no JSON", '{"id": 1}'])
def test_what_is_no_answer_at_all_is_refused(clinic: Clinic, text: str) -> None:
    identifier = identifier_of(clinic)
    question = identifier.begin_passkey(PARTY)
    answer = PasskeyAnswer(
        assertion_json=text, challenge_id=question.challenge_id, party=PARTY
    )
    assert _refusal_of_sign_in(identifier, answer) is ErrorCode.NOT_SIGNED_IN


def test_an_unknown_or_removed_passkey_signs_nobody_in(clinic: Clinic) -> None:
    identifier, known = identifier_of(clinic), _add(clinic, clinic.colleague)
    stranger = SoftwarePasskey().get(identifier.begin_passkey(PARTY))
    assert _refusal_of_sign_in(identifier, stranger) is ErrorCode.NOT_SIGNED_IN
    with clinic.database.transaction() as db:
        passkey_id = db.scalars(select(Passkey.id)).one()
        by = just_identified(clinic, clinic.colleague)
        second_factors.remove_passkey(db, by, passkey_id, clock=clinic.clock)
    answer = known.get(identifier.begin_passkey(PARTY))
    assert _refusal_of_sign_in(identifier, answer) is ErrorCode.NOT_SIGNED_IN


def test_a_passkey_in_another_persons_name_is_refused(clinic: Clinic) -> None:
    passkey, identifier = _add(clinic, clinic.colleague), identifier_of(clinic)
    passkey.user_handle = clinic.pharmacist.id.encode()
    answer = passkey.get(identifier.begin_passkey(PARTY))
    assert _refusal_of_sign_in(identifier, answer) is ErrorCode.NOT_SIGNED_IN


def test_a_counter_that_goes_back_is_refused_and_raises_an_alert(
    clinic: Clinic,
) -> None:
    passkey = _add(clinic, clinic.colleague, SoftwarePasskey(counts=True))
    identifier = identifier_of(clinic)
    copy = replace(passkey, user_handle=passkey.user_handle)
    for _ in range(2):
        identifier.identify_passkey(passkey.get(identifier.begin_passkey(PARTY)))
    answer = copy.get(identifier.begin_passkey(PARTY))
    assert _refusal_of_sign_in(identifier, answer) is ErrorCode.NOT_SIGNED_IN
    with clinic.database.reading() as db:
        (alert,) = db.scalars(select(Alert))
    assert (alert.kind, alert.person_id) == ("passkey_cloned", clinic.colleague.id)


def test_a_signature_cannot_be_moved_to_another_entry(clinic: Clinic) -> None:
    passkey, identifier = _add(clinic, clinic.colleague), identifier_of(clinic)
    question = identifier.begin_signature(clinic.colleague.id, DIGEST, PARTY)
    answer = passkey.get(question)
    moved = _refusal_of_proof(identifier, answer, OTHER_DIGEST)
    assert moved is ErrorCode.WITNESS_NOT_PROVEN
    other = identifier.begin_signature(clinic.colleague.id, OTHER_DIGEST, PARTY)
    renamed = replace(answer, challenge_id=other.challenge_id)
    moved = _refusal_of_proof(identifier, renamed, OTHER_DIGEST)
    assert moved is ErrorCode.WITNESS_NOT_PROVEN
    identifier.prove_by_passkey(answer, DIGEST)


def test_a_signature_cannot_be_replayed(clinic: Clinic) -> None:
    passkey, identifier = _add(clinic, clinic.colleague), identifier_of(clinic)
    question = identifier.begin_signature(clinic.colleague.id, DIGEST, PARTY)
    answer = passkey.get(question)
    identifier.prove_by_passkey(answer, DIGEST)
    assert _refusal_of_proof(identifier, answer) is ErrorCode.WITNESS_NOT_PROVEN
    approval = _refusal_of_proof(identifier, answer, meaning=Meaning.APPROVAL)
    assert approval is ErrorCode.SIGNATURE_NOT_PROVEN


def test_whoever_was_not_asked_does_not_answer(clinic: Clinic) -> None:
    theirs, identifier = _add(clinic, clinic.colleague), identifier_of(clinic)
    question = identifier.begin_signature(clinic.clinician.id, DIGEST, PARTY)
    answer = theirs.get(question)
    assert _refusal_of_proof(identifier, answer) is ErrorCode.WITNESS_NOT_PROVEN
    anyone = theirs.get(identifier.begin_signature(None, DIGEST, PARTY))
    proof = identifier.prove_by_passkey(anyone, DIGEST)
    assert proof.person.id == clinic.colleague.id


def test_an_answer_to_a_sign_in_signs_no_entry_and_the_other_way_round(
    clinic: Clinic,
) -> None:
    passkey, identifier = _add(clinic, clinic.colleague), identifier_of(clinic)
    sign_in = passkey.get(identifier.begin_passkey(PARTY))
    assert _refusal_of_proof(identifier, sign_in) is ErrorCode.WITNESS_NOT_PROVEN
    signature = passkey.get(identifier.begin_signature(None, DIGEST, PARTY))
    assert _refusal_of_sign_in(identifier, signature) is ErrorCode.NOT_SIGNED_IN


def test_a_passkey_confirms_its_owner_inside_a_sign_in(clinic: Clinic) -> None:
    passkey, identifier = _add(clinic, clinic.pharmacist), identifier_of(clinic)
    sign_in = resumed(clinic, signed_in(clinic, clinic.pharmacist, "passkey"))
    assert sign_in is not None
    question = identifier.begin_signature(clinic.pharmacist.id, None, PARTY)
    given = Given(passkey=passkey.get(question))
    found = identifier.confirm(sign_in.actor, given, sign_in)
    assert (found.factors, found.actor.known_by) == (
        ("passkey",),
        sign_in.actor.known_by,
    )
    with pytest.raises(InventoryError) as caught:
        identifier.confirm(sign_in.actor, given, sign_in)
    assert caught.value.code is ErrorCode.SIGNATURE_NOT_PROVEN


def test_somebody_elses_passkey_confirms_nothing(clinic: Clinic) -> None:
    _add(clinic, clinic.pharmacist)
    other, identifier = _add(clinic, clinic.colleague), identifier_of(clinic)
    sign_in = resumed(clinic, signed_in(clinic, clinic.pharmacist))
    assert sign_in is not None
    question = identifier.begin_signature(None, None, PARTY)
    given = Given(passkey=other.get(question))
    with pytest.raises(InventoryError) as caught:
        identifier.confirm(sign_in.actor, given, sign_in)
    assert caught.value.code is ErrorCode.SIGNATURE_NOT_PROVEN


def test_a_passkey_is_added_once_and_named_in_the_book(clinic: Clinic) -> None:
    passkey = _add(clinic, clinic.colleague, label="blue key")
    with pytest.raises(InventoryError) as caught:
        _add(clinic, clinic.clinician, passkey)
    assert caught.value.code is ErrorCode.ALREADY_EXISTS
    with clinic.database.reading() as db:
        (event,) = book.read(db, clinic.registration_id)
        data = json.loads(event.body)["data"]
    assert (event.tag, data["what"]) == ("credential:changed", "passkey_added")
    assert (data["label"], len(data["key_sha256"])) == ("blue key", 64)


def test_a_passkey_is_made_by_whoever_was_asked_and_once(clinic: Clinic) -> None:
    means, passkey = identifier_of(clinic), SoftwarePasskey()
    question = second_factors.begin_passkey(means, clinic.pharmacist, PARTY)
    answer = passkey.create(question)
    for person in (clinic.colleague, clinic.pharmacist, clinic.pharmacist):
        with clinic.database.transaction() as db:
            by = just_identified(clinic, person)
            if person is clinic.pharmacist and not _passkeys(clinic):
                second_factors.add_passkey(db, means, by, answer, label="key")
                continue
            with pytest.raises(InventoryError) as caught:
                second_factors.add_passkey(db, means, by, answer, label="key")
            assert caught.value.field == "passkey"
    assert _passkeys(clinic) == 1


def _passkeys(clinic: Clinic) -> int:
    with clinic.database.reading() as db:
        return db.scalar(select(func.count()).select_from(Passkey)) or 0


def test_the_questions_name_the_site_and_demand_verification(clinic: Clinic) -> None:
    passkey, means = _add(clinic, clinic.pharmacist), identifier_of(clinic)
    creating = _options(second_factors.begin_passkey(means, clinic.pharmacist, PARTY))
    assert creating["rp"] == {"name": "Countersign", "id": "clinic.example"}
    assert creating["authenticatorSelection"]["userVerification"] == "required"
    assert creating["authenticatorSelection"]["residentKey"] == "preferred"
    signing = _options(means.begin_signature(clinic.pharmacist.id, DIGEST, PARTY))
    for known in (creating["excludeCredentials"], signing["allowCredentials"]):
        assert [each["id"] for each in known] == [encode(passkey.credential_id)]
    anybody = _options(means.begin_passkey(PARTY))
    assert (anybody["rpId"], anybody["userVerification"]) == (PARTY.id, "required")
    assert anybody["allowCredentials"] == []


def _options(ceremony: Ceremony) -> dict[str, Any]:
    options: dict[str, Any] = json.loads(ceremony.options_json)
    return options
