"""Ask before an authenticator or a passkey is removed."""

from collections.abc import Iterable

from flask import render_template

from inventory.credentials.factors import OwnFactor
from inventory.kernel.errors import ErrorCode, InventoryError
from inventory.web.pages import Form


def removal_page(own: Iterable[OwnFactor], factor_id: str, form: Form | None) -> str:
    """Show what is about to be removed.

    Raises:
        InventoryError: NOT_FOUND when the person has none of this id.
    """
    for each in own:
        if each.id == factor_id:
            return render_template(
                "account/removal.html", factor=each, form=form or Form()
            )
    raise InventoryError(
        ErrorCode.NOT_FOUND, "You have no such device. Look at your account again."
    )
