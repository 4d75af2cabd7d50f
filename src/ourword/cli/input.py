"""Lines in: from a file or from standard input, each bounded."""

from __future__ import annotations

import codecs
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from ourword.cli.out import usage
from ourword.core.line import LINE_BYTES_MAX


def lines_of(source: BinaryIO) -> Iterator[bytes]:
    """Give one line after the other without its end, and never more of a line than is too much already."""
    mark = codecs.BOM_UTF8  # Windows editors begin a file with it
    while text := source.readline(LINE_BYTES_MAX + 2):
        yield text.rstrip(b"\r\n").removeprefix(mark)
        mark = b""
        while len(text) > LINE_BYTES_MAX and not text.endswith(b"\n"):
            text = source.readline(LINE_BYTES_MAX + 2)


def is_file(source: BinaryIO) -> bool:
    """Whether all lines are there already, so that nobody waits for one answer before writing the next line."""
    try:
        return stat.S_ISREG(os.fstat(source.fileno()).st_mode)
    except OSError:
        return False


@contextmanager
def opened(file: str) -> Iterator[BinaryIO]:
    """Open a file, or standard input (`-`)."""
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
