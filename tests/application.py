"""The whole application for tests: every feature, page and report, over any books."""

from collections.abc import Sequence
from pathlib import Path

from flask import Blueprint, Flask

import wsgi
from config.settings import Settings
from inventory.app import create_app
from inventory.db import Database
from inventory.kernel.clock import Clock
from tests.clinic import PASSWORDS


def settings_in(folder: Path) -> Settings:
    """Give settings as good as any."""
    return Settings(
        database_url="unused",
        data_dir=folder,
        demo=False,
        host="127.0.0.1",
        log_key=None,
        log_level="error",
        mail_relay=None,
        port=8000,
        proxies=0,
        secret_key="k" * 32,
        witnesses=(),
    )


def application(
    folder: Path,
    *,
    database: Database,
    clock: Clock,
    extra: Sequence[Blueprint] = (),
) -> Flask:
    """Build the application as the composition root does, over these books."""
    return create_app(
        settings_in(folder),
        database=database,
        clock=clock,
        passwords=PASSWORDS,
        blueprints=[*wsgi.blueprints(), *extra],
    )
