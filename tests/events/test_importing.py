"""Other people's files into a home: in any encoding and shape, killed and run again, with every skipped line told."""

from __future__ import annotations

import gzip
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ourword.errors import UsageError
from ourword.outcomes.mapping import mapping_from_yaml
from ourword.stores import importing, separated
from ourword.stores.events import EventStore
from ourword.stores.home import open_home
from ourword.stores.importing import Imported, import_file
from ourword.stores.tables import tables

MAPPING = """
rows: .
source: shop
customer: who
contact: chat
time: at
rules:
  - when: what == "in"
    emit: {type: message.in, text: {from: text}}
  - when: what == "out"
    emit: {type: message.out}
"""
HEAD = "who,chat,at,what,text\n"
GOOD = "c-1,k-1,2026-11-01T10:00:00Z,in,hello\n"


def imported(tmp_path: Path, text: bytes | str, *, name: str = "chats.csv", mapping: str = MAPPING, again: bool = False) -> Imported:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with open_home(tmp_path / "home") as home, EventStore(home) as store:
        return import_file(store, path, mapping_from_yaml(mapping.encode()), again=again)


def rows(count: int) -> str:
    return "".join(f'c-{number % 7},k-{number % 13},2026-11-01T10:00:{number % 60:02}Z,in,"text, {number}"\n' for number in range(count))


# ---- every shape gives the same events -------------------------------------------------------------------------------


def as_parquet(tmp_path: Path, text: str) -> bytes:
    (tmp_path / "plain.csv").write_text(text)
    duckdb.sql(f"COPY (FROM read_csv('{tmp_path}/plain.csv', all_varchar = true)) TO '{tmp_path}/made.parquet'")
    return (tmp_path / "made.parquet").read_bytes()


def as_json_lines(tmp_path: Path, text: str) -> bytes:
    (tmp_path / "plain.csv").write_text(text)
    duckdb.sql(f"COPY (FROM read_csv('{tmp_path}/plain.csv', all_varchar = true)) TO '{tmp_path}/made.jsonl' (FORMAT json)")
    return (tmp_path / "made.jsonl").read_bytes()


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("a.csv", lambda _, text: text.encode()),
        ("a.csv", lambda _, text: text.encode("utf-8-sig")),
        ("a.csv", lambda _, text: text.encode("utf-16")),
        ("a.csv", lambda _, text: text.replace("\n", "\r\n").encode()),
        ("a.csv.gz", lambda _, text: gzip.compress(text.encode())),
        ("a.jsonl", as_json_lines),
        ("a.jsonl.gz", lambda folder, text: gzip.compress(as_json_lines(folder, text))),
        ("a.json", lambda folder, text: b"[" + b",".join(as_json_lines(folder, text).splitlines()) + b"]"),
        ("a.parquet", as_parquet),
    ],
)
def test_a_file_in_any_shape_gives_its_events(tmp_path: Path, name: str, written: Any) -> None:
    """A helpdesk's export comes as it comes."""
    told = imported(tmp_path, written(tmp_path, HEAD + rows(30)), name=name)

    assert (30, 30, 0) == (told.rows, told.events["new"], told.skipped)


def test_an_instant_in_parquet_is_read_in_utc(tmp_path: Path) -> None:
    """Whatever zone the machine is in that imports it."""
    row = "'c' AS who, 'k' AS chat, 'in' AS what, 'x' AS text, TIMESTAMPTZ '2026-11-01 10:00:00+02' AS at"
    duckdb.sql(f"COPY (SELECT {row}) TO '{tmp_path}/made.parquet'")
    imported(tmp_path, (tmp_path / "made.parquet").read_bytes(), name="a.parquet")
    with open_home(tmp_path / "home") as home, tables(home) as duck:
        assert [(1_793_520_000 * 10**6,)] == duck.execute('SELECT "at" FROM events').fetchall()


def test_a_text_over_several_lines_is_one_row(tmp_path: Path) -> None:
    """Customers press return."""
    told = imported(tmp_path, HEAD + 'c-1,k-1,2026-11-01T10:00:00Z,in,"one\ntwo, three\n"\n' + GOOD)

    assert (2, 2, 0) == (told.rows, told.events["new"], told.skipped)


# ---- bad lines -------------------------------------------------------------------------------------------------------


def test_bad_lines_are_told_by_their_number_and_the_rest_is_kept(tmp_path: Path) -> None:
    """One broken row among a million must not cost the others, nor vanish."""
    told = imported(tmp_path, HEAD + GOOD + "c-1,k-1\n" + "c-1,k-1,2026-11-01 10:00,in,x\n" + ",,2026-11-01T10:00:00Z,in,x\n" + GOOD)

    assert (2, 3) == (told.events["new"], told.skipped)
    assert ["chats.csv:3", "chats.csv:4: at", "chats.csv:5: subject"] == [each["place"] for each in told.lines]


def test_a_wrong_encoding_is_said_and_named_in_the_mapping(tmp_path: Path) -> None:
    """Excel on Windows writes ü as one byte."""
    text = (HEAD + GOOD + GOOD.replace("hello", "grün")).encode("windows-1252")
    told = imported(tmp_path, text)

    assert (1, "chats.csv:3", True) == (told.skipped, told.lines[0]["place"], "encoding" in told.lines[0]["hint"])
    assert 1 == imported(tmp_path, text, mapping=MAPPING + "encoding: windows-1252\n", again=True).events["new"]


def test_ten_thousand_columns_are_read(tmp_path: Path) -> None:
    """Survey tools export a column a question."""
    more = [f"q{number}" for number in range(10_000)]
    told = imported(tmp_path, HEAD.strip() + "," + ",".join(more) + "\n" + GOOD.strip() + ",x" * 10_000 + "\n")

    assert 1 == told.events["new"]


def test_a_quotation_mark_that_is_never_closed_does_not_eat_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The row is told, and reading goes on behind it."""
    monkeypatch.setattr(separated, "ROW_BYTES_MAX", 200)
    told = imported(tmp_path, HEAD + GOOD + 'c-1,k-1,2026-11-01T10:00:00Z,in,"open\n' + GOOD * 20)

    assert told.skipped >= 1
    assert told.events["new"] > 5


_LONG = """
import resource, sys
from pathlib import Path
from ourword.outcomes.mapping import mapping_from_yaml
from ourword.stores.events import EventStore
from ourword.stores.home import open_home
from ourword.stores.importing import import_file
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with open_home(sys.argv[1]) as home, EventStore(home) as store:
    told = import_file(store, Path(sys.argv[2]), mapping_from_yaml(Path(sys.argv[3]).read_bytes()))
print(told.events["new"], told.skipped, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.parametrize("name", ["long.csv", "long.jsonl"])
def test_a_line_of_200_mb_is_skipped_in_little_memory(tmp_path: Path, name: str) -> None:
    """A broken export must not take the machine down."""
    good = GOOD if name.endswith("csv") else '{"who": "c", "chat": "k", "at": "2026-11-01T10:00:00Z", "what": "in"}\n'
    with (tmp_path / name).open("w") as file:
        file.write((HEAD if name.endswith("csv") else "") + good)
        for _ in range(200):
            file.write("x" * 1024 * 1024)
        file.write("\n" + good)
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    command = [sys.executable, "-c", _LONG, str(tmp_path / "home"), str(tmp_path / name), str(tmp_path / "mapping.yaml")]
    kept, skipped, megabytes = subprocess.run(command, capture_output=True, check=True, text=True).stdout.split()

    assert ("2", "1") == (kept, skipped)
    assert int(megabytes) < 200


def test_a_mapping_that_matches_nothing_keeps_nothing_and_says_so(tmp_path: Path) -> None:
    """Zero events are no data, and never a good week."""
    told = imported(tmp_path, HEAD + GOOD * 3, mapping=MAPPING.replace('"in"', '"incoming"'))

    assert (3, 0, [0, 0]) == (told.matched_nothing, told.kept, list(told.rules.values()))


@pytest.mark.parametrize("name", ["a.xlsx", "none.csv", "cut.jsonl.gz", "no.parquet"])
def test_a_file_that_cannot_be_read_is_one_error(tmp_path: Path, name: str) -> None:
    """With a path and a next step."""
    (tmp_path / "a.xlsx").write_bytes(b"PK")
    (tmp_path / "cut.jsonl.gz").write_bytes(gzip.compress(os.urandom(5000))[:2000])
    (tmp_path / "no.parquet").write_bytes(b"x" * 100)
    with open_home(tmp_path / "home") as home, EventStore(home) as store, pytest.raises(UsageError) as caught:
        import_file(store, tmp_path / name, mapping_from_yaml(MAPPING.encode()))

    assert caught.value.hint


# ---- run again -------------------------------------------------------------------------------------------------------


def test_an_import_that_is_run_again_adds_nothing(tmp_path: Path) -> None:
    """Whoever is not sure whether it finished runs it again."""
    imported(tmp_path, HEAD + rows(50))
    again = imported(tmp_path, HEAD + rows(50))

    assert (0, 50, 0) == (again.events["new"], again.events["known"], again.skipped)


CORRECTED = MAPPING.replace("type: message.out", "type: message.out, actor: automation")


def test_a_file_whose_events_another_mapping_gave_is_refused(tmp_path: Path) -> None:
    """A corrected mapping left the old events beside the new ones, and the hint spoke of ids."""
    imported(tmp_path, HEAD + rows(5))
    with pytest.raises(UsageError) as caught:
        imported(tmp_path, HEAD + rows(5), mapping=CORRECTED)
    both = imported(tmp_path, HEAD + rows(5), mapping=CORRECTED, again=True)
    once_more = imported(tmp_path, HEAD + rows(5), mapping=CORRECTED)

    assert ("usage.again", True, True) == (caught.value.code, "new home" in caught.value.hint, "--again" in caught.value.hint)
    assert (5, 5) == (both.kept, once_more.kept)


@pytest.mark.parametrize(
    ("first", "then", "file"),
    [
        (MAPPING, MAPPING + "# who closes?\n\n", "chats.csv"),
        (MAPPING, MAPPING.replace("source: shop", "source:   shop"), "chats.csv"),
        (MAPPING.replace('"in"', '"incoming"'), CORRECTED, "chats.csv"),
        (MAPPING, CORRECTED, "others.csv"),
    ],
)
def test_a_comment_another_file_and_a_mapping_that_gave_nothing_are_no_reason(tmp_path: Path, first: str, then: str, file: str) -> None:
    """Nothing old would mix with the new."""
    imported(tmp_path, HEAD + rows(5), mapping=first)
    more = rows(6) if file == "others.csv" else rows(5)

    assert 5 <= imported(tmp_path, HEAD + more, mapping=then, name=file).kept


def test_a_killed_import_under_another_mapping_has_left_events_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped on the way, because its mapping was seen to be wrong."""
    monkeypatch.setattr(importing, "BATCH", 4)
    (tmp_path / "chats.csv").write_text(HEAD + rows(50))

    def stop(told: Imported) -> None:
        raise KeyboardInterrupt

    with open_home(tmp_path / "home") as home, EventStore(home) as store, pytest.raises(KeyboardInterrupt):
        import_file(store, tmp_path / "chats.csv", mapping_from_yaml(MAPPING.encode()), seen=stop)
    with pytest.raises(UsageError, match="by another mapping"):
        imported(tmp_path, HEAD + rows(50), mapping=CORRECTED)


def test_a_killed_import_is_finished_by_running_it_again(tmp_path: Path) -> None:
    """kill -9 five times on the way: every row is there once."""
    chance = random.Random(3)
    (tmp_path / "chats.csv").write_text(HEAD + rows(20_000))
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    command = [sys.executable, "-c", _LONG, *(str(tmp_path / name) for name in ("home", "chats.csv", "mapping.yaml"))]
    for _ in range(5):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(chance.uniform(0.3, 1.2))
        process.kill()
        process.communicate()
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout
    with open_home(tmp_path / "home") as home, tables(home) as duck:
        assert [(20_000, 7, 13)] == duck.execute("SELECT count(*), count(DISTINCT subject), count(DISTINCT contact) FROM events").fetchall()


def test_memory_stays_flat(tmp_path: Path) -> None:
    """Ten times the rows take no more memory to speak of."""
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    took = []
    for count in (5_000, 50_000):
        (tmp_path / f"{count}.csv").write_text(HEAD + rows(count))
        command = [sys.executable, "-c", _LONG, *(str(tmp_path / name) for name in (f"home-{count}", f"{count}.csv", "mapping.yaml"))]
        took.append(int(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[2]))

    assert took[1] - took[0] < 40
