"""Where: registrations, each with its book, and the places that hold their stock."""
