"""Pruning: what a contract no longer wants kept is gone from the disk, and every proof still holds."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.pruning.shop import DAY, NOW, contract, decided, opened, years
from tests.stores.cluster import Cluster

from ourword.cli.main import run
from ourword.core.span import span_from_text
from ourword.errors import HomeError, LineError, UsageError
from ourword.ledger.entry import Pruned
from ourword.rights.pruning import Pruning, prune
from ourword.stores.home import open_home
from ourword.stores.moving import move
from ourword.tlog.note import verifier_from
from ourword.verifying.log import verify_home, verify_log
from ourword.verifying.receipt import receipt, verify_receipt


def pruned(home: Path, **how: object) -> Pruning:
    with opened(home) as whole:
        return prune(whole, now=NOW, **how)  # type: ignore[arg-type]


def size(home: Path) -> int:
    with opened(home, write=False) as whole:
        ledger = whole.store.size()
    return ledger + sum(each.stat().st_size for each in (home / "log" / "tile" / "entries").rglob("*") if each.is_file())


def flaws(home: Path) -> list[tuple[str, int]]:
    with opened(home, write=False) as whole:
        return [(each.place, each.entry) for each in verify_home(whole, full=True).flaws]


@pytest.mark.parametrize("kind", ["files"])
def test_what_is_past_retention_is_gone_from_the_disk(home: Path) -> None:
    """Not marked as gone: the bytes are nowhere in the home, and the files are smaller by what they took."""
    with opened(home) as whole:
        found = whole.find("d-3")
        assert found is not None
        sub = found.decision.sub.encode()
        entry = found.entry
    before = size(home)
    told = pruned(home)
    left = b"".join(each.read_bytes() for each in home.rglob("*") if each.is_file())

    assert (told.minimum, told.decisions, told.done, told.whole) == (768, 768, True, True)  # of 800 that are older, in whole bundles
    assert size(home) < before * 0.5
    assert before - size(home) == pytest.approx(told.bytes, rel=0.05)
    assert entry not in left
    assert sub in left  # the customer has younger decisions, too
    assert not (home / "log" / "tile" / "entries" / "002").exists()
    assert (home / "log" / "tile" / "entries" / "003").exists()


def test_a_dry_run_says_what_would_go_and_changes_nothing(home: Path) -> None:
    """So that an operator sees it before it is for good."""
    before = {each: each.read_bytes() for each in home.rglob("*") if each.is_file()}
    with opened(home, write=False) as whole:
        told = prune(whole, now=NOW, dry_run=True)
    after = {each: each.read_bytes() for each in home.rglob("*") if each.is_file() and not each.name.endswith(("-wal", "-shm"))}
    done = pruned(home)

    assert before == after
    assert (told.minimum, told.decisions, told.entries, told.done) == (done.minimum, done.decisions, done.entries, False)
    assert told.bytes == pytest.approx(done.bytes, rel=0.1)


def test_a_pruned_home_holds_and_its_log_does_with_the_key_alone(home: Path) -> None:
    """An auditor is told how much is not there; nothing else may be missing."""
    pruned(home)
    key = verifier_from((home / "log" / "key").read_text())
    alone = verify_log(home / "log", key, full=True)
    with opened(home, write=False) as whole:
        beside = verify_home(whole, full=True)

    assert (alone.flaws, alone.notes, alone.size, alone.pruned) == ((), (), 1201, 768)
    assert (beside.flaws, beside.pruned, beside.opened) == ((), 768, 432)


def test_pruning_again_goes_on_as_time_does(home: Path) -> None:
    """Each run is an entry of its own; the last one counts."""
    pruned(home)
    assert pruned(home).done is False
    with opened(home) as whole:
        later = prune(whole, now=NOW + 250 * DAY, even_idle=True)
        said = [each.value for each in whole.store.pruned_entries()]

    assert (later.before, later.minimum, later.done) == (768, 768 + 256, True)
    assert [(each.upto, each.stay) for each in said if isinstance(each, Pruned)] == [(768, 0), (1024, 0)]
    assert flaws(home) == []


def test_a_receipt_from_before_holds_and_a_new_one_is_refused_in_words(home: Path) -> None:
    """The customer keeps the proof; the company has let go of what it proves."""
    with opened(home, write=False) as whole:
        written = receipt(whole, "d-3")
    pruned(home)
    key = verifier_from((home / "log" / "key").read_text())

    assert verify_receipt(written, key).decision.decision_id == "d-3"
    with opened(home, write=False) as whole:
        assert receipt(whole, "d-1100")
        with pytest.raises(LineError, match="past retention") as raised:
            receipt(whole, "d-3")
    assert raised.value.code == "decision.unknown"


def test_an_id_that_was_let_go_of_is_decided_anew(home: Path) -> None:
    """Nothing knows it any more: a mark of each id, to refuse it for ever, would be kept of each decision past retention."""
    pruned(home)
    with opened(home) as whole:
        assert whole.find("d-3") is None
        assert whole.record(decided(3, 0, None)).new


def test_a_contract_that_does_not_say_keep_keeps_everything(begun: Callable[[Path], Path], tmp_path: Path) -> None:
    """What nobody has said deletes nothing; whoever runs it may say it then, and it stands in the entry."""
    of = years(begun(tmp_path / "home"), 600, keep=None)
    told = pruned(tmp_path / "home")
    asked = pruned(tmp_path / "home", keep=span_from_text("1 year"))
    with opened(tmp_path / "home") as whole:
        said = whole.store.pruned_entries()[-1].value

    assert (told.done, told.minimum, len(told.unknown)) == (False, 0, 1)
    assert "does not say `keep`" in told.unknown[0]
    assert (asked.done, asked.minimum) == (True, 256)
    assert isinstance(said, Pruned)
    assert (said.keep, said.contracts) == ("1 year", (of,))


@pytest.mark.parametrize("change", ["lost", "none"])
def test_a_contract_that_nobody_has_keeps_everything(home: Path, change: str) -> None:
    """It might have said longer; `--keep` speaks for contracts that say nothing, not for those that are lost."""
    if change == "lost":
        shutil.rmtree(home / "contracts")
    else:
        with opened(home) as whole:
            whole.record(decided(5000, 1, None))
    told = pruned(home, keep=span_from_text("1 year"))

    assert (told.done, told.whole, len(told.unknown)) == (False, False, 1)


def test_the_longest_time_of_all_contracts_counts(home: Path) -> None:
    """Decisions lie side by side in the log: one that is kept for ten years keeps those around it."""
    with opened(home) as whole:
        whole.record(decided(5000, 1, contract(home, "2 years", name="longer")))
    told = pruned(home)

    assert (told.minimum, told.keep, len(told.contracts)) == (256, "2 years", 2)


def test_a_shorter_time_than_a_contract_says_is_refused(home: Path) -> None:
    """Whoever types it has signed nothing; a longer one is theirs to choose."""
    with pytest.raises(UsageError, match="shorter than a contract says") as raised:
        pruned(home, keep=span_from_text("6 months"))
    longer = pruned(home, keep=span_from_text("2 years"))

    assert raised.value.code == "prune.keep"
    assert (longer.minimum, longer.keep) == (256, "2 years")


def test_what_the_gate_counts_stays_however_short_the_time(begun: Callable[[Path], Path], tmp_path: Path) -> None:
    """A fact counts refunds of 90 days: forgetting after 30 would let a fourth one through."""
    years(begun(tmp_path / "home"), keep="30 days")
    told = pruned(tmp_path / "home")

    assert told.bound == "2026-08-28T10:00:00Z"


def test_a_home_without_a_decision_has_nothing_to_let_go_of(begun: Callable[[Path], Path], tmp_path: Path) -> None:
    with open_home(begun(tmp_path / "home")):
        pass
    told = pruned(tmp_path / "home")

    assert (told.minimum, told.bound, told.done, told.whole) == (0, None, False, True)


def test_nothing_goes_where_the_log_is_not_that_of_the_entries(home: Path) -> None:
    """What is let go of can never be held against anything again: so it is held before."""
    tile = home / "log" / "tile" / "0" / "001"
    tile.write_bytes(bytes(32) + tile.read_bytes()[32:])
    with pytest.raises(HomeError, match="nothing is let go of"):
        pruned(home)
    with opened(home) as whole:
        assert (whole.store.pruned_to(), whole.store.pruned_entries()) == (0, [])


def test_a_pruned_home_moves_to_the_other_kind_and_back(home: Path, kind: str, tmp_path: Path, cluster: Cluster) -> None:
    """With the hashes of what is gone: every proof holds there too, and pruning goes on as time does."""
    with opened(home, write=False) as whole:
        written = receipt(whole, "d-3")
    pruned(home)
    schemas = [{"postgres": cluster.address, "schema": f"home_{secrets.token_hex(6)}"}, {}]
    roots = []
    for number, where in enumerate(schemas if kind == "files" else schemas[::-1]):
        roots.append(move(home, tmp_path / f"moved-{number}", **where).root)
        home = tmp_path / f"moved-{number}"
        assert flaws(home) == []
        assert pruned(home).before == 768
        with opened(home) as whole:
            later = prune(whole, now=NOW + (125 + number * 125) * DAY, even_idle=True)
            assert later.minimum >= 768
        assert flaws(home) == []
    key = verifier_from((home / "log" / "key").read_text())

    assert len(roots) == 2
    assert later.minimum == 1024
    assert verify_receipt(written, key).decision.decision_id == "d-3"


def test_what_a_timer_sees(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """0 where all that is past retention is gone, 1 where something must stay or nobody knows, 64 for what cannot be meant."""
    dry = run(["prune", "--home", str(home), "--dry-run", "--json", "--even-idle"])
    told = json.loads(capsys.readouterr().out)
    wrong = [run(["prune", "--home", str(home), "--even-idle", "--keep", each]) for each in ("soon", "0 days", "1 day")]
    done = run(["prune", "--home", str(home), "--even-idle"])
    with opened(home) as whole:
        whole.record(decided(5000, 1, None))
    unknown = run(["prune", "--home", str(home), "--even-idle"])
    words = capsys.readouterr().out

    assert (dry, wrong, done, unknown) == (0, [64, 64, 64], 0, 1)
    assert (told["whole"], told["done"], told["keep"], told["obstacles"]) == (True, False, "1 year", [])
    assert told["minimum"] >= 768  # by the clock of whoever runs this, which may be later than that of the home
    assert "every proof still holds" in words
    assert "Nothing goes, since nobody knows how long decisions are kept" in words


def test_a_clock_that_is_ahead_lets_nothing_go(home: Path) -> None:
    """What goes is gone for good, and a battery may be empty: where nothing was recorded for a month a person says that the clock is right."""
    with opened(home) as whole:
        for dry_run in (True, False):
            with pytest.raises(UsageError, match="the last that was recorded is of 2026-11-2") as raised:
                prune(whole, now=NOW + 250 * DAY, dry_run=dry_run)
            assert raised.value.code == "prune.idle"
        assert (whole.store.pruned_to(), whole.store.pruned_entries()) == (0, [])
        assert prune(whole, now=NOW + 30 * DAY).done
        with pytest.raises(UsageError):  # that it was pruned is nothing that was recorded
            prune(whole, now=NOW + 60 * DAY)
        assert prune(whole, now=NOW + 250 * DAY, even_idle=True).minimum == 1024
