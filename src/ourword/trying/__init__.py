"""Trying a contract out: examples, cases around every threshold, and which clauses no example speaks of."""
