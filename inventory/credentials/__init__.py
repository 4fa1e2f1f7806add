"""How a person shows who they are: passwords, tokens, and proofs over an entry.

Below `web`, because handlers take a `Proof`, and beside nothing: the pages, the API,
the command line and the tests all ask here (decision 0006).
"""
