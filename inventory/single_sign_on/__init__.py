"""Sign in, and sign, with the organisation's own sign-in (OpenID Connect Core 1.0).

An optional extra: without its settings there is no address of it and nothing of it is
imported. What a provider says is worth something here only for an identity that a
person has linked themselves, while signed in.
"""
