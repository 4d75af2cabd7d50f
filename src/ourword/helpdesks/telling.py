"""What readers of all helpdesks share: events built alike, HTML as text, and the same id for the same thing in every file."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

from ourword.core.event import Event, event_from_mapping
from ourword.core.letters import short_id
from ourword.helpdesks.shape import Answers, Look
from ourword.outcomes.drafting import ANY, MATTER

TEXT_MAX = 20_000
KINDS_MAX = 10_000
"""So many labels of kinds are remembered."""
_DROPPED = ("script", "style", "head", "title", "template")
_BREAKS = ("p", "br", "div", "li", "tr", "h1", "h2", "h3", "blockquote")


class Telling:
    """Builds events of one helpdesk's file."""

    def __init__(self, vendor: str, answers: Answers, look: Look, *, place: str, now: int | None) -> None:
        self.vendor, self.answers, self.look, self.place, self.now = vendor, answers, look, place, now
        self._bots, self._tests = frozenset(answers.bots), frozenset(each.lower() for each in answers.tests)

    def event(
        self,
        type_: str,
        own: str,
        *,
        contact: str,
        customer: str | None,
        time: str | None,
        place: str = "",
        sequence: int | None = None,
        **data: Any,
    ) -> Event:
        """Make an event; *own* is what makes it one of its contact (`opened`, `solved-2026-11-09T10:22:00Z`): equal in every file.

        *sequence* orders events of one instant. Without a contact it is the customer's own, and *own* names them. Raises `EventError`.
        """
        if data.get("kind"):
            data["kind"] = kind_in(self.look, str(data["kind"]))
        if type_ == "contact.opened" and not named_in(data) and (matter := self._matter(data.get("kind"))):
            data["objects"] = [*(data.get("objects") or ()), *matter]
        named = {"contact": f"{self.vendor}-{contact}"} if contact else {}
        given = {
            "specversion": "1.0",
            "id": f"{self.vendor}-{contact}-{own}" if contact else f"{self.vendor}-{own}",
            "source": self.vendor,
            "type": type_,
            "subject": None if not customer else f"customer:{self.whose(customer)}",
            "time": time,
            "sequence": sequence,
            "data": {**named, **{name: value for name, value in data.items() if value not in (None, "")}},
        }
        return event_from_mapping({name: value for name, value in given.items() if value is not None}, place=place or self.place, now=self.now)

    def _matter(self, kind: object) -> list[dict[str, str]]:
        """What stands for an order that no file names, as it was answered."""
        same = {"kind": str(kind or ""), "customer": ANY}.get(self.answers.same, "")
        return [{"type": MATTER, "id": same, "role": "about"}] if same else []

    def whose(self, customer: str) -> str:
        """The customer as events name them: the helpdesk's id or, where that was answered, the address that the ids share.

        A merged customer is who they were merged into.
        """
        for _ in range(10):
            customer = self.look.merged.get(f"user:{customer}", customer)
        if self.answers.customer == "address":
            return self.look.addresses.get(customer, "").lower() or customer
        return customer

    def actor(self, author: str) -> str:
        """Who speaks: `automation` for those that were said to be machines, `person` for others of ours, else `customer`."""
        if author in self._bots:
            return "automation"
        return "person" if author in self.look.authors else "customer"

    def is_test(self, customer: str) -> bool:
        """Whether a customer is one of the company's own tests."""
        if not self._tests:
            return False
        address = self.look.addresses.get(customer, customer if "@" in customer else "").lower()
        return bool({customer.lower(), address, f"@{address.rpartition('@')[2]}"} & self._tests) if address else customer.lower() in self._tests


def named_in(data: Mapping[str, Any]) -> bool:
    """Whether an event names an order, a booking, an invoice: another ticket, and what stands for one, is none.

    >>> named_in({"objects": [{"type": "order", "id": "L-7"}]}), named_in({"objects": [{"type": "ticket", "id": "7"}]}), named_in({})
    (True, False, False)
    """
    objects = data.get("objects")
    return any(isinstance(each, Mapping) and each.get("type") not in (MATTER, "ticket") for each in (objects if isinstance(objects, list) else ()))


def kind_id(seen: str) -> str:
    """A kind as a contract may call it, so that figures and contract meet: a short name is left as it is.

    >>> kind_id("Refund / Return"), kind_id("2nd line"), kind_id("price_match"), kind_id("Rückgabe")
    ('refund_return', 'k2nd_line', 'price_match', 'rueckgabe')
    """
    return seen if re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,59}", seen, re.ASCII) else short_id(seen, gap="_", most=60, otherwise="k")


def kind_in(look: Look, seen: str) -> str:
    """The id of a kind in these files, told from that of every other label: the second of two that shorten alike gets a number.

    >>> look = Look(); kind_in(look, "Größe"), kind_in(look, "Groesse"), kind_in(look, "groesse"), look.kinds_called["groesse"]
    ('groesse', 'Groesse', 'groesse-2', 'Größe')
    """
    label = " ".join(unicodedata.normalize("NFC", seen).split())
    called, first = look.kinds_called, kind_id(label)
    found, number = first, 1
    while called.get(found, label) != label:
        number += 1
        found = f"{first}-{number}"
    if found not in called:
        if len(called) >= KINDS_MAX:  # a column of free words, each its own kind
            return f"{first[:50]}-{hashlib.sha256(label.encode('utf-8', 'replace')).hexdigest()[:12]}"
        called[found] = label
    return found


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._dropped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._dropped += tag in _DROPPED
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._dropped -= tag in _DROPPED and self._dropped > 0
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._dropped:
            self.parts.append(data)


def text_of(html: str) -> str:
    """The words of an HTML body, without scripts and styles; text that is no HTML comes back as it is.

    >>> text_of("<p>Hello&nbsp;Jo,</p><script>alert(1)</script><p>it is <b>done</b>.</p>")
    'Hello Jo,\\nit is done.'
    """
    html = html[: 5 * TEXT_MAX]
    if "<" not in html and "&" not in html:
        return html[:TEXT_MAX]
    parser = _Text()
    parser.feed(html)
    parser.close()
    lines = (re.sub(r"[ \t\u00a0]+", " ", each).strip() for each in "".join(parser.parts).split("\n"))
    return "\n".join(each for each in lines if each)[:TEXT_MAX]
