"""`ourword bends`: where people depart from the contract, in words, with what became of it and a clause that would say so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ourword.app import Ourword
from ourword.bends.report import Bends, Clause
from ourword.bends.words import (
    NEVER_BY_ITSELF,
    UNLIKE,
    clause_words,
    drafted_words,
    fate_words,
    headline,
    left_out,
    metric_name,
    place_words,
    reasons,
)
from ourword.cli.compiled import compiled
from ourword.cli.out import json_line, known_words, line, option, usage
from ourword.cli.words import wrapped
from ourword.core.time import day_from_micros
from ourword.outcomes.asked import as_of_from, asked_from

CLAUSES_SHOWN = 20


def run(
    home: Path,
    *,
    contract: Path | None = None,
    wiring: Path | None = None,
    since: str = "",
    as_of: str = "",
    window_days: int = 7,
    as_json: bool = False,
) -> int:
    """Print what people decided beside what is written; nothing is written anywhere."""
    if wiring is not None and contract is None:
        raise usage("arguments", "`--wiring` wires a contract, and none is named", place="--wiring", hint="add `--contract C`")
    then = as_of_from(as_of, "--as-of")
    asked = asked_from(window_days=window_days, since=since, as_of=then, place=option)
    gate = compiled(contract, wiring or contract.parent / "wiring.yaml") if contract is not None else None
    with Ourword.open_home(home, create=False, write=False, as_of=then.known) as ourword:
        found, known = ourword.bends(gate=gate, asked=asked), known_words(ourword)
    if as_json:
        json_line(found)
    else:
        for text in (*known, *words(found)):
            line(text)
    return 0


def words(found: Bends) -> Iterator[str]:
    """Everything, within 80 columns but for the YAML."""
    yield from wrapped(headline(found))
    if not found.decided:
        return
    yield ""
    yield from _counts(found)
    for each in found.clauses[:CLAUSES_SHOWN]:
        yield ""
        yield from _clause(each)
    if len(found.clauses) > CLAUSES_SHOWN:
        yield from ("", f"… and {len(found.clauses) - CLAUSES_SHOWN:,} clauses more, bent less: `--json` has all.")
    if found.clauses and found.followed:
        yield ""
        yield from wrapped(UNLIKE)
    for draft in found.drafted:
        yield ""
        for text in drafted_words(draft):
            yield from wrapped(text)
        if draft.text:
            yield from ("", f"# {place_words(draft)}", *draft.text.splitlines())
    if any(each.text for each in found.drafted):
        yield from ("", *wrapped(NEVER_BY_ITSELF))
    yield ""
    for text in left_out(found):
        yield from wrapped(text)


def _counts(found: Bends) -> Iterator[str]:
    first, last = (day_from_micros(at) for at in (found.since or 0, found.until or 0))
    yield f"{'by people':<24} {found.decided:>8,}   {first} to {last}, by {', '.join(found.contracts)}"
    yield f"{'  as written':<24} {found.as_written:>8,}"
    yield f"{'  granted beyond it':<24} {found.granted:>8,}   {_monthly(found)}"
    yield f"{'  withheld from it':<24} {found.withheld:>8,}"
    yield f"{'  their own':<24} {found.theirs:>8,}   the contract calls a person, and says nothing else"


def _monthly(found: Bends) -> str:
    return "  ".join(f"{each.month} {each.granted:,}" for each in found.months[-4:])


def _clause(each: Clause) -> Iterator[str]:
    yield from wrapped(clause_words(each))
    if each.say:
        yield from wrapped(f"  “{each.say}”")
    for reason, count in reasons(each):
        yield from wrapped(f"  {count:>6,} × {reason}")
    if each.later:
        yield f"  {'':<20} {'bent':<26} applied ({each.applied:,})"
    for beside in each.later:
        yield f"  {metric_name(beside.bent.metric):<20} {_fate(fate_words(beside.bent)):<26} {_fate(fate_words(beside.applied))}".rstrip()


def _fate(words: tuple[str, str, str]) -> str:
    value, interval, n = words
    return f"{value} ({interval}) of {n}" if n else value
