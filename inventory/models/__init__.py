"""Tables: data, constraints and names only. Importing this package registers all."""

from inventory.models import (
    access,
    attempts,
    books,
    catalog,
    containers,
    counts,
    credentials,
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
    "access",
    "attempts",
    "books",
    "catalog",
    "containers",
    "counts",
    "credentials",
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
