"""Prove a contract: every flaw that a customer could meet, as it is found."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime

from ourword.cel.smt_terms import Unsayable, solver
from ourword.errors import UsageError
from ourword.gate.code import Gate
from ourword.proving.amended import amendments
from ourword.proving.bounds import boundaries, monotone, segments
from ourword.proving.clauses import clause_flaws
from ourword.proving.customers import MONDAY_NOON
from ourword.proving.found import Finding, Step, Unproved
from ourword.proving.inquiry import Inquiry
from ourword.proving.overlaps import conflicts, gap
from ourword.proving.person import person
from ourword.proving.promised import promises
from ourword.proving.said import OutOfTime
from ourword.proving.solve import Writer
from ourword.proving.wanted import wanted, words_only

SECONDS = 60.0
_QUESTION_SHARE = 0.2
"""The share of all time that one question may take."""

TAKEN_FOR_GRANTED = (
    "facts fit their declared types, and what we count ourselves is never negative",
    "nobody here is in the holdout, and automation decides, not a person",
)
"""What every proof rests on."""

Look = Callable[[Inquiry], Iterator[Finding]]
LOOKS: dict[str, Look] = {
    "boundaries": boundaries,
    "clauses": clause_flaws,
    "amendments": amendments,
    "gaps": gap,
    "conflicts": conflicts,
    "monotone facts": monotone,
    "segments": segments,
    "promises": promises,
    "a person": person,
    "who asks for a person": wanted,
}


def prove(
    gate: Gate, *, kind: str = "", seconds: float = SECONDS, at: datetime | None = None, smtlib: Writer | None = None
) -> Iterator[Finding | Step]:
    """Give each flaw as soon as it is found, each question that was not answered in time, and how far the work has come.

    *kind* limits it to one kind of decision; *seconds* bounds the whole; *at* is the moment at which counterexamples are decided;
    *smtlib* is given each question that the solver was asked, by name, as SMT-LIB 2.
    Raises `UsageError` where z3 is not installed.
    """
    solver()
    at = at or MONDAY_NOON
    until = time.monotonic() + seconds
    kinds = [each for name, each in gate.kinds.items() if kind in ("", name)]
    of = len(kinds) * len(LOOKS)
    for number, each in enumerate(kinds):
        yield Step(done=number * len(LOOKS), of=of, what=f"{each.kind.name}: reading it")
        inquiry = Inquiry(gate, each, at, seconds=max(1.0, seconds * _QUESTION_SHARE), until=until, smtlib=smtlib)
        for step, (what, look) in enumerate(LOOKS.items()):
            yield Step(done=number * len(LOOKS) + step, of=of, what=f"{each.kind.name}: {what}")
            try:
                yield from look(inquiry)
            except OutOfTime:
                yield Unproved(kind=each.kind.name, what=f"{what}: there was no time to put the question", place=each.kind.place)
            except (Unsayable, RecursionError):
                why = "an amendment changes a list, or a condition lies too deep for the solver"
                yield Unproved(kind=each.kind.name, what=f"{what}: {why}", place=each.kind.place)
            except solver().Z3Exception as error:  # wherever a term is made the solver may run out of its memory
                yield Unproved(kind=each.kind.name, what=f"{what}: the solver gave up ({_plain(error)})", place=each.kind.place)
    yield from words_only(gate.contract.draft, kinds)


def flaws(gate: Gate, *, kind: str = "", seconds: float = SECONDS) -> Iterator[Finding]:
    """Give the same without how far the work has come. Raises `UsageError` where z3 is not installed, or a kind is not in the contract."""
    if kind and kind not in gate.kinds:
        hint = f"it decides: {', '.join(gate.kinds)}"
        raise UsageError("usage.kind", f"`{kind}` is not a kind of decision in this contract", place="kind", hint=hint)
    solver()  # said at once, and not with the first flaw
    return (each for each in prove(gate, kind=kind, seconds=seconds) if not isinstance(each, Step))


def _plain(error: Exception) -> str:
    told = error.args[0] if error.args else ""
    return told.decode(errors="replace") if isinstance(told, bytes) else str(told)
