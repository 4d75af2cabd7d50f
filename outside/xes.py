"""XES event logs (IEEE 1849) as CSV rows, streamed: one row an event, in the log's own order."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element, iterparse

NAME, TIME = "concept:name", "time:timestamp"
COLUMNS = ("case", "position", "after_close", "activity", "time")
"""`position` counts from 1 in each case; `after_close` is 1 on the first event after one that closed it."""


def xes_to_csv(log: Path, out: Path, *, closing: str, attributes: Sequence[str]) -> int:
    """Write the events of a log (plain or gzip) with some of their attributes; give how many there were."""
    count = 0
    with _opened(log) as xml, out.open("w", encoding="utf-8", newline="") as csv_file:
        writer = csv.writer(csv_file)
        writer.writerow([*COLUMNS, *attributes])
        for case in _traces(xml):
            for row in rows_of(case, closing=closing, attributes=attributes):
                writer.writerow(row)
                count += 1
    return count


def rows_of(trace: Element, *, closing: str, attributes: Sequence[str]) -> Iterator[list[str]]:
    """The rows of one trace.

    >>> from xml.etree.ElementTree import fromstring
    >>> step = '<event><string key="concept:name" value="{}"/><date key="time:timestamp" value="2012-10-0{}T10:00:00+00:00"/></event>'
    >>> trace = fromstring('<trace><string key="concept:name" value="Case 7"/>' + step.format("Closed", 1) + step.format("Wait", 2) + "</trace>")
    >>> list(rows_of(trace, closing="Closed", attributes=()))[1]
    ['Case 7', '2', '1', 'Wait', '2012-10-02T10:00:00+00:00']
    """
    case = next((part.get("value", "") for part in trace if _tag(part) == "string" and part.get("key") == NAME), "")
    before = ""
    for position, event in enumerate((part for part in trace if _tag(part) == "event"), 1):
        said = {part.get("key", ""): part.get("value", "") for part in event}
        activity = said.get(NAME, "")
        yield [case, str(position), str(int(before == closing)), activity, said.get(TIME, ""), *(said.get(name, "") for name in attributes)]
        before = activity


def _traces(xml: IO[bytes]) -> Iterator[Element]:
    """One trace at a time; what was read is let go, so that memory stays flat."""
    root: Element | None = None
    for what, element in iterparse(xml, events=("start", "end")):
        root = element if root is None else root
        if what == "end" and _tag(element) == "trace":
            yield element
            root.clear()


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _opened(path: Path) -> IO[bytes]:
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]
