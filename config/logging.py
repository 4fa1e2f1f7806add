"""Logs: one JSON object a line on standard error.

Callers log facts about the service only (routes, codes, durations), never fields of a
request: patients and passwords must not be found here.
"""

import logging
import sys
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Final

import structlog
from structlog.typing import EventDict, Processor

_LEVELS: Final = logging.getLevelNamesMapping()


def configure_logging(level: str) -> None:
    """Log as JSON from a level on, such as "info"."""
    structlog.configure(
        processors=_processors(),
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def configure_command_logging() -> None:
    """Log warnings alone: what a command prints is its answer."""
    structlog.configure(
        processors=_processors(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        # Whatever standard error is by then: a command may run inside another program.
        logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def _processors() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        name_exception,
        structlog.processors.JSONRenderer(sort_keys=True),
    ]


def name_exception(_logger: Any, _method: str, entry: EventDict) -> EventDict:
    """Replace an exception by its kinds and its frames.

    Its message and its local variables stay out: a database's message quotes the row,
    and a row may name a patient.
    """
    error = entry.pop("exc_info", None)
    if isinstance(error, BaseException):
        entry["error"] = [_kind(link) for link in _chain(error)]
        entry["frames"] = _frames(error.__traceback__)
    return entry


def _chain(error: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = error
    while link is not None:
        yield link
        link = link.__cause__ or link.__context__


def _kind(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


def _frames(trace: TracebackType | None) -> list[str]:
    return [
        f"{frame.filename}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(trace)
    ]
