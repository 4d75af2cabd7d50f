"""What the gate answers, and everything that follows from it. Words, near misses and promise texts are worked out on access."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from ourword.cel.unknown import Unknown
from ourword.core.answer import Answer
from ourword.core.proposal import Proposal
from ourword.core.time import instant_from_datetime
from ourword.gate.code import Gate, KindGate, Values
from ourword.gate.say import plain


class Minted(msgspec.Struct, frozen=True):
    """A promise the gate made: which rule, and when it is due."""

    id: str
    due_at: datetime


class Signal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something a named person must look at: a boundary that would be crossed, or a person's departure from the clauses."""

    signal: str
    """`boundary`, `boundary-proposed` or `bend`."""
    id: str
    """The boundary's id, or the clause departed from."""
    text: str = ""
    certain: bool = True
    written: str = ""
    because: str = ""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What was decided, apart from whom it was decided for: decisions that read alike share one."""

    answer: Answer
    decided_by: str
    fired: int = 0
    """The mask of clauses that certainly hold."""
    values: Values | None = None
    """Typed facts that the answer rests on, after any amendment; `None` where they are typed only when somebody asks."""
    amendments: dict[str, Any] | None = None
    """Fact -> typed new value."""
    missing: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    proposed: Answer | None = None
    signals: tuple[Signal, ...] = ()
    to: str = ""


class Verdict(msgspec.Struct, frozen=True, eq=False):
    """The answer to one proposal, and why. It is cheap to make; words are found when they are asked for."""

    gate: Gate
    kind: KindGate
    proposal: Proposal
    given: Mapping[str, Any]
    now: datetime
    outcome: Outcome
    fired_mask: int | None = None
    """The clauses that hold, where the outcome is shared with others for whom the same clause settled it."""

    def __repr__(self) -> str:
        """Short, and without the customer: verdicts end up in other people's logs."""
        return f"<Verdict {self.proposal.decision_id!r}: {self.kind.kind.name} {self.answer.value}, decided by {self.decided_by!r}>"

    @property
    def answer(self) -> Answer:
        """Allow, amend, ask, escalate or refuse."""
        return self.outcome.answer

    @property
    def decided_by(self) -> str:
        """The id of the clause or boundary that decided, or `requires`, `otherwise`, `rights`, `holdout`, `work.may`, `person`."""
        return self.outcome.decided_by

    @property
    def amendments(self) -> dict[str, Any] | None:
        """Fact -> typed new value, where the proposal is changed."""
        return self.outcome.amendments

    @property
    def missing(self) -> tuple[str, ...]:
        """Unknown facts that had a part in the answer."""
        return self.outcome.missing

    @property
    def asked(self) -> tuple[str, ...]:
        """The facts that the customer is asked for."""
        return self.outcome.asked

    @property
    def proposed(self) -> Answer | None:
        """What would have been answered, where only a person may."""
        return self.outcome.proposed

    @property
    def signals(self) -> tuple[Signal, ...]:
        """What a named person must look at."""
        return self.outcome.signals

    @property
    def to(self) -> str:
        """The desk or the owner to whom an escalation goes."""
        return self.outcome.to

    @property
    def decision_id(self) -> str:
        """The id under which it is or would be recorded."""
        return self.proposal.decision_id

    @property
    def fired(self) -> tuple[str, ...]:
        """Ids of the clauses that certainly hold, in file order."""
        mask = self.mask
        return tuple(code.clause.id for index, code in enumerate(self.kind.clauses) if mask >> index & 1)

    @property
    def mask(self) -> int:
        """The same as bits, the first clause lowest."""
        return self.outcome.fired if self.fired_mask is None else self.fired_mask

    @property
    def unread(self) -> tuple[str, ...]:
        """Facts that were given and that this kind does not read."""
        return tuple(name for name in self.given if name not in self.kind.facts)

    @property
    def unfit(self) -> dict[str, str]:
        """Those of the missing facts that were given all the same, and why they could not be used: not of their type, or read too long ago."""
        from ourword.gate.facts import read_fact

        found = {}
        for name in self.missing:
            given = self.given.get(name)
            if given is None or name not in self.kind.facts:
                continue
            value = read_fact(self.kind.facts[name], given, self.instant)
            if type(value) is Unknown and value.why != "absent":
                found[name] = value.why
        return found | self._amended_to_nothing()

    def _amended_to_nothing(self) -> dict[str, str]:
        """What the deciding clause would have made of a fact that was given, where that is worked out and does not fit: below nothing, too much."""
        from ourword.gate.amend import amended_value

        if self.answer is not Answer.ESCALATE or not self.missing:
            return {}
        code = next((each for each in self.kind.clauses if each.clause.id == self.decided_by), None)
        if code is None or not code.amend:
            return {}
        values = self.kind.read(self.given, self.instant)
        made = [(fact, value) for fact, reading in code.amend if type(value := reading(values)) is not Unknown]
        tried = [(fact.name, amended_value(fact, value)) for fact, value in made]
        return {name: value.why for name, value in tried if type(value) is Unknown and name in self.missing and self.given.get(name) is not None}

    @property
    def typed_values(self) -> Values:
        """The typed facts that the answer rests on."""
        return self.outcome.values if self.outcome.values is not None else self.kind.read(self.given, self.instant)

    @property
    def instant(self) -> int:
        """The time of the decision, nanoseconds since 1970."""
        instant = instant_from_datetime(self.now)
        assert instant is not None, "decide() has refused times without a zone"
        return instant

    def amended(self) -> dict[str, Any]:
        """Fact -> new value, written as it may be given again: money and durations as text."""
        return {name: plain(self.kind.facts[name], value) for name, value in (self.amendments or {}).items()}

    @property
    def minted(self) -> tuple[Minted, ...]:
        """The promises that this answer makes, with their due times."""
        from ourword.gate.promises import mint

        return mint(self)

    @property
    def stopped(self) -> bool:
        """Whether the proposal may not go out as it stands: ask, refuse and escalate stop it."""
        return self.answer in (Answer.ASK, Answer.REFUSE, Answer.ESCALATE)

    def as_dict(self, lang: str = "") -> dict[str, Any]:
        """Give the verdict as JSON values; its texts speak the proposal's `language`, else *lang*, else the contract's first language."""
        from ourword.gate.near import near_misses
        from ourword.gate.words import Words

        words = Words(self, lang, near_misses(self))
        draft = self.gate.contract.draft
        return {
            "decision_id": self.decision_id,
            "kind": self.kind.kind.name,
            "answer": self.answer.value,
            "by": self.proposal.by,
            "decided_by": self.decided_by,
            "fired": list(self.fired),
            "missing": list(self.missing),
            "unfit": self.unfit,
            "unread": list(self.unread),
            "amended": self.amended() or None,
            "proposed": self.proposed.value if self.proposed else None,
            "to": self.to or None,
            "obligations": words.obligations(),
            "signals": [msgspec.to_builtins(signal) for signal in self.signals],
            "reasons": words.reasons(),
            "near": words.near(),
            "may_add": words.may_add(),
            "may_add_text": words.may_add_text(),
            "tell": words.tell(),
            "language": words.lang,
            "promises": words.promises,
            "contract": {"id": draft.name, "version": draft.version, "digest": self.gate.contract.digest},
        }
