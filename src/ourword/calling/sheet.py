"""The sheet for those who call back: a table for any spreadsheet, out with a question in each row, in again with what was said."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

import msgspec

from ourword.contract.words import listed, meant, shown
from ourword.core.cells import safe_cell
from ourword.errors import LineError
from ourword.ledger.samples import QUESTION, Said, named, place_of
from ourword.stores.letters import text_in
from ourword.stores.separated import said_delimiter

NOTE_MAX = 1_000
BYTES_MAX = 16 * 1024 * 1024
_NEEDED = ("id", "contact", "solved")
ANSWERS = {
    Said.YES: ("yes", "y", "ja", "j", "oui", "sí", "si"),
    Said.NO: ("no", "n", "nein", "non"),
    Said.PARTLY: ("partly", "teilweise", "zum teil", "en partie", "en parte"),
    Said.NO_ANSWER: ("no answer", "no_answer", "keine antwort", "pas de réponse", "pas de reponse", "sin respuesta"),
}
"""What may stand in `solved`, in English, German, French and Spanish: whoever calls writes as they speak."""
_WORDS = {word: said for said, words in ANSWERS.items() for word in words}
_HINT = "write yes, no, partly or no answer (ja, nein, oui, non, sí are read too); leave the cell empty where nobody has called yet"


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One call: whom, about what, what was said last, the question to read out, and room for the answer."""

    id: str
    contact: str
    customer: str
    kind: str
    ended: str
    customer_said: str = ""
    we_said: str = ""
    question: str = QUESTION
    solved: str = ""
    note: str = ""


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """One row that somebody filled in: in which sample and at which place, and what was said."""

    place: str
    """Where it stands: the file and the line."""
    sample: int
    at: int
    contact: str
    said: Said
    note: str


def written(rows: Iterable[Row]) -> str:
    """The sheet as comma-separated values; no cell is a formula.

    >>> print(written([Row(id="ask-12-1", contact="k-81", customer="c-104", kind="refund", ended="2026-11-09", we_said="=1+1")]), end="")
    id,contact,customer,kind,ended,customer_said,we_said,question,solved,note
    ask-12-1,k-81,c-104,refund,2026-11-09,,'=1+1,Was your matter solved?,,
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(Row.__struct_fields__)
    writer.writerows([safe_cell(cell) for cell in msgspec.structs.astuple(row)] for row in rows)
    return out.getvalue()


def read(text: bytes, *, place: str) -> tuple[list[Given], list[LineError]]:
    """Read a sheet that came back: what was said, and every row that cannot be read, with its place and what to do.

    Columns may stand in any order and others beside them; a row with nothing in `solved` is one that nobody has called yet. Raises `LineError`
    for what is no such sheet.

    >>> given, wrong = read(b"id;contact;solved\\nask-12-1;k-81;Yes\\nask-12-2;k-82;\\nask-12-3;k-83;maybe\\n", place="ask.csv")
    >>> [(each.sample, each.at, each.said) for each in given], [each.place for each in wrong]
    ([(12, 1, <Said.YES: 'yes'>)], ['ask.csv:4: solved'])
    """
    rows: list[Given | LineError] = []
    for where, cells in _cells(text, place):
        try:
            row = _given(cells, where)
        except LineError as error:
            rows.append(error)
        else:
            rows += [] if row is None else [row]
    told = _each_once(rows)
    return [each for each in told if isinstance(each, Given)], [each for each in told if isinstance(each, LineError)]


def _each_once(rows: list[Given | LineError]) -> list[Given | LineError]:
    """One row for each call. Of two that differ none is taken: an answer stands, and nobody knows which of them was given."""
    calls: dict[tuple[int, int], list[Given]] = {}
    for row in rows:
        if isinstance(row, Given):
            calls.setdefault((row.sample, row.at), []).append(row)
    return [row if isinstance(row, LineError) else _once(row, calls[row.sample, row.at]) for row in rows]


def _once(row: Given, alike: list[Given]) -> Given | LineError:
    hint = "leave one row for each call, with the answer that was given"
    name = shown(named(row.sample, row.at))
    other = next((each for each in alike if each.said != row.said), None)
    if other is not None:
        what = f"{name} has two answers: {row.said.value} here, and {other.said.value} at {other.place}; neither is taken"
        return LineError("ask.double", what, place=f"{row.place}: solved", hint=hint)
    if row is not alike[0]:
        return LineError("ask.double", f"{name} stands here a second time, first at {alike[0].place}", place=f"{row.place}: id", hint=hint)
    return row


CELL_MAX = 131_072
"""Checked here too: how much `csv` itself reads into one cell is set for the whole process, and imports set it high."""


def _cells(text: bytes, place: str) -> Iterator[tuple[str, dict[str, str]]]:
    if len(text) > BYTES_MAX:
        raise LineError("ask.too-long", f"the sheet has {len(text):,} bytes", place=place, hint=f"at most {BYTES_MAX:,} are read")
    try:
        lines = text_in(text)
    except UnicodeDecodeError as cause:
        hint = "save it as `CSV UTF-8` in your spreadsheet"
        raise LineError("ask.text", "the sheet is in no encoding that is known here", place=place, hint=hint) from cause
    above, _, below = lines.partition("\n")
    delimiter = said_delimiter(above.rstrip("\r"))
    if delimiter:
        lines = below
    first = lines.splitlines()[0] if lines.strip() else ""
    delimiter, passed = delimiter or max(",;\t", key=first.count), int(bool(delimiter))  # spreadsheets separate as their country does
    reader = csv.reader(io.StringIO(lines, newline=""), delimiter=delimiter, strict=True)
    try:
        names = [each.strip().lower() for each in next(reader, [])]
        _check_names(names, place)
        start = passed + reader.line_num + 1
        for cells in reader:
            if any(len(each) > CELL_MAX for each in cells):
                raise csv.Error(f"a cell has more than {CELL_MAX:,} characters")
            where, start = f"{place}:{start}", passed + reader.line_num + 1
            if any(each.strip() for each in cells):
                yield where, dict(zip(names, [each.strip() for each in cells], strict=False))
    except csv.Error as cause:
        where = f"{place}:{passed + reader.line_num}"
        raise LineError("ask.table", f"this is no table: {cause}", place=where, hint="save it as CSV in your spreadsheet") from cause


def _check_names(names: list[str], place: str) -> None:
    missing = [each for each in _NEEDED if each not in names]
    if missing:
        hint = f"the first line names the columns {listed(_NEEDED)}, as `ourword ask --out` writes them"
        raise LineError("ask.columns", f"there is no column `{missing[0]}`", place=f"{place}:1", hint=meant(missing[0], names, hint))
    twice = next((each for each in _NEEDED if names.count(each) > 1), None)
    if twice:
        raise LineError("ask.columns", f"there are two columns `{twice}`", place=f"{place}:1", hint="leave the one with the answers")


def _given(cells: dict[str, str], where: str) -> Given | None:
    word, note = cells.get("solved", ""), cells.get("note", "")
    if not word and not note:
        return None
    name = cells.get("id", "")
    at = place_of(name)
    if at is None:
        hint = "leave the cell as `ourword ask --out` wrote it, such as ask-12-7"
        raise LineError("ask.id", f"{shown(name)} names no call" if name else "the row names no call", place=f"{where}: id", hint=hint)
    said = _WORDS.get(" ".join(word.lower().split()))
    if said is None:
        what = f"{shown(word)} is no answer" if word else "there is a note, and no answer"
        hint = meant(word.lower(), _WORDS, _HINT) if word else _HINT
        raise LineError("ask.solved", what, place=f"{where}: solved", hint=hint)
    if len(note) > NOTE_MAX:
        what = f"the note has {len(note):,} characters"
        raise LineError("ask.note", what, place=f"{where}: note", hint=f"at most {NOTE_MAX:,} are kept; put the rest where your work is planned")
    return Given(place=where, sample=at[0], at=at[1], contact=cells.get("contact", ""), said=said, note=note)
