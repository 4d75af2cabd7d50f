"""Calling quiet customers back: the draw, the sheet, and what their answers mean."""
