"""A backup is older than the erasures after it: putting it back must not bring anybody back."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.cli.conftest import Ourword as Command
from tests.cli.conftest import ourword as ourword
from tests.erasing.shop import ADA, BEFORE, BEN, NEEDLES, NS, ZORA, found_in, lived, opened, theirs

from ourword.errors import HomeError
from ourword.ledger.entry import Erasure
from ourword.rights.exporting import export
from ourword.rights.forgetting import erase
from ourword.stores.backup import back_up
from ourword.stores.erasures import Listed, keep, list_of, read
from ourword.stores.events import EventStore
from ourword.stores.home import open_home


def erased(folder: Path, customer: str) -> bool:
    with opened(folder) as home:
        exported = export(home, customer, now=NS)
        return not exported["held"] and any(isinstance(entry.value, Erasure) for entry in home.log())


def test_a_backup_of_a_home_in_use_is_that_home(ourword: Command, home: Path, tmp_path: Path) -> None:
    """It opens, and holds every entry and every word; a folder that is there already is left alone."""
    with opened(home) as whole, EventStore(whole):
        told = ourword("backup", tmp_path / "copy", "--home", home)
        entries, held = list(whole.log()), export(whole, ZORA, now=NS)
    again = ourword("backup", tmp_path / "copy", "--home", home)

    assert (0, "") == (told.code, told.err)
    assert f"up to entry {len(entries)}." in " ".join(told.out.split())
    with opened(tmp_path / "copy") as copy, EventStore(copy):
        assert (entries, held) == (list(copy.log()), export(copy, ZORA, now=NS))
    assert (again.code, again.err.splitlines()[0]) == (4, f"{tmp_path / 'copy'}: `{tmp_path / 'copy'}` is there already")


def test_restoring_a_backup_erases_again_whoever_was_erased_since(ourword: Command, home: Path, tmp_path: Path) -> None:
    """The list beside the home names them by what stands in the entries; the keys in the backup tell who that is."""
    back_up(home, tmp_path / "copy")
    with opened(home) as whole:
        sealed = list(theirs(whole, (ZORA, BEFORE)))
        erase(whole, ZORA, now=NS)
    home.rename(tmp_path / "broken")
    told = ourword("restore", tmp_path / "copy", "--home", home)

    assert (0, "") == (told.code, told.err)
    assert "2 customers who were erased since it was made were in it, and are erased again; 2 listed." in " ".join(told.out.split())
    assert erased(home, ZORA)
    assert [] == found_in(home, [*NEEDLES, *sealed])
    with opened(home) as whole:
        assert export(whole, BEN, now=NS)["events"]


def test_a_home_that_is_older_than_the_erasures_known_of_it_is_not_opened(ourword: Command, home: Path, tmp_path: Path) -> None:
    """Somebody copies yesterday's folder back by hand: no command shows who was erased today, and the error says what to do."""
    back_up(home, tmp_path / "copy")
    with opened(home) as whole:
        erase(whole, ZORA, now=NS)
    shutil.rmtree(home)
    shutil.copytree(tmp_path / "copy", home)
    for write in (False, True):
        with pytest.raises(HomeError, match="it is older than their erasure") as refused:
            open_home(home, write=write)
        assert ("home.older", 4) == (refused.value.code, refused.value.exit_code)
    told = ourword("restore", "--home", home)

    assert (0, "") == (told.code, told.err)
    assert erased(home, ZORA)
    assert [] == found_in(home, NEEDLES)


def test_the_newest_home_tells_who_was_erased_where_the_list_is_gone(ourword: Command, home: Path, tmp_path: Path) -> None:
    back_up(home, tmp_path / "copy")
    with opened(home) as whole:
        erase(whole, ADA, now=NS)
        erase(whole, ZORA, now=NS)
    list_of(home).unlink()
    nobody_says = ourword("restore", tmp_path / "copy", "--home", tmp_path / "new")
    told = ourword("restore", tmp_path / "copy", "--home", tmp_path / "new", "--erasures", home)

    assert (64, "nobody says who was erased since") == (nobody_says.code, nobody_says.err.split(": ")[1])
    assert (0, "") == (told.code, told.err)
    assert erased(tmp_path / "new", ZORA)
    assert erased(tmp_path / "new", ADA)


def test_the_list_of_another_home_erases_nobody(ourword: Command, home: Path, tmp_path: Path) -> None:
    """Two homes lie side by side, and somebody takes the wrong list."""
    back_up(home, tmp_path / "copy")
    keep(list_of(tmp_path / "other"), [Listed(home="00", entry=1, sub="00", time="2026-11-26T10:00:00Z")], home="00", beside="x")
    told = ourword("restore", tmp_path / "copy", "--home", tmp_path / "new", "--erasures", list_of(tmp_path / "other"))

    assert (4, "these erasures are those of another home") == (told.code, told.err.split(": ")[1].split(" (")[0])
    assert not (tmp_path / "new").exists()


def test_the_list_names_nobody(home: Path) -> None:
    """It lies outside of the home, and goes to places where the home does not."""
    with opened(home) as whole:
        erase(whole, ZORA, now=NS)
        subs = {entry.value.sub for entry in whole.log() if isinstance(entry.value, Erasure)}
    held = list_of(home).read_bytes()

    assert all(sub.encode() in held for sub in subs)
    assert not any(each in held for each in NEEDLES)


def test_a_new_home_at_the_same_path_keeps_the_erasures_of_the_one_before(ourword: Command, home: Path, tmp_path: Path) -> None:
    """Somebody moves the home aside, begins anew and erases there; then an old backup of the first comes back to the path."""
    back_up(home, tmp_path / "copy")
    with opened(home) as whole:
        erase(whole, ZORA, now=NS)
    before = read(list_of(home))
    home.rename(tmp_path / "aside")
    shutil.copytree(lived(tmp_path / "fresh"), home)
    with opened(home) as new:
        erase(new, ADA, now=NS)
    after = read(list_of(home))
    shutil.rmtree(home)
    shutil.copytree(tmp_path / "copy", home)
    shown = ourword("export", "--customer", ZORA, "--home", home)
    told = ourword("restore", "--home", home)

    assert before == after[: len(before)]
    assert len(before) + 1 == len(after)
    assert (4, "2 customers who were erased may be in this home again") == (shown.code, shown.err.split(": ")[1])
    assert (0, "") == (told.code, told.err)
    assert erased(home, ZORA)


def test_a_list_that_is_not_whole_is_none(ourword: Command, home: Path, tmp_path: Path) -> None:
    """A copy was cut off, by lines or by bytes, or is empty: nobody comes back by it, and the error says so."""
    back_up(home, tmp_path / "copy")
    with opened(home) as whole:
        erase(whole, ADA, now=NS)
        erase(whole, ZORA, now=NS)
    held = list_of(home).read_bytes()
    lines = held.splitlines(keepends=True)
    given = tmp_path / "given"
    for cut in (b"", lines[0], b"".join(lines[:-1]), b"".join(lines[1:]), lines[-1], *(held[:at] for at in range(1, len(held) - 1, 97))):
        given.write_bytes(cut)
        told = ourword("restore", tmp_path / "copy", "--home", tmp_path / "new", "--erasures", given)
        assert (4, True) == (told.code, "the list of erasures is" in told.err), cut
        assert not (tmp_path / "new").exists()


def test_another_home_without_erasures_says_nothing_of_this_one(ourword: Command, home: Path, tmp_path: Path) -> None:
    back_up(home, tmp_path / "copy")
    with opened(home) as whole:
        erase(whole, ZORA, now=NS)
    lived(tmp_path / "fresh")
    told = ourword("restore", tmp_path / "copy", "--home", tmp_path / "new", "--erasures", tmp_path / "fresh")

    assert (4, False) == (told.code, (tmp_path / "new").exists())


def test_whoever_erases_is_told_that_the_list_cannot_be_written(ourword: Command, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder around a home may be somebody else's: what is gone is gone, a backup would bring it back, and a second run mends that."""

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr("ourword.stores.erasures.write_whole", refused)
        told = ourword("erase", ZORA, "--home", home)
    assert (4, f"{list_of(home)}: the list of erasures cannot be written: Permission denied") == (told.code, told.err.splitlines()[0])
    assert told.out.startswith(f"{ZORA} is erased")
    again = ourword("erase", ZORA, "--home", home)
    assert 2 == len(read(list_of(home))), again.err


def test_a_folder_where_the_list_belongs_is_one_clear_error(ourword: Command, home: Path) -> None:
    list_of(home).mkdir()
    told = ourword("log", "--home", home)

    assert (4, f"{list_of(home)}: the list of erasures is a folder") == (told.code, told.err.splitlines()[0])
