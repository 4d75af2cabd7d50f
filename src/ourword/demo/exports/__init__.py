"""Larkspur as helpdesks would export it, with the truth beside it: `python -m ourword.demo.exports VENDOR DIR`.

It is written from the vendors' documentation alone and knows nothing of how such files are read here.
"""
