"""The pages of single sign-on: there where the settings ask for it."""

from flask import Flask

from inventory.single_sign_on.client import Provider
from inventory.single_sign_on.pages import answer, link, sign_in, signature
from inventory.single_sign_on.pages.address import EXTENSION, blueprint
from inventory.web.organisation import is_answered

__all__ = ["answer", "install", "link", "sign_in", "signature"]


def install(app: Flask, provider: Provider) -> None:
    """Let people of a finished application use their organisation's sign-in."""
    app.extensions[EXTENSION] = provider
    app.jinja_env.globals["has_single_sign_on"] = True
    app.jinja_env.globals["is_answered"] = is_answered
    app.register_blueprint(blueprint)
