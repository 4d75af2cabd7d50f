"""What became of the customers: one outcome for each contact, metrics declared once, the vendors' rules beside them. Never how a system performed."""
