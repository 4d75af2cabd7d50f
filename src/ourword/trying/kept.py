"""Edges as cases that are kept: a file of examples, small, in the contract's order, the same whenever it is written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ourword.contract.model import Example
from ourword.contract.text import UNSEEN
from ourword.gate.verdict import Verdict
from ourword.proving.customers import given
from ourword.trying.edges import Edge, Point
from ourword.trying.examples import tried
from ourword.trying.room import Room
from ourword.trying.whole import TriedKind
from ourword.trying.words import value

HEADER = """\
# What the contract answers just below, at and just above each of its thresholds. Written by `ourword test --write`, which keeps the
# facts and writes today's answers. `ourword test` fails where an answer has become another: see whether that is meant, then write it anew.
"""
_PLAIN = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9 _.+/-]|:(?! ))*(?<![ :])")


def kept(contract: str, kinds: Iterable[TriedKind], before: Mapping[str, tuple[Example, ...]]) -> str:
    """Write the cases of every kind: those that were kept *before* with their facts, where their edge is still there, and the new ones."""
    lines = []
    for kind in kinds:
        written = [line for verdict, name in _cases(kind, before.get(kind.name, ())) for line in example_lines(name, verdict, indent=4)]
        lines += [f"  {kind.name}:", *written] if written else []
    return HEADER + "\n".join(["ourword: 1", f"contract: {contract}", "cases:" if lines else "cases: {}", *lines, ""])


def _cases(kind: TriedKind, before: tuple[Example, ...]) -> Iterable[tuple[Verdict, str]]:
    room, seen = kind.room, set()
    for edge in kind.edges:
        old = [example for example in before if example.name.startswith(_edge(edge))]
        again = [(tried(room.gate, room.kind, example, explain=False).verdict, example.name) for example in old]
        new = [] if old else [(room.verdict(point.values), case_name(room, edge, point)) for point in edge.points]
        for verdict, name in (*again, *new):
            if verdict is None or not writable(verdict.given):
                continue
            facts = json.dumps(verdict.given, sort_keys=True)
            if facts not in seen:  # two clauses with one limit have one edge
                yield verdict, name
            seen.add(facts)


def case_name(room: Room, edge: Edge, point: Point) -> str:
    """What a case is called: its clause, the comparison, and on which side it stands."""
    return _edge(edge) + " ".join(f"{value(given(room.kind.facts[edge.fact], point.value)) or '(empty)'}".split())


def _edge(edge: Edge) -> str:
    return " ".join(f"{edge.owner}: {edge.text}, with {edge.fact} ".split()) + " "


# ---- an example as YAML --------------------------------------------------------------------------------------------


def example_lines(name: str, verdict: Verdict, *, indent: int) -> list[str]:
    """A verdict as an example that expects it, to be pasted or kept."""
    keys: dict[str, Any] = {"name": name, "given": dict(verdict.given), "answer": verdict.answer.value, "decided_by": verdict.decided_by}
    if verdict.amendments:
        keys["amended"] = verdict.amended()
    if verdict.asked:
        keys["asked"] = list(verdict.asked)
    if verdict.kind.promises:
        keys["promises"] = [each.id for each in verdict.minted]
    first, *rest = (f"{key}: {flow(each)}" for key, each in keys.items())
    return [f"{' ' * indent}- {first}", *(f"{' ' * indent}  {line}" for line in rest)]


def writable(given: Any) -> bool:
    """Whether a file of examples can say these facts: it has no bytes, no names but texts, and nothing that print does not show."""
    if isinstance(given, Mapping):
        return all(isinstance(name, str) and writable(name) and writable(each) for name, each in given.items())
    if isinstance(given, str):
        return UNSEEN.search(given) is None
    return all(writable(each) for each in given) if isinstance(given, list) else not isinstance(given, bytes)


def flow(given: Any) -> str:
    """A value on one line of YAML, in quotes where it needs them.

    >>> flow({"amount": "4.00 EUR", "sure": True, "why": "a: b"})
    '{amount: 4.00 EUR, sure: true, why: "a: b"}'
    """
    if isinstance(given, bool):
        return str(given).lower()
    if isinstance(given, Mapping):
        return "{" + ", ".join(f"{flow(name)}: {flow(each)}" for name, each in given.items()) + "}"
    if isinstance(given, list):
        return "[" + ", ".join(flow(each) for each in given) + "]"
    text = str(given)
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
