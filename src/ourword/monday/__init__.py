"""Monday: what changed since the last one, whom we owe, and what waits for whom."""
