"""Larkspur, a fictional shop: its contract of five kinds, and two hundred proposals of its automation."""
