"""Reconciliation: the books of a period against the counts made in it."""
