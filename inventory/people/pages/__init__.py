"""The pages about people and their access, one file for each part of it."""

from inventory.people.pages import asking, deciding, records, report, standing
from inventory.people.pages.shown import blueprint

__all__ = ["asking", "blueprint", "deciding", "records", "report", "standing"]
