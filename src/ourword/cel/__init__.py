"""The condition language: Common Expression Language, parsed, type-checked, then compiled to Python."""
