"""Who can write the ledger and the log, and not the keys, has nothing deleted and nothing signed as past retention."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from tests.pruning.shop import DAY, NOW, by_hand, contract, decided, opened, written

from ourword.cli.main import run
from ourword.errors import HomeError
from ourword.ledger.entry import Pruned, entry_bytes, entry_from_bytes
from ourword.rights.holding_back import hold, release
from ourword.rights.pruning import prune
from ourword.stores.home import Home, open_home
from ourword.stores.pruned import asked_of, digest_of_numbers
from ourword.stores.rotating import rotate_log_key
from ourword.tlog.note import verifier_from
from ourword.tlog.tree import leaf_hash
from ourword.verifying.log import verify_home, verify_log
from ourword.verifying.receipt import receipt

UPTO = 768


class Broken(Exception):
    pass


def forged(home: Path, **otherwise: object) -> bytes:
    """An entry that says that decisions were let go of, right in all that can be read of it."""
    with opened(home, write=False) as whole:
        staying = whole.store.staying(UPTO)
        contracts = tuple(each for each in whole.store.digests_decided() if each)
    value = Pruned(
        time="2026-11-26T10:00:00Z",
        gate="f" * 32,
        counter=1,
        upto=UPTO,
        bound="2025-11-26T10:00:00Z",
        contracts=contracts,
        stay=len(staying),
        numbers=digest_of_numbers(staying),
    )
    return entry_bytes(msgspec.structs.replace(value, **otherwise))


def put_in(home: Path, entry: bytes | None, *, begun: bool = False, leaves: bool = False) -> None:
    """Write into the ledger by hand what a pruning writes."""
    with by_hand(home) as do:
        if entry is not None:
            do("INSERT INTO entry SELECT max(seq) + 1, ? FROM entry", (entry,))
        if begun:
            do("INSERT INTO pruning VALUES (?)", (UPTO,))
        for number in range(UPTO // 256 if leaves else 0):
            do("INSERT INTO leaf VALUES (?, ?)", (number, (home / "log" / "tile" / "0" / f"{number:03}").read_bytes()))


def raises(home: Path, act: Callable[..., object]) -> HomeError:
    with opened(home) as whole, pytest.raises(HomeError) as raised:
        act(whole)
    return raised.value


def flaws(home: Path) -> list[str]:
    with opened(home, write=False) as whole:
        return [each.what for each in verify_home(whole).flaws]


def test_an_entry_put_in_by_hand_is_not_signed(home: Path, kind: str) -> None:
    """Signed with the others, it would let whoever put it in delete the decisions, and `verify` call them past retention."""
    with opened(home) as whole:
        whole.publish()
    put_in(home, forged(home))
    for act in (lambda whole: whole.publish(), *([rotate_log_key] if kind == "files" else []), lambda whole: prune(whole, now=NOW)):
        error = raises(home, act)
        assert (error.code, "nobody has asked for that" in error.what) == ("home.log-forked", True)

    key = verifier_from((home / "log" / "key").read_text())
    assert verify_log(home / "log", key).size == 1200
    assert [each for each in flaws(home) if "it was put in" in each]


@pytest.mark.parametrize("change", [{"upto": 512}, {"bound": "2026-11-26T10:00:00Z"}, {"time": "2026-11-26T10:00:01Z"}, {"stay": 1}])
def test_an_entry_changed_before_it_is_signed_is_not_signed(home: Path, change: dict[str, object]) -> None:
    """Between appending it and signing it lies a moment."""

    def stop(step: str) -> None:
        raise Broken

    with opened(home) as whole:
        with pytest.raises(Broken):
            prune(whole, now=NOW, progress=stop)
        last = whole.store.pruned_entries()[-1]
        value = last.value
        assert isinstance(value, Pruned)
        with whole.store.appending() as (writer, _):
            writer.execute("UPDATE entry SET bytes = ? WHERE seq = ?", (entry_bytes(msgspec.structs.replace(value, **change)), last.seq))
        with pytest.raises(HomeError) as raised:
            whole.publish()

    assert raised.value.code == "home.log-forked"


def test_what_no_entry_says_is_not_called_let_go_of(home: Path) -> None:
    """A look back at what somebody deleted, and put hashes in its place, was told that it is past retention."""
    put_in(home, None, leaves=True)
    with pytest.raises(HomeError) as raised:
        open_home(home, at=5)

    assert (raised.value.code, "no entry says" in raised.value.what) == ("home.damaged", True)


def test_an_entry_written_otherwise_says_nothing_to_who_verifies(home: Path) -> None:
    """Publishing would not have known it for what it is, and signed it: so nobody may take it for that."""
    put_in(home, forged(home).replace(b'"type":"pruned"', b'"type":"prun\\u0065d"'))
    with opened(home) as whole:
        whole.publish()
    (home / "log" / "tile" / "entries" / "000").unlink()
    key = verifier_from((home / "log" / "key").read_text())

    assert [each.place for each in verify_log(home / "log", key).flaws if "missing" in each.what] == ["tile/entries/000"]


@pytest.mark.parametrize(
    ("entry", "leaves", "what"), [(False, False, "no entry says so"), (False, True, "no entry says so"), (True, True, "not asked for")]
)
def test_a_pruning_begun_by_hand_deletes_nothing(home: Path, entry: bool, leaves: bool, what: str) -> None:
    """Who can write the ledger alone would have us delete bundles, keys and personal data, and sign that it was right."""
    with opened(home) as whole:
        whole.publish()
    put_in(home, forged(home) if entry else None, begun=True, leaves=leaves)
    before = sorted(each.relative_to(home) for each in (home / "log").rglob("*"))
    error = raises(home, lambda whole: prune(whole, now=NOW))

    assert (error.code, what in error.what) == ("home.damaged", True), error.what
    assert sorted(each.relative_to(home) for each in (home / "log").rglob("*")) == before
    with opened(home, write=False) as whole:
        assert whole.store.rows_to(UPTO) == (UPTO, UPTO)
    assert flaws(home)


def broken_off(home: Path, step: str = "published") -> None:
    def stop(reached: str) -> None:
        if reached == step:
            raise Broken

    with opened(home) as whole, pytest.raises(Broken):
        prune(whole, now=NOW, progress=stop)


@pytest.mark.parametrize(
    ("sql", "what"),
    [
        ("UPDATE pruning SET minimum = 1024", "says up to entry 768"),
        ("INSERT INTO leaf SELECT 3, hashes FROM leaf WHERE number = 0", "hashes are kept up to 1,024"),
        ("UPDATE leaf SET hashes = zeroblob(8192) WHERE number = 1", "entries 257 to 512 are not those of the log"),
    ],
)
def test_a_pruning_that_was_changed_while_it_is_broken_off_does_not_go_on(home: Path, sql: str, what: str) -> None:
    """What it says is named, and no entry is deleted."""
    broken_off(home)
    written(home, sql)
    error = raises(home, lambda whole: prune(whole, now=NOW))

    assert (error.code, what in error.what) == ("home.damaged", True), error.what
    with opened(home, write=False) as whole:
        assert whole.store.rows_to(UPTO) == (UPTO, UPTO)


def test_a_hold_since_it_was_broken_off_is_waited_for(home: Path) -> None:
    """The law wants kept what is there still; when the hold has ended the pruning goes on."""
    broken_off(home)
    with opened(home) as whole:
        hold(whole, "c-3", by="mara", because="a court asks", until=None, now=NOW)
    error = raises(home, lambda whole: prune(whole, now=NOW))
    assert (error.code, "whom mara holds" in error.what) == ("home.pruning", True)
    with opened(home) as whole:
        assert whole.store.rows_to(UPTO) == (UPTO, UPTO)
        release(whole, "c-3", by="mara", because="", now=NOW)
        assert prune(whole, now=NOW).finished

    assert flaws(home) == []


def once_held(whole: Home, of: str) -> None:
    """Three hundred decisions past retention, and among them a hold that has ended: two entries that stay."""
    whole.record_many([decided(number, 900, of) for number in range(100)])
    hold(whole, "c-3", by="mara", because="a court asks", until=None, now=NOW - 800 * DAY)
    release(whole, "c-3", by="mara", because="", now=NOW - 800 * DAY)
    whole.record_many([decided(number, 700, of) for number in range(100, 300)])


@pytest.mark.parametrize("done", [False, True])
def test_what_stays_must_be_there_while_a_pruning_is_under_way(begun: Callable[[Path], Path], tmp_path: Path, done: bool) -> None:
    """One row that says so would let whoever puts it in delete signatures, holds and erasures unseen."""
    home = begun(tmp_path / "home")
    with open_home(home, clock=lambda: NOW) as whole:
        of = contract(home)
        once_held(whole, of)
        whole.record(decided(300, 1, of))
    if done:
        with opened(home) as whole:
            assert prune(whole, now=NOW).minimum == 256
        written(home, "INSERT INTO pruning VALUES (256)")
    else:
        broken_off(home, "rows")
    with opened(home, write=False) as whole:
        found = verify_home(whole)
        staying = [each.seq for each in whole.store.staying(256)]
    assert (found.flaws, staying, "is not finished" in found.notes[-1]) == ((), [101, 102], True)
    written(home, "DELETE FROM entry WHERE seq = 102")

    assert [each for each in flaws(home) if "others are there than those" in each]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({}, ""),
        ({"bound": "2025-11-29T10:00:00Z"}, "keeps that longer"),
        ({"contracts": ()}, "does not say by which contracts"),
        ({"contracts": ("sha256:" + "0" * 64,)}, "the contract that this entry names is missing"),
        ({"bound": "soon"}, "does not say by which contracts"),
    ],
)
def test_what_was_called_past_retention_is_held_against_the_contracts(home: Path, change: dict[str, object], what: str) -> None:
    """Whoever has the key too can sign any bound: the contract that it names says otherwise."""
    entry = forged(home, **change)
    value = entry_from_bytes(entry)
    assert isinstance(value, Pruned)
    with opened(home) as whole:
        whole.keys.ask_pruning(asked_of(value))
    put_in(home, entry, leaves=True)
    with opened(home) as whole:
        whole.publish()
        with whole.store.appending() as (writer, _):
            whole.store.drop_rows(writer, 0, UPTO, stay=())
    found = flaws(home)

    assert [what in each for each in found] == ([True] if what else [])


def test_hashes_alone_make_nothing_past_retention(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A decision that was deleted by hand, with its hash put in, was not let go of."""
    put_in(home, None, leaves=True)
    for command in (["why", "d-5000", "--home", str(home)], ["receipt", "d-5000", "--home", str(home)]):
        assert run(command) != 0
        err = capsys.readouterr().err
        assert ("no entry says that they are" in err, "were let go of" in err) == (True, False)


def test_hashes_put_in_for_what_was_not_signed_yet_are_not_signed(home: Path) -> None:
    """Among them could be that of an entry that says what goes: nobody would look at the entry itself."""
    of = contract(home)
    with opened(home) as whole:
        whole.record_many([decided(number, 0, of) for number in range(5000, 5080)])
        whole.publish()
        whole.record_many([decided(number, 0, of) for number in range(5080, 5380)])
        strange = leaf_hash(forged(home))
        with by_hand(home) as do:
            for number in range(5):
                do("INSERT INTO leaf VALUES (?, ?)", (number, (home / "log" / "tile" / "0" / f"{number:03}").read_bytes()))
            do("INSERT INTO leaf VALUES (?, ?)", (5, strange * 256))
        whole.publish()
    found = verify_log(home / "log", verifier_from((home / "log" / "key").read_text()), full=True)

    assert (found.flaws, found.size) == ((), 1580)


def test_who_erases_a_customer_of_whom_all_was_let_go_of_is_told_so(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What nobody can know any more is not denied."""
    with opened(home) as whole:
        whole.publish()
    run(["erase", "nobody", "--home", str(home)])
    before = capsys.readouterr().err
    with opened(home) as whole:
        assert prune(whole, now=NOW).done
    run(["erase", "nobody", "--home", str(home)])
    after = " ".join(capsys.readouterr().err.split())

    assert "nothing ever was" in before
    assert ("nothing ever was" in after, "up to entry 768, are past retention and were let go of" in after) == (False, True)


def test_a_gate_that_goes_on_in_a_bundle_that_breaks_is_one_flaw(home: Path) -> None:
    """Its count began before the first entry that is there, and some of it cannot be read: that is told once."""
    with opened(home) as whole:
        assert prune(whole, now=NOW).done
    bundle = home / "log" / "tile" / "entries" / "003"
    bundle.write_bytes(bundle.read_bytes()[:-5])
    key = verifier_from((home / "log" / "key").read_text())

    assert [each.place for each in verify_log(home / "log", key).flaws] == ["tile/entries/003"]


def test_who_stops_reading_what_verify_says_hears_of_no_bad_disk(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`ourword verify --receipt … | head -1` ends as other commands do."""

    def closed(text: str = "", style: str = "") -> None:
        raise BrokenPipeError

    path = home.parent / "d-3.tlog-proof"
    with opened(home) as whole:
        whole.publish()
        path.write_bytes(receipt(whole, "d-3"))
    monkeypatch.setattr("ourword.cli.verify.line", closed)
    monkeypatch.setattr("ourword.cli.main.drop_output", lambda: None)
    ends = run(["verify", "--receipt", str(path), "--key", str(home / "log" / "key")])

    assert (ends, capsys.readouterr().err) == (141, "")


@pytest.mark.parametrize(
    ("on_hold", "sql"),
    [
        (True, "DELETE FROM decision WHERE subject = (SELECT subject FROM decision WHERE seq = 4)"),
        (False, "UPDATE entry SET bytes = (SELECT bytes FROM entry WHERE seq = 3) WHERE seq = 1200"),
        (False, "UPDATE decision SET id = 'another' WHERE seq = 4"),
    ],
)
def test_nothing_goes_by_a_ledger_that_was_changed(home: Path, on_hold: bool, sql: str) -> None:
    """Who can write it and has no key took a customer's hold out of our sight: we deleted what the hold keeps, and signed that it was right."""
    with opened(home) as whole:
        if on_hold:
            hold(whole, "c-3", by="mara", because="a court asks", until=None, now=NOW)
            assert whole.last_seq() == 1201
    written(home, sql)
    before = sorted(each.relative_to(home) for each in (home / "log").rglob("*"))
    error = raises(home, lambda whole: prune(whole, now=NOW))

    assert (error.code, "nothing is let go of" in error.what) == ("home.damaged", True), error.what
    assert sorted(each.relative_to(home) for each in (home / "log").rglob("*")) == before
    with opened(home, write=False) as whole:
        assert (whole.store.pruned_to(), whole.store.pruning(), whole.store.pruned_entries()) == (0, False, [])


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM entry WHERE seq = 101",
        "UPDATE entry SET bytes = (SELECT bytes FROM entry WHERE seq = 102) WHERE seq = 101",
        "UPDATE leaf SET hashes = zeroblob(8192)",
    ],
)
def test_nothing_goes_by_what_stayed_and_was_changed_since(begun: Callable[[Path], Path], tmp_path: Path, sql: str) -> None:
    """Holds and signatures from before a pruning say how far the next may go, too."""
    home = begun(tmp_path / "home")
    with open_home(home, clock=lambda: NOW) as whole:
        of = contract(home)
        once_held(whole, of)
        assert prune(whole, now=NOW, even_idle=True).minimum == 256
        whole.record_many([decided(number, 600, of) for number in range(300, 600)])
    written(home, sql)
    error = raises(home, lambda whole: prune(whole, now=NOW + 800 * DAY, even_idle=True))

    assert error.code == "home.damaged", error.what
    with opened(home, write=False) as whole:
        assert (whole.store.pruned_to(), whole.store.pruning(), len(whole.store.pruned_entries())) == (256, False, 1)


def test_whom_a_younger_decision_is_about_keeps_the_key(home: Path) -> None:
    """Rows that say that nothing is left of a customer had their key deleted; what was signed says otherwise."""
    with opened(home) as whole:
        before = whole.find("d-1199")
        assert before is not None
    written(home, "UPDATE decision SET subject = 1 WHERE seq > 768 AND subject = (SELECT subject FROM decision WHERE seq = 1200)")
    with opened(home) as whole:
        assert prune(whole, now=NOW).minimum == UPTO
        number = whole.store.subject_max()
        subs = [key.sub for each in range(1, number + 1) if (key := whole.keys.subject(each)) is not None]

    assert before.decision.sub in subs
