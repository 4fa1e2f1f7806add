"""What a person agrees to before the first signature (21 CFR 11.10(j)). PURE.

Whoever changes the text changes its version: everybody is then asked again.
"""

from typing import Final

POLICY_VERSION: Final = "1"
POLICY_TEXT: Final = """\
My electronic signature in these books binds me as my handwritten one does. I sign only
what I did, saw or checked myself.

My password, authenticator and passkeys are mine alone. I do not let anyone else use
them, and I never record under another person's sign-in.

If I lose one of them, or believe that someone else knows it, I report it at once.

What I record is not erased. I correct an error by a further entry that says why.
"""
