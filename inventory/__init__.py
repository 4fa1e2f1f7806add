"""Countersign's books: what came in, where it went, who saw it, what is missing."""

__version__ = "0.1.0"
