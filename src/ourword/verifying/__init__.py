"""Whether a log holds: read from its folder and a public key alone, beside its home where there is one, or from one customer's receipt."""
