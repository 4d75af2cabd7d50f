"""The tool calls of transcripts in a draft: their shape, which of them act, and where the customer's id is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ourword.contract.source import tree
from ourword.outcomes.calls import Call, calls_of
from ourword.outcomes.draftwords import quoted, said
from ourword.outcomes.guesses import CUSTOMERS
from ourword.outcomes.looking import look
from ourword.outcomes.profile import Profile
from ourword.outcomes.tools import tools_from
from ourword.outcomes.values import Path

LOOKS_UP = (
    *("get", "find", "list", "search", "lookup", "look", "read", "fetch", "check", "think", "calculate", "query", "retrieve", "describe", "view"),
    *("show", "count", "is", "has", "can", "verify", "validate"),
)
"""Verbs of tools that do nothing to a customer."""


def calls_in(rows: Sequence[Mapping[str, Any]], path: tuple[str, ...], inside: Profile) -> tuple[str, list[Call]]:
    """Give the shape of the calls in the messages of these rows, and the calls; nothing when there are none."""
    content = inside.lists.get(("content",))
    parts = content is not None and ("type",) in content.columns and "tool_use" in content.columns["type",].values
    shape = "openai" if ("tool_calls",) in inside.lists else "anthropic" if parts else ""
    if not shape:
        return "", []
    tools = tools_from(tree(f"tools: {shape}".encode(), file="draft").entries["tools"][1])
    documents = (look(Path(path), row, {}) for row in rows)
    found = [call for items in documents if isinstance(items, list) for call in calls_of(items, tools)]
    return (shape, found) if found else ("", [])


def tools_lines(shape: str, calls: list[Call]) -> list[str]:
    """Write `tools:`."""
    if not shape:
        return []
    names = dict.fromkeys(each.tool for each in calls)
    acting = [name for name in names if re.split(r"[_\W]", name.lower())[0] not in LOOKS_UP]
    failed = sum(each.failed for each in calls)
    return [
        f"# guessed from {len(calls):,} calls of {len(names)} tools",
        "tools:",
        f"  shape: {shape}",
        f"  # ? {failed:,} results look like errors; if errors look otherwise, say so: failed: 'result.startsWith(\"Error\")'",
        "  # ? guessed from their names: these do something to the customer, the others only look something up",
        f"  acts: {quoted('tool in [' + ', '.join(said(name) for name in acting) + ']')}",
    ]


def customer_in(calls: list[Call]) -> str:
    """Give an expression for the customer's id in tool results: what a look-up of a customer found, else a field of that name."""
    found = [each for each in calls if each.done and isinstance(each.value, str) and 0 < len(each.value) < 80 and " " not in each.value]
    tools = list(dict.fromkeys(each.tool for each in found if any(word in each.tool.lower() for word in CUSTOMERS)))
    if tools:
        return f"results.filter(r, r.tool in [{', '.join(said(tool) for tool in tools)}])[0].value"
    for field in ("customer_id", "user_id", "client_id", "account_id"):
        tool = next((each.tool for each in calls if each.done and isinstance(each.value, Mapping) and field in each.value), "")
        if tool:
            return f"results.filter(r, r.tool == {said(tool)})[0].value.{field}"
    return ""
