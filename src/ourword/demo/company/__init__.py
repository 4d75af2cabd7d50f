"""Larkspur as a whole company: a hundred and twenty days of contacts, decisions and promises, with the truth beside them."""

from ourword.demo.company.make import company, decisions, events, truth, write

__all__ = ["company", "decisions", "events", "truth", "write"]
