"""A backup is older than the legal holds after it: putting it back must not free anybody to be erased."""

from __future__ import annotations

import json
import shutil
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from tests.cli.conftest import Ourword as Command
from tests.cli.conftest import ourword as ourword
from tests.erasing.shop import ADA, BEN, NEEDLES, NS, ZORA, opened

from ourword.errors import HomeError
from ourword.ledger.holds import Held
from ourword.rights.forgetting import erase
from ourword.rights.holding_back import hold, release, standing
from ourword.stores.backup import back_up
from ourword.stores.erasures import known_of, list_of
from ourword.stores.home import open_home

WHY = "Case 7 O 12/26"
LOST = "Nothing says which legal holds were placed after the backup: they are not in it. Place them again before you erase."


def held_after_a_backup(home: Path, copy: Path) -> tuple[Held, ...]:
    """Zora is held by two after the backup, Ben no more, and Ada is erased."""
    back_up(home, copy)
    with opened(home) as whole:
        erase(whole, ADA, now=NS)
        hold(whole, ZORA, by="mara", because=WHY, now=NS)
        hold(whole, ZORA, by="tom", because=WHY, until=date(2100, 1, 1), now=NS)
        hold(whole, BEN, by="tom", because=WHY, now=NS)
        release(whole, BEN, by="tom", now=NS)
        return standing(whole, ZORA, now=NS)


def stands(home: Path, customer: str) -> list[tuple[str, int | None]]:
    with opened(home) as whole:
        return [(each.by, each.until) for each in standing(whole, customer, now=NS)]


@pytest.mark.parametrize("by", ["list", "home"])
def test_restoring_places_again_the_holds_that_stood(ourword: Command, home: Path, tmp_path: Path, by: str) -> None:
    """The list beside the home says them, and so does the newest home; doing it twice places none twice."""
    before = held_after_a_backup(home, tmp_path / "copy")
    given = list_of(home) if by == "list" else home
    if by == "home":
        list_of(home).unlink()
    new = tmp_path / "new"
    told = ourword("restore", tmp_path / "copy", "--home", new, "--erasures", given)
    again = ourword("restore", "--home", new)

    assert (0, "") == (told.code, told.err)
    assert "2 legal holds placed after it was made are placed again; why is not known here." in " ".join(told.out.split())
    assert "placed" not in again.out
    assert [(each.by, each.until) for each in before] == stands(new, ZORA)
    assert [] == stands(new, BEN)
    assert "mara holds what is kept on them" in ourword("erase", ZORA, "--home", new).err
    assert 0 == ourword("erase", BEN, "--home", new).code


@pytest.mark.parametrize("by", ["none", "old"])
def test_where_nobody_says_what_was_held_it_is_said(ourword: Command, home: Path, tmp_path: Path, by: str) -> None:
    """`none` says that nobody was erased, and a list from before holds were listed says nothing of them: it is read all the same."""
    held_after_a_backup(home, tmp_path / "copy")
    old = tmp_path / "old"
    lines = b"".join(list_of(home).read_bytes().splitlines(keepends=True)[:-1])
    old.write_bytes(lines + json.dumps({"listed": 1, "check": sha256(lines).hexdigest()}).encode() + b"\n")
    told = ourword("restore", tmp_path / "copy", "--home", tmp_path / "new", "--erasures", "none" if by == "none" else old)

    assert (0, True) == (told.code, LOST in " ".join(told.out.split()))
    assert ("1 customer who was erased since" in told.out.replace("\n", " ")) == (by == "old")


def test_a_home_that_is_older_than_a_hold_is_not_opened(ourword: Command, home: Path, tmp_path: Path) -> None:
    """Somebody copies yesterday's folder back by hand: nobody is erased in it before the hold is in it again."""
    back_up(home, tmp_path / "copy")
    with opened(home) as whole:
        hold(whole, ZORA, by="mara", because=WHY, now=NS)
    shutil.rmtree(home)
    shutil.copytree(tmp_path / "copy", home)
    with pytest.raises(HomeError, match="legal holds are not in this home") as refused:
        open_home(home)
    told = ourword("restore", "--home", home)

    assert ("home.older", 0) == (refused.value.code, told.code)
    assert [("mara", None)] == stands(home, ZORA)


def test_the_list_says_who_holds_and_neither_whom_nor_why(home: Path) -> None:
    """It goes to places where the home does not; a byte changed in a hold is seen."""
    with opened(home) as whole:
        entry = hold(whole, ZORA, by="mara", because=WHY, now=NS)
    written = list_of(home).read_bytes()

    assert [(entry.sub, "mara", entry.seq)] == [(each.sub, each.by, each.entry) for each in known_of(list_of(home)).holds or ()]
    assert not any(each in written for each in (*NEEDLES, WHY.encode()))
    list_of(home).write_bytes(written.replace(b'"mara"', b'"mark"'))
    with pytest.raises(HomeError, match="is not whole"):
        known_of(list_of(home))


def test_a_hold_is_recorded_where_the_list_cannot_be_written(home: Path) -> None:
    """The error says that it stands, and the next word writes the list."""
    with opened(home) as whole:
        list_of(home).mkdir()
        with pytest.raises(HomeError, match="it is recorded"):
            hold(whole, ZORA, by="mara", because=WHY, now=NS)
        assert ["mara"] == [each.by for each in standing(whole, ZORA, now=NS)]
        list_of(home).rmdir()
        hold(whole, BEN, by="tom", because=WHY, now=NS)

    assert ["mara", "tom"] == [each.by for each in known_of(list_of(home)).holds or ()]
