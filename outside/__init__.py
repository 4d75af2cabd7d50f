"""Checks on real input that no one here wrote: `python -m outside`, or `make outside`.

Each check is a small function in a module of its own that takes the folder of data and gives `Measured` values; a new one
is added to `CHECKS` in `outside/__main__.py`. The data is read from `../shared/data` (or `OURWORD_SHARED`) and never copied.
"""
