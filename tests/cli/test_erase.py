"""Erasing and holding at a terminal: what was done, what could not be, and who forbids it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Ourword
from tests.erasing.conftest import home as home
from tests.erasing.conftest import shop as shop
from tests.erasing.shop import BEN, LARKSPUR, NEEDLES, ZORA, found_in, line


def test_erasing_says_what_it_did_and_what_it_could_not(ourword: Ourword, home: Path) -> None:
    told = ourword("erase", ZORA, "--home", home)
    again = ourword("erase", ZORA, "--home", home)
    why = ourword("why", "d-1", "--home", home)
    report = " ".join(ourword("report", "--home", home).out.split())
    log = ourword("log", "--home", home).out.splitlines()
    words = " ".join(told.out.split())

    assert (0, "") == (told.code, told.err)
    assert words.startswith(f"{ZORA} is erased (visitor-Zora-7: the same person, erased too): key, personal data, texts and raw ids of 3 decisions")
    assert "3 reasons that your own people had given went with them" in words
    assert (0, f"Nothing is held on {ZORA}. They were erased.\n") == (again.code, again.out)
    assert "erased on request" in why.out
    assert report.endswith("2 ids of customers were erased here: their contacts are in none of these figures.")
    assert 2 == sum("  erasure   customer " in each for each in log)
    assert any("  segment   events/" in each and " instead of events/" in each for each in log)
    assert [] == found_in(home, NEEDLES)


def test_a_hold_forbids_it_until_it_is_released(ourword: Ourword, home: Path) -> None:
    held = ourword("hold", BEN, "--by", "mara", "--because", "Case 7 O 12/26", "--home", home)
    refused = ourword("erase", BEN, "--home", home)
    released = ourword("hold", BEN, "--release", "--by", "omar", "--of", "mara", "--because", "She has left.", "--home", home)
    erased = json.loads(ourword("erase", BEN, "--home", home, "--json").out)

    assert (0, f"{BEN} may not be erased until it is released: mara says so, entry ") == (held.code, held.out.split("\n")[0].rsplit(" ", 1)[0] + " ")
    assert 2 == refused.code
    assert refused.err.startswith(f"customer: `{BEN}` may not be erased: mara holds what is kept on them since 20")
    assert released.out.startswith(f"{BEN} may be erased again: omar has released what mara held since 20")
    assert (erased["new"], erased["ids"]) == (True, [BEN])


def test_who_releases_their_own_hold_is_told_who_holds_still(ourword: Ourword, home: Path) -> None:
    ourword("hold", BEN, "--by", "mara", "--because", "Case A", "--until", "2098-12-31", "--home", home)
    second = ourword("hold", BEN, "--by", "tom", "--because", "Case B", "--home", home)
    anew = ourword("hold", BEN, "--by", "mara", "--because", "Case A", "--home", home)
    not_his = ourword("hold", BEN, "--release", "--by", "omar", "--home", home)
    released = ourword("hold", BEN, "--release", "--by", "tom", "--home", home)
    in_vain = ourword("hold", BEN, "--by", "mara", "--of", "tom", "--because", "Case A", "--home", home)

    assert "Beside it, mara holds since 20" in second.out
    assert "It takes the place of what mara holds since 20" in " ".join(anew.out.split())
    assert (2, f"by: omar holds nothing that is kept on `{BEN}`: tom and mara do") == (not_his.code, not_his.err.splitlines()[0])
    assert released.out.startswith(f"{BEN} may not be erased yet: mara holds since 20")
    assert 2 == ourword("erase", BEN, "--home", home).code
    assert (64, "--of") == (in_vain.code, in_vain.err.split(":")[0])


def test_a_holder_whom_no_contract_names_holds_and_is_remarked_on(ourword: Ourword, home: Path) -> None:
    """A slip of the pen is seen at once; a lawyer from outside may hold all the same."""
    nobody = ourword("hold", BEN, "--by", "nobody", "--because", "Case 7", "--home", home)
    named = ourword("hold", BEN, "--by", "mara", "--because", "Case 7", "--home", home)

    assert (0, "note: no contract that decides here names `nobody`, but ") == (nobody.code, nobody.err[:56])
    assert (0, "") == (named.code, named.err)
    assert "nobody holds what is kept on them" in ourword("erase", BEN, "--home", home).err


def test_a_hold_without_a_reason_or_with_a_day_that_is_none_is_refused(ourword: Ourword, home: Path) -> None:
    nothing = ourword("hold", BEN, "--by", "mara", "--home", home)
    no_day = ourword("hold", BEN, "--by", "mara", "--because", "A case.", "--until", "soon", "--home", home)
    both = ourword("hold", BEN, "--by", "mara", "--release", "--until", "2099-01-01", "--home", home)

    assert [(2, "because"), (2, "until"), (64, "--until")] == [(each.code, each.err.split(":")[0]) for each in (nothing, no_day, both)]


def test_whoever_was_never_there_is_an_error_and_so_is_nobody(ourword: Ourword, home: Path) -> None:
    """A misspelt id is no success: a script that erases by a list must see it."""
    nosuch, nobody = ourword("erase", "nosuch", "--home", home), ourword("erase", "--home", home, "--", "")

    assert (2, "", "customer: nothing is held on `nosuch`, and nothing ever was") == (nosuch.code, nosuch.out, nosuch.err.splitlines()[0])
    assert (2, "", "customer: no customer was named") == (nobody.code, nobody.out, nobody.err.splitlines()[0])
    assert 2 == ourword("erase", "nosuch", "--home", home, "--json").code


def test_what_is_held_on_a_customer_who_came_back_says_that_there_was_more(ourword: Ourword, home: Path, tmp_path: Path) -> None:
    ourword("erase", ZORA, "--home", home)
    (tmp_path / "again.jsonl").write_text(json.dumps({**line(ZORA, 9), "decision_id": "d-back"}) + "\n")
    decided = ourword("decide", LARKSPUR / "contract.yaml", LARKSPUR / "wiring.yaml", tmp_path / "again.jsonl", "--home", home)
    told = ourword("export", "--customer", ZORA, "--home", home, "--out", tmp_path / "c.json")

    assert (0, 0) == (decided.code, told.code), decided.err
    assert "1 decision" in told.out
    assert "What was held before was erased; they came back since." in " ".join(told.out.split())
