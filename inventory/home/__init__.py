"""The start page: what is on hand, what is open, what deserves a look."""
