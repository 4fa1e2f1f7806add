"""The audit trail: what happened, in what order, in bytes that were hashed."""
