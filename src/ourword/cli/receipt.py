"""A receipt in words: what the customer reads who checks one. All of it stands in the entry, or in what the entry commits to."""

from __future__ import annotations

from typing import Any

from ourword.verifying.receipt import Receipt


def receipt_words(held: Receipt) -> list[str]:
    """Say what was decided, by which contract, what was said and promised; a promise in the words that the customer was given."""
    decision, verdict = held.decision, held.personal.verdict
    said = [
        f"The receipt holds: entry {held.number:,} of the log {held.origin}.",
        f"  decided   {_minute(decision.time)}: {decision.answer}, about {decision.kind}, by the contract {decision.contract}",
        f"  contract  {_version(verdict, str(decision.lineage.contract))}",
    ]
    if decision.mode == "observe":
        said.append("  observed  nobody was told of it: what follows would have been said and promised")
    told, words = verdict.get("tell"), _promised(verdict)
    said += [f"  said      {told}"] if isinstance(told, str) else []
    said += [f"  promised  {each.id}, by {_minute(each.due)}{words.get(each.id, '')}" for each in decision.promises] or ["  promised  nothing"]
    return [*said, f"  customer  {held.personal.customer}"]


def _version(verdict: dict[str, Any], digest: str) -> str:
    """The digest in the entry, and before it the version that the verdict gives under this digest."""
    named = verdict.get("contract")
    if isinstance(named, dict) and named.get("digest") == digest and isinstance(named.get("version"), str):
        return f"version {named['version']}, {digest}"
    return digest


def _promised(verdict: dict[str, Any]) -> dict[str, str]:
    """What each promise says, by its id, as far as the verdict says it."""
    promises = verdict.get("promises")
    listed = [each for each in promises if isinstance(each, dict)] if isinstance(promises, list | tuple) else []
    return {each["id"]: f": {each['what']}" for each in listed if isinstance(each.get("id"), str) and isinstance(each.get("what"), str)}


def _minute(time: str) -> str:
    """A moment as a customer reads it, to the minute.

    >>> _minute("2026-11-30T10:00:59.123456Z")
    '2026-11-30 10:00 UTC'
    """
    return f"{time[:10]} {time[11:16]} UTC"
