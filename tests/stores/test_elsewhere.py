"""Events lie in one folder of a home that has several: whatever is worked out from them is refused in the others, and nothing is recorded there."""

from __future__ import annotations

import json
import platform
import secrets
import shutil
from contextlib import closing
from pathlib import Path

import pytest
from tests.cli.conftest import Ourword as Command
from tests.cli.conftest import ourword as ourword
from tests.erasing.shop import BEN, LARKSPUR, ZORA, events, lived
from tests.stores.cluster import Cluster

from ourword.app import Ourword
from ourword.core.event import event_from_mapping
from ourword.errors import HomeError
from ourword.stores.database import connect
from ourword.stores.elsewhere import name_of
from ourword.stores.events import EventStore
from ourword.stores.home import make_postgres_home, open_home


@pytest.fixture
def folders(tmp_path: Path, cluster: Cluster) -> tuple[Path, Path]:
    """A home in PostgreSQL in two folders; the first has decided, and taken events in."""
    schema = f"home_{secrets.token_hex(6)}"
    for name in ("first", "second"):
        make_postgres_home(tmp_path / name, cluster.address, schema=schema)
    lived(tmp_path / "first")
    return tmp_path / "first", tmp_path / "second"


def test_a_folder_without_the_events_settles_and_counts_nothing(ourword: Command, folders: tuple[Path, Path]) -> None:
    first, second = folders
    (first.parent / "none.jsonl").touch()
    with open_home(first) as home:
        before = home.last_seq()
    for words in (
        ("settle",),
        ("settle", "--events", first.parent / "none.jsonl"),
        ("export", "--customer", BEN),
        ("report",),
        ("recount",),
        ("silent",),
    ):
        told = ourword(*words, "--home", second)
        assert (4, "") == (told.code, told.out), words
        assert told.err.splitlines()[0] == f"{second}: the events of this home lie in {name_of(first)}, not here"
    assert 0 == ourword("log", "--home", second).code
    assert 0 == ourword("why", "d-1", "--home", second).code
    with open_home(second) as home, pytest.raises(HomeError) as refused:
        EventStore(home)
    assert refused.value.code == "home.elsewhere"
    assert not (second / "people.sqlite").exists()
    with open_home(first) as home:
        assert before == home.last_seq()
    assert 0 == ourword("settle", "--home", first).code


def test_files_of_events_that_lie_in_another_folder_are_no_flaw_and_one_that_is_missing_where_they_lie_is(
    ourword: Command, folders: tuple[Path, Path]
) -> None:
    first, second = folders
    assert (0, 0) == (ourword("publish", "--home", second).code, ourword("publish", "--home", first).code)
    there, here = (ourword("verify", "--home", each) for each in (first, second))
    files = sorted((first / "events").iterdir())
    assert (0, 0) == (there.code, here.code), here.out
    assert f"held {len(files)} files of events against what was sealed" in there.out
    assert "what was sealed" not in here.out
    assert f"{len(files)} files of events lie in {name_of(first)}, and were not looked at here; `ourword verify --home` there does" in here.out

    (second / "events").mkdir()
    (second / "events" / files[0].name).write_bytes(b"another")
    files[1].unlink()
    there, here = (ourword("verify", "--home", each) for each in (first, second))
    assert [1, 1] == [there.code, here.code]
    assert "the file of events is missing" in there.out
    assert "not looked at" not in there.out
    assert "it was changed" in here.out
    assert f"{len(files) - 1} files of events lie in" in here.out


def test_whoever_takes_the_first_event_in_takes_in_all(tmp_path: Path, cluster: Cluster) -> None:
    """Before that any folder settles; a schema from before there was the table gets it; a folder that was renamed is still the one."""
    schema = f"home_{secrets.token_hex(6)}"
    for name in ("first", "second"):
        make_postgres_home(tmp_path / name, cluster.address, schema=schema)
    with open_home(tmp_path / "second") as second:
        assert not second.has_events
        with second.store.appending() as (writer, _):
            writer.execute("DROP TABLE takes_in")
        assert not second.has_events
        with open_home(tmp_path / "first") as first, EventStore(first) as store:
            assert ["new"] == store.add([event_from_mapping(events()[0])])
        with pytest.raises(HomeError, match="the events of this home lie in"):
            _ = second.has_events
    (tmp_path / "first").rename(tmp_path / "renamed")
    with open_home(tmp_path / "renamed") as first, EventStore(first) as store:
        assert ["new"] == store.add([event_from_mapping(events()[1])])


def _refused(ourword: Command, folder: Path, *, of: str) -> None:
    """Whatever needs the events, in a folder that has older ones: nothing is recorded, and nobody erased."""
    one = folder.parent / "one.jsonl"
    one.write_text(json.dumps(events()[0]))
    with open_home(folder) as home:
        before = home.last_seq()
    for words in (("erase", ZORA), ("settle",), ("events", one), ("export", "--customer", BEN), ("report",)):
        told = ourword(*words, "--home", folder)
        assert (4, "") == (told.code, told.out), (words, told)
        assert told.err.startswith(f"{folder}: the events of this home lie in {of}; what lies here is an older copy"), told.err
        assert "delete `people.sqlite` and `events` here" in told.err
    with open_home(folder) as home:
        assert before == home.last_seq()


def test_a_folder_with_a_copy_of_the_events_is_refused_beside_the_one_that_takes_them_in(ourword: Command, folders: tuple[Path, Path]) -> None:
    """Erasing in either would leave everything in the other."""
    first, second = folders
    shutil.copy(first / "people.sqlite", second)
    shutil.copytree(first / "events", second / "events")
    _refused(ourword, second, of=name_of(first))
    (second / "people.sqlite").unlink()
    assert "the events of this home lie in" in ourword("settle", "--home", second).err
    assert 0 == ourword("settle", "--home", first).code


def test_where_the_events_went_on_elsewhere_the_folder_they_came_from_is_refused(
    ourword: Command, folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy on another machine, which cannot see the first: once it has gone on, the first has older events, and must not be used again."""
    first, second = folders
    shutil.copy(first / "people.sqlite", second)
    shutil.copytree(first / "events", second / "events")
    there = platform.node()
    monkeypatch.setattr(platform, "node", lambda: "another-machine")
    assert 0 == ourword("settle", "--home", second).code
    with open_home(second) as home, EventStore(home) as store:
        assert {"known"} == set(store.add([event_from_mapping(each) for each in events()[:3]]))
        where = name_of(second)
    monkeypatch.setattr(platform, "node", lambda: there)
    _refused(ourword, first, of=where)


def test_a_machine_that_was_renamed_goes_on(ourword: Command, folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """As a container is at each start."""
    first, _ = folders
    for name in ("one", "another", "one"):
        monkeypatch.setattr(platform, "node", lambda name=name: name)
        assert 0 == ourword("settle", "--home", first).code
        with open_home(first) as home, EventStore(home) as store:
            store.seal()
            assert home.store.events_at().startswith(f"{name}:")


def test_a_home_from_before_there_were_tokens_gets_one(folders: tuple[Path, Path]) -> None:
    first, _ = folders
    with open_home(first) as home, home.store.appending() as (writer, _):
        writer.execute("UPDATE takes_in SET folder = ?", (name_of(first),))
    with closing(connect(first / "people.sqlite")) as people:
        people.execute("PRAGMA user_version = 0")
    with open_home(first) as home, EventStore(home):
        name, token = home.store.events_at().split("\n")
    with closing(connect(first / "people.sqlite", write=False)) as people:
        assert (name, int(token)) == (name_of(first), people.execute("PRAGMA user_version").get)
        assert int(token) > 0


def test_events_that_no_file_holds_yet_are_known_of_in_every_folder_after_a_move(ourword: Command, tmp_path: Path, cluster: Cluster) -> None:
    """As those are that lie in files: without them every promise would look broken for good, and whoever is erased would stay in them."""
    schema = f"home_{secrets.token_hex(6)}"
    with Ourword.open(LARKSPUR / "contract.yaml", LARKSPUR / "wiring.yaml", home=tmp_path / "files") as word:
        assert all(word.decide_lines((LARKSPUR / "decisions.jsonl").read_bytes().splitlines()))
        word.events(json.loads(line) for line in (LARKSPUR / "events.jsonl").read_text(encoding="utf-8").splitlines())
    first, second = tmp_path / "first", tmp_path / "second"
    assert 0 == ourword("migrate", tmp_path / "files", first, "--postgres", cluster.address, "--schema", schema).code
    make_postgres_home(second, cluster.address, schema=schema)
    with open_home(second) as home:
        before = home.last_seq()
        assert not home.store.sealed_segments()
    there = [
        ourword(*words, "--home", second)
        for words in (("settle",), ("erase", "c-101"), ("events", LARKSPUR / "events.jsonl"), ("backup", tmp_path / "copy"))
    ]
    there.append(ourword("migrate", second, tmp_path / "without"))
    for told in there:
        assert (4, "") == (told.code, told.out)
        assert told.err.startswith(f"{second}: the events of this home lie in {name_of(first)}, not here")
    with open_home(second) as home:
        assert before == home.last_seq()

    first.rename(tmp_path / "renamed")
    settled = ourword("settle", "--home", tmp_path / "renamed", "--now", "2026-12-20T00:00:00Z")
    assert "6 kept in time" in settled.out
    assert "is erased" in ourword("erase", "c-101", "--home", tmp_path / "renamed").out


def test_another_folder_of_a_home_that_was_moved_is_told_so(ourword: Command, folders: tuple[Path, Path], cluster: Cluster) -> None:
    """Nothing there is damaged: whoever restored the database, or made a home in it anew, would begin a second history."""
    first, second = folders
    schema = json.loads((second / "home.json").read_text())["schema"]
    with open_home(second) as running:
        assert 0 == ourword("migrate", first, first.parent / "files").code
        with pytest.raises(HomeError, match="open it again"):
            running.last_seq()
    told = [
        ourword("log", "--home", second),
        ourword("log", "--home", second, "--as-of", "entry:1"),
        ourword("decide", LARKSPUR / "contract.yaml", LARKSPUR / "wiring.yaml", LARKSPUR / "decisions.jsonl", "--home", second),
    ]
    told.append(ourword("home", first.parent / "new", "--postgres", cluster.address, "--schema", schema))

    for each in told:
        assert 4 == each.code
        assert f": this home was moved (`ourword migrate`): the entries in `{schema}` are put aside" in each.err
        assert "restore nothing here" in each.err
