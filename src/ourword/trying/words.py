"""What was tried, in words for people and as JSON values for programs."""

from __future__ import annotations

from typing import Any

from ourword.trying.examples import Tried


def departed(tried: Tried) -> list[str]:
    """An example that is not as expected: the place first, then what the gate said, then what would make it right."""
    place, name = tried.example.place, tried.example.name
    if tried.verdict is None:
        return [f"{place}: {tried.kind}: {name}: the gate takes it for no proposal", tried.why]
    first = tried.departures[0]
    lines = [f"{place}: {tried.kind}: {name}: {_key(first.what)}{value(first.expected)} expected, {value(first.got)} got"]
    lines += [f"{_key(each.what)}{value(each.expected)} expected, {value(each.got)} got" for each in tried.departures[1:]]
    verdict = tried.verdict
    held = f"; held: {', '.join(f'`{each}`' for each in verdict.fired)}" if verdict.fired else "; no clause held"
    unfit = verdict.unfit
    absent = [each for each in verdict.missing if each not in unfit]
    missing = f"; not known: {', '.join(absent)}" if absent else ""
    lines.append(f"gate: {verdict.answer.value}, decided by `{verdict.decided_by}`{held}{missing}")
    lines += [f"`{name}` was given, and cannot be used: {why}" for name, why in unfit.items()]
    lines += [f"reason: {reason['text']}" for reason in reasons(tried)]
    if verdict.unread:
        lines.append(f"not read by this kind: {', '.join(verdict.unread)}")
    if tried.nearest:
        lines.append("as expected if " + " and ".join(f"{name} were {value(to)}{_was(was)}" for name, (was, to) in tried.nearest.items()))
    return lines


def reasons(tried: Tried) -> list[dict[str, Any]]:
    """The reasons as the customer hears them."""
    from ourword.gate.near import near_misses
    from ourword.gate.words import Words

    return [] if tried.verdict is None else Words(tried.verdict, "", near_misses(tried.verdict)).reasons()


def _key(what: str) -> str:
    return "" if what == "answer" else f"{what} "


def _was(was: Any) -> str:
    return "" if was is None else f" (it is {value(was)})"


def value(given: Any) -> str:
    """A value as it would be written in an example.

    >>> value(True), value({"amount": "4.00 EUR"}), value([]), value(None)
    ('true', 'amount 4.00 EUR', 'none', 'not known')
    """
    if given is None:
        return "not known"
    if isinstance(given, bool):
        return str(given).lower()
    if isinstance(given, dict):
        return ", ".join(f"{name} {value(each)}" for name, each in given.items()) or "none"
    if isinstance(given, list):
        return ", ".join(value(each) for each in given) or "none"
    return str(given)


def said(tried: Tried) -> dict[str, Any]:
    """The same as JSON values."""
    example, verdict = tried.example, tried.verdict
    return {
        "kind": tried.kind,
        "name": example.name,
        "place": example.place,
        "right": tried.right,
        "why": tried.why,
        "departures": [{"what": each.what, "expected": each.expected, "got": each.got} for each in tried.departures],
        "answer": verdict and verdict.answer.value,
        "decided_by": verdict and verdict.decided_by,
        "fired": list(verdict.fired) if verdict else [],
        "missing": list(verdict.missing) if verdict else [],
        "unfit": verdict.unfit if verdict else {},
        "unread": list(verdict.unread) if verdict else [],
        "reasons": [] if tried.right else reasons(tried),
        "nearest": {name: {"is": was, "would_be": to} for name, (was, to) in tried.nearest.items()},
    }
