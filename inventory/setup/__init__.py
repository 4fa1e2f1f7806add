"""Setting up a clinic: registration, places, people and catalogue from a plan."""
