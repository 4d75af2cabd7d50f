"""Every reader against anything: rows, skipped lines or one error with a next step; never a traceback, never a hang."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.tries import tries

from ourword.errors import ContractError, OurwordError, UsageError
from ourword.outcomes.mapper import Skipped
from ourword.outcomes.mapping import mapping_from_yaml
from ourword.stores import separated
from ourword.stores.events import EventStore
from ourword.stores.home import open_home
from ourword.stores.importing import Imported, import_file
from ourword.stores.reading import columns_of, encoding_of, rows_of

pieces = st.sampled_from(
    [
        *(b'"', b",", b"\n", b"\r", b"\r\n", b"\x00", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"{", b"}", b"[", b"]", b":", b"a", b"1"),
        *(b"\xfc", b"\xe2\x80\xa8", b'{"a": 1}', b"a,b\n1,2\n", b"PAR1", b"\x1f\x8b", b"NaN", b"\xed\xa0\x80", b"1e999"),
    ]
)
encodings = st.sampled_from(["utf-8", "windows-1252", "utf-16", "utf-16-le", "ascii"])
anything = st.lists(pieces, max_size=30).map(b"".join) | st.binary(max_size=60)


def read(path: Path, *, encoding: str = "utf-8", start: int = 1) -> list[object] | None:
    """The rows, or nothing when it is one error."""
    try:
        return [row for _, row in rows_of(path, encoding=encoding, start=start)]
    except OurwordError:  # it cannot be made without a hint
        return None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    anything,
    st.sampled_from(["csv", "tsv", "jsonl", "json"]),
    st.booleans(),
    st.sampled_from(["utf-8", "windows-1252", "utf-16", "utf-16-le", "ascii"]),
)
@example(b'"a', "csv", False, "utf-8")
@example(b'a,b\n"', "csv", False, "utf-8")
@example(b"\xff\xfea", "csv", False, "utf-8")
@example(b"\x1f\x8b\x08", "jsonl", False, "utf-8")
def test_any_bytes_are_rows_skipped_lines_or_one_error(tmp_path: Path, text: bytes, ending: str, packed: bool, encoding: str) -> None:
    """Somebody's export is broken in a way that nobody has seen yet."""
    path = tmp_path / f"a.{ending}{'.gz' if packed else ''}"
    path.write_bytes(gzip.compress(text) if packed else text)

    found = read(path, encoding=encoding)
    for row in found or []:
        assert isinstance(row, dict | Skipped)
    if found is not None:
        assert encoding_of(path) in ("", "mixed", "windows-1252", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(anything, st.sampled_from(["csv", "tsv", "jsonl", "json"]), encodings)
def test_the_columns_of_any_file_are_those_of_its_rows(tmp_path: Path, text: bytes, ending: str, encoding: str) -> None:
    """What a mapping is held against before anything is read is what the rows will have."""
    path = tmp_path / f"a.{ending}"
    path.write_bytes(text)
    found = read(path, encoding=encoding)
    try:
        columns = columns_of(path, encoding=encoding)
    except OurwordError:
        assert found is None
        return

    assert (columns is None) == (ending in ("json", "jsonl"))
    assert columns is None or {key for row in found or [] if isinstance(row, dict) for key in row} <= set(columns)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=tries(40))
@given(anything, st.sampled_from(["csv", "jsonl", "json"]))
@example(b'c,k,2026-11-01T10:00:00Z,1,x\nc,k,2026-11-01T10:00:00Z,2,"x\nc,k,2026-11-01T10:00:00Z,3,x\n', "csv")
def test_any_bytes_are_imported_with_every_row_told(tmp_path: Path, text: bytes, ending: str) -> None:
    """To the end of the way: each row gave an event, matched nothing, or was skipped with a hint; or the file is one error."""
    folder = tmp_path / str(len(list(tmp_path.iterdir())))
    folder.mkdir()
    try:
        told = imported(folder, HEAD.encode() + text if ending == "csv" else text, name=f"a.{ending}")
    except OurwordError:
        return

    assert told.rows <= told.kept + told.matched_nothing + told.skipped
    assert sum(told.reasons.values()) == told.skipped
    assert all(each["place"] and each["what"] and each["hint"] for each in told.lines)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(2, 50), st.integers(0, 255))
@example(13, 255)
def test_a_packed_file_with_one_wrong_byte_is_read_or_one_error(tmp_path: Path, at: int, byte: int) -> None:
    """A disk that forgets a bit."""
    text = bytearray(gzip.compress(b'{"a": 1}\n' * 200))
    text[at % len(text)] = byte
    (tmp_path / "a.jsonl.gz").write_bytes(text)

    for row in read(tmp_path / "a.jsonl.gz") or []:
        assert isinstance(row, dict | Skipped)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=tries(25))
@given(st.binary(max_size=80), st.booleans())
def test_any_bytes_called_parquet_are_one_error(tmp_path: Path, text: bytes, marked: bool) -> None:
    """Also when they begin and end like one."""
    (tmp_path / "a.parquet").write_bytes(b"PAR1" + text + b"PAR1" if marked else text)

    assert not read(tmp_path / "a.parquet")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(anything, st.sampled_from(["csv", "jsonl", "json"]), st.integers(1, 6))
def test_reading_from_a_row_on_gives_what_reading_all_gives_from_there(tmp_path: Path, text: bytes, ending: str, which: int) -> None:
    """What resuming rests on: no row lost, none double, under the same numbers, whatever stands in the lines before."""
    path = tmp_path / f"a.{ending}"
    path.write_bytes(b"a,b\n" + text)
    if ending != "csv":
        path.write_bytes(b"[" + b",".join([b'{"a": 1}'] * 5) + b"]" if ending == "json" else text)
    try:
        every = list(rows_of(path))
    except OurwordError:
        return
    mapped = [number for number, row in every if not isinstance(row, Skipped)]
    if mapped:
        start = mapped[min(which, len(mapped)) - 1]
        rest = [(number, row) for number, row in rows_of(path, start=start) if not isinstance(row, Skipped)]

        assert [(number, row) for number, row in every if number >= start and not isinstance(row, Skipped)] == rest


def test_reading_goes_on_behind_a_line_in_another_encoding(tmp_path: Path) -> None:
    """The row after it was once passed over with it."""
    (tmp_path / "a.csv").write_bytes(b"a,b\n1,\xfc\n2,x\n")

    assert [{"a": "2", "b": "x"}] == read(tmp_path / "a.csv", start=3)


# ---- quotation marks ---------------------------------------------------------------------------------------------------

words = st.text(st.sampled_from('ab",;\n\r| é'), max_size=8)
plain_words = st.text(st.sampled_from("ab |é"), min_size=1, max_size=8)


def skipped(found: list[object] | None) -> list[Skipped]:
    return [each for each in found or [] if isinstance(each, Skipped)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(words, words), max_size=8),
    st.sampled_from([("\n", csv.QUOTE_ALL), ("\r\n", csv.QUOTE_ALL), ("\r\n", csv.QUOTE_MINIMAL)]),
    st.booleans(),
)
def test_whatever_a_csv_writer_writes_is_read_as_it_was(
    tmp_path: Path, values: list[tuple[str, str]], how: tuple[str, Literal[0, 1]], marked: bool
) -> None:
    """Texts over several lines, with quotation marks and separators in them, in any line ends, with a mark before or none."""
    made = io.StringIO(newline="")
    csv.writer(made, lineterminator=how[0], quoting=how[1]).writerows([("x", "y"), *values])
    (tmp_path / "a.csv").write_bytes(made.getvalue().encode("utf-8-sig" if marked else "utf-8"))

    assert [{key: each for key, each in zip("xy", pair, strict=True) if each} for pair in values] == read(tmp_path / "a.csv")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(plain_words, plain_words), max_size=6), st.lists(st.tuples(plain_words, plain_words), max_size=6), st.booleans(), st.booleans()
)
@example([], [("a", "b")], True, True)
def test_an_open_quotation_mark_costs_its_row_and_is_told_at_its_line(
    tmp_path: Path, before: list[tuple[str, str]], after: list[tuple[str, str]], first: bool, quoted: bool
) -> None:
    """It once took the rest of the file into one value, without a word."""
    mark = '"' if quoted else ""
    lines = [f"{mark}{x}{mark},{mark}{y}{mark}" for x, y in (*before, *after)]
    lines.insert(len(before), '"open,z' if first else 'z,"open')
    (tmp_path / "a.csv").write_text("x,y\n" + "\n".join(lines) + "\n")
    found = read(tmp_path / "a.csv")

    assert [f"a.csv:{len(before) + 2}"] == [each.place for each in skipped(found)]
    assert [{"x": x, "y": y} for x, y in (*before, *after)] == [each for each in found or [] if not isinstance(each, Skipped)]


@pytest.mark.parametrize(
    ("rows", "place", "what", "left"),
    [
        ('1,"open\n2,b\n3,c\n', "a.csv:2", "opened here and never closed", 2),
        ('1,"open', "a.csv:2", "opened here and never closed", 0),
        ('1,a\n2,"', "a.csv:3", "opened here and never closed", 1),
        ('1,"open\n2,b\n3,"c"\n4,d\n', "a.csv:2", "not closed before one in line 4", 3),
        ('1,"he said "no" to me"\n2,b\n', "a.csv:2", "comes no separator", 1),
        ('"1\n1","open\n2,b\n', "a.csv:3", "opened here and never closed", 1),
        ('1,a,"two\nlines"\n2,b\n', "a.csv:2", "3 values, and there are 2 columns; it ends in line 3", 1),
    ],
)
def test_where_a_quotation_mark_was_opened_is_said(tmp_path: Path, rows: str, place: str, what: str, left: int) -> None:
    """The line to look at is the one that it stands in, however far it reached."""
    (tmp_path / "a.csv").write_text("x,y\n" + rows)
    found = read(tmp_path / "a.csv")
    (told,) = skipped(found)

    assert (place, True, left) == (told.place, what in told.what, len(found or []) - 1)


@pytest.mark.parametrize("text", ['x,"y\n1,2\n3,4\n', '"x"z,y\n1,2\n', "x,größe\n1,2\n"])
def test_names_of_columns_that_cannot_be_read_are_one_error_at_their_line(tmp_path: Path, text: str) -> None:
    """Or the first row would be taken for names."""
    (tmp_path / "a.csv").write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError) as caught:
        list(rows_of(tmp_path / "a.csv"))

    assert "a.csv:1" == caught.value.place


def test_an_open_quotation_mark_takes_no_more_memory_than_a_row_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does it keep reading to the end of a file of many gigabytes."""
    monkeypatch.setattr(separated, "ROW_BYTES_MAX", 1000)
    (tmp_path / "a.csv").write_text('x,y\n1,"open\n' + "2,b\n" * 2000)
    found = read(tmp_path / "a.csv")

    assert (["a.csv:2"], 2000) == ([each.place for each in skipped(found)], len(found or []) - 1)


# ---- the list --------------------------------------------------------------------------------------------------

MAPPING = "rows: .\nsource: s\ncustomer: who\ncontact: chat\ntime: at\nrules:\n  - emit: {type: message.in, id: {from: id}, text: {from: text}}\n"


def imported(folder: Path, text: bytes | str, *, name: str = "a.csv", mapping: str = MAPPING, now: int | None = None) -> Imported:
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    with open_home(folder / "home") as home, EventStore(home) as store:
        return import_file(store, folder / name, mapping_from_yaml(mapping.encode()), now=now)


def row(id_: str, at: str = "2026-11-01T10:00:00Z", text: str = "x") -> str:
    return f"c,k,{at},{id_},{text}\n"


HEAD = "who,chat,at,id,text\n"


def test_clocks_of_all_sorts(tmp_path: Path) -> None:
    """Without a zone it is no time; from the future it is kept and flagged; going back it is kept, and sorted by itself."""
    now = 1_793_526_600 * 10**9  # 2026-11-01T09:50:00Z
    told = imported(
        tmp_path, HEAD + row("1", "2026-11-01 10:00:00") + row("2", "2030-01-01T00:00:00Z") + row("3", "2026-10-01T10:00:00Z") + row("4", ""), now=now
    )

    assert (3, 1, 1, 1) == (told.events["new"], told.skipped, told.events["future"], told.events["without_time"])
    assert "zone" in told.lines[0]["hint"]


def test_the_same_id_again_is_known_and_with_other_words_conflicting(tmp_path: Path) -> None:
    """The first stands, and the second is told: never silently one or the other."""
    told = imported(tmp_path, HEAD + row("1") + row("1", text="y") + row("2"))
    again = imported(tmp_path, HEAD + row("1"), name="b.csv")

    assert (2, 1, 1) == (told.events["new"], told.events["conflicting"], told.skipped)
    assert (0, 1) == (again.events["new"], again.events["known"] + again.events["conflicting"])


@pytest.mark.parametrize(("encoding", "said"), [("windows-1252", None), ("latin-1", None), ("utf-16", "utf-8"), ("utf-8-sig", None), ("cp850", None)])
def test_texts_in_other_encodings_arrive_letter_by_letter(tmp_path: Path, encoding: str, said: str | None) -> None:
    """With the encoding said, or seen by its mark."""
    mapping = MAPPING + f"encoding: {said or encoding}\n"
    told = imported(tmp_path, (HEAD + row("1", text='"grün,\r\nschön"')).encode(encoding), mapping=mapping)
    with open_home(tmp_path / "home") as home, EventStore(home, write=False) as store:
        event = store.people.event(1)

    assert (1, 0) == (told.events["new"], told.skipped)
    assert event is not None
    assert "grün,\r\nschön" == event.data["text"]


def test_ten_thousand_columns_in_json_and_parquet_too(tmp_path: Path) -> None:
    """A survey's export, whatever it is written in."""
    wide = {"who": "c", "chat": "k", "at": "2026-11-01T10:00:00Z", "id": "1", **{f"q{number}": number for number in range(10_000)}}
    told = imported(tmp_path, json.dumps(wide) + "\n", name="a.jsonl")

    assert (1, 0) == (told.events["new"], told.skipped)


def test_a_mapping_that_names_one_of_two_equal_columns_is_refused(tmp_path: Path) -> None:
    """Which of the two would be read?"""
    with pytest.raises(ContractError, match="no column `who`") as told:
        imported(tmp_path, "who,who,chat,at,id,text\nc,d,k,2026-11-01T10:00:00Z,1,x\n")

    assert "`who (" in told.value.hint


def test_a_bomb_in_a_packed_file_takes_little_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line of a gigabyte packs into a megabyte: it is passed over in pieces, and told."""
    monkeypatch.setattr(separated, "ROW_BYTES_MAX", 100_000)
    made = io.BytesIO()
    with gzip.open(made, "wb") as file:
        file.write(b'{"a": 1}\n')
        for _ in range(20):
            file.write(b"x" * 100_000)
        file.write(b'\n{"a": 2}\n')
    (tmp_path / "a.jsonl.gz").write_bytes(made.getvalue())
    found = read(tmp_path / "a.jsonl.gz")

    assert found is not None
    assert [{"a": 1}, {"a": 2}] == [each for each in found if not isinstance(each, Skipped)]
    assert 1 == sum(isinstance(each, Skipped) for each in found)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "utf-32-le", "utf-32-be", "utf-32"])
def test_wide_letters_are_seen_with_and_without_a_mark(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(("ticket id,grüße,created at\n" + "T-1,ä€,2026-11-01\n" * 9).encode(encoding))

    assert [{"ticket id": "T-1", "grüße": "ä€", "created at": "2026-11-01"}] * 9 == [
        row for _, row in rows_of(path, encoding=encoding_of(path) or "utf-8")
    ]


def test_cells_that_are_filled_up_with_nothing_hold_their_words(tmp_path: Path) -> None:
    """`Solved` and `Solved` with three NULs behind it were two states, and the second was not ticked."""
    (tmp_path / "a.csv").write_bytes(b"id,state\n1,Solved\x00\x00\n\x00\n2,\x00Solved\n")

    assert [{"id": "1", "state": "Solved"}, {"id": "2", "state": "Solved"}] == [row for _, row in rows_of(tmp_path / "a.csv", encoding="utf-8")]


def test_columns_of_one_name_are_told_apart_by_number(tmp_path: Path) -> None:
    """Jira gives each label and comment a column of the same name; the bare name means none of them, so that no mapping takes one for the other."""
    path = tmp_path / "jira.csv"
    path.write_text("Key,Comment,Comment,Comment (2)\nA-1,one,two,three\n")

    ((_, row),) = rows_of(path, encoding="utf-8")
    assert row == {"Key": "A-1", "Comment (1)": "one", "Comment (3)": "two", "Comment (2)": "three"}
    assert columns_of(path) == ["Key", "Comment (1)", "Comment (3)", "Comment (2)"]


@given(st.lists(st.sampled_from(["a", "a (1)", "a (2)", "b", "b (1)", ""]), max_size=9))
def test_numbered_columns_are_all_different(names: list[str]) -> None:
    numbered = separated._numbered(names)

    assert len(set(numbered)) == len(names)
    assert all(new == old or new.startswith(f"{old} (" if old else "column ") for old, new in zip(names, numbered, strict=True))
