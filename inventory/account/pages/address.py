"""Where the pages of an account stand."""

from typing import Final

from flask import Blueprint, url_for

blueprint: Final = Blueprint("account", __name__)


def account() -> str:
    """Give the address of the account."""
    return url_for("account.show_account")
