"""`ourword prove`: each flaw as it is found, with the customer who would meet it; stopped, it gives what it has."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ourword.cli.bar import watched
from ourword.cli.compiled import compiled
from ourword.cli.out import json_line, line, usage
from ourword.gate.code import Gate
from ourword.proving.found import Finding, Found, Met, Unproved
from ourword.proving.prove import TAKEN_FOR_GRANTED, prove

CLEAN, FLAWS, NOT_PROVED, INTERRUPTED = 0, 1, 2, 130
_STYLES = {"error": "bold red", "warning": "yellow", "note": ""}
_WIDTH = 80


def run(contract: Path, wiring: Path, *, kind: str = "", as_json: bool = False, smtlib: Path | None = None, seconds: float = 60.0) -> int:
    """Print what was found and how sure it is; what cannot be read or does not hold together raises `ContractError` (exit 3)."""
    gate = compiled(contract, wiring, kind=kind)
    found: list[Finding] = []
    interrupted = False
    try:
        findings: Iterator[Finding] = watched(prove(gate, kind=kind, seconds=seconds, smtlib=_writer(smtlib)))
        for finding in findings:
            found.append(finding)
            if not as_json:
                _say(finding)
    except KeyboardInterrupt:
        interrupted = True
    if as_json:
        json_line(_as_json(gate, found, interrupted))
    else:
        _end(gate, found, interrupted)
    return INTERRUPTED if interrupted else code_of(found)


def code_of(found: list[Finding]) -> int:
    """The exit code: a flaw that the gate shows is a flaw; one that is only possible is something not proved."""
    counting = [each for each in found if isinstance(each, Found) and each.level != "note"]
    if any(not each.possible for each in counting):
        return FLAWS
    return NOT_PROVED if counting or any(isinstance(each, Unproved) for each in found) else CLEAN


def _writer(folder: Path | None) -> Any:
    if folder is None:
        return None
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = f"the folder cannot be made: {error.strerror}"
        raise usage("smtlib", what, place=str(folder), hint="name a folder that can be written") from error

    def write(name: str, text: str) -> None:
        (folder / f"{name}.smt2").write_text(text, encoding="utf-8")

    return write


def _say(finding: Finding) -> None:
    if isinstance(finding, Unproved):
        line(f"{finding.place}: not proved: {finding.kind}: {finding.what}", style="yellow")
        return
    level = f"possible {finding.level}" if finding.possible else finding.level
    line(f"{finding.place}: {level}: {finding.kind}: {finding.what}", style=_STYLES[finding.level])
    for met in finding.customers:
        _wrapped(f"customer: {met.words}")
        _wrapped(f"gate: {_answered(met)}")
    for atom in finding.leans_on:
        _wrapped(f"leans on: {atom} (the solver cannot look into it)")
    for place in finding.also:
        line(f"  see: {place}")
    line(f"  hint: {finding.hint}")


def _answered(met: Met) -> str:
    held = f"; held: {', '.join(f'`{each}`' for each in met.fired)}" if met.fired else "; no clause held"
    return f"{met.answer}, decided by `{met.decided_by}`{held}"


def _wrapped(text: str) -> None:
    for each in textwrap.wrap(text, _WIDTH - 4, break_long_words=False, break_on_hyphens=False, initial_indent="  ", subsequent_indent="    "):
        line(each)


def _end(gate: Gate, found: list[Finding], interrupted: bool) -> None:
    draft = gate.contract.draft
    line(f"{draft.name} {draft.version}: {_counted(found)} · {gate.contract.digest}")
    for each in TAKEN_FOR_GRANTED:
        _wrapped(f"taken for granted: {each}")
    if interrupted:
        line("interrupted: this is what was found so far, and the rest is not proved", style="yellow")


def _counted(found: list[Finding]) -> str:
    sure = [each for each in found if isinstance(each, Found) and not each.possible]
    counts = [(sum(each.level == level for each in sure), level) for level in ("error", "warning", "note")]
    counts.append((sum(isinstance(each, Found) and each.possible for each in found), "possible flaw"))
    counts.append((sum(isinstance(each, Unproved) for each in found), "question not proved"))
    said = [
        f"{count} {word if count == 1 else word.replace('question', 'questions') if ' not ' in word else word + 's'}"
        for count, word in counts
        if count
    ]
    return ", ".join(said) or "no flaw found"


def _as_json(gate: Gate, found: list[Finding], interrupted: bool) -> dict[str, Any]:
    return {
        "digest": gate.contract.digest,
        "flaws": [each for each in found if isinstance(each, Found)],
        "not_proved": [each for each in found if isinstance(each, Unproved)],
        "taken_for_granted": TAKEN_FOR_GRANTED,
        "interrupted": interrupted,
    }
