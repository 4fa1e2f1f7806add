"""Tables: data, constraints and names only. Importing this package registers all."""

from inventory.models import (
    books,
    catalog,
    containers,
    counts,
    discrepancies,
    evidence,
    journal,
    people,
    receiving,
    reconciliation,
    service,
    sessions,
    sites,
    waste,
)
from inventory.models.base import Base

__all__ = [
    "Base",
    "books",
    "catalog",
    "containers",
    "counts",
    "discrepancies",
    "evidence",
    "journal",
    "people",
    "receiving",
    "reconciliation",
    "service",
    "sessions",
    "sites",
    "waste",
]
