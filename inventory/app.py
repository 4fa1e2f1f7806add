"""The application: wiring, and nothing else."""

from collections.abc import Iterable

import flask_smorest
from flask import Blueprint, Flask
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from config.settings import Settings
from inventory.credentials.passwords import Passwords
from inventory.credentials.sealing import Sealing
from inventory.db import Database
from inventory.evidence import keys
from inventory.kernel.clock import Clock
from inventory.web import (
    bearer,
    forgery,
    headers,
    health,
    openapi,
    outcomes,
    own_signature,
    problems,
    refusals,
    services,
    sign_in,
    tracing,
)
from inventory.web.access import PUBLIC, state_access
from inventory.web.cookies import FORM_COOKIE, FormCookie
from inventory.web.passwords import capped
from inventory.web.requests import BODY_BYTES_MAX


def create_app(
    settings: Settings,
    *,
    database: Database,
    clock: Clock,
    passwords: Passwords,
    blueprints: Iterable[Blueprint] = (),
) -> Flask:
    """Build the application.

    Args:
        settings: how it is to run.
        database: the books.
        clock: the time.
        passwords: how passwords are checked.
        blueprints: the features; those of flask-smorest are API, the others pages.
    """
    app = Flask("inventory.web")
    _configure(app, settings)
    services.install(
        app,
        services.Services(
            database=database,
            clock=clock,
            passwords=capped(passwords),
            sealing=Sealing(settings.secret_key),
            log_keys=keys.load(settings),
        ),
    )
    for part in (
        tracing,
        headers,
        forgery,
        problems,
        refusals,
        bearer,
        own_signature,
    ):
        part.register(app)
    _register(app, [outcomes.blueprint, *blueprints])
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.config |= {
        "SECRET_KEY": settings.secret_key,
        # One more than is taken: a body of unknown length is cut there, which shows.
        "MAX_CONTENT_LENGTH": BODY_BYTES_MAX + 1,
        "SESSION_COOKIE_NAME": FORM_COOKIE,
        "SESSION_COOKIE_SAMESITE": "Lax",
        # A form left open over lunch still works: its token lasts as its cookie does.
        "WTF_CSRF_TIME_LIMIT": None,
        # Where a form comes from is `forgery`'s to judge, also without a referrer.
        "WTF_CSRF_SSL_STRICT": False,
    }
    app.session_interface = FormCookie()
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # Flask's own idiom
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )


def _register(app: Flask, blueprints: list[Blueprint]) -> None:
    forms = CSRFProtect(app)
    api = [one for one in blueprints if isinstance(one, flask_smorest.Blueprint)]
    for blueprint in api:
        forms.exempt(blueprint)  # a bearer token is never sent by a forged form
    openapi.describe(app, api)
    shown = [one for one in blueprints if one not in api]
    for blueprint in (health.health_blueprint(), sign_in.pages_blueprint(), *shown):
        app.register_blueprint(blueprint)
    state_access(app.view_functions["static"], PUBLIC)
