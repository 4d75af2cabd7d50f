"""The I/O of the ledger: files, databases, locks and chance live here and nowhere below."""
