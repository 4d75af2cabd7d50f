"""What is answered around the edges, and what no example shows, in words for people and as JSON values for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from ourword.core.answer import Answer
from ourword.gate.verdict import Verdict
from ourword.proving.customers import given
from ourword.trying.edges import Edge, Point
from ourword.trying.kept import example_lines, writable
from ourword.trying.room import Room
from ourword.trying.whole import Shown, TriedKind
from ourword.trying.words import value

_TEXT_MAX = 60


def answered(verdict: Verdict) -> str:
    """What the customer gets, and who says so."""
    match verdict.answer:
        case Answer.ALLOW:
            said = "allowed"
        case Answer.AMEND:
            said = f"changed: {value(verdict.amended())}"
        case Answer.ASK:
            said = f"asked for {', '.join(verdict.asked)}"
        case Answer.REFUSE:
            said = "refused"
        case _:
            said = "a person"
    return f"{said} (`{verdict.decided_by}`)"


def edge_lines(kind: TriedKind) -> Iterator[tuple[str, int]]:
    """Each edge with the answers around it: lines, and how far each is set in."""
    if not kind.edges and not kind.without:
        return
    yield f"{kind.name}: what is answered around each threshold", 0
    for edge in kind.edges:
        if not edge.decides:
            yield f"`{edge.owner}`: {_short(edge.text)}: decides nothing for anybody who was tried ({edge.place})", 2
            continue
        yield f"`{edge.owner}`: {_short(edge.text)}", 2
        for said, points in groupby(edge.points, key=lambda point: answered(kind.room.verdict(point.values))):
            yield f"{edge.fact} {_values(kind.room, edge, list(points))}: {said}", 4
        others = {name: each for name, each in edge.points[0].values.items() if name != edge.fact}
        yield f"where {customer(kind.room, others)}", 4
    if kind.unlooked:
        yield f"{kind.unlooked} more thresholds, for which there was no time", 2
    if kind.without:
        yield f"no case is made of: {', '.join(_short(text) for text, _ in kind.without)}", 2


def _values(room: Room, edge: Edge, points: list[Point]) -> str:
    fact = room.kind.facts[edge.fact]
    return ", ".join(value(given(fact, point.value)) or "(empty)" for point in points)


def customer(room: Room, values: dict[str, Any]) -> str:
    """A customer's facts as an example would hold them."""
    told = [f"{name} {_held(given(room.kind.facts[name], each))}" for name, each in values.items()]
    return ", ".join(told) or "nothing else is known"


def _held(each: Any) -> str:
    if isinstance(each, dict):
        return f"with {len(each)} fields" if each else "(empty)"
    return f"of {len(each)} items" if isinstance(each, list) and len(each) > 1 else value(each) if each != "" and each != [] else "(empty)"


def _short(text: str) -> str:
    return text if len(text) <= _TEXT_MAX else f"{text[: _TEXT_MAX - 1]}…"


# ---- what examples show --------------------------------------------------------------------------------------------


def share(shown: tuple[Shown, ...] | list[Shown]) -> tuple[int, int]:
    """How many of those that should be shown are, and how many there are."""
    counting = [each for each in shown if each.counts]
    return sum(bool(each.decides) for each in counting), len(counting)


def coverage_lines(kind: TriedKind) -> Iterator[tuple[str, int]]:
    """What examples show, what they do not and who would, and what nobody was found for."""
    some, of = share(kind.shown)
    percent = f" ({some * 100 // of}%)" if of else ""
    yield f"{kind.name}: examples show {some} of {of}{percent}", 0
    for heading, among in _groups(kind):
        if among:
            yield heading, 2
        for each in among:
            who = f": {customer(kind.room, each.customer)}: {answered(kind.room.verdict(each.customer))}" if each.customer is not None else ""
            yield f"{each.target.called} ({each.target.place}){who}", 4


def _groups(kind: TriedKind) -> Iterator[tuple[str, list[Shown]]]:
    missing = [each for each in kind.shown if not each.decides]
    yield (
        "in no example; this customer would show it (`--propose` writes it down):",
        [each for each in missing if not each.holds and each.customer is not None],
    )
    yield "holds in an example, and never decides; this one would show it:", [each for each in missing if each.holds and each.customer is not None]
    lost = [each for each in missing if each.customer is None and each.looked]
    yield "nobody was found who would show it (`ourword prove` tells whether there is somebody):", [each for each in lost if each.counts]
    yield "nobody was found who gets so far, which is as it should be:", [each for each in lost if not each.counts]
    yield "there was no time to look for:", [each for each in missing if not each.looked]


def proposals(kind: TriedKind) -> Iterator[str]:
    """An example for each thing that none shows, as YAML to be pasted below `examples:`."""
    seen = set()
    for each in kind.shown:
        if each.customer is None:
            continue
        verdict = kind.room.verdict(each.customer)
        facts = json.dumps(verdict.given, sort_keys=True, default=str)
        if writable(verdict.given) and facts not in seen:
            yield from example_lines(_named(each), verdict, indent=6)
        seen.add(facts)


def _named(shown: Shown) -> str:
    """A name to begin with; whoever pastes it knows a better one.

    >>> from ourword.trying.targets import Target
    >>> _named(Shown(target=Target("clause", "too-late", "contract.yaml:1:1"), holds=0, decides=0))
    'too-late decides'
    """
    match shown.target.what:
        case "requires":
            return f"{shown.target.id} is not known"
        case "otherwise":
            return "no clause holds"
        case "promise":
            return f"{shown.target.id} is promised"
        case "boundary":
            return f"{shown.target.id} stops it"
    return f"{shown.target.id} decides"


# ---- for programs --------------------------------------------------------------------------------------------------


def edges_json(kind: TriedKind) -> list[dict[str, Any]]:
    """Each edge with its cases."""
    return [
        {
            "kind": kind.name,
            "clause": edge.owner,
            "fact": edge.fact,
            "text": edge.text,
            "place": edge.place,
            "decides": edge.decides,
            "tried": edge.tried,
            "cases": [_case(kind.room.verdict(point.values), point) for point in edge.points],
        }
        for edge in kind.edges
    ]


def _case(verdict: Verdict, point: Point) -> dict[str, Any]:
    told = {"side": point.side, "given": dict(verdict.given), "answer": verdict.answer.value, "decided_by": verdict.decided_by}
    return {**told, "amended": verdict.amended(), "promises": [each.id for each in verdict.minted]}


def coverage_json(kind: TriedKind) -> dict[str, Any]:
    """What examples show, and a customer for each thing that none shows."""
    some, of = share(kind.shown)
    shown = [
        {
            "what": each.target.what,
            "id": each.target.id,
            "place": each.target.place,
            "holds": each.holds,
            "decides": each.decides,
            "counts": each.counts,
            "looked": each.looked,
            "customer": None if each.customer is None else dict(kind.room.verdict(each.customer).given),
        }
        for each in kind.shown
    ]
    return {"kind": kind.name, "shown": some, "of": of, "each": shown, "no_case_of": [{"text": text, "place": place} for text, place in kind.without]}
