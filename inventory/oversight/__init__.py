"""For those who check: what was refused, and who looked at patients' data."""
