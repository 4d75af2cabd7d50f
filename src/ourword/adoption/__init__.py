"""Signing and adopting contracts: who must sign, whether they have, what governs a kind, and what was decided while nobody had."""
