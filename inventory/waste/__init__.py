"""Waste of a drawn remainder: asked by one person, witnessed by another."""
