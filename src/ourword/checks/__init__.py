"""Conformance tests for what others build on ourword: run them on your own store."""
