"""The customer contract and its wiring: read, write, check. `Draft` may have flaws; `Contract` is checked and has a digest."""
