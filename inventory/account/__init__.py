"""One's own account: password, second factors, sign-ins, tokens, the policy."""
