"""How the service is set up: settings, logging, server. Imports none of its parts."""
