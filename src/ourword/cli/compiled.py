"""The gate of a contract and its wiring, as commands are given them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from ourword.cli.out import usage
from ourword.contract.check import sound
from ourword.contract.files import draft_of
from ourword.contract.model import Draft
from ourword.gate.code import Gate
from ourword.gate.compile import compile_gate


def compiled(contract: Path, wiring: Path, *, kind: str = "") -> Gate:
    """Read, check and compile; raises `ContractError`, and `UsageError` where *kind* is none of its kinds."""
    gate = gate_of(draft_of(contract, wiring))
    if kind and kind not in gate.kinds:
        raise usage("kind", f"`{kind}` is not a kind of decision in this contract", place="--kind", hint=f"it decides: {', '.join(gate.kinds)}")
    return gate


def gate_of(draft: Draft, *, today: date | None = None) -> Gate:
    """Check and compile, as of *today*, else by the clock; raises `ContractError`."""
    return compile_gate(sound(draft, today=today or datetime.now(UTC).date()))


def tables_of(*gates: Gate) -> list[str]:
    """The files of all their decision tables, as the contracts name them."""
    return [each.table.file for gate in gates for each in gate.contract.draft.kinds.values() if each.table is not None]
