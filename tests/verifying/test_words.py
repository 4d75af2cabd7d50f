"""Words that lie beside the log: whoever deletes, changes or adds some is seen, and an erasure that takes them along is not taken for that."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import apsw
import msgspec
import pytest
from tests.erasing.shop import BEN, NS, ZORA, lived, opened

from ourword.ledger.entry import Erasure, Hold, SampleAnswered, entry_bytes, entry_from_bytes
from ourword.ledger.store import Entry
from ourword.rights.forgetting import erase
from ourword.rights.holding_back import hold, release
from ourword.stores import erasing
from ourword.stores.samples import Note
from ourword.verifying.flaws import Verified
from ourword.verifying.log import verify_home

_ONCE = TemporaryDirectory(prefix="ourword-words-", ignore_cleanup_errors=True)


@cache
def _spoken() -> Path:
    """A home in which people answered signals, signed, drew lots, noted, held and released; published."""
    folder = lived(Path(_ONCE.name) / "home")
    with opened(folder) as home:
        hold(home, BEN, by="mara", because="The court asks for it.", now=NS)
        hold(home, ZORA, by="mara", because=f"{ZORA} sues us.", now=NS)
        release(home, ZORA, by="mara", because="It was settled.", now=NS)
        home.publish()
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return Path(shutil.copytree(_spoken(), tmp_path / "home"))


def verified(folder: Path, *, full: bool = False) -> Verified:
    with opened(folder) as home:
        return verify_home(home, full=full)


def beside(folder: Path) -> dict[int, bytes]:
    with connected(folder) as connection:
        return dict(connection.execute("SELECT seq, sealed FROM reason ORDER BY seq"))


class connected:  # it stands where a function would
    """The ledger's file, for somebody who has no key."""

    def __init__(self, folder: Path) -> None:
        self._connection = apsw.Connection(str(folder / "ledger.sqlite"))

    def __enter__(self) -> apsw.Connection:
        return self._connection

    def __exit__(self, *error: object) -> None:
        self._connection.close()


def every() -> Iterator[int]:
    return iter(beside(_spoken()))


def test_words_that_nobody_touched_hold(home: Path) -> None:
    """Two answers, a signature, a draw and four notes on it, and three words about holds."""
    found = verified(home)
    notes = sum(len(each.value.notes) for each in _entries(home) if isinstance(each.value, SampleAnswered) and each.value.notes)

    assert (found.flaws, found.words, found.words_erased, found.notes) == ((), 7 + notes, 0, ())
    assert notes > 1


def test_words_that_were_deleted_are_named_whatever_they_were(home: Path) -> None:
    """Whoever can write the ledger's file cannot make what was said unsaid: the entry that commits to it is named."""
    for seq in every():
        copy = Path(shutil.copytree(home, home.with_name(f"without-{seq}")))
        with connected(copy) as connection:
            connection.execute("DELETE FROM reason WHERE seq = ?", (seq,))
        found = verified(copy)

        assert {each.entry for each in found.flaws} == {seq}
        assert all("gone" in each.what for each in found.flaws)


def test_words_that_were_changed_do_not_fit(home: Path) -> None:
    """A bit is enough; and so are the words of another entry of the same sort."""
    for seq, kept in beside(home).items():
        copy = Path(shutil.copytree(home, home.with_name(f"changed-{seq}")))
        with connected(copy) as connection:
            connection.execute("UPDATE reason SET sealed = ? WHERE seq = ?", (kept[:-1] + bytes([kept[-1] ^ 1]), seq))
        found = verified(copy)

        assert [each.entry for each in found.flaws] == [seq]

    first, second = [each.seq for each in _entries(home) if isinstance(each.value, Hold)][1:3]
    with connected(home) as connection:
        connection.execute("UPDATE reason SET sealed = (SELECT sealed FROM reason WHERE seq = ?) WHERE seq = ?", (first, second))
    assert {each.entry for each in verified(home).flaws} == {second}


def test_all_words_deleted_with_their_table_are_all_named(home: Path) -> None:
    with connected(home) as connection:
        connection.execute("DROP TABLE reason")

    assert {each.entry for each in verified(home).flaws} == set(every())


def test_one_note_of_several_that_was_taken_out_or_put_in_is_named(home: Path) -> None:
    """They lie together beside one entry, and each is committed to on its own."""
    seq = next(each.seq for each in _entries(home) if isinstance(each.value, SampleAnswered))
    notes = msgspec.msgpack.decode(beside(home)[seq], type=list[Note])
    for kept, said in ((notes[1:], f"note on place {notes[0].place} "), ([*notes, Note(99, 1, notes[0].box)], "place 99 ")):
        with connected(home) as connection:
            connection.execute("UPDATE reason SET sealed = ? WHERE seq = ?", (msgspec.msgpack.encode(kept), seq))
        (flaw,) = verified(home).flaws

        assert (flaw.entry, said in flaw.what) == (seq, True)


def test_words_that_were_put_in_are_named(home: Path) -> None:
    """Beside the entry of a signal that nobody answered yet."""
    with connected(home) as connection:
        connection.execute("INSERT INTO reason VALUES (19, ?)", (beside(home)[21],))

    assert [(each.entry, "put in" in each.what) for each in verified(home).flaws] == [(19, True)]


@pytest.mark.parametrize("published", [True, False])
def test_an_erasure_takes_words_along_and_says_so(home: Path, *, published: bool) -> None:
    """Also while the erasure itself is not signed yet. Which words went it says by marks: without the home's key they lead to no entry."""
    with opened(home) as whole:
        before = set(beside(home))
        erase(whole, ZORA, now=NS)
        if published:
            whole.publish()
        found = verify_home(whole, full=True)
        marks = [mark for each in whole.log() if isinstance(each.value, Erasure) for mark in each.value.words or ()]
        gone = before - set(beside(home))

    assert (found.flaws, found.notes) == ((), ())
    assert found.words_erased == len(marks) >= len(gone) > 3
    assert all(len(each) == 32 for each in marks)


def test_whoever_deletes_more_than_an_erasure_took_is_seen(home: Path) -> None:
    """An erasure excuses what went with it, and nothing else."""
    with opened(home) as whole:
        erase(whole, ZORA, now=NS)
        whole.publish()
    (left, *_) = [each.seq for each in _entries(home) if isinstance(each.value, Hold)]
    with connected(home) as connection:
        connection.execute("DELETE FROM reason WHERE seq = ?", (left,))

    assert [each.entry for each in verified(home).flaws] == [left]


def test_an_erasure_of_before_this_was_written_down_leaves_it_open(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Older homes go on to hold: what such an erasure may have taken is said, not called a flaw; what was said later has no such excuse."""
    made = erasing._erasures
    monkeypatch.setattr(erasing, "_erasures", lambda *given: (msgspec.structs.replace(each, words=msgspec.UNSET) for each in made(*given)))
    with opened(home) as whole:
        erase(whole, ZORA, now=NS)
        later = hold(whole, BEN, by="mara", because="And again.", now=NS).seq
        whole.publish()
    found = verified(home)
    with connected(home) as connection:
        connection.execute("DELETE FROM reason WHERE seq = ?", (later,))

    assert found.holds
    assert ["may have taken them" in each for each in found.notes] == [True]
    assert [each.entry for each in verified(home).flaws] == [later]


def test_more_words_than_one_entry_has_room_for_go_into_several() -> None:
    """An entry has at most 64 KB, and a customer may be named any number of times."""
    marks = [f"{number:032x}" for number in range(2 * erasing.WORDS_MAX + 7)]
    entries = list(erasing._erasures(["a" * 64, "b" * 64], marks, "2026-11-26T10:00:00.123456789Z"))

    assert [mark for each in entries for mark in each.words or ()] == marks
    assert [each.sub[0] for each in entries] == ["a", "b", "b"]
    assert all(entry_from_bytes(entry_bytes(each)) == each for each in entries)
    assert [each.words for each in erasing._erasures(["a", "b"], [], "2026-11-26T10:00:00Z")] == [(), ()]


def _entries(folder: Path) -> list[Entry]:
    with opened(folder) as home:
        return list(home.log())
