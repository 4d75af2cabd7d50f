"""Compare two contracts: every change for customers as it is found, by proof where answers are concerned."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

from ourword.cel.smt_terms import Unsayable, solver
from ourword.changing.answers import answers
from ourword.changing.asking import Asking
from ourword.changing.found import Finding, Settled, Step, Unproved
from ourword.changing.pair import Pair
from ourword.changing.parts import parts
from ourword.changing.terms import terms
from ourword.changing.terms_kind import kind_terms, kinds
from ourword.changing.written import WORDS, plainly
from ourword.gate.code import Gate, KindGate

SECONDS = 60.0
_QUESTION_SHARE = 0.2
"""The share of all time that one question may take."""


def diff(old: Gate, new: Gate, *, kind: str = "", seconds: float = SECONDS, at: datetime | None = None) -> Iterator[Finding | Step]:
    """Give each change as soon as it is found, each question that was not answered in time, and how far the work has come.

    *kind* limits it to one kind of decision; *seconds* bounds the whole; *at* is the moment at which customers are decided.
    Raises `UsageError` where z3 is not installed, unless nothing that answers a customer was changed.
    """
    at = at or datetime(2026, 1, 5, 12, tzinfo=UTC)
    until = time.monotonic() + seconds
    names = [name for name in new.kinds if name in old.kinds and kind in ("", name)]
    yield Step(done=0, of=len(names) + 1, what="what binds beside the answers")
    drafts = old.contract.draft, new.contract.draft
    yield from terms(*drafts)
    yield from (each for each in kinds(*drafts) if kind in ("", each.kind))
    for number, name in enumerate(names):
        yield Step(done=number + 1, of=len(names) + 1, what=f"{name}: who is answered otherwise")
        yield from kind_terms(*drafts, name)
        yield from _kind(old, new, name, at, seconds=max(1.0, seconds * _QUESTION_SHARE), until=until)


def _kind(old: Gate, new: Gate, name: str, at: datetime, *, seconds: float, until: float) -> Iterator[Finding]:
    if alike(old, new, name):
        yield Settled(kind=name, directions=(), proved=True)
        return
    solver()
    kind = new.kinds[name].kind
    try:
        asking = Asking(Pair(old, new, name, at), seconds=seconds, until=until)
        yield from answers(asking)
        yield from parts(asking)
    except (Unsayable, RecursionError):
        why = "an amendment changes a list, a fact that the solver cannot hold is declared otherwise, or a condition lies too deep for it"
        yield from _unproved(name, why, kind.place)
    except solver().Z3Exception as error:  # wherever a term is made the solver may run out of its memory
        told = error.args[0] if error.args else ""
        words = told.decode(errors="replace") if isinstance(told, bytes) else told
        yield from _unproved(name, f"the solver gave up ({words})", kind.place)


def _unproved(name: str, why: str, place: str) -> Iterator[Finding]:
    yield Unproved(kind=name, what=f"whether some customer is answered otherwise: {why}", place=place)
    yield Settled(kind=name, directions=(), proved=False)


def alike(old: Gate, new: Gate, name: str) -> bool:
    """Whether both contracts say the same of a kind, but for words and places: then nobody is answered otherwise, and no solver is asked."""
    return _bones(old, old.kinds[name]) == _bones(new, new.kinds[name])


_BESIDE = WORDS | {"tell", "values", "targets", "examples", "monotone", "table"}


def _bones(gate: Gate, kind: KindGate) -> object:
    declared = gate.contract.draft.wiring.facts
    read = (*kind.facts, *(name for name, _ in kind.derived))
    limit = plainly(gate.contract.draft.work_may.get(kind.kind.name))
    return plainly(kind.kind, without=_BESIDE), limit, {name: plainly(declared[name], without=_BESIDE) for name in read}
