"""`ourword test`: each example that is not as expected, with what the gate said and what would make it right."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ourword.cli.out import json_line, line, usage
from ourword.contract.check import sound
from ourword.contract.files import draft_of
from ourword.gate.code import Gate
from ourword.gate.compile import compile_gate
from ourword.trying.examples import Tried, tried
from ourword.trying.junit import Case, Suite, junit
from ourword.trying.words import departed, said

CLEAN, FLAWS, NOT_PROVED = 0, 1, 2


def run(contract: Path, wiring: Path, *, kind: str = "", as_json: bool = False, junit: Path | None = None) -> int:
    """Print what is not as expected; what cannot be read or does not hold together raises `ContractError` (exit 3)."""
    began = time.monotonic()
    gate = compile_gate(sound(draft_of(contract, wiring), today=datetime.now(UTC).date()))
    if kind and kind not in gate.kinds:
        raise usage("kind", f"`{kind}` is not a kind of decision in this contract", place="--kind", hint=f"it decides: {', '.join(gate.kinds)}")
    kinds = [each for name, each in gate.kinds.items() if kind in ("", name)]
    found = [tried(gate, each, example) for each in kinds for example in each.kind.examples]
    if junit is not None:
        _write(junit, _junit(gate, found, time.monotonic() - began))
    if as_json:
        json_line(_as_json(gate, found))
    else:
        _say(gate, found)
    return CLEAN if all(each.right for each in found) else FLAWS


def _say(gate: Gate, found: list[Tried]) -> None:
    for each in found:
        if not each.right:
            for number, text in enumerate(departed(each)):
                line(text if number == 0 else f"  {text}", style="bold red" if number == 0 else "")
    draft = gate.contract.draft
    wrong = sum(not each.right for each in found)
    told = f"{len(found)} example{'' if len(found) == 1 else 's'}, " + (f"{wrong} not as expected" if wrong else "all as expected")
    line(f"{draft.name} {draft.version}: {told if found else 'no example'} · {gate.contract.digest}")


def _as_json(gate: Gate, found: list[Tried]) -> dict[str, Any]:
    return {"digest": gate.contract.digest, "examples": [said(each) for each in found]}


def _junit(gate: Gate, found: list[Tried], seconds: float) -> str:
    suites = []
    for name in gate.kinds:
        cases = [each for each in found if each.kind == name]
        suites.append(Suite(name=name, cases=tuple(_case(each) for each in cases)))
    return junit(gate.contract.draft.name, suites, seconds=seconds)


def _case(each: Tried) -> Case:
    if each.right:
        return Case(name=each.example.name)
    first, *rest = departed(each)
    return Case(name=each.example.name, message=first, details="\n".join(rest))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        what = f"the file cannot be written: {error.strerror}"
        raise usage("output", what, place=str(path), hint="name a file that can be written") from error
