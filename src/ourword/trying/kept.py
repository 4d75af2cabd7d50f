"""Edges as cases that are kept: a file of examples, small, in the contract's order, the same whenever it is written."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from ourword.contract.text import UNSEEN
from ourword.gate.verdict import Verdict
from ourword.proving.customers import given
from ourword.trying.edges import Edge, Point
from ourword.trying.examples import tried
from ourword.trying.pages import ANSWERS, Block, Page, aside, renewed
from ourword.trying.room import Room
from ourword.trying.whole import TriedKind
from ourword.trying.words import value

HEADER = """\
# What the contract answers just below, at and just above each of its thresholds. Written by `ourword test --write`, which keeps the
# facts and writes today's answers. `ourword test` fails where an answer has become another: see whether that is meant, then write it anew.
"""
_PLAIN = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9 _.+/-]|:(?! ))*(?<![ :])")


class Written(msgspec.Struct, frozen=True):
    """A file of cases as it is to be written."""

    text: str
    theirs: frozenset[str] = frozenset()
    """Names of the cases that a person wrote: they stand as they did, as expected or not."""
    aside: tuple[str, ...] = ()
    """Places and names of those that a person wrote and that do not fit the contract any more: they stand as comments."""


def kept(contract: str, kinds: Sequence[TriedKind], before: Page | None = None) -> Written:
    """Write the cases of every kind: what a person wrote as it was, our own with their facts where their edge is still there, and new ones."""
    page = before or Page()
    parts = {part.of.name: part for part in page.parts}
    names, put_aside = set[str](), []
    body: list[str] = []
    for kind in kinds:
        part = parts.pop(kind.name, None)
        blocks, theirs = _blocks(kind, part.blocks if part else ())
        names |= theirs
        head = [line for line in part.head if not line.rstrip().endswith("[]")] if part else []
        if any(_is_case(line) for line in blocks):
            body += [*(head if any(_is_key(line) for line in head) else [*head, f"  {kind.name}:"]), *blocks]
        else:  # `refund:` with nothing below it would be no list
            body += [*(line for line in head if not _is_key(line)), *blocks]
    for part in parts.values():
        body += [line for line in part.head if not _is_key(line)]
        body += [line for block in part.blocks if not block.is_ours for line in aside(block)]
    for part in page.parts:
        put_aside += [f"{block.case.flaw.place}: {block.case.name}" for block in part.blocks if block.case.flaw is not None and not block.is_ours]
    has_cases = any(_is_case(line) for line in body)
    head = [*page.head] or [*HEADER.splitlines(), "ourword: 1", f"contract: {contract}", "cases:"]
    head = [re.sub(r"^cases:( *\{ *\})?", "cases:" if has_cases else "cases: {}", line) for line in head]
    return Written("\n".join([*head, *body, *page.foot, ""]), frozenset(names), tuple(put_aside))


def _blocks(kind: TriedKind, before: Sequence[Block]) -> tuple[list[str], frozenset[str]]:
    """The lines of a kind's cases, ours in the order of their edges; a person's stand behind the one behind which they stood."""
    first: list[Block] = []
    behind: dict[int, list[Block]] = {}
    ours: list[Block] = []
    for block in before:
        if block.is_renewed and block.case.flaw is None and _edge_of(kind, block.case.name) is not None:
            ours.append(block)
            behind[id(block)] = []
        elif not block.is_ours:
            (behind[id(ours[-1])] if ours else first).append(block)
    lines = [line for block in first for line in _theirs(block)]
    seen = set[str]()
    for edge in kind.edges:
        old = [block for block in ours if block.case.name.startswith(_edge(edge))]
        for block in old:
            ours.remove(block)
            lines += [*_again(kind.room, block, seen), *(line for each in behind[id(block)] for line in _theirs(each))]
        if not old:
            for point in edge.points:
                lines += _new(kind.room.verdict(point.values), case_name(kind.room, edge, point), seen)
    theirs = frozenset(block.case.name for some in (first, *behind.values()) for block in some if block.case.flaw is None)
    return lines, theirs


def _theirs(block: Block) -> Sequence[str]:
    return block.whole if block.case.flaw is None else aside(block)


def _again(room: Room, block: Block, seen: set[str]) -> Sequence[str]:
    example = block.case.example
    assert example is not None
    verdict = tried(room.gate, room.kind, example, explain=False).verdict
    if verdict is None:
        return block.whole
    facts = json.dumps(verdict.given, sort_keys=True)
    if facts in seen and block.is_ours:  # two clauses with one limit have one edge
        return ()
    seen.add(facts)
    return renewed(block, [(key, flow(each)) for key, each in _keys(example.name, verdict).items() if key in ANSWERS])


def _new(verdict: Verdict, name: str, seen: set[str]) -> Sequence[str]:
    facts = json.dumps(verdict.given, sort_keys=True) if writable(verdict.given) else None
    if facts is None or facts in seen:
        return ()
    seen.add(facts)
    return example_lines(name, verdict, indent=4)


def _edge_of(kind: TriedKind, name: str) -> Edge | None:
    return next((edge for edge in kind.edges if name.startswith(_edge(edge))), None)


def _is_case(line: str) -> bool:
    return line.lstrip().startswith("-")


def _is_key(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def case_name(room: Room, edge: Edge, point: Point) -> str:
    """What a case is called: its clause, the comparison, and on which side it stands."""
    return _edge(edge) + " ".join(f"{value(given(room.kind.facts[edge.fact], point.value)) or '(empty)'}".split())


def _edge(edge: Edge) -> str:
    return " ".join(f"{edge.owner}: {edge.text}, with {edge.fact} ".split()) + " "


# ---- an example as YAML --------------------------------------------------------------------------------------------


def example_lines(name: str, verdict: Verdict, *, indent: int) -> list[str]:
    """A verdict as an example that expects it, to be pasted or kept."""
    first, *rest = (f"{key}: {flow(each)}" for key, each in _keys(name, verdict).items())
    return [f"{' ' * indent}- {first}", *(f"{' ' * indent}  {line}" for line in rest)]


def _keys(name: str, verdict: Verdict) -> dict[str, Any]:
    keys: dict[str, Any] = {"name": name, "given": dict(verdict.given), "answer": verdict.answer.value, "decided_by": verdict.decided_by}
    if verdict.amendments:
        keys["amended"] = verdict.amended()
    if verdict.asked:
        keys["asked"] = list(verdict.asked)
    if verdict.kind.promises:
        keys["promises"] = [each.id for each in verdict.minted]
    return keys


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
