"""A home in which somebody was erased is moved between files and PostgreSQL: they stay erased, and others can be erased there too."""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path

import pytest
from tests.erasing.shop import ADA, BEN, NEEDLES, NS, ZORA, found_in, opened
from tests.stores.cluster import Cluster

from ourword.errors import HomeError, LineError
from ourword.rights.exporting import export
from ourword.rights.forgetting import erase
from ourword.rights.holding_back import hold, release, standing
from ourword.stores.erasing import begin
from ourword.stores.moving import move


def test_who_was_erased_stays_so_there_and_back_again(shop: Path, tmp_path: Path, cluster: Cluster) -> None:
    """Also in the database the export says it, and a hold stops erasing there too."""
    shutil.copytree(shop, tmp_path / "a")
    with opened(tmp_path / "a") as home:
        erase(home, ZORA, now=NS)
        before = export(home, BEN, now=NS)
    move(tmp_path / "a", tmp_path / "b", postgres=cluster.address, schema=f"home_{secrets.token_hex(6)}")
    with opened(tmp_path / "b") as home:
        assert (export(home, ZORA, now=NS)["erased"], export(home, BEN, now=NS)) == (True, before)
        hold(home, BEN, by="mara", because="A case.", now=NS)
        assert standing(home, BEN, now=NS) is not None
        with pytest.raises(LineError, match="may not be erased: mara holds"):
            erase(home, BEN, now=NS)
        assert erase(home, ADA, now=NS).new
        release(home, BEN, by="mara", now=NS)
        held = export(home, BEN, now=NS)["holds"]
    move(tmp_path / "b", tmp_path / "c")
    with opened(tmp_path / "c") as home:
        assert [True, True] == [export(home, each, now=NS)["erased"] for each in (ZORA, ADA)]
        assert export(home, BEN, now=NS)["holds"] == held
        assert [("held", "A case."), ("released", None)] == [(each["standing"], each["because"]) for each in held]
        assert erase(home, BEN, now=NS).new
    assert [] == found_in(tmp_path / "c", NEEDLES)


def test_a_home_in_which_an_erasure_was_broken_off_is_not_moved(shop: Path, tmp_path: Path) -> None:
    """Half of somebody would come along, and nobody would know."""
    shutil.copytree(shop, tmp_path / "a")
    with opened(tmp_path / "a") as home:
        number = home.store.number_of(ZORA)
        assert number is not None
        begin(home, [number], [ZORA], beside=tuple, now=NS)
    with pytest.raises(HomeError) as refused:
        move(tmp_path / "a", tmp_path / "b")
    assert refused.value.code == "home.erasing"
    with opened(tmp_path / "a") as home:
        assert erase(home, ZORA, now=NS).finished == 1
