"""What helpdesks export, as events: one module for each vendor's files, all of one form (`shape.py`), found by `known.py`."""
