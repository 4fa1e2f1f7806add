"""Rules as data: what federal law, a state and a site ask for (decision 0016)."""
