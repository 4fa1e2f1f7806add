"""Supervised sessions over HTTP."""

from typing import Any

from inventory.kernel.actors import Permission
from inventory.sessions import queries
from inventory.sessions.commands import (
    Administer,
    Administered,
    CloseSession,
    ContainerOpened,
    ContainerRetired,
    Draw,
    DrawLine,
    Drawn,
    OpenContainer,
    OpenSession,
    RetireContainer,
    SessionClosed,
    SessionOpened,
    administer,
    close_session,
    draw,
    open_container,
    open_session,
    retire_container,
)
from inventory.sessions.schemas import (
    AdministeredView,
    AdministerSchema,
    ContainerAnswer,
    ContainerOpenedView,
    ContainerRetiredView,
    DrawnView,
    DrawSchema,
    OccurredSchema,
    OpenSessionAnswer,
    OpenSessionSchema,
    SessionAnswer,
    SessionClosedView,
    SessionOpenedView,
)
from inventory.web.endpoints import Edge, make_blueprint, reads, writes

blueprint = make_blueprint(
    "sessions", "Supervised sessions: drawn, given, wasted, closed at zero."
)


@writes(
    blueprint,
    "/sessions",
    Permission.RUN_SESSION,
    takes=OpenSessionSchema,
    answers=SessionOpenedView,
)
def post_session(edge: Edge, fields: dict[str, Any]) -> SessionOpened:
    """Open a session for one patient under one supervising clinician."""
    command = OpenSession(registration_id=edge.registration_id, **fields)
    return open_session(edge.db, command, actor=edge.actor, clock=edge.clock)


@writes(
    blueprint,
    "/sessions/<session_id>/draws",
    Permission.RUN_SESSION,
    takes=DrawSchema,
    answers=DrawnView,
)
def post_draw(edge: Edge, fields: dict[str, Any], session_id: str) -> Drawn:
    """Draw for a session from one or more containers, all or none."""
    lines = tuple(DrawLine(**line) for line in fields.pop("lines"))
    command = Draw(
        registration_id=edge.registration_id,
        session_id=session_id,
        lines=lines,
        **fields,
    )
    return draw(edge.db, command, actor=edge.actor, clock=edge.clock)


@writes(
    blueprint,
    "/sessions/<session_id>/administrations",
    Permission.RUN_SESSION,
    takes=AdministerSchema,
    answers=AdministeredView,
    signs=True,
)
def post_administration(
    edge: Edge, fields: dict[str, Any], session_id: str
) -> Administered:
    """Give to the patient from what was drawn; you are recorded as who gave it."""
    command = Administer(
        registration_id=edge.registration_id, session_id=session_id, **fields
    )
    return administer(edge.db, command, actor=edge.actor, clock=edge.clock)


@writes(
    blueprint,
    "/sessions/<session_id>/closing",
    Permission.RUN_SESSION,
    takes=OccurredSchema,
    answers=SessionClosedView,
)
def post_session_closing(
    edge: Edge, fields: dict[str, Any], session_id: str
) -> SessionClosed:
    """Close a session in which everything drawn was given or wasted."""
    command = CloseSession(
        registration_id=edge.registration_id, session_id=session_id, **fields
    )
    return close_session(edge.db, command, actor=edge.actor, clock=edge.clock)


@writes(
    blueprint,
    "/containers/<container_id>/opening",
    Permission.RUN_SESSION,
    takes=OccurredSchema,
    answers=ContainerOpenedView,
)
def post_container_opening(
    edge: Edge, fields: dict[str, Any], container_id: str
) -> ContainerOpened:
    """Open a sealed vial, so that it can be drawn from."""
    command = OpenContainer(
        registration_id=edge.registration_id, container_id=container_id, **fields
    )
    return open_container(edge.db, command, actor=edge.actor, clock=edge.clock)


@writes(
    blueprint,
    "/containers/<container_id>/retirement",
    Permission.RUN_SESSION,
    takes=OccurredSchema,
    answers=ContainerRetiredView,
)
def post_container_retirement(
    edge: Edge, fields: dict[str, Any], container_id: str
) -> ContainerRetired:
    """Retire a vial in which the books have exactly nothing left."""
    command = RetireContainer(
        registration_id=edge.registration_id, container_id=container_id, **fields
    )
    return retire_container(edge.db, command, actor=edge.actor, clock=edge.clock)


@reads(
    blueprint,
    "/sessions",
    Permission.READ_BOOKS,
    answers=OpenSessionAnswer,
    many=True,
    of_patient=True,
)
def get_open_sessions(edge: Edge) -> list[queries.OpenSessionView]:
    """List the sessions that are not closed yet, longest open first."""
    return queries.list_open_sessions(edge.db, edge.registration_id)


@reads(
    blueprint,
    "/sessions/<session_id>",
    Permission.READ_BOOKS,
    answers=SessionAnswer,
    of_patient=True,
)
def get_session(edge: Edge, session_id: str) -> queries.SessionView:
    """Show one session, told from the events of the book."""
    return queries.view_session(edge.db, edge.registration_id, session_id)


@reads(
    blueprint,
    "/containers/<container_id>",
    Permission.READ_BOOKS,
    answers=ContainerAnswer,
)
def get_container(edge: Edge, container_id: str) -> queries.ContainerView:
    """Show one vial or device: its label, its state, and what is left in it."""
    return queries.view_container(edge.db, edge.registration_id, container_id)
