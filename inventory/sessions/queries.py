"""Reads about sessions: one session with its story, the open ones, a container."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.journal import book, texts
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.kernel.quantities import Quantity, format_mg
from inventory.ledger import accounts
from inventory.ledger.balances import balance_ug, container_balances_ug
from inventory.ledger.blind import places_being_counted
from inventory.ledger.containers import strength_of
from inventory.ledger.sessions import session_not_found
from inventory.ledger.snapshots import read_labels
from inventory.models.containers import Container, Lot
from inventory.models.people import Person
from inventory.models.sessions import SupervisedSession
from inventory.models.sites import Location
from inventory.sessions.story import (
    Figures,
    Step,
    Sums,
    figures_of,
    sum_legs,
    tell_step,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerShare:
    """What one container gave to a session, and where that is now."""

    container_id: str
    number: int
    lot: str
    expires_on: date
    figures: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """A session as its page shows it; product and figures are None before a draw."""

    session_id: str
    patient_ref: str
    indication: str
    clinician: str
    weight_g: int
    route: str
    protocol: str
    state: str
    opened_at: datetime
    closed_at: datetime | None
    product_name: str | None
    figures: Figures | None
    containers: Sequence[ContainerShare]
    steps: Sequence[Step]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSessionView:
    """A session that waits to be closed, and what it still holds in micrograms."""

    session_id: str
    patient_ref: str
    clinician: str
    opened_at: datetime
    remaining_ug: int

    @property
    def remaining_mg(self) -> str:
        """What it still holds, in mg."""
        return format_mg(self.remaining_ug)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerView:
    """A numbered vial or device: its label, its state, and what is left in it.

    `balance` is None while its place is being counted: counts are blind.
    """

    container_id: str
    number: int
    product_name: str
    ndc: str
    lot: str
    expires_on: date
    location: str
    state: str
    received_at: datetime
    opened_at: datetime | None
    retired_at: datetime | None
    balance: Quantity | None


def view_session(db: Session, registration_id: str, session_id: str) -> SessionView:
    """Show one session, told from the events of its book.

    Raises:
        InventoryError: NOT_FOUND, also for a session of another registration.
    """
    session = db.get(SupervisedSession, session_id)
    if session is None or session.registration_id != registration_id:
        raise session_not_found()
    events = book.read(db, registration_id, subject=session_id)
    bodies = [json.loads(event.body) for event in events]
    sums = sum_legs(bodies)
    labels = read_labels(db, list(sums))
    lot = next((lot for _, lot in labels.values()), None)
    return SessionView(
        session_id=session.id,
        patient_ref=session.patient_ref,
        indication=session.indication,
        clinician=bodies[0]["data"]["clinician"]["name"],
        weight_g=session.weight_g,
        route=session.route,
        protocol=texts.read(db, registration_id, bodies[0]["position"])["protocol"],
        state=session.state,
        opened_at=session.opened_at,
        closed_at=session.closed_at,
        product_name=lot.product_name if lot else None,
        figures=figures_of(list(sums.values()), strength_of(lot)) if lot else None,
        containers=[_share(*labels[each], sums) for each in sums],
        steps=[tell_step(body) for body in bodies],
    )


def list_open_sessions(db: Session, registration_id: str) -> list[OpenSessionView]:
    """List the sessions that are not closed yet, longest open first."""
    rows = db.execute(
        select(SupervisedSession, Person.name)
        .join(Person, Person.id == SupervisedSession.clinician_id)
        .where(
            SupervisedSession.registration_id == registration_id,
            SupervisedSession.state == "open",
        )
        .order_by(SupervisedSession.opened_at, SupervisedSession.id)
    ).all()
    return [
        OpenSessionView(
            session_id=session.id,
            patient_ref=session.patient_ref,
            clinician=clinician,
            opened_at=session.opened_at,
            remaining_ug=balance_ug(db, registration_id, accounts.drawn(session.id)),
        )
        for session, clinician in rows
    ]


def view_container(
    db: Session, registration_id: str, container_id: str
) -> ContainerView:
    """Show one container.

    Raises:
        InventoryError: NOT_FOUND, also for a container of another registration.
    """
    row = db.execute(
        select(Container, Lot, Location.name)
        .join(Lot, Lot.id == Container.lot_id)
        .join(Location, Location.id == Container.location_id)
        .where(
            Container.id == container_id,
            Container.registration_id == registration_id,
        )
    ).one_or_none()
    if row is None:
        raise InventoryError(
            ErrorCode.NOT_FOUND,
            "This container is not in the books of this site. Scan it again.",
            field="container_id",
        )
    container, lot, location = row
    left_ug = container_balances_ug(db, registration_id, [container_id])
    balance = Quantity(
        amount_ug=left_ug.get(container_id, 0), strength=strength_of(lot)
    )
    hidden = container.location_id in places_being_counted(db, registration_id)
    return ContainerView(
        container_id=container.id,
        number=container.number,
        product_name=lot.product_name,
        ndc=lot.ndc,
        lot=lot.lot,
        expires_on=lot.expires_on,
        location=location,
        state=container.state,
        received_at=container.received_at,
        opened_at=container.opened_at,
        retired_at=container.retired_at,
        balance=None if hidden else balance,
    )


def _share(container: Container, lot: Lot, sums: Sums) -> ContainerShare:
    return ContainerShare(
        container_id=container.id,
        number=container.number,
        lot=lot.lot,
        expires_on=lot.expires_on,
        figures=figures_of([sums[container.id]], strength_of(lot)),
    )
