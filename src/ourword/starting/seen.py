"""What the events of a home could show, counted for the ladder of a first run."""

from __future__ import annotations

from pathlib import Path

from ourword.figures.watched import watching
from ourword.helpdesks.ladder import Seen
from ourword.helpdesks.shape import CAME_BACK, PROMISES
from ourword.outcomes.drafting import MATTER
from ourword.outcomes.unseen import heard
from ourword.stores.home import open_home

_RETURNS = (
    "SELECT COUNT(CASE WHEN b.subject IS NOT NULL AND i.contact IS NOT NULL THEN 1 END), "
    "COUNT(CASE WHEN b.reopened = 1 OR b.wrote_again = 1 THEN 1 END) "
    "FROM became AS b LEFT JOIN (SELECT DISTINCT contact FROM issues) AS i ON i.contact = b.contact WHERE b.end_at IS NOT NULL"
)
"""Contacts of which something tells whether their customer came back on the same matter; and those that were opened again themselves."""


def seen_in(home: Path) -> Seen:
    """Count what is in a home for the ladder."""
    with open_home(home, create=False, write=False) as opened, watching(opened) as (connection, promised):
        counts = heard(connection)
        contacts, unmatched = connection.execute("SELECT COUNT(*), COUNT(CASE WHEN subject IS NULL THEN 1 END) FROM became").fetchone() or (0, 0)
        timed, reopened = connection.execute(_RETURNS).fetchone() or (0, 0)
        named = connection.execute(f"SELECT COUNT(DISTINCT o.object) FROM objects AS o WHERE o.otype NOT IN ('{MATTER}', 'ticket')").fetchone()
    told = {**counts, CAME_BACK: int(timed), PROMISES: len(promised)}
    return Seen(counts=told, contacts=int(contacts), unmatched=int(unmatched), named=int(named[0]) if named else 0, reopened=int(reopened))
