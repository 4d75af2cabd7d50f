"""Deciding and recording: a compiled contract, a home where there is one, and the clock."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from ourword.core.line import Line, line_from_json, line_from_mapping
from ourword.core.time import instant_from_datetime
from ourword.deciding.batch import Together, lock_number
from ourword.deciding.explaining import words_of
from ourword.errors import HomeError, LineError, UsageError
from ourword.gate.code import Gate
from ourword.gate.decide import decide
from ourword.gate.verdict import Verdict
from ourword.ledger.naming import decision_id_from_chance, decision_id_from_line

if TYPE_CHECKING:
    from ourword.contract.model import Contract
    from ourword.ledger.decided import Decided
    from ourword.ledger.store import Recorded
    from ourword.stores.home import Home

Mode = Literal["enforce", "observe"]

# Locks that customers share by hash; enough that a batch of lines seldom meets itself.
_STRIPES = 4096


class Decider:
    """What decides and records under one contract. Safe to use from several threads; the home stays its owner's."""

    def __init__(self, gate: Gate, *, home: Home | None, clock: Callable[[], datetime], mode: Mode = "enforce") -> None:
        if mode not in ("enforce", "observe"):
            raise UsageError("usage.mode", f"`{mode}` is no mode", place="mode", hint="enforce or observe")
        self.gate = gate
        self.home = home
        self.mode = mode
        self._clock = clock
        # Two decisions for one customer at once would each miss the other in their history facts.
        self._stripes = [threading.Lock() for _ in range(_STRIPES)]

    @property
    def contract(self) -> Contract:
        """The checked contract behind the gate."""
        return self.gate.contract

    def observing(self) -> Decider:
        """The same, with decisions that stop nobody: of what was done before anybody asked."""
        if self.mode == "observe":
            return self
        other = Decider(self.gate, home=self.home, clock=self._clock, mode="observe")
        other._stripes = self._stripes
        return other

    def decide(self, line: Mapping[str, Any]) -> Verdict:
        """Decide one proposal; with a home it is durable when this returns. Raises `LineError`, `HomeError`.

        A `decision_id` that was recorded before gives the first verdict, decided again from what was recorded then.
        """
        return self._decided(line_from_mapping(line))[0]

    def decide_json(self, line: Mapping[str, Any] | bytes, *, lang: str = "", place: str = "line") -> dict[str, Any]:
        """Decide one proposal and give its verdict as JSON values; a retry under its `decision_id` gives the first verdict."""
        read = line_from_json(line, place=place) if isinstance(line, bytes) else line_from_mapping(line, place=place)
        return self._decided(read, lang=lang)[1]

    def decide_lines(self, lines: Iterable[bytes], *, lang: str = "", place: str = "-", batch: int = 1) -> Iterator[dict[str, Any]]:
        """Decide JSON lines in order; a bad line gives `{"error": …}` in its place and the rest go on.

        With a home, a verdict is given only once it is durable; up to *batch* lines share one sync. A line without
        `decision_id` gets one from its own words and its ordinal among equal lines, so that running the same file again
        records nothing twice. Raises `HomeError` when the home cannot be written: what was given before stands.
        """
        ordinals: dict[bytes, int] = {}
        together = Together(self._stripes)
        try:
            for number, text in enumerate(lines, 1):
                if not text.strip():
                    continue
                at = f"{place}:{number}"
                try:
                    read = line_from_json(text, place=at)
                    named = _named(read, ordinals)
                    if self.home is None:
                        together.add(self._decided(read, lang=lang, named=named)[1])
                    else:
                        # What counts on our record must see all of this customer's before it recorded.
                        if self._counts_history(read) and not together.holds(read.proposal.customer):
                            yield from self._given(together)
                            together.wait_for(read.proposal.customer)
                        together.add((at, self._to_be_recorded(read, lang, named)[1]))
                except LineError as error:
                    together.add(_error(error, at))
                if self.home is None or len(together) >= batch:
                    yield from self._given(together)
            yield from self._given(together)
        finally:
            together.take()

    # ---- below -------------------------------------------------------------------------------------------------------

    def _recording(self) -> Home:
        assert self.home is not None, "only with a home is there anything recorded"
        return self.home

    def _decided(self, read: Line, *, lang: str = "", named: _Named | None = None) -> tuple[Verdict, dict[str, Any]]:
        """Decide and, with a home, record; give the verdict and its words, the first ones if it was recorded before."""
        named = named or _Named()
        if self.home is None:
            read = _with_id(read, read.proposal.decision_id or _id_without_home(self.contract, named))
            verdict = self._judged(read, {})
            return verdict, _json(verdict, read, lang)
        with self._stripes[lock_number(read.proposal.customer, self._stripes)]:
            verdict, decided = self._to_be_recorded(read, lang, named)
            recorded = self.home.record(decided)
        if not recorded.new:
            return self._first(recorded, read), words_of(recorded)
        proposal = msgspec.structs.replace(verdict.proposal, decision_id=recorded.decision_id)
        return msgspec.structs.replace(verdict, proposal=proposal), words_of(recorded)

    def _first(self, recorded: Recorded, read: Line) -> Verdict:
        """The first verdict under this id, under the contract that gave it."""
        from ourword.kept import gate_of, verdict_again

        _held_to_the_first(recorded, read.proposal.customer, read.proposal.kind)
        home, digest = self._recording(), recorded.decision.lineage.contract
        gate = self.gate if digest == self.contract.digest else gate_of(home.path, digest)
        verdict = verdict_again(recorded, gate) if gate is not None else None
        if verdict is None:
            what = f"the contract that decided `{recorded.decision_id}` is missing or damaged"
            raise HomeError("home.contract-missing", what, place=str(home.path / "contracts"), hint="restore it from a backup")
        return verdict

    def _to_be_recorded(self, read: Line, lang: str, named: _Named) -> tuple[Verdict, Decided]:
        history = self._history(read)
        verdict = self._judged(read, history)
        return verdict, self._to_record(verdict, read, history, _json(verdict, read, lang), named)

    def _given(self, together: Together) -> Iterator[dict[str, Any]]:
        """Make what waits durable, let others decide for these customers again, then give it, in order."""
        try:
            to_record = [each[1] for each in together if not isinstance(each, dict)]
            recorded = iter(self._recording().record_many(to_record) if to_record else ())
        finally:
            waited = together.take()
        for each in waited:
            yield each if isinstance(each, dict) else _given(next(recorded), *each)

    def _counts_history(self, read: Line) -> bool:
        kind = self.gate.kinds.get(read.proposal.kind)
        return kind is not None and any(fact.history is not None for fact in kind.facts.values())

    def _judged(self, read: Line, history: Mapping[str, int]) -> Verdict:
        now = read.proposal.time or self._clock()
        facts = {**read.facts, **history} if history else read.facts
        proposal = read.proposal if self.mode == "enforce" else msgspec.structs.replace(read.proposal, observed=True)
        return decide(self.gate, proposal, facts, now)

    def _history(self, read: Line) -> dict[str, int]:
        """Count the history facts that this kind reads from our own record, once, before the gate."""
        kind = self.gate.kinds.get(read.proposal.kind)
        if kind is None or self.home is None:
            return {}
        now = instant_from_datetime(read.proposal.time or self._clock()) or 0
        until = now if read.proposal.time else None  # by our own clock nothing comes later: one that was set back hides no decision
        counted = {}
        for name, fact in kind.facts.items():
            asked = fact.history
            if asked is not None:
                within = asked.within.nanoseconds or 0
                answers = [answer.value for answer in asked.answers]
                counted[name] = self.home.history(read.proposal.customer, asked.count, answers=answers, since=now - within, until=until)
        return counted

    def _to_record(self, verdict: Verdict, read: Line, history: Mapping[str, int], words: dict[str, Any], named: _Named) -> Decided:
        from ourword.ledger.decided import Bent, Decided, Personal, Promised, Signalled, lineage_of

        proposal, kind = verdict.proposal, verdict.kind.kind
        lineage, extras = lineage_of(proposal.lineage, contract=self.contract.digest)
        bend = next((Bent(clauses=(each.id,), written=each.written) for each in verdict.signals if each.signal == "bend"), None)
        return Decided(
            decision_id=proposal.decision_id,
            line=named.line,
            ordinal=named.ordinal,
            kind=kind.name,
            instant=verdict.instant,
            contract=self.contract.draft.name,
            lineage=lineage,
            owner=kind.owner,
            answer=verdict.answer.value,
            decided_by=verdict.decided_by,
            clauses=verdict.fired,
            promises=tuple(Promised(each.id, instant_from_datetime(each.due_at) or 0) for each in verdict.minted),
            by=proposal.by,
            mode=self.mode,
            bend=bend,
            signals=tuple(Signalled(about=each.signal, owner=kind.owner, clauses=(each.id,)) for each in verdict.signals if each.signal != "bend"),
            personal=Personal(
                customer=proposal.customer,
                facts=read.facts,
                history=dict(history),
                contact=proposal.contact or None,
                objects=list(proposal.objects) or None,
                confirmed_args=proposal.confirmed_args,
                options=list(proposal.options) or None,
                answer=proposal.answer.value if proposal.answer else "",
                amended=proposal.amended,
                because=proposal.because,
                lineage=extras,
                verdict=words,
            ),
        )


# ---- helpers -------------------------------------------------------------------------------------------------------


class _Named(msgspec.Struct, frozen=True):
    """What names a line that brings no id: its canonical bytes, and which of its equals it is."""

    line: bytes = b""
    ordinal: int = 1


_CAME_LATER = ("language", "observed", "options")
"""Keys of a proposal that lines of an earlier version did not have: left out where they say nothing, so that a line's id stays what it was."""


def _named(read: Line, ordinals: dict[bytes, int]) -> _Named:
    if read.proposal.decision_id:
        return _Named()
    words = {name: value for name, value in msgspec.to_builtins(read.proposal).items() if name not in _CAME_LATER or value}
    line = msgspec.json.encode([words, read.facts], order="sorted")
    key = hashlib.sha256(line).digest()
    ordinals[key] = ordinals.get(key, 0) + 1
    return _Named(line, ordinals[key])


def _with_id(read: Line, decision_id: str) -> Line:
    return msgspec.structs.replace(read, proposal=msgspec.structs.replace(read.proposal, decision_id=decision_id))


def _id_without_home(contract: Contract, named: _Named) -> str:
    if not named.line:
        return decision_id_from_chance(os.urandom(17))
    return decision_id_from_line(b"", contract=contract.draft.name, line=named.line, ordinal=named.ordinal)


def _json(verdict: Verdict, read: Line, lang: str) -> dict[str, Any]:
    words = verdict.as_dict(lang)
    words["unread"] += read.unread
    return words


def _held_to_the_first(recorded: Recorded, customer: str, kind: str) -> None:
    """A retry may bring fresher facts; another customer's or another kind's decision under the same id is no retry."""
    personal = recorded.personal
    if personal is None or (personal.customer, recorded.decision.kind) != (customer, kind):
        raise LineError(
            "line.decision-id-taken",
            f"`{recorded.decision_id}` is another decision already",
            place="decision_id",
            hint="give every decision an id of its own; only a retry brings the same",
        )


def _given(recorded: Recorded | LineError, place: str, decided: Decided) -> dict[str, Any]:
    try:
        if isinstance(recorded, LineError):
            raise recorded
        if not recorded.new:
            _held_to_the_first(recorded, decided.personal.customer, decided.kind)
    except LineError as error:
        return _error(error, place)
    return words_of(recorded)


def _error(error: LineError, line: str) -> dict[str, Any]:
    """An error from within a line names the line first."""
    return {"error": {**error.as_dict(), "place": error.place if error.place.startswith(line) else f"{line}: {error.place}"}}
