"""A home whose ledger and keys lie in PostgreSQL: the same entries, byte for byte, and many gates at once."""
