"""Supervised sessions: opened, drawn for, given, closed at zero; vials opened."""
