"""The register of a site, one person, and what is put on record about them.

Each change stands on a page of its own, with one button.
"""

from typing import Any

from inventory.kernel.actors import Permission
from inventory.people.access_requests import list_pending
from inventory.people.commands import (
    AddPerson,
    RecordScreening,
    RecordTraining,
    add_person,
    record_screening,
    record_training,
)
from inventory.people.pages.shown import (
    BOOK,
    KEEPS,
    ONE,
    address_of,
    blueprint,
    page,
    page_of,
)
from inventory.people.queries import list_people
from inventory.people.schemas import (
    AddPersonSchema,
    RecordScreeningSchema,
    RecordTrainingSchema,
)
from inventory.web.pages import Edge, Form, acts, shows


@shows(blueprint, f"{BOOK}/people", Permission.READ_ACCESS)
def show_people(edge: Edge) -> str:
    """Show everyone in the register, and what is on record about them."""
    here, now = edge.registration_id, edge.clock.now()
    return page(
        edge,
        "all.html",
        people=list_people(edge.db, here, now=now),
        pending=len(list_pending(edge.db, here, now=now)),
    )


@shows(blueprint, f"{BOOK}/new-person", KEEPS)
def show_new_person(edge: Edge, form: Form | None = None) -> str:
    """Show the form of a new person."""
    return page(edge, "new.html", form=form or Form())


@acts(
    blueprint,
    f"{BOOK}/new-person",
    KEEPS,
    takes=AddPersonSchema,
    again=show_new_person,
)
def enter_person(edge: Edge, fields: dict[str, Any]) -> str:
    """Enter a person into the register."""
    command = AddPerson(registration_id=edge.registration_id, **fields)
    added = add_person(edge.db, command, actor=edge.actor, clock=edge.clock)
    return address_of(edge, added.person_id)


@shows(blueprint, ONE, Permission.READ_ACCESS)
def show_person(edge: Edge, person_id: str) -> str:
    """Show one person, every role held here, and what can be done."""
    return page_of(edge, person_id, "one.html")


@shows(blueprint, f"{ONE}/screening", KEEPS)
def show_screening(edge: Edge, person_id: str, form: Form | None = None) -> str:
    """Show the form of a screening."""
    return page_of(edge, person_id, "screening.html", form=form)


@acts(
    blueprint,
    f"{ONE}/screening",
    KEEPS,
    takes=RecordScreeningSchema,
    again=show_screening,
)
def attest_screening(edge: Edge, fields: dict[str, Any], person_id: str) -> str:
    """Put a screening on record."""
    command = RecordScreening(
        registration_id=edge.registration_id, person_id=person_id, **fields
    )
    record_screening(edge.db, command, actor=edge.actor, clock=edge.clock)
    return address_of(edge, person_id)


@shows(blueprint, f"{ONE}/training", KEEPS)
def show_training(edge: Edge, person_id: str, form: Form | None = None) -> str:
    """Show the form of a training."""
    return page_of(edge, person_id, "training.html", form=form)


@acts(
    blueprint,
    f"{ONE}/training",
    KEEPS,
    takes=RecordTrainingSchema,
    again=show_training,
)
def enter_training(edge: Edge, fields: dict[str, Any], person_id: str) -> str:
    """Put a training on record."""
    command = RecordTraining(
        registration_id=edge.registration_id, person_id=person_id, **fields
    )
    record_training(edge.db, command, actor=edge.actor, clock=edge.clock)
    return address_of(edge, person_id)
