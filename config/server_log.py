"""What the server itself logs: JSON, as the service does, and nothing of a request.

The server quotes what it could not read and the address of a request that failed. Such
an address may be a set-up link, which is a secret.
"""

import re
import sys
from typing import Any, Final

import structlog
from gunicorn.glogging import Logger

from config.logging import configure_logging

# Behind the first colon stands what the server quotes: an error, a configuration.
_QUOTED: Final = re.compile(r":\s.*", re.DOTALL)


class ServerLog(Logger):
    """Gunicorn's log, with its own words only wherever it would quote a request."""

    def setup(self, cfg: Any) -> None:
        """Take the level of the configuration."""
        configure_logging(cfg.loglevel)
        super().setup(cfg)
        self._lines = structlog.get_logger(__name__)

    def critical(self, msg: Any, *args: Any, **_: Any) -> None:
        """Log what ends a process of the server."""
        self._lines.critical("server", said=_filled(msg, args))

    def error(self, msg: Any, *args: Any, **_: Any) -> None:
        """Log what failed in the server."""
        self._lines.error("server", said=_filled(msg, args), exc_info=sys.exc_info()[1])

    def info(self, msg: Any, *args: Any, **_: Any) -> None:
        """Log the coming and going of processes."""
        self._lines.info("server", said=_filled(msg, args))

    def warning(self, msg: Any, *_args: Any, **_: Any) -> None:
        """Log that a request is no HTTP, and from where; not what it said."""
        self._lines.warning("server", said=_unquoted(msg))

    def exception(self, msg: Any, *_args: Any, **_: Any) -> None:
        """Log that a request could not be answered, and the kinds of errors."""
        self._lines.error("server", said=_unquoted(msg), exc_info=sys.exc_info()[1])

    def debug(self, msg: Any, *_args: Any, **_: Any) -> None:
        """Log a detail, without what it is about."""
        self._lines.debug("server", said=_unquoted(msg))

    def log(self, lvl: Any, msg: Any, *_args: Any, **_: Any) -> None:
        """Log at a level that is given by its name or number."""
        level = self.LOG_LEVELS.get(lvl.lower(), 0) if isinstance(lvl, str) else lvl
        self._lines.log(level, "server", said=_unquoted(msg))


def _filled(msg: Any, args: tuple[Any, ...]) -> str:
    return str(msg) % args if args else str(msg)


def _unquoted(msg: Any) -> str:
    return _QUOTED.sub("", str(msg))
