"""Discrepancies: opened by features, numbered, never netted away."""
