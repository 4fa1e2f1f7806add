"""The pages of one's own account, of the signature policy and of set-up links."""

from inventory.account.pages import (
    authenticators,
    overview,
    passkeys,
    password,
    policy,
    recovery_codes,
    set_up,
    sign_ins,
)
from inventory.account.pages.address import blueprint

__all__ = [
    "authenticators",
    "blueprint",
    "overview",
    "passkeys",
    "password",
    "policy",
    "recovery_codes",
    "set_up",
    "sign_ins",
]
