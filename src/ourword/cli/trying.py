"""`ourword test`: what is not as expected, what is answered around each threshold, what no example shows."""

from __future__ import annotations

import textwrap
import time
from pathlib import Path
from typing import Any

from ourword.cli.bar import watched
from ourword.cli.compiled import compiled
from ourword.cli.out import json_line, line, usage
from ourword.contract.cases import cases
from ourword.contract.files import text_of
from ourword.contract.model import Draft, Example
from ourword.gate.code import Gate
from ourword.trying.examples import Tried
from ourword.trying.junit import Case, Suite, junit
from ourword.trying.kept import kept
from ourword.trying.told import coverage_json, coverage_lines, edge_lines, edges_json, proposals, share
from ourword.trying.whole import TriedKind, try_out
from ourword.trying.words import departed, said

CLEAN, FLAWS, NOT_DONE = 0, 1, 2
_WIDTH = 80


def run(
    contract: Path,
    wiring: Path,
    *,
    kind: str = "",
    as_json: bool = False,
    to_junit: Path | None = None,
    kept_in: Path | None = None,
    write: bool = False,
    propose: bool = False,
    at_least: int = 0,
    seconds: float = 60.0,
) -> int:
    """Try a contract out and print what came of it; what cannot be read or does not hold together raises `ContractError` (exit 3)."""
    began = time.monotonic()
    gate = compiled(contract, wiring, kind=kind)
    if write and kind:
        raise usage("write", "the file holds the cases of all kinds", place="--write", hint="leave `--kind` out")
    file = kept_in or contract.parent / "cases.yaml"
    before = _before(file, gate.contract.draft, asked=kept_in is not None and not write)
    found = list(watched(try_out(gate, before, kind=kind, seconds=seconds)))
    low = _below(found, at_least)
    if to_junit is not None:
        _write(to_junit, _junit(gate, found, low, time.monotonic() - began))
    whole = all(each.done for each in found)
    if write and whole:  # else the cases that there was no time for would be gone
        _write(file, kept(gate.contract.draft.name, found, before))
    if as_json:
        json_line(_as_json(gate, found))
    elif propose:
        _propose(found)
    else:
        _say(gate, found, low, (f"written: {file}" if whole else f"nothing written: {file} stands as it was") if write else "")
    return code_of(found, low, written=write and whole)


def code_of(found: list[TriedKind], low: str, *, written: bool) -> int:
    """The exit code: what is not as expected is a flaw; kept cases that were just written anew are as expected."""
    right = all(each.right for kind in found for each in (kind.examples if written else (*kind.examples, *kind.cases)))
    if not right or low:
        return FLAWS
    return CLEAN if all(kind.done for kind in found) else NOT_DONE


def _before(file: Path, draft: Draft, *, asked: bool) -> dict[str, tuple[Example, ...]]:
    if not asked and not file.exists():
        return {}
    return cases(text_of(file), draft, place=str(file))


def _below(found: list[TriedKind], at_least: int) -> str:
    """What is said where examples show less than was asked for."""
    some, of = share([each for kind in found for each in kind.shown])
    return f"examples show {some} of {of}, which is less than {at_least}%" if of and some * 100 < at_least * of else ""


# ---- for people ----------------------------------------------------------------------------------------------------


def _say(gate: Gate, found: list[TriedKind], low: str, written: str) -> None:
    for kind in found:
        for each in (*kind.examples, *(() if written else kind.cases)):
            if not each.right:
                _departed(each)
        for text, indent in (*edge_lines(kind), *coverage_lines(kind)):
            _wrapped(text, indent)
    for text in (low, written):
        if text:
            line(text, style="bold red" if text == low else "")
    draft = gate.contract.draft
    line(f"{draft.name} {draft.version}: {_counted(found, written=bool(written))} · {gate.contract.digest}")


def _departed(each: Tried) -> None:
    first, *rest = departed(each)
    line(first, style="bold red")
    for text in rest:
        _wrapped(text, 2)


def _counted(found: list[TriedKind], *, written: bool) -> str:
    examples = [each for kind in found for each in kind.examples]
    kept_cases = [] if written else [each for kind in found for each in kind.cases]
    counts = [f"{len(each)} {word}{'' if len(each) == 1 else 's'}" for each, word in ((examples, "example"), (kept_cases, "kept case")) if each]
    wrong = sum(not each.right for each in (*examples, *kept_cases))
    told = f"{', '.join(counts)}, {f'{wrong} not as expected' if wrong else 'all as expected'}" if counts else "no example"
    return told + ("" if all(kind.done for kind in found) else "; there was no time for all (`--timeout`)")


def _propose(found: list[TriedKind]) -> None:
    for kind in found:
        lines = list(proposals(kind))
        if lines:
            # A comment, so that all of it is still YAML where it is pasted; a contract of several kinds says where each belongs.
            line(f"      # below `decisions.{kind.name}.examples:`")
        for text in lines:
            line(text)


def _wrapped(text: str, indent: int) -> None:
    first, others = " " * indent, " " * (indent + 2)
    for each in textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False, initial_indent=first, subsequent_indent=others):
        line(each)


# ---- for programs --------------------------------------------------------------------------------------------------


def _as_json(gate: Gate, found: list[TriedKind]) -> dict[str, Any]:
    return {
        "digest": gate.contract.digest,
        "examples": [said(each) for kind in found for each in kind.examples],
        "cases": [said(each) for kind in found for each in kind.cases],
        "edges": [each for kind in found for each in edges_json(kind)],
        "coverage": [coverage_json(kind) for kind in found],
        "done": all(kind.done for kind in found),
    }


def _junit(gate: Gate, found: list[TriedKind], low: str, seconds: float) -> str:
    suites = []
    for kind in found:
        suites.append(Suite(name=kind.name, cases=tuple(_case(each) for each in kind.examples)))
        if kind.cases:
            suites.append(Suite(name=f"{kind.name}.cases", cases=tuple(_case(each) for each in kind.cases)))
    if low:
        suites.append(Suite(name="coverage", cases=(Case(name="what examples show", message=low),)))
    return junit(gate.contract.draft.name, suites, seconds=seconds)


def _case(each: Tried) -> Case:
    if each.right:
        return Case(name=each.example.name)
    first, *rest = departed(each)
    return Case(name=each.example.name, message=first, details="\n".join(rest))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        what = f"the file cannot be written: {error.strerror}"
        raise usage("output", what, place=str(path), hint="name a file that can be written") from error
