"""`ourword test`: what is not as expected, what is answered around each threshold, what no example shows."""

from __future__ import annotations

import textwrap
import time
from pathlib import Path
from typing import Any

import msgspec

from ourword.cli.bar import watched
from ourword.cli.compiled import compiled, tables_of
from ourword.cli.out import json_line, kept_apart, line, usage
from ourword.contract.cases import cases, kept_kinds
from ourword.contract.files import text_of
from ourword.contract.model import Draft, Example
from ourword.contract.text import decoded
from ourword.gate.code import Gate
from ourword.trying.examples import Tried
from ourword.trying.junit import Case, Suite, junit
from ourword.trying.kept import Written, kept
from ourword.trying.pages import Page, page_of
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
    tables = [contract.parent / each for each in tables_of(gate)]
    if to_junit is not None:
        kept_apart(to_junit, (contract, wiring, file, *tables), place="--junit")
    if write:
        kept_apart(file, (contract, wiring, *tables), place="--cases")
    page, before = _before(file, gate.contract.draft, asked=kept_in is not None, write=write)
    found = list(watched(try_out(gate, before, kind=kind, seconds=seconds)))
    low = _below(found, at_least)
    if to_junit is not None:
        _write(to_junit, _junit(gate, found, low, time.monotonic() - began))
    whole = all(each.done for each in found)
    new = kept(gate.contract.draft.name, found, page) if write and whole else None  # else those that there was no time for would be gone
    if new is not None:
        _write(file, new.text, newline=_newline(file))
        found = [msgspec.structs.replace(each, cases=tuple(case for case in each.cases if case.example.name in new.theirs)) for each in found]
    if as_json:
        json_line(_as_json(gate, found))
    elif propose:
        _propose(found)
    else:
        _say(gate, found, low, *_written(file, new, write=write))
    return code_of(found, low, aside=bool(new and new.aside))


def code_of(found: list[TriedKind], low: str, *, aside: bool = False) -> int:
    """The exit code: what is not as expected is a flaw, and so is a case of a person's that had to be put aside."""
    if not all(each.right for each in found) or low or aside:
        return FLAWS
    return CLEAN if all(kind.done for kind in found) else NOT_DONE


def _before(file: Path, draft: Draft, *, asked: bool, write: bool) -> tuple[Page, dict[str, tuple[Example, ...]]]:
    """The file of cases, and what is tried of it; where it is written anew, what does not fit any more is no error."""
    if not file.exists() and (write or not asked):
        return Page(), {}
    text = text_of(file)
    if not write:
        return Page(), cases(text, draft, place=str(file))
    kinds = kept_kinds(text, draft, place=str(file))
    page = page_of(decoded(text, file=str(file)), kinds)
    return page, {kind.name: tuple(each.example for each in kind.cases if each.example is not None) for kind in kinds if kind.flaw is None}


def _written(file: Path, new: Written | None, *, write: bool) -> tuple[str, ...]:
    if not write:
        return ()
    if new is None:
        return (f"nothing written: {file} stands as it was",)
    return (*(f"put aside as a comment, since it does not fit the contract: {each}" for each in new.aside), f"written: {file}")


def _below(found: list[TriedKind], at_least: int) -> str:
    """What is said where examples show less than was asked for."""
    some, of = share([each for kind in found for each in kind.shown])
    return f"examples show {some} of {of}, which is less than {at_least}%" if of and some * 100 < at_least * of else ""


# ---- for people ----------------------------------------------------------------------------------------------------


def _say(gate: Gate, found: list[TriedKind], low: str, *written: str) -> None:
    for kind in found:
        for each in (*kind.examples, *kind.cases):
            if not each.right:
                _departed(each)
        for text, indent in (*edge_lines(kind), *coverage_lines(kind)):
            _wrapped(text, indent)
    for text in (low, *written):
        if text:
            line(text, style="bold red" if text == low else "")
    draft = gate.contract.draft
    line(f"{draft.name} {draft.version}: {_counted(found)} · {gate.contract.digest}")


def _departed(each: Tried) -> None:
    first, *rest = departed(each)
    line(first, style="bold red")
    for text in rest:
        _wrapped(text, 2)


def _counted(found: list[TriedKind]) -> str:
    examples = [each for kind in found for each in kind.examples]
    kept_cases = [each for kind in found for each in kind.cases]
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


def _newline(file: Path) -> str:
    """How a file's lines end, so that they end so again: an editor that writes CRLF would show every line as changed."""
    return "\r\n" if file.exists() and file.read_bytes().partition(b"\n")[0].endswith(b"\r") else "\n"


def _write(path: Path, text: str, *, newline: str = "\n") -> None:
    try:
        path.write_text(text, encoding="utf-8", newline=newline)
    except OSError as error:
        what = f"the file cannot be written: {error.strerror}"
        raise usage("output", what, place=str(path), hint="name a file that can be written") from error
