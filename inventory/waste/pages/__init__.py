"""The pages of waste: ask for a witness, sign on the same screen or on one's own."""

from inventory.waste.pages import asking, co_signing, witnessing
from inventory.waste.pages.frame import blueprint

__all__ = ["asking", "blueprint", "co_signing", "witnessing"]
