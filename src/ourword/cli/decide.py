"""`ourword decide`: JSON lines in, JSON lines out, in the same order, however many."""

from __future__ import annotations

import codecs
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import msgspec

from ourword.app import Mode, Ourword
from ourword.cli.out import usage
from ourword.core.line import LINE_BYTES_MAX

BATCH = 256
"""Lines of a file that share one sync; a pipe's writer may be waiting for each answer, so its lines share none."""

ALL_DECIDED, SOME_BAD = 0, 2


def run(contract: Path, wiring: Path, file: str, *, home: Path | None = None, lang: str = "", mode: str = "enforce") -> int:
    """Decide every line of *file* (`-`: standard input); exit 0 all decided, 2 some lines bad."""
    bad = False
    encode = msgspec.json.Encoder().encode
    out = sys.stdout.buffer
    with Ourword.open(contract, wiring, home=home, mode=cast(Mode, mode)) as ourword, _opened(file) as source:
        _known_language(ourword, lang)
        batch = BATCH if home is not None and _is_file(source) else 1
        for verdict in ourword.decide_lines(_lines(source), lang=lang, place=file, batch=batch):
            bad = bad or "error" in verdict
            out.write(encode(verdict) + b"\n")
            if batch == 1:
                out.flush()
        out.flush()
    return SOME_BAD if bad else ALL_DECIDED


def _lines(source: BinaryIO) -> Iterator[bytes]:
    """Give one line after the other without its end, and never more of a line than is too much already."""
    mark = codecs.BOM_UTF8  # Windows editors begin a file with it
    while text := source.readline(LINE_BYTES_MAX + 2):
        yield text.rstrip(b"\r\n").removeprefix(mark)
        mark = b""
        while len(text) > LINE_BYTES_MAX and not text.endswith(b"\n"):
            text = source.readline(LINE_BYTES_MAX + 2)


def _is_file(source: BinaryIO) -> bool:
    """Whether all lines are there already, so that nobody waits for one answer before writing the next line."""
    try:
        return stat.S_ISREG(os.fstat(source.fileno()).st_mode)
    except OSError:
        return False


@contextmanager
def _opened(file: str) -> Iterator[BinaryIO]:
    if file == "-":
        yield sys.stdin.buffer
        return
    with ExitStack() as stack:
        try:
            source = stack.enter_context(Path(file).open("rb"))
        except OSError as error:
            hint = "name a file of JSON lines, or - for standard input"
            raise usage("file", f"the file cannot be read: {error.strerror}", place=file, hint=hint) from error
        yield source


def _known_language(ourword: Ourword, lang: str) -> None:
    languages = ourword.contract.draft.languages
    if lang and lang not in languages:
        raise usage("lang", f"the contract has no `{lang}`", place="--lang", hint=f"it speaks: {', '.join(languages)}")
