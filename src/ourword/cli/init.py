"""`ourword init`: draft a mapping by looking at the first rows of a file."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from ourword.cli.out import line, usage
from ourword.outcomes.drafting import ROWS, draft
from ourword.outcomes.mapper import Skipped
from ourword.outcomes.mapping import mapping_from_yaml
from ourword.stores.reading import encoding_of, rows_of


def run(file: Path, *, out: Path | None = None) -> int:
    """Write the draft to a new file, or print it; exit 0. Nothing is ever overwritten."""
    if out is not None and out.exists():
        raise usage("exists", f"`{out}` is there already", place=str(out), hint="give another name, or move it away: nothing is overwritten")
    encoding = encoding_of(file)
    read = islice(rows_of(file, encoding=encoding or "utf-8"), ROWS)
    rows = [row for _, row in read if not isinstance(row, Skipped)]
    if not rows:
        raise usage(
            "empty", "the file has no row that can be read", place=str(file), hint="a CSV with a first line of names, or one JSON object a line"
        )
    text = draft(rows, name=file.name, encoding=encoding)
    mapping_from_yaml(text.encode(), place="the draft")  # what we write, we read
    if out is None:
        for each in text.splitlines():
            line(each)
        return 0
    try:
        with out.open("x", encoding="utf-8") as new:
            new.write(text)
    except OSError as error:
        raise usage("output", f"the draft cannot be written: {error.strerror}", place=str(out), hint="give a path that can be written") from error
    asked = text.count("# ?")
    line(f"{out}: a mapping for {file.name}, drafted from {len(rows):,} rows")
    line(f"{asked:,} questions are marked `# ?`; then: ourword import {file} --mapping {out} --home DIR")
    return 0
