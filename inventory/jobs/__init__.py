"""Scheduled jobs: each runs once for each registration and period."""
