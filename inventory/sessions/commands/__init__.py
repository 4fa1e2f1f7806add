"""What people do in a supervised session, one file for each part of it."""

from inventory.sessions.commands.containers import (
    ContainerOpened,
    ContainerRetired,
    OpenContainer,
    RetireContainer,
    open_container,
    retire_container,
)
from inventory.sessions.commands.doses import Administer, Administered, administer
from inventory.sessions.commands.draws import Draw, DrawLine, Drawn, draw
from inventory.sessions.commands.visits import (
    CloseSession,
    OpenSession,
    SessionClosed,
    SessionOpened,
    close_session,
    open_session,
)

__all__ = [
    "Administer",
    "Administered",
    "CloseSession",
    "ContainerOpened",
    "ContainerRetired",
    "Draw",
    "DrawLine",
    "Drawn",
    "OpenContainer",
    "OpenSession",
    "RetireContainer",
    "SessionClosed",
    "SessionOpened",
    "administer",
    "close_session",
    "draw",
    "open_container",
    "open_session",
    "retire_container",
]
