"""`ourword decide`: JSON lines in, JSON lines out, in the same order, however many."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import cast

import msgspec

from ourword.app import Mode, Ourword
from ourword.cli.input import is_file, lines_of, opened
from ourword.cli.out import usage, warn_of_doubt
from ourword.core.language import matched

BATCH = 256
"""Lines of a file that share one sync; a pipe's writer may be waiting for each answer, so its lines share none."""

ALL_DECIDED, SOME_BAD = 0, 2


def run(contract: Path, wiring: Path, file: str, *, home: Path | None = None, lang: str = "", mode: str = "enforce") -> int:
    """Decide every line of *file* (`-`: standard input); exit 0 all decided, 2 some lines bad."""
    bad = False
    encode = msgspec.json.Encoder().encode
    out = sys.stdout.buffer
    with Ourword.open(contract, wiring, home=home, mode=cast(Mode, mode)) as ourword, opened(file) as source:
        _known_language(ourword, lang)
        warn_of_doubt(ourword)
        batch = BATCH if home is not None and is_file(source) else 1
        read = Untimed(lines_of(source))
        for verdict in ourword.decide_lines(read, lang=lang, place=file, batch=batch):
            bad = bad or "error" in verdict
            out.write(encode(verdict) + b"\n")
            if batch == 1:
                out.flush()
        out.flush()
        if read.persons and is_file(source):  # out of a pipe an answer may well have been given just now
            many = "1 line says what a person decided" if read.persons == 1 else f"{read.persons:,} lines say what a person decided"
            sys.stderr.write(f"warning: {many}, and not when: taken as decided now, with the ages that facts have now\n  hint: add `time`\n")
    return SOME_BAD if bad else ALL_DECIDED


class Untimed:
    """Lines as they come, those counted that say what a person decided without saying when."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = lines
        self.persons = 0

    def __iter__(self) -> Iterator[bytes]:
        """Each line, untouched."""
        for text in self._lines:
            if b'"by"' in text:
                self.persons += _is_a_persons_without_time(text)
            yield text


def _is_a_persons_without_time(text: bytes) -> bool:
    try:
        line = msgspec.json.decode(text)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return False  # an error in its place
    return isinstance(line, dict) and line.get("by") not in (None, "", "automation") and line.get("time") is None


def _known_language(ourword: Ourword, lang: str) -> None:
    languages = ourword.contract.draft.languages
    if lang and not matched(lang, languages):
        raise usage("lang", f"the contract has no `{lang}`", place="--lang", hint=f"it speaks: {', '.join(languages)}")
