"""What a decision was about, kept beside its entry as marks: the contact and the objects that its proposal named.

Outcomes must know in which contact a decision was made, and opening a million decisions for that would take minutes. The marks are
those under which `people.sqlite` finds the same contact, so there is no raw id among them; they are made with the decision, in its
transaction. Homes from before have none for their older decisions: those are opened.
"""

from __future__ import annotations

from collections.abc import Mapping

import apsw
import msgspec

from ourword.core.event import fits
from ourword.ledger.decided import Personal
from ourword.stores.keys import Keys

TABLE = "CREATE TABLE IF NOT EXISTS about (seq INTEGER PRIMARY KEY, contact BLOB, objects TEXT) STRICT"
UNHEARD = 2**31
"""From here on count contacts that no event names (by the entry of their first decision), and the places of the ledger among arrivals."""

_ADD = "INSERT INTO about VALUES (?, ?, ?)"
_LINE = """
SELECT d.seq, {known}, '{{"seq":' || d.seq || ',"subject":' || d.subject || ',"at":' || (d.at / 1000) || ',"contact":' || {contact}
    || ',"objects":' || {objects} || ',"entry":' || CAST(e.bytes AS TEXT) || '}}'
FROM decision AS d JOIN entry AS e USING (seq) {joined} WHERE d.seq > ? ORDER BY d.seq LIMIT ?
"""
_QUOTED = """CASE WHEN a.contact IS NULL THEN 'null' ELSE '"' || hex(a.contact) || '"' END"""
_JOINED = "LEFT JOIN about AS a USING (seq)"
LINES = _LINE.format(known="a.seq", contact=_QUOTED, objects="coalesce(a.objects, 'null')", joined=_JOINED)
LINES_WITHOUT = _LINE.format(known="NULL", contact="'null'", objects="'null'", joined="")
"""The same of a home that has no marks at all."""


class Thing(msgspec.Struct, frozen=True):
    """An object by its mark, as the tables of outcomes have it."""

    otype: str
    who: str
    role: str | None


def contact_mark(keys: Keys, contact: str) -> bytes:
    """Give the mark under which this home finds a contact again."""
    return keys.mark("contact", contact.encode("utf-8", "surrogatepass"))


def about_of(keys: Keys, personal: Personal) -> tuple[bytes | None, str | None]:
    """Give the marks of what a proposal named; what an event could not name either is left out."""
    contact = contact_mark(keys, personal.contact) if fits("contact", personal.contact) else None
    things = [_thing(keys, each) for each in personal.objects] if fits("objects", personal.objects) else []
    return contact, msgspec.json.encode(things).decode() if things else None


def _thing(keys: Keys, named: Mapping[str, str]) -> Thing:
    mark = keys.mark(f"object:{named['type']}", named["id"].encode("utf-8", "surrogatepass"))
    return Thing(named["type"], mark.hex().upper(), named.get("role"))


def keep_about(writer: apsw.Connection, seq: int, keys: Keys, personal: Personal) -> None:
    """Keep the marks of a decision, inside the transaction that records it."""
    writer.execute(_ADD, (seq, *about_of(keys, personal)))


def line_about(keys: Keys, line: str, personal: Personal | None) -> str:
    """Put the marks into the line of a decision that has none yet; of an erased customer nothing is known."""
    contact, objects = about_of(keys, personal) if personal is not None else (None, None)
    told = f'"contact":{"null" if contact is None else _quoted(contact)},"objects":{objects or "null"}'
    return line.replace('"contact":null,"objects":null', told, 1)


def _quoted(mark: bytes) -> str:
    return f'"{mark.hex().upper()}"'
