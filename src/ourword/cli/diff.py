"""`ourword diff`: what a new contract changes for customers, each change as it is found; stopped, it gives what it has."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from ourword.changing.diff import diff
from ourword.changing.found import Change, Finding, Part, Settled, Unproved
from ourword.changing.told import TAKEN_FOR_GRANTED, Compared, compared
from ourword.cli.bar import Bar, watched
from ourword.cli.compiled import compiled, gate_of, tables_of
from ourword.cli.diff_words import (
    change_words,
    counted_words,
    leaning_words,
    part_words,
    past_words,
    settled_words,
    shown,
    title_words,
    version_words,
    witness_words,
)
from ourword.cli.out import json_line, kept_apart, line, usage
from ourword.contract.files import draft_of
from ourword.contract.read import read
from ourword.deciding.past import Past
from ourword.gate.code import Gate
from ourword.stores.home import open_home

INTERRUPTED = 130
_STYLES = {"against": "bold red", "towards": "green", "arguable": "yellow", "neutral": ""}
_WIDTH = 80


def run(
    old: Path,
    new: Path | None,
    *,
    against: str = "",
    wiring: Path | None = None,
    old_wiring: Path | None = None,
    home: Path | None = None,
    kind: str = "",
    as_json: bool = False,
    markdown: str = "",
    seconds: float = 60.0,
) -> int:
    """Print what changes; what cannot be read or does not hold together raises `ContractError` (exit 3)."""
    before, after = _gates(old, new, against, wiring, old_wiring)
    if kind and kind not in before.kinds and kind not in after.kinds:
        known = dict.fromkeys((*before.kinds, *after.kinds))
        raise usage("kind", f"`{kind}` is not a kind of decision in either contract", place="--kind", hint=f"they decide: {', '.join(known)}")
    if as_json and markdown == "-":
        raise usage("output", "one of both goes to standard output", place="--markdown", hint="name a file: `--markdown diff.md`")
    if markdown not in ("", "-"):
        contracts = [each for each in (old, new) if each is not None]
        given = [each for each in (wiring, old_wiring) if each is not None]
        beside = (each.parent / name for each in contracts for name in ("wiring.yaml", *tables_of(before, after)))
        kept_apart(Path(markdown), [*contracts, *given, *beside], place="--markdown")
    quiet = as_json or markdown == "-"
    if home is not None:
        open_home(home, write=False).close()  # a path that is wrong is said before the proof, not after it
    found: list[Finding] = []
    pasts: list[Past] = []
    interrupted = False
    try:
        findings: Iterator[Finding] = watched(diff(before, after, kind=kind, seconds=seconds))
        for finding in findings:
            found.append(finding)
            if not quiet:
                _say(finding)
        if home is not None:
            for past in _pasts(home, before, after, kind):
                pasts.append(past)
                if not quiet:
                    _say_past(past)
    except KeyboardInterrupt:
        interrupted = True
    told = compared(before, after, found, past=tuple(pasts) if home is not None else None, interrupted=interrupted)
    if markdown:
        _write(markdown, told)
    if as_json:
        json_line(as_values(told))
    elif not quiet:
        _end(told)
    return INTERRUPTED if interrupted else told.code


def _pasts(home: Path, old: Gate, new: Gate, kind: str) -> Iterator[Past]:
    """The past of each kind that both contracts decide; a bar for whoever waits."""
    from ourword.deciding.past import past

    with open_home(home, write=False) as opened:
        for name in (each for each in new.kinds if each in old.kinds and kind in ("", each)):
            with Bar(opened.last_seq(), rows=lambda: 0) as bar:
                told = past(opened, old, new, name, moved=bar.moved)
            yield told


def _write(file: str, told: Compared) -> None:
    from ourword.cli.diff_markdown import markdown

    text = markdown(told)
    if file == "-":
        sys.stdout.write(text)
        return
    try:
        Path(file).write_text(text, encoding="utf-8")
    except OSError as error:
        raise usage("file", f"it cannot be written: {error.strerror}", place=file, hint="name a file in a folder that is there") from error


# ---- both contracts ------------------------------------------------------------------------------------------------


def _gates(old: Path, new: Path | None, against: str, wiring: Path | None, old_wiring: Path | None) -> tuple[Gate, Gate]:
    if (new is None) is not bool(against):
        what = "two contracts are compared, or one with a revision of itself" if not against else "with `--against` there is one contract"
        raise usage("arguments", what, place="ourword diff", hint="`ourword diff OLD NEW`, or `ourword diff CONTRACT --against main`")
    after = new or old
    wired = wiring or after.parent / "wiring.yaml"
    # What was open when the old contract was written may be overdue by now: that is its past.
    if against:
        (text, place), (beside, beside_place) = _at(against, old), _at(against, old_wiring or wired)

        def table(name: str, named_at: str) -> tuple[bytes, str]:
            return _at(against, old.parent / name)

        draft = read(text, beside, contract_place=place, wiring_place=beside_place, tables=table)
    else:
        draft = draft_of(old, old_wiring or (old.parent / "wiring.yaml"))
    return gate_of(draft, today=date.min), compiled(after, wired)


def _at(revision: str, file: Path) -> tuple[bytes, str]:
    """A file as it was at a revision in git, and what it is called then."""
    place = f"{revision}:{file}"
    hint = "name a revision that holds the file; in CI, fetch it first (`fetch-depth: 0`)"
    if revision.startswith("-"):
        raise usage("revision", f"`{revision}` is no revision", place="--against", hint=hint)
    try:
        command = ["git", "-C", str(file.parent), "show", f"{revision}:./{file.name}"]
        done = subprocess.run(command, capture_output=True, check=False)
    except OSError as error:
        raise usage("git", f"git cannot be run: {error.strerror}", place=place, hint="install git, or name both files") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise usage("revision", f"git cannot show it: {said[-1] if said else 'it says nothing'}", place=place, hint=hint)
    return done.stdout, place


# ---- told ----------------------------------------------------------------------------------------------------------


def _say(finding: Finding) -> None:
    match finding:
        case Change():
            way = f"possibly {finding.direction}" if finding.possible else finding.direction.value
            line(f"{finding.place}: {way}: {change_words(finding)}", style=_STYLES[finding.direction])
            for label, words in (pair for met in shown(finding) for pair in witness_words(met)):
                _wrapped(f"{label}: {words}")
            for words in leaning_words(finding):
                _wrapped(f"leans on: {words}")
        case Part():
            line(f"{finding.place}: {finding.about}: {part_words(finding)}")
            _wrapped(f"was: {finding.was or 'nothing'}")
            _wrapped(f"now: {finding.now or 'nothing'}")
        case Settled():
            line(settled_words(finding), style="bold")
        case Unproved():
            line(f"{finding.place}: not proved: {finding.kind}: {finding.what}", style="yellow")


def _say_past(past: Past) -> None:
    head, *rest = past_words(past)
    line(f"the past: {head}", style="bold")
    for each in rest:
        _wrapped(each)


def _wrapped(text: str) -> None:
    for each in textwrap.wrap(text, _WIDTH - 4, break_long_words=False, break_on_hyphens=False, initial_indent="  ", subsequent_indent="    "):
        line(each)


def _end(told: Compared) -> None:
    line(f"{title_words(told)}: {counted_words(told)}")
    _wrapped(version_words(told))
    for each in TAKEN_FOR_GRANTED:
        _wrapped(f"taken for granted: {each}")
    if told.interrupted:
        line("interrupted: this is what was found so far, and the rest is not proved", style="yellow")


def as_values(told: Compared) -> dict[str, Any]:
    """Everything, for machines."""
    return {
        "old": dict(zip(("contract", "version", "digest"), told.old, strict=True)),
        "new": dict(zip(("contract", "version", "digest"), told.new, strict=True)),
        "changes": told.changes,
        "parts": told.parts,
        "kinds": told.kinds,
        "not_proved": told.not_proved,
        "version": told.version,
        "past": told.past,
        "taken_for_granted": TAKEN_FOR_GRANTED,
        "interrupted": told.interrupted,
    }
