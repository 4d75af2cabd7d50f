"""A transcript's tool calls as proposals and as what was done: what the gate would have been handed at each call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from ourword.contract.model import Source
from ourword.core.event import Event
from ourword.outcomes.calls import Call, Talk, calls_of, text_of
from ourword.outcomes.looking import look, run, word
from ourword.outcomes.tools import Tools
from ourword.outcomes.values import Path


class Proposed(msgspec.Struct, frozen=True, kw_only=True):
    """A call that proposes a decision, with what was known when it was made."""

    place: str
    decision_id: str
    kind: str
    customer: str
    contact: str
    time: str | None
    facts: dict[str, Any]
    objects: list[dict[str, str]]
    confirmed_args: dict[str, Any] | None
    lineage: dict[str, Any]

    def as_line(self) -> dict[str, Any]:
        """Give it as the line that the gate is handed."""
        given = msgspec.structs.asdict(self)
        return {name: value for name, value in given.items() if name != "place" and value is not None and value != ""}


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """An event that a call gives: its id within the transcript, its type and its data."""

    id: str
    type: str
    data: dict[str, Any]


class Transcript:
    """One document's calls, walked message by message in step with the mapping's rules."""

    def __init__(self, tools: Tools, items: list[Any], document: Mapping[str, Any]) -> None:
        self._tools = tools
        self._talk = Talk(tools)
        self._calls = calls_of(items, tools)
        self._unshown: dict[int, tuple[str, ...]] = {}
        whole = Talk(tools)
        for call in self._calls:
            whole.answered(call)
        self.document = {**document, "results": whole.results, "known": whole.known}
        """The document, with what its whole conversation has shown."""
        self._made: dict[int, list[int]] = {}
        self._answered: dict[int, list[int]] = {}
        for at, call in enumerate(self._calls):
            self._made.setdefault(call.item, []).append(at)
            self._answered.setdefault(call.answered, []).append(at)

    def heard(self, event: Event) -> None:
        """A message that the rules gave: who said what decides what the next yes is about."""
        if event.type in ("message.in", "message.out"):
            self._talk.spoke(text_of(event.data.get("text")), customer=event.type == "message.in")

    def made_at(self, item: int) -> list[int]:
        """Which calls are made in a message."""
        return self._made.get(item, [])

    def answered_at(self, item: int) -> Iterator[int]:
        """Which calls a message answers; from here on what they brought is known."""
        for at in self._answered.get(item, []):
            self._talk.answered(self._calls[at])
            yield at

    def call(self, at: int) -> Call:
        """Give one of the calls."""
        return self._calls[at]

    def proposed(self, at: int, source: Source, **same: Any) -> Proposed:
        """What the call proposes: the mapping's facts as far as they are known by now, the wiring's facts over them."""
        call = self._calls[at]
        context = self._talk.context(call)
        facts = {name: look(value, context, self.document) for name, value in self._tools.facts.items()}
        facts |= {name: look(Path(tuple(path.split("."))), {"args": call.args}, {}) for name, path in source.facts.items()}
        confirmed, self._unshown[at] = self._talk.confirmed(call.args)
        return Proposed(
            kind=source.decision,
            facts={name: value for name, value in facts.items() if value is not None},
            objects=self._objects(call),
            confirmed_args=confirmed,
            lineage={name: look(value, context, self.document) for name, value in self._tools.lineage.items()},
            **same,
        )

    def decided(self, at: int, decision_id: str, kind: str) -> Said:
        """The event of a decision that the gate recorded."""
        call = self._calls[at]
        return Said(id=_id(call), type="decision.made", data={"actor": "automation", "tool": call.tool, "kind": kind, "decision": decision_id})

    def done(self, at: int, decision_id: str | None) -> Said | None:
        """What the result says: that it was done, or that it was not; `None` for a call that only looks something up.

        `args` holds what can be compared with what the customer confirmed; arguments of which the words show nothing are `unshown`,
        since that nobody wrote them down does not make them a difference.
        """
        call = self._calls[at]
        if decision_id is None and self._tools.acts is not None and run(self._tools.acts, {"tool": call.tool, "args": call.args}, {}) is not True:
            return None
        data = {"actor": "automation", "tool": call.tool, "objects": self._objects(call) or None, "decision": decision_id}
        if not call.done:
            return Said(id=f"{_id(call)}.x", type="action.refused", data={**data, "args": call.args, "because": call.result[:1000] or None})
        unshown = self._unshown.get(at, ()) if decision_id else ()
        args = {name: value for name, value in call.args.items() if name not in unshown}
        rest = {name: value for name, value in call.args.items() if name in unshown}
        return Said(id=f"{_id(call)}.x", type="action.executed", data={**data, "args": args, "unshown": rest or None})

    def _objects(self, call: Call) -> list[dict[str, str]]:
        found = [look(each, {"tool": call.tool, "args": call.args}, self.document) for each in self._tools.objects]
        return [
            {name: word(value) or "" for name, value in each.items() if value is not None}
            for each in found
            if isinstance(each, Mapping) and each.get("id") is not None and each.get("type") is not None
        ]


def _id(call: Call) -> str:
    return f"{call.item}.c{call.number}"
