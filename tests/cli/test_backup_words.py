"""What `ourword backup` and `ourword restore` say where nobody was erased yet: the first night of every home."""

from __future__ import annotations

from ourword.checks.store import refund
from ourword.stores.home import open_home

HOLDS = "Nothing says which legal holds were placed after the backup: they are not in it. Place them again before you erase."


def test_where_nobody_was_erased_no_list_is_said_to_be_there_and_the_next_step_is_named(ourword, tmp_path):
    """The how-to's two commands failed as typed on a home that had erased nobody, and the backup named a file that did not exist."""
    home, copy = tmp_path / "home", tmp_path / "copy"
    with open_home(home) as opened:
        opened.record(refund("d-1"))
    kept = ourword("backup", copy, "--home", home)
    asked = ourword("restore", copy, "--home", tmp_path / "new")
    told = ourword("restore", copy, "--home", tmp_path / "new", "--erasures", "none")
    words = " ".join(kept.out.split())

    assert not (tmp_path / "home.erasures").exists()
    assert "The keys lie in it: keep it as you keep the home." in words
    assert "nobody was so far; with the first erasure that is written into" in words
    assert asked.code == 64
    assert all(each in asked.err for each in ("`--erasures LIST`", "`--erasures OLD-HOME`", "`--erasures none`"))
    assert (told.code, " ".join(told.out.split())) == (
        0,
        f"{tmp_path / 'new'} can be used. Nobody had to be erased again. {HOLDS}",
    )
