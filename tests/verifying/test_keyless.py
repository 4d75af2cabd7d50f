"""Who can write the ledger and the log, and has no key: what they change is not signed anew, and `verify --home` names it."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import apsw
import msgspec
import pytest

from ourword import Ourword
from ourword.checks.store import refund
from ourword.deciding.explaining import why
from ourword.demo.proposals import proposals
from ourword.errors import HomeError
from ourword.stores.backup import back_up, copy_back
from ourword.stores.home import open_home
from ourword.tlog.note import verifier_from
from ourword.verifying.log import verify_home, verify_log
from ourword.verifying.receipt import receipt


def record(home, start, end):
    with open_home(home) as opened:
        opened.record_many([refund(f"d-{number}", customer=f"c-{number % 3}") for number in range(start, end)])


@pytest.fixture
def home(tmp_path):
    """Three times published: 40, 80 and 120 entries; the first checkpoint lies beside it."""
    for start in (0, 20, 40):
        record(tmp_path / "home", start, start + 20)
        shutil.copytree(tmp_path / "home" / "log", tmp_path / f"log-{start}")
    return tmp_path / "home"


def change(home, *statements, file="ledger.sqlite"):
    connection = apsw.Connection(str(home / file))
    for each in statements:
        connection.execute(each)
    connection.close()


def verified(home, **how):
    with open_home(home, create=False, write=False) as opened:
        return verify_home(opened, **how)


REWRITE = "UPDATE entry SET bytes = CAST(replace(CAST(bytes AS TEXT), 'allow', 'abide') AS BLOB) WHERE seq = 7"


def test_a_past_that_was_rewritten_is_not_signed_anew_for_who_has_no_key(home):
    """Every trace outside of the keys is gone: the kept checkpoints and the whole log. The keys know what was signed."""
    change(home, REWRITE, "DELETE FROM checkpoint")
    shutil.rmtree(home / "log")
    with open_home(home) as opened, pytest.raises(HomeError) as raised:
        opened.publish()

    assert raised.value.code == "home.log-forked"
    assert not (home / "log" / "checkpoint").exists()
    assert "not those that were signed last" in verified(home).flaws[0].what + verified(home).flaws[1].what


def test_a_past_that_was_cut_is_neither_signed_nor_held(home, tmp_path):
    """Set back to the checkpoint before the last, as the log and the ledger were then."""
    cut = ["DELETE FROM about WHERE seq > 40", "DELETE FROM decision WHERE seq > 40", "DELETE FROM entry WHERE seq > 40"]
    change(home, *cut, "DELETE FROM checkpoint WHERE size > 40")
    shutil.rmtree(home / "log")
    shutil.copytree(tmp_path / "log-0", home / "log")
    found = verified(home)
    record(home, 70, 90)  # however much is recorded on top
    record(home, 90, 150)
    later = verified(home)

    assert ["120 entries were signed, and the ledger has 40" in each.what for each in found.flaws] == [True]
    assert ["not those that were signed last" in each.what for each in later.flaws] == [True]
    assert later.size == 40  # nothing more was published


@pytest.mark.parametrize("lost", ["keep_checkpoint", "_announce"])
def test_a_crash_after_the_keys_know_and_before_the_ledger_or_the_log_does_is_gone_on_from(home, monkeypatch, lost):
    """The keys are one publishing ahead: nobody cut anything."""

    class PowerCut(BaseException):
        pass

    def cut(*_):
        raise PowerCut

    with open_home(home) as opened:
        opened.record(refund("d-later"))
        place = "ourword.stores.publishing._announce" if lost == "_announce" else "ourword.stores.sqlite.SqliteStore.keep_checkpoint"
        monkeypatch.setattr(place, cut)
        with pytest.raises(PowerCut):
            opened.publish()
        monkeypatch.undo()
        between = verify_home(opened, full=True)
    after = verified(home, full=True)

    assert (between.flaws, between.size, between.unpublished) == ((), 120, 2)
    assert (after.flaws, after.size, after.unpublished) == ((), 122, 0)


def test_a_home_from_before_keeps_what_it_signed_from_its_next_publishing_on(home):
    """There is no such table in its keys, and nothing new to publish."""
    change(home, "DROP TABLE log_head", file="keys.sqlite")
    assert verified(home, full=True).holds
    with open_home(home) as opened:
        assert opened.publish().note == opened.keys.log_head() == opened.checkpoints()[-1]


def test_a_backup_goes_on_from_its_own_past(home, tmp_path):
    """Ledger and keys are of one moment; what the home signed since is nothing to the backup, until it stands in the home's place."""
    back_up(home, tmp_path / "backup")
    record(home, 100, 120)
    copy_back(tmp_path / "backup", tmp_path / "again")
    record(tmp_path / "again", 200, 210)
    found = verified(tmp_path / "again", full=True)

    assert (found.flaws, found.size) == ((), 140)


@pytest.mark.parametrize("after", ["checkpoint", "ledger.sqlite", "keys.sqlite"])
def test_a_backup_that_was_taken_while_others_published_is_whole(home, tmp_path, monkeypatch, after):
    """The log is copied first and the keys last: each knows of no less than the one before it, and the head is that of the beginning."""
    from ourword.stores import backup

    copies = {"checkpoint": backup._copy_log, "ledger.sqlite": backup._copy_database, "keys.sqlite": backup._copy_database}
    copied = []

    def meanwhile(source, target):
        name = "checkpoint" if source.name == "log" else source.name
        copies.get(name, backup._copy_database)(source, target)
        if name == after:
            record(home, 100, 120)
            copied.append(name)

    monkeypatch.setattr(backup, "_copy_database", meanwhile)
    monkeypatch.setattr(backup, "_copy_log", meanwhile)
    back_up(home, tmp_path / "backup")
    record(tmp_path / "backup", 200, 210)

    assert copied == [after]
    assert verified(tmp_path / "backup", full=True).holds
    assert verified(tmp_path / "backup", full=True).size == (180 if after == "checkpoint" else 140)


def test_a_backup_of_a_home_that_was_cut_is_as_cut(home, tmp_path):
    """Copying makes nothing right."""
    change(home, REWRITE, "DELETE FROM checkpoint")
    back_up(home, tmp_path / "backup")
    shutil.rmtree(tmp_path / "backup" / "log")
    with open_home(tmp_path / "backup") as opened, pytest.raises(HomeError, match="nothing more is signed"):
        opened.publish()


def test_personal_data_that_is_gone_without_an_erasure_is_not_called_erased(home):
    """An erasure leaves an entry, which is signed; who deletes a row leaves none."""
    change(home, "UPDATE decision SET sealed = NULL WHERE id = 'd-4'")
    found = verified(home, full=True)
    with open_home(home, write=False) as opened:
        for tell in (why, receipt):
            with pytest.raises(HomeError, match="no entry says that its customer was erased") as raised:
                tell(opened, "d-4")
            assert raised.value.code == "home.damaged"

    assert ([(each.place, each.entry) for each in found.flaws], found.erased) == ([("ledger.sqlite", 9)], 0)


@pytest.mark.parametrize("gone", ["contracts", "contract.yaml"])
def test_a_contract_that_decided_and_is_gone_is_missed(tmp_path, gone):
    """Whoever asks why finds no words; that there were some, each decision says by their digest."""
    ours = Path(str(files("ourword.demo")))
    with Ourword.open(ours / "contract.yaml", ours / "wiring.yaml", home=tmp_path / "home") as ourword:
        list(ourword.decide_lines([msgspec.json.encode(each) for each in proposals(datetime(2026, 11, 23, 10, tzinfo=UTC))]))
        digest = ourword.contract.digest.removeprefix("sha256:")
    assert verified(tmp_path / "home").holds
    for path in [tmp_path / "home" / "contracts"] if gone == "contracts" else (tmp_path / "home").rglob(gone):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    found = verified(tmp_path / "home")

    assert [(each.place, each.entry) for each in found.flaws] == [(f"contracts/{digest}", 1)]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE decision SET answer = 'refuse' WHERE seq = 9",
        "UPDATE decision SET kind = 'credit' WHERE seq = 9",
        "UPDATE decision SET at = at + 1 WHERE seq = 9",
        "UPDATE decision SET id = 'd-other' WHERE seq = 9",
        "UPDATE about SET contact = x'00112233445566778899aabbccddeeff' WHERE seq = 9",
        """UPDATE about SET objects = '[{"otype":"order","who":"00","role":null}]' WHERE seq = 9""",
    ],
)
def test_what_decisions_are_counted_by_is_what_their_entries_say(home, statement):
    """Limits and figures are worked out from rows beside the entries: a row that says otherwise changes what is decided next."""
    change(home, statement)

    assert {(each.place, each.entry) for each in verified(home, full=True).flaws} == {("ledger.sqlite", 9)}


def test_marks_that_were_deleted_are_told(home):
    """Every decision has some since the first that had: whoever takes them from one decision leaves a gap."""
    change(home, "DELETE FROM about WHERE seq IN (9, 13)")

    assert [(each.place, each.entry) for each in verified(home, full=True).flaws] == [("ledger.sqlite", 9), ("ledger.sqlite", 13)]


@pytest.mark.parametrize(("statement", "count"), [("DELETE FROM about WHERE seq < 11", 5), ("DROP TABLE about", 60)])
def test_a_home_whose_first_decisions_have_no_marks_may_be_an_old_one(home, statement, count):
    """Nobody can tell: it holds, and that is said. Figures do not change by it, since such decisions are opened."""
    change(home, statement)
    found = verified(home, full=True)

    assert (found.holds, len(found.notes)) == (True, 1)
    assert f"first {count} decisions" in found.notes[0]


def test_a_decision_that_was_put_in_beside_an_entry_of_another_kind_is_told(home):
    """It would count against a customer, and no entry says that it was ever taken."""
    change(home, "INSERT INTO decision SELECT 10, 'd-made-up', subject, kind, at, answer, sealed FROM decision WHERE seq = 9")

    assert [(each.place, each.entry) for each in verified(home, full=True).flaws] == [("ledger.sqlite", 10)]


def test_tiles_beyond_the_checkpoint_are_noted_for_who_has_the_folder_alone(home, tmp_path):
    """A crash leaves them, and so does who sets the checkpoint back: the folder cannot tell which, and says so. The home's keys can."""
    (home / "log" / "checkpoint").write_bytes((tmp_path / "log-0" / "checkpoint").read_bytes())
    found = verify_log(home / "log", verifier_from((home / "log" / "key").read_text()), full=True)
    told = [each for each in found.notes if "set back" in each]

    assert found.holds
    assert [each for each in told if each.startswith("`tile/0/000.p/120`")]
