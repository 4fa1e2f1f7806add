"""Who: people and jobs, their roles at each registration, their tokens."""
