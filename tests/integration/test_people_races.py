"""Two decisions at the same moment never leave a site without anybody."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from inventory.credentials.actors import load_actor
from inventory.kernel.actors import Actor, Role
from inventory.kernel.errors import InventoryError
from inventory.models.people import Person
from tests.clinic import Clinic
from tests.steps import Steps


@pytest.fixture
def steps(clinic: Clinic) -> Steps:
    return Steps(clinic)


def _at_once(*acts: Callable[[], object]) -> int:
    """Do all at the same moment; tell how many were refused."""
    together, refused = Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        together.wait()
        try:
            act()
        except InventoryError as refusal:
            refused.append(refusal)

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(refused)


def _actor(clinic: Clinic, person_id: str) -> Actor:
    with clinic.database.reading() as db:
        actor = load_actor(db, person_id, now=clinic.clock.now())
    assert actor is not None
    return actor


def test_two_administrators_do_not_disable_each_other(steps: Steps) -> None:
    clinic = steps.clinic
    steps.give_role(steps.add_person("bea", "BB"), Role.ADMINISTRATOR)
    with clinic.database.reading() as db:
        bea_id = db.scalar(select(Person.id).where(Person.sign_in_name == "bea"))
    assert bea_id is not None
    bea, ada = _actor(clinic, bea_id), clinic.administrator
    refused = _at_once(
        lambda: steps.disable(bea.id, by=ada), lambda: steps.disable(ada.id, by=bea)
    )
    assert refused == 1


def test_two_who_may_approve_do_not_both_end(steps: Steps) -> None:
    clinic = steps.clinic
    officer = steps.ask_for_end(clinic.officer.id, Role.COMPLIANCE_OFFICER)
    manager = steps.ask_for_end(clinic.manager.id, Role.MANAGER)
    refused = _at_once(
        lambda: steps.approve(officer, by=clinic.manager),
        lambda: steps.approve(manager, by=clinic.officer),
    )
    assert refused == 1


def test_a_request_is_approved_once(steps: Steps) -> None:
    clinic = steps.clinic
    asked = steps.ask_for_role(clinic.pharmacist.id, Role.CLINICIAN)
    refused = _at_once(
        lambda: steps.approve(asked, by=clinic.manager),
        lambda: steps.approve(asked, by=clinic.officer),
    )
    assert refused == 1
    assert steps.size() == 2
