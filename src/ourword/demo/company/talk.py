"""One contact as it is written down: events and decision lines, each a little later than the one before."""

from __future__ import annotations

from random import Random
from typing import Any

from ourword.demo.company.clock import HOUR, MINUTE, text
from ourword.demo.company.facts import Wish, read_again
from ourword.demo.company.people import Customer
from ourword.demo.company.texts import pick

Written = list[tuple[int, dict[str, Any]]]
_LATE_SHARE, _NO_TIME_SHARE = 0.01, 0.002


class Talk:
    """A contact that is going on: `at` is the time now, `out` what has been written."""

    def __init__(self, chance: Random, out: Written, *, contact: str, customer: Customer, subject: str, order: str, at: int, **more: Any) -> None:
        self.chance, self.out, self.contact, self.customer, self.at = chance, out, contact, customer, at
        self.subject, self.order, self.channel, self.kind = subject, order, str(more["channel"]), str(more["kind"])
        self.versions: dict[str, str] = more["versions"]
        self.objects = [{"type": "account" if order.startswith("a-") else "order", "id": order, "role": "about"}]
        self.number, self.decisions = 0, 0
        self.answers: list[tuple[int, str, str]] = []

    def event(self, type_: str, actor: str, source: str = "", **data: Any) -> None:
        """Write one event of the contact at this moment."""
        self.number += 1
        common = {"contact": self.contact, "actor": actor, "channel": self.channel, "kind": self.kind, "objects": self.objects}
        event: dict[str, Any] = {
            "specversion": "1.0",
            "id": f"{self.contact}-{self.number}",
            "source": source or self.channel,
            "type": type_,
            "time": text(self.at),
            "subject": f"customer:{self.subject}",
            "data": {**common, "versions": self.versions, **data},
        }
        roll, arrives = self._lot()
        if type_ == "feedback.given" and roll < 20 * _NO_TIME_SHARE:
            del event["time"]
        self.out.append((arrives, event))

    def _lot(self) -> tuple[float, int]:
        """What befalls an event on its way: its lot, and when it arrives."""
        roll = self.chance.random()
        return roll, self.at + self.chance.randrange(HOUR, 30 * HOUR) if roll > 1 - _LATE_SHARE else self.at

    def wait(self, low: int, high: int) -> None:
        """Let some seconds pass; by mail they are minutes."""
        self.at += self.chance.randint(low, high) * (30 if self.channel == "mail" else 1)

    def customer_says(self, texts: tuple[str, ...]) -> None:
        """The customer writes."""
        self.wait(15, 110)
        self.event("message.in", "customer", text=pick(self.chance, texts).replace("{order}", self.order))

    def automation_says(self, texts: tuple[str, ...], **data: Any) -> None:
        """The automation writes."""
        self.at += self.chance.randint(2, 9)
        said = pick(self.chance, texts)
        self.event("message.out", "automation", text=said, asks=said.endswith("?"), **data)

    def person_says(self, texts: tuple[str, ...]) -> None:
        """A person at the desk writes."""
        self.wait(40, 200)
        self.event("message.out", "person", text=pick(self.chance, texts))

    def decide(self, wish: Wish, *, by: str = "", answer: str = "", because: str = "", kind: str = "") -> str:
        """Write a decision line; gives its id. Without *by* it is the automation's proposal, and *wish* knows the answer."""
        self.decisions += 1
        name = f"d-{self.contact[2:]}-{self.decisions}"
        line: dict[str, Any] = {
            "kind": kind or self.kind,
            "customer": self.customer.id,
            "facts": read_again(wish.facts, self.at, by_person=bool(by)),
            "decision_id": name,
            "time": text(self.at),
            "contact": self.contact,
            "objects": self.objects,
            "lineage": {**self.versions, "data": "shop@live"},
        }
        if by:
            line |= {"by": by, "answer": answer, **({"because": because} if because else {})}
        self.out.append((self.at, line))
        self._lot()  # of the event that a shop without a ledger would send here: chance stays as it was
        self.answers.append((self.at, name, answer or wish.answer))
        return name

    def ask_first(self, wish: Wish) -> str:
        """Propose before the customer's go-ahead, which the contract answers by asking; gives the decision's id."""
        missing, clause = ("confirmed", "confirm-first") if self.kind == "refund" else ("code_entered", "enter-the-code")
        return self.decide(wish._replace(facts={**wish.facts, missing: False}, answer="ask", decided_by=clause))

    def later(self, second: int, source: str, type_: str, name: str, **data: Any) -> None:
        """Write what another system reports of a decision, without knowing of the contact."""
        event = {
            "specversion": "1.0",
            "id": name,
            "source": source,
            "type": type_,
            "time": text(second),
            "subject": f"customer:{self.customer.id}",
            "data": {"objects": self.objects, **data},
        }
        self.out.append((second, event))

    def close(self, by: str, reason: str, *, claimed: bool, after_minutes: int = 0) -> None:
        """Close the contact, and say whether it is called resolved."""
        self.at += after_minutes * MINUTE + self.chance.randint(5, 50)
        self.event("contact.closed", by, closed_by=by, close_reason=reason, claimed_resolved=claimed)
