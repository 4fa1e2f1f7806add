"""The edge: who asks, in what form, exactly once, and how an answer looks over HTTP.

Only `api.py`, `pages.py`, `schemas.py` and the application import this package.
"""
