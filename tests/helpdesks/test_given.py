"""What people really give: spreadsheets' own first lines, titles, folders, archives and other programs' files; each is read or says what to do."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tries import tries

from ourword.cli.main import run
from ourword.errors import UsageError
from ourword.outcomes.mapper import Skipped
from ourword.starting.recognising import shape_of
from ourword.starting.run import Start
from ourword.stores import separated, unpacking
from ourword.stores.foreign import refuse_foreign
from ourword.stores.letters import encoding_in, read_as_words, text_in

HEAD = "Ticket ID;Requester;Status;Created at;Solved at"
ROWS = [f"{n};jürgen{n}@mail.example;gelöst;2026-09-0{n} 10:00;2026-09-0{n} 12:00" for n in range(1, 7)]
TABLE = "\r\n".join([HEAD, *ROWS]) + "\r\n"


def start(tmp_path: Path) -> Start:
    return Start(tmp_path / "Ourword")


def read(tmp_path: Path) -> tuple[int, int]:
    """Rows and events of the one file that was read."""
    first = start(tmp_path)
    first.read()
    ((_, told),) = first.kept.read
    assert told.skipped == 0
    return told.rows, told.events["new"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "windows-1252"])
@pytest.mark.parametrize(
    "above", ["", "sep=;\r\n", "\r\n\r\n", "Acme report;;;;\r\nExported 2026-11-01;;;;\r\n;;;;\r\n", "Acme report\r\n", '"a; ""b"""\r\n\r\n']
)
def test_a_table_is_read_whatever_stands_above_it_and_however_it_is_written(tmp_path: Path, encoding: str, above: str) -> None:
    """Excel writes `sep=;` for itself, reports write their title: neither is a name of a column."""
    file = tmp_path / "tickets.csv"
    file.write_bytes((above + TABLE).encode(encoding))
    start(tmp_path).add(file)

    assert read(tmp_path) == (6, 12)


letters = st.lists(st.sampled_from("äöüßéñ€"), max_size=3).map("a".join)
"""Of windows-1252, no two odd ones in a row: `ß€` is one letter of UTF-8, too, and no machine can tell which."""


@given(st.lists(st.tuples(letters, st.sampled_from(["utf-8", "windows-1252"])), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_letters_of_two_encodings_all_arrive_where_most_are_utf8(words: list[tuple[str, str]], chance: Random) -> None:
    """Two programs wrote one file: each word is what its writer wrote, and whoever reads it hears where the first odd one is."""
    odd = sum(not letter.isascii() for word, of in words for letter in word if of != "utf-8")
    words += [("ü", "utf-8")] * (odd + 1)
    chance.shuffle(words)
    told = [f"{number}, " + word + "." for number, (word, _) in enumerate(words, 1)]
    lines = [line.encode(of) for line, (_, of) in zip(told, words, strict=True)]
    first = next((number for number, (word, of) in enumerate(words, 1) if of != "utf-8" and not word.isascii()), 0)

    assert "\n".join(told) == text_in(b"\n".join(lines))
    assert encoding_in(b"\n".join(lines)) == ("mixed" if odd else "")
    assert not odd or f"line {first}: `" in read_as_words(lines, "mixed")


@pytest.mark.parametrize(
    ("most", "few", "told"),
    [
        (
            "utf-8",
            "windows-1252",
            "t.csv: it is read as UTF-8, but 1 line has letters that are none; those are taken for windows-1252, first in line 4: `jürgen3",
        ),
        (
            "windows-1252",
            "utf-8",
            "t.csv: it is read as windows-1252, a guess: line 1 is the first that is no UTF-8, `Lösung`; 1 line looks like UTF-8 all the same",
        ),
    ],
)
def test_a_table_in_two_encodings_is_read_and_said_to_be(tmp_path: Path, most: str, few: str, told: str) -> None:
    """A table of 400 customers came out with `JÃ¼rgen` in every row since one line was pasted from an old file."""
    file = tmp_path / "t.csv"
    lines = TABLE.replace("Solved at", "Lösung").splitlines(keepends=True)
    file.write_bytes(b"".join(line.encode(few if number == 3 else most) for number, line in enumerate(lines)))
    first = start(tmp_path)
    first.add(file)
    first.read()
    ((_, read_),) = first.kept.read

    assert (6, 12, 0) == (read_.rows, read_.events["new"], read_.skipped)
    assert told in "\n".join(first.kept.assumed)
    assert ("jürgen3@mail.example" in first.look().addresses) == (most == "utf-8")


@given(
    names=st.lists(st.text("abc dü", min_size=1, max_size=6).filter(str.strip), min_size=2, max_size=6, unique=True),
    titles=st.lists(st.text("abc d", max_size=9), max_size=4),
    rows=st.integers(1, 3),
    at=st.integers(1, 9),
)
def test_names_are_found_below_titles_and_no_row_is_lost(names: list[str], titles: list[str], rows: int, at: int) -> None:
    """The law: what stands above fills one cell; the names and all rows come out, under the numbers of their lines, wherever reading begins."""
    lines = [*titles, ",".join(names), *(",".join(f"v{row}" for _ in names) for row in range(rows))]
    text = "".join(f"{each}\n" for each in lines).encode()
    first = len(titles) + 2

    def numbered(begin: int) -> list[tuple[int, object]]:
        file = io.BytesIO(text)
        file.told = lambda: None  # type: ignore[attr-defined]
        return list(separated.rows(file, "t.csv", "utf-8", "", begin))

    expected = [(first + row, dict.fromkeys(names, f"v{row}")) for row in range(rows)]
    assert expected == numbered(1)
    assert [each for each in expected if each[0] >= first + at - 1] == [each for each in numbered(first + at - 1) if each[0] >= first + at - 1]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("id\n1\n2\n", ["id"]),
        ("text\nhello, you\nand you\n", ["text"]),
        ('"Ticket\nID",b,c\n1,2,3\n4,5,6\n', ["Ticket\nID", "b", "c"]),
        ('Report\na,b,c\n1,2,"x\ny"\n', ["a", "b", "c"]),
        ("a,b\n1,2\n", ["a", "b"]),
    ],
)
def test_the_first_line_stays_the_names_where_it_is_no_title(tmp_path: Path, text: str, names: list[str]) -> None:
    """A title that was none would make a customer's row the names of the columns."""
    file = tmp_path / "t.csv"
    file.write_text(text, encoding="utf-8")
    with file.open("rb") as opened:
        assert names == separated.columns(opened, "t.csv", "utf-8", "")


def test_what_cannot_be_read_is_told_in_its_place(tmp_path: Path) -> None:
    """Looking ahead for the names must neither lose a bad line nor tell it before those above it."""
    text = b"a,b\n1,2\n3,4\n\xff,6\n7,8\n"
    file = io.BytesIO(text)
    file.told = lambda: None  # type: ignore[attr-defined]
    found = [(number, isinstance(row, Skipped)) for number, row in separated.rows(file, "t.csv", "utf-8", "", 1)]

    assert [(2, False), (3, False), (4, True), (5, False)] == found


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("tickets.csv", b"", "it is empty"),
        ("tickets.csv", b"\xef\xbb\xbf", "there is none"),
        ("tickets.csv", b"\n\n\n", "there is none"),
        ("tickets.csv", b"Ticket ID,Status\n", "names of columns and no row: `Ticket ID`, `Status`"),
        ("tickets.csv", b"sep=;\nTicket ID;Status\n", "names of columns and no row: `Ticket ID`, `Status`"),
        ("tickets.csv", b"Ticket ID,Status\n1,2,3\n", "the row has 3 values, and there are 2 columns (tickets.csv:2)"),
        ("tickets.json", b"[]", "there is none"),
    ],
)
def test_a_file_without_a_row_says_what_it_saw(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    """Empty, without rows and broken are three things to mend."""
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(UsageError) as raised:
        shape_of(file)

    assert says in raised.value.what
    assert "a table needs a first row of names" in raised.value.hint


def numbered(number: int) -> str:
    """The table with tickets of its own."""
    return "\r\n".join([HEAD, *(f"{number}{row}" for row in ROWS)]) + "\r\n"


def packed(*names: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for number, each in enumerate(names):
            archive.writestr(each, numbered(number))
    return held.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "what", "hint"),
    [
        ("t.xlsx", packed("[Content_Types].xml", "xl/workbook.xml"), "Excel workbook", "Save As > CSV UTF-8"),
        ("t.csv", packed("[Content_Types].xml", "xl/workbook.xml"), "Excel workbook", "Save As > CSV UTF-8"),
        ("t.xlsx", b"PK\x03\x04xx", "Excel workbook", "Save As > CSV UTF-8"),
        ("t.xls", b"<table>", "Excel workbook", "Save As > CSV UTF-8"),
        ("t.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excel workbook", "Save As > CSV UTF-8"),
        ("t.ods", packed("mimetype", "content.xml"), "LibreOffice", "Text CSV"),
        ("t.numbers", packed("Index/Document.iwa"), "Numbers", "Export To > CSV"),
        ("t.pdf", b"%PDF-1.7", "PDF", "as CSV"),
        ("t.csv", b"%PDF-1.7", "PDF", "as CSV"),
        ("t.docx", packed("word/document.xml"), "Word", "CSV UTF-8"),
        ("t.rar", b"Rar!", "archive", "unpack it"),
    ],
)
def test_another_programs_file_says_where_to_click(tmp_path: Path, name: str, content: bytes, what: str, hint: str) -> None:
    """By what it holds, and not by its name alone: many exports called .csv are none."""
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(UsageError) as raised:
        refuse_foreign(file)

    assert what in raised.value.what
    assert hint in raised.value.hint
    assert raised.value.place == name


# ---- folders and archives ------------------------------------------------------------------------------------------------


def test_a_folder_is_taken_as_its_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What a helpdesk's export unpacked to: in the order of names, without what is hidden, linked or of no use."""
    folder, outside = tmp_path / "export", tmp_path / "outside.csv"
    for each in ("2026", ".git", "__MACOSX"):
        (folder / each).mkdir(parents=True)
    outside.write_text(TABLE, encoding="utf-8")
    for number, name in enumerate(("b.csv", "2026/b.csv", "a.csv", ".hidden.csv", ".git/c.csv", "__MACOSX/d.csv", "~$b.csv"), 1):
        (folder / name).write_text(numbered(number), encoding="utf-8")
    (folder / "notes.md").write_text("no table", encoding="utf-8")
    (folder / "linked.csv").symlink_to(outside)
    (folder / "again").symlink_to(folder, target_is_directory=True)
    os.mkfifo(folder / "pipe.csv")

    assert run(["start", str(folder), "--folder", str(tmp_path / "Ourword"), "--once"]) == 0
    assert ["a.csv", "b.csv", "2026-b.csv"] == [each.name for each in start(tmp_path).kept.files]
    assert {"a.csv": 12, "b.csv": 12, "2026-b.csv": 12} == {name: told.events["new"] for name, told in start(tmp_path).kept.read}
    assert "2026-b.csv: a table" in capsys.readouterr().out


@pytest.mark.parametrize("held", ["nothing", "no table", "an unknown one", "too many"])
def test_a_folder_that_is_no_export_is_refused_whole(tmp_path: Path, held: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of it is taken: half an export looks like a whole one."""
    folder = tmp_path / "export"
    folder.mkdir()
    if held == "no table":
        (folder / "photo.png").write_bytes(b"x")
    if held == "an unknown one":
        (folder / "a.csv").write_text(TABLE, encoding="utf-8")
        (folder / "b.csv").write_text("colour,size\nred,3\n", encoding="utf-8")
        (folder / "0.zip").write_bytes(packed("tickets.csv"))
    if held == "too many":
        monkeypatch.setattr(unpacking, "MEMBERS_MAX", 3)
        for number in range(4):
            (folder / f"{number}.csv").write_text(TABLE, encoding="utf-8")
    with pytest.raises(UsageError):
        start(tmp_path).add(folder)

    assert ((), []) == (start(tmp_path).kept.files, list(start(tmp_path).files.rglob("*")))


@pytest.mark.parametrize("place", ["/dev/zero", "pipe", "missing.csv"])
def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path: Path, place: str) -> None:
    """A pipe would be read for ever."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError):
        start(tmp_path).add(tmp_path / place)


def test_two_folders_of_an_archive_may_hold_files_of_one_name(tmp_path: Path) -> None:
    """The second once overwrote the first, and half the tickets were gone without a word."""
    file = tmp_path / "export.zip"
    file.write_bytes(packed("2025/tickets.csv", "2026/tickets.csv", "inner.zip", "../../../evil.csv"))
    found = start(tmp_path).add(file)

    assert ["export-tickets.csv", "2-export-tickets.csv", "export-evil.csv"] == [each.name for each in found]
    assert all(start(tmp_path).files.resolve() == each.place.parent for each in found)


MANIFEST = b'{"version": 3, "created": "2026-11-01", "files": ["tickets.csv"]}'
NONE = {
    "manifest.json": (MANIFEST, "nothing here looks like a ticket"),
    "groups.csv": (b"colour,size\nred,3\n", "nothing here looks like a ticket"),
    "ratings.csv": (b"", "it is empty"),
    "macros.csv": (b"Ticket ID,Status\n", "names of columns and no row"),
    "tickets.xlsx": (packed("xl/workbook.xml"), "an Excel workbook, which is not read"),
    "sheet.csv": (packed("xl/workbook.xml"), "an Excel workbook, which is not read"),
    "2025.zip": (packed("tickets.csv"), "an archive within an archive"),
    "2024.tar.gz": (b"\x1f\x8b", "an archive that is not opened"),
    "photo.png": (b"x", "no ending that is read"),
}


@given(st.lists(st.sampled_from(sorted(NONE)), min_size=1, unique=True))
def test_what_is_no_export_in_an_archive_is_left_out_by_name(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    """A list of settings refused the whole export, and a workbook beside it was left out without a word."""
    folder = tmp_path_factory.mktemp("archive")
    file = folder / "export.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for name in (*names, "in/tickets.csv"):
            archive.writestr(name, NONE[name][0] if name in NONE else TABLE.encode())
    first = start(folder)
    found = first.add(file)

    assert ["export-tickets.csv"] == [each.name for each in found] == [each.name for each in first.files.iterdir()]
    assert len(first.aside) == 1
    for name in names:
        assert f"`{name}` (" in first.aside[0]
        assert NONE[name][1] in first.aside[0]


@pytest.mark.parametrize("held", ["none", "a damaged one"])
def test_an_archive_of_which_nothing_is_an_export_is_refused_whole(tmp_path: Path, held: str) -> None:
    """Half an export looks like a whole one: what is damaged is not left out."""
    file = tmp_path / "export.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("manifest.json", MANIFEST)
        if held == "a damaged one":
            archive.writestr("tickets.csv", TABLE)
            archive.writestr("more.json", b'{"tickets": [{"id":')
    with pytest.raises(UsageError, match="looks like a ticket" if held == "none" else "not JSON"):
        start(tmp_path).add(file)

    assert ((), []) == (start(tmp_path).kept.files, list(start(tmp_path).files.rglob("*")))


def test_whoever_gave_it_reads_what_was_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In the terminal; and no longer once the archive's files are left out again."""
    file = tmp_path / "export.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("tickets.csv", TABLE)
        archive.writestr("manifest.json", MANIFEST)
    run(["start", str(file), "--folder", str(tmp_path / "Ourword"), "--once"])
    first = start(tmp_path)

    assert "left out: export.zip: 1 file in it is left out: `manifest.json` (nothing here looks like" in capsys.readouterr().out
    first.remove("export-tickets.csv")
    assert () == first.aside


def test_all_of_an_archive_together_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many members, each just below the bound of one, fill a disk as well."""
    monkeypatch.setattr(unpacking, "SMALL", 1_000_000)
    file = tmp_path / "export.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(40):
            archive.writestr(f"{number}.csv", "a,b\n" + "0" * 900_000)
    with pytest.raises(UsageError, match="unpacks to more than"):
        start(tmp_path).add(file)

    assert [] == list(start(tmp_path).files.rglob("*"))


@settings(max_examples=tries(60))
@given(data=st.data())
def test_a_damaged_archive_is_one_error(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever byte is wrong: a sentence with a hint, and no file left behind."""
    content = bytearray(packed("tickets.csv"))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    folder = tmp_path_factory.mktemp("damaged")
    (folder / "export.zip").write_bytes(bytes(content[: data.draw(st.integers(1, len(content)))]))
    first = Start(folder / "Ourword")
    try:
        first.add(folder / "export.zip")
    except UsageError:
        assert [] == list(first.files.rglob("*"))


def test_a_view_whose_first_row_lacks_a_key_is_a_view_all_the_same(tmp_path: Path) -> None:
    """One ticket without a requester had made a mere table of the export, with other answers."""
    row = {"ID": "7", "Subject": "Lamp", "Requester": "Zoe", "Requested": "2026-11-09 11:00", "Status": "Solved", "Solved": "2026-11-09 13:00"}
    file = tmp_path / "view.json"
    file.write_text(json.dumps([{name: value for name, value in row.items() if name != "Requester"}, row]))

    assert shape_of(file).name.startswith("zendesk.")
