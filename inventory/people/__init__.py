"""Who: people and jobs, and their roles at each registration."""
