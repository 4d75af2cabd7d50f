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


def test_a_backup_inside_of_the_home_is_refused(ourword, tmp_path, monkeypatch):
    """Whoever is erased would stay in it: the home would hold a copy of all they said, and nothing would tell."""
    home = tmp_path / "home"
    with open_home(home) as opened:
        opened.record(refund("d-1"))
    (tmp_path / "link").symlink_to(home)
    (home / "out").symlink_to(tmp_path / "elsewhere")
    before = sorted(home.rglob("*"))
    monkeypatch.chdir(home)
    for target in (home, home / "sub", home / "a" / "b", tmp_path / "link" / "sub", home / "out", "sub", "../home/sub"):
        told = ourword("backup", target, "--home", home)
        by_link = ourword("backup", target, "--home", tmp_path / "link")
        assert [(64, f"DIR: `{target}` lies in the home `{each}`, or is it") for each in (home, tmp_path / "link")] == [
            (each.code, each.err.splitlines()[0]) for each in (told, by_link)
        ]
        assert "give a new folder elsewhere" in told.err
    told = ourword("restore", home, "--home", home / "sub", "--erasures", "none")

    assert (64, f"--home: `{home / 'sub'}` lies in the backup `{home}`, or is it") == (told.code, told.err.splitlines()[0])
    assert before == sorted(home.rglob("*"))
    assert not (tmp_path / "elsewhere").exists()
    assert 0 == ourword("backup", "../copy", "--home", home).code
