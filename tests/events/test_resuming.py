"""An import that was killed goes on where it stopped: what is behind it is not read again, and the home is as if nothing had happened."""

from __future__ import annotations

import gzip
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ourword.core.event import Event
from ourword.figures.settling import events_of
from ourword.outcomes.mapping import mapping_from_yaml
from ourword.stores import importing
from ourword.stores.events import EventStore
from ourword.stores.home import open_home
from ourword.stores.importing import Imported, import_file

ROWS = 200
MAPPING = """
rows: .
source: shop
customer: who
contact: chat
time: {from: at, missing: previous}
rules:
  - when: 'what != ""'
    emit: {type: message.in, text: {from: text}}
at_end:
  - emit: {type: contact.closed, closed_by: timer}
"""


class Killed(Exception):
    """Stands for kill -9 between two commits."""


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 16)


def rows() -> list[dict[str, Any]]:
    """Contacts of five rows each, every third row without a time, texts over several lines."""
    return [
        {"who": f"c-{number % 7}", "chat": f"k-{number // 5}", "at": f"2026-11-01T10:{number % 60:02}:00Z" if number % 3 else "", "what": "in",
         "text": f"one\ntwo, {number}"}
        for number in range(ROWS)
    ]  # fmt: skip


def csv_text() -> str:
    return "who,chat,at,what,text\n" + "".join(f'{each["who"]},{each["chat"]},{each["at"]},in,"{each["text"]}"\n' for each in rows())


def lines_text() -> str:
    return "".join(json.dumps(each) + "\n" for each in rows())


def parquet(folder: Path) -> bytes:
    columns = "{who: 'VARCHAR', chat: 'VARCHAR', \"at\": 'VARCHAR', what: 'VARCHAR', text: 'VARCHAR'}"
    (folder / "plain.jsonl").write_text(lines_text())
    duckdb.sql(f"COPY (FROM read_json('{folder}/plain.jsonl', columns = {columns})) TO '{folder}/made.parquet'")
    return (folder / "made.parquet").read_bytes()


SHAPES: dict[str, Callable[[Path], bytes]] = {
    "a.csv": lambda _: csv_text().encode(),
    "b.csv": lambda _: csv_text().replace("\n", "\r\n").encode("utf-16"),
    "a.csv.gz": lambda _: gzip.compress(csv_text().encode()),
    "a.jsonl": lambda _: lines_text().encode(),
    "a.jsonl.gz": lambda _: gzip.compress(lines_text().encode()),
    "a.json": lambda _: json.dumps(rows()).encode(),
    "a.parquet": parquet,
}


def run(
    folder: Path, name: str, *, home: str = "home", killed_after: int | None = None, mapping: str = MAPPING, again: bool = False
) -> Imported | None:
    batches = iter(range(10**6))

    def seen(told: Imported) -> None:
        if next(batches) == killed_after:
            raise Killed

    with open_home(folder / home) as opened, EventStore(opened) as store:
        try:
            return import_file(store, folder / name, mapping_from_yaml(mapping.encode()), seen=seen, again=again)
        except Killed:
            return None


def kept(folder: Path, home: str = "home") -> list[Event]:
    with open_home(folder / home) as opened:
        return sorted(events_of(opened), key=lambda each: each.sequence or 0)


@pytest.mark.parametrize("killed_after", [1, 4, 9])
@pytest.mark.parametrize("name", list(SHAPES))
def test_killed_and_run_again_the_home_is_as_if_nothing_had_happened(tmp_path: Path, name: str, killed_after: int) -> None:
    """Every shape, packed or not: the same events, with the times that rows took from the row before, and each contact closed once."""
    (tmp_path / name).write_bytes(SHAPES[name](tmp_path))
    run(tmp_path, name, home="whole")
    assert run(tmp_path, name, killed_after=killed_after) is None
    told = run(tmp_path, name)

    assert told is not None
    assert told.before["rows"] >= 12 * killed_after
    assert ROWS == told.before["rows"] + told.rows
    assert kept(tmp_path, "whole") == kept(tmp_path)


def test_what_is_behind_is_not_mapped_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the row at which it stopped is looked at twice."""
    (tmp_path / "a.jsonl").write_text(lines_text())
    run(tmp_path, "a.jsonl", killed_after=8)
    taken: list[int] = []
    original = importing.Mapper.take

    def take(self: Any, document: Any, line: int) -> Iterator[Any]:
        taken.append(line)
        return original(self, document, line)

    monkeypatch.setattr(importing.Mapper, "take", take)
    told = run(tmp_path, "a.jsonl")

    assert told is not None
    assert list(range(told.before["rows"] + 1, ROWS + 1)) == taken


def test_a_changed_file_or_mapping_starts_anew(tmp_path: Path) -> None:
    """What was kept under another mapping says nothing about this one."""
    (tmp_path / "a.jsonl").write_text(lines_text())
    run(tmp_path, "a.jsonl", killed_after=5)
    other = run(tmp_path, "a.jsonl", mapping=MAPPING + "kind: chat\n", killed_after=0, again=True)
    (tmp_path / "a.jsonl").write_text(lines_text() + lines_text())
    changed = run(tmp_path, "a.jsonl")

    assert other is None
    assert changed is not None
    assert ({}, 2 * ROWS) == (changed.before, changed.rows)


def test_a_finished_import_is_not_taken_up_again(tmp_path: Path) -> None:
    """Run again, it looks at everything and finds it known."""
    (tmp_path / "a.jsonl").write_text(lines_text())
    first, again = run(tmp_path, "a.jsonl"), run(tmp_path, "a.jsonl")

    assert first is not None
    assert again is not None
    assert ({}, first.events["new"], 0) == (again.before, again.events["known"], again.events["new"])


def test_a_home_restored_from_before_forgets_no_row(tmp_path: Path) -> None:
    """How far an import came lies in the file of its events: an older copy of it knows less, and reads more."""
    (tmp_path / "a.jsonl").write_text(lines_text())
    run(tmp_path, "a.jsonl", home="whole")
    run(tmp_path, "a.jsonl", killed_after=2)
    copy = (tmp_path / "home" / "people.sqlite").read_bytes()
    run(tmp_path, "a.jsonl", killed_after=3)
    (tmp_path / "home" / "people.sqlite").write_bytes(copy)
    told = run(tmp_path, "a.jsonl")

    assert told is not None
    assert kept(tmp_path, "whole") == kept(tmp_path)


_IMPORTER = """
import sys
from pathlib import Path
from ourword.outcomes.mapping import mapping_from_yaml
from ourword.stores import importing
from ourword.stores.home import open_home
from ourword.deciding.taking import take_in
importing.BATCH = 200
with open_home(sys.argv[1]) as home:
    told = take_in(home, Path(sys.argv[2]), mapping_from_yaml(Path(sys.argv[3]).read_bytes()), seen=lambda told: print(told.rows, flush=True))
print("done", told.before.get("rows", 0))
"""


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl.gz"])
def test_kill_9_at_random_moments_loses_nothing_and_doubles_nothing(tmp_path: Path, name: str) -> None:
    """Six times on the way, then to the end: every row is there once, each contact closed once."""
    count = 12_000
    many = [
        {"who": f"c-{number % 7}", "chat": f"k-{number // 6}", "at": f"2026-11-01T10:00:{number % 60:02}Z", "what": "in", "text": "x"}
        for number in range(count)
    ]
    if name.endswith("csv"):
        (tmp_path / name).write_text("who,chat,at,what,text\n" + "".join(f"{','.join(each.values())}\n" for each in many))
    else:
        (tmp_path / name).write_bytes(gzip.compress("".join(json.dumps(each) + "\n" for each in many).encode()))
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    command = [sys.executable, "-c", _IMPORTER, *(str(tmp_path / part) for part in ("home", name, "mapping.yaml"))]
    chance = random.Random(11)
    for _ in range(6):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ)
        assert process.stdout is not None
        process.stdout.readline()  # something is kept, then at any moment
        time.sleep(chance.uniform(0, 0.15))
        process.kill()
        process.communicate()
    last = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()

    events = kept(tmp_path)
    assert (count, count // 6) == tuple(sum(each.type == type_ for each in events) for type_ in ("message.in", "contact.closed"))
    assert len({each.id for each in events}) == len(events)
    assert int(last[-1]) > 0 or last[0] == "200"
