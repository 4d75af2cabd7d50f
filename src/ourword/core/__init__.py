"""Frozen values shared by every part; canonical bytes; no I/O, no clock, no chance."""
