"""What was decided and promised, as canonical entries; no I/O, no clock, no chance (the stores bring those)."""
