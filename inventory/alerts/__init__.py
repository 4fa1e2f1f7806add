"""Alerts: what somebody should look at soon, and who has."""
