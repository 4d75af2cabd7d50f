"""`ourword coherence`: what is written, who is there, what was done; gaps first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ourword.app import Ourword
from ourword.cli.out import json_line, known_words, line
from ourword.cli.words import wrapped
from ourword.coherence.gathered import Coherence, as_dict, sentence
from ourword.coherence.judged import Line
from ourword.outcomes.asked import as_of_from


def run(home: Path, *, as_of: str = "", as_json: bool = False) -> int:
    """Print it in words, or as one JSON value."""
    with Ourword.open_home(home, create=False, write=False, as_of=as_of_from(as_of, "--as-of")) as ourword:
        found, known = ourword.coherence(), known_words(ourword)
    if as_json:
        json_line(as_dict(found))
        return 0
    for text in (*known, *words(found)):
        line(text)
    return 0


def words(found: Coherence) -> Iterator[str]:
    """A sentence, the gaps, then each kind with its four parts."""
    yield from wrapped(sentence(found))
    for gap in found.gaps:
        yield from wrapped(gap, first="- ", then="  ")
    for kind in found.kinds:
        yield ""
        yield kind
        for each in found.of(kind):
            yield from _part(each)


def _part(of: Line) -> Iterator[str]:
    yield f"  {of.part}"
    for name, cell in (("written", of.written), ("staffed", of.staffed), ("used", of.used)):
        yield from wrapped(f"{cell.words} ({cell.source})", first=f"    {name:<8} ", then=" " * 13)
