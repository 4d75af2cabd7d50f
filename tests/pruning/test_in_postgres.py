"""What is otherwise where the ledger lies in PostgreSQL: who may let go, several folders that are one home, editions of tables."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.pruning.served import KEYS, LEDGER, Gate
from tests.pruning.shop import DAY, NOW, contract, decided, opened, years
from tests.pruning.test_forged import UPTO, Broken, flaws, forged, put_in, raises

from ourword.core.event import event_from_mapping
from ourword.errors import HomeError
from ourword.ledger.entry import Pruned
from ourword.rights.holding_back import hold
from ourword.rights.pruning import prune
from ourword.stores.events import EventStore
from ourword.stores.home import make_postgres_home, marker_of
from ourword.stores.postgres.edition import edition
from ourword.stores.postgres.schema import EDITION
from ourword.stores.pruned import asked_of
from ourword.tlog.note import verifier_from
from ourword.verifying.log import verify_home, verify_log

GATE = Path(__file__).with_name("gate.py")


@pytest.mark.parametrize(
    "sql",
    [
        f"INSERT INTO {KEYS}.let_go VALUES (1, %s) ON CONFLICT (one) DO UPDATE SET asked = excluded.asked",
        f"UPDATE {KEYS}.let_go SET asked = %s",
        f"DELETE FROM {KEYS}.let_go WHERE asked <> %s",
    ],
)
def test_a_gate_says_nowhere_that_something_was_asked_for(there: Path, gate: Gate, sql: str) -> None:
    """It has rights on all tables, as the page says; this one the server keeps from it, also once there is something in it."""
    import psycopg

    for _ in range(2):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="lets go of nothing"):
            gate.do(sql, (b"x" * 32,))
        with opened(there) as whole:
            prune(whole, now=NOW)
    with opened(gate.folder) as whole:
        assert whole.keys.pruning_asked() is not None  # it may read it: else it could not publish


def test_a_gate_lets_go_of_nothing_and_sees_what_would_go(gate: Gate) -> None:
    """The same rights as for all else; whoever made the home prunes it."""
    with opened(gate.folder) as whole:
        with pytest.raises(HomeError, match="does not own the home's tables") as refused:
            prune(whole, now=NOW)
        told = prune(whole, now=NOW, dry_run=True)
        with pytest.raises(HomeError):
            whole.keys.ask_pruning(b"x" * 32)

        assert (refused.value.code, told.minimum, whole.store.pruned_entries()) == ("home.read-only", 768, [])
        assert whole.record(decided(5000, 0, None)).new  # and goes on


def test_what_a_gate_puts_in_is_neither_signed_nor_carried_out(there: Path, gate: Gate) -> None:
    """An entry right in all that can be read of it, the hashes, and a row that says that it is under way: all that the ledger's tables take."""
    with opened(there) as whole:
        whole.publish()
    entry = forged(there)
    gate.do(f"INSERT INTO {LEDGER}.entry SELECT max(seq) + 1, %s FROM {LEDGER}.entry", (entry,))
    gate.do(f"INSERT INTO {LEDGER}.pruning VALUES (%s)", (UPTO,))
    for number in range(UPTO // 256):
        hashes = (there / "log" / "tile" / "0" / f"{number:03}").read_bytes()
        gate.do(f"INSERT INTO {LEDGER}.leaf VALUES (%s, %s)", (number, hashes))
    before = sorted(each.relative_to(there) for each in (there / "log").rglob("*"))
    published = raises(there, lambda whole: whole.publish())
    carried_out = raises(there, lambda whole: prune(whole, now=NOW))
    by_gate = raises(gate.folder, lambda whole: whole.publish())

    assert [published.code, carried_out.code, by_gate.code] == ["home.log-forked", "home.damaged", "home.log-forked"]
    assert sorted(each.relative_to(there) for each in (there / "log").rglob("*")) == before
    with opened(there, write=False) as whole:
        assert whole.store.rows_to(UPTO) == (UPTO, UPTO)
    assert [each for each in flaws(there) if "nobody has asked for that here" in each]
    key = verifier_from((there / "log" / "key").read_text())
    assert verify_log(there / "log", key).size == 1200


def test_an_owner_whose_gates_were_given_rights_before_has_gates_that_publish_on(there: Path, gate: Gate, owner: Any, tmp_path: Path) -> None:
    """The tables came with a later edition than the gate's rights: whoever reads the ledger reads them too, and writes none of them."""
    import psycopg

    older(owner)
    with opened(there) as whole:
        assert prune(whole, now=NOW).done
    with opened(gate.folder) as whole:
        whole.record(decided(5000, 0, None))
        assert whole.publish().size == whole.last_seq()
    for table in (f"{LEDGER}.leaf", f"{LEDGER}.pruning", f"{KEYS}.let_go"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            gate.do(f"DELETE FROM {table}")


def older(owner: Any) -> None:
    """As a database of the edition before there was anything to let go of."""
    owner.execute(f"DROP TABLE {LEDGER}.leaf, {LEDGER}.pruning, {KEYS}.let_go; DROP FUNCTION {KEYS}.owner_alone")
    owner.execute(f"CREATE OR REPLACE FUNCTION {LEDGER}.edition() RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1'")


def test_a_database_of_the_edition_before_is_read_and_brought_up(there: Path, owner: Any) -> None:
    """Whoever only reads finds nothing let go of; whoever writes first lays the tables."""
    older(owner)
    with opened(there, write=False) as whole:
        told = prune(whole, now=NOW, dry_run=True)
        assert (told.minimum, whole.store.pruned_to(), whole.store.pruning(), whole.keys.pruning_asked()) == (768, 0, False, None)
        assert verify_home(whole).flaws == ()
    with opened(there) as whole:
        assert edition(whole.store._line) == EDITION  # type: ignore[attr-defined]
        assert prune(whole, now=NOW).done
    assert flaws(there) == []


def test_one_of_the_edition_before_moves_into_files(there: Path, owner: Any, tmp_path: Path) -> None:
    """Without being brought up first: it has let go of nothing."""
    from ourword.stores.moving import move

    older(owner)
    assert move(there, tmp_path / "moved").entries == 1200
    with opened(tmp_path / "moved") as whole:
        assert prune(whole, now=NOW).done


# ---- several folders, several processes ---------------------------------------------------------------------------------------


def test_gates_of_other_processes_lose_nothing(there: Path, tmp_path: Path) -> None:
    """Two of them record all the while: what was acknowledged is there afterwards, once, and the log holds."""
    command = [sys.executable, str(GATE), str(there), contract(there)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(each for each in sys.path if each)}
    gates = [subprocess.Popen([*command, str(first), "300"], stdout=subprocess.PIPE, text=True, env=environment) for first in (10_000, 20_000)]
    firsts = [gate.stdout.readline() for gate in gates if gate.stdout]
    assert all(firsts)
    with opened(there) as whole:
        told = prune(whole, now=NOW)
    said = [first + gate.stdout.read() for first, gate in zip(firsts, gates, strict=True) if gate.stdout]

    for gate in gates:
        gate.communicate(timeout=120)
    assert [gate.returncode for gate in gates] == [0, 0]
    assert (told.done, told.minimum) == (True, UPTO)
    with opened(there) as whole:
        for line in "".join(said).splitlines():
            name, seq, new = line.split()
            found = whole.find(name)
            assert found is not None
            assert (found.seq, new) == (int(seq), "1")
        whole.publish()
        found_all = verify_home(whole, full=True)
    assert (len("".join(said).splitlines()), found_all.flaws, found_all.pruned) == (600, (), UPTO)


def test_a_customer_of_whom_nothing_is_left_comes_back_through_a_gate_that_knew_them(tmp_path: Path, database: str) -> None:
    """Its cache holds their number and a key that is gone: the database refuses both, before anybody is told anything."""
    make_postgres_home(tmp_path / "home", database)
    years(tmp_path / "home", customer="c-old")
    with opened(tmp_path / "home") as gate:
        of = contract(tmp_path / "home")
        gate.record_many([decided(2000 + number, 380, of, customer="c-known") for number in range(3)])
        before = gate.store.number_of("c-known")
        for number in range(2003, 2600):
            gate.record(decided(number, 1, of, customer="c-new"))
        with opened(tmp_path / "home") as whole:
            later = prune(whole, now=NOW + 366 * DAY, even_idle=True)
            assert whole.store.number_of("c-known") is None
        again = gate.record(decided(9000, 0, of, customer="c-known"))

        assert (later.minimum >= 1203, again.new) == (True, True)
        assert (gate.store.number_of("c-known") or 0) > (before or 0)
        assert gate.history("c-known", "refund") == 1
    assert flaws(tmp_path / "home") == []


def second_of(there: Path, folder: Path) -> Path:
    """Another machine's folder of the same home."""
    marker = marker_of(there)
    assert marker is not None
    make_postgres_home(folder, marker.postgres, schema=marker.schema)
    return folder


def bundles(folder: Path) -> list[int]:
    found = [each for each in (folder / "log" / "tile" / "entries").rglob("*") if each.is_file()]
    return sorted(int(each.name) for each in found if each.parent.name == "entries")


@pytest.mark.parametrize("behind", [False, True])
def test_the_log_of_another_folder_lets_go_as_well(tmp_path: Path, database: str, behind: bool) -> None:
    """With its next publishing; until then it holds, and so does a folder that is behind, or one that joins afterwards."""
    first, second = tmp_path / "first", tmp_path / "second"
    make_postgres_home(first, database)
    years(first, 700)
    second_of(first, second)
    with opened(second) as whole:
        whole.publish()
    if behind:
        with opened(first) as whole:
            of = contract(first)
            whole.record_many([decided(3000 + number, 0.5, of) for number in range(600)])
    with opened(first) as whole:
        now = NOW + (400 * DAY if behind else 0)
        minimum = prune(whole, now=now, even_idle=True).minimum
    with opened(second, write=False) as whole:
        before = verify_home(whole, full=True)
    there = bundles(second)
    with opened(second) as whole:
        whole.publish()
        after = verify_home(whole, full=True)
    third = second_of(first, tmp_path / "third")
    with opened(third) as whole:
        whole.publish()
        joined = verify_home(whole, full=True)

    assert (before.flaws, after.flaws, joined.flaws) == ((), (), ())
    assert (there[:2], minimum) == ([0, 1], 1280 if behind else 256)
    assert [number for folder in (first, second, third) for number in bundles(folder) if number < minimum >> 8] == []
    assert [each.root for each in (after,)] == [joined.root]
    assert not (second / "log" / "tile" / "entries" / "002.p").exists() or not behind


def test_a_log_elsewhere_keeps_what_nobody_asked_for(there: Path, tmp_path: Path) -> None:
    """Hashes put in by hand delete nothing there either."""
    second = second_of(there, tmp_path / "second")
    with opened(second) as whole:
        whole.publish()
    put_in(second, None, leaves=True)
    with opened(second) as whole:
        whole.record(decided(5000, 0, None))
        whole.publish()

    assert bundles(second) == [0, 1, 2, 3]


def test_where_the_events_are_or_nowhere(there: Path, tmp_path: Path) -> None:
    """Whether anything is left of a customer stands with the events too; what would go is told everywhere."""
    second = second_of(there, tmp_path / "second")
    given = {"specversion": "1.0", "id": "e-1", "source": "chat", "type": "contact.opened", "time": "2023-11-30T10:00:00Z"}
    event = {**given, "subject": "customer:c-only", "data": {"contact": "k-1", "kind": "refund", "channel": "chat"}}
    with opened(second) as whole, EventStore(whole) as store:
        assert {"new"} == set(store.add([event_from_mapping(event)]))
    with opened(there) as whole:
        with pytest.raises(HomeError, match="the events of this home lie in") as refused:
            prune(whole, now=NOW)
        assert (refused.value.code, whole.store.pruned_entries()) == ("home.elsewhere", [])
        assert prune(whole, now=NOW, dry_run=True).minimum == UPTO
    with opened(second) as whole:
        assert prune(whole, now=NOW).done
        assert whole.store.number_of("c-only") is not None


def test_events_that_come_to_another_folder_meanwhile_keep_their_customers(there: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked while nobody can become the one that takes events in: else somebody of whom an event just came would lose their key."""
    second = second_of(there, tmp_path / "second")

    def meanwhile(keys: Any, numbers: Any) -> dict[int, str]:
        monkeypatch.undo()
        with opened(second) as whole:
            whole.store.take_events("elsewhere:/srv/home")
        return dict(keys.subs_of(numbers))

    with opened(there) as whole:
        monkeypatch.setattr(type(whole.keys), "subs_of", meanwhile)
        with pytest.raises(HomeError) as refused:
            prune(whole, now=NOW)
    assert refused.value.code == "home.elsewhere"
    with opened(there, write=False) as whole:
        assert whole.store.pruning()


def test_a_hold_that_is_said_while_keys_go_keeps_the_key(tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was placed after the holds were read: why it stands lies under that customer's key."""
    make_postgres_home(tmp_path / "home", database)
    with opened(tmp_path / "home") as whole:
        of = contract(tmp_path / "home")
        whole.record_many([decided(number, 900, of, customer=f"x-{number}") for number in range(300)])
        nothing = whole.store.nothing_decided

        def meanwhile() -> list[int]:
            monkeypatch.undo()
            with opened(tmp_path / "home") as other:
                hold(other, "x-3", by="mara", because="a court asks", now=NOW)
            return nothing()

        monkeypatch.setattr(whole.store, "nothing_decided", meanwhile)
        assert prune(whole, now=NOW, even_idle=True).done
        assert [whole.store.number_of(each) is not None for each in ("x-3", "x-4", "x-299")] == [True, False, True]


def test_what_is_asked_for_is_durable_before_the_entry_is(there: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else an entry could stand there that nobody may sign, and the log would be at an end."""
    with opened(there) as whole:
        ask = whole.keys.ask_pruning

        def asking(asked: bytes) -> None:
            ask(asked)
            with opened(there, write=False) as other:
                assert (other.store.pruned_entries(), other.keys.pruning_asked()) == ([], asked)
            raise Broken

        monkeypatch.setattr(whole.keys, "ask_pruning", asking)
        with pytest.raises(Broken):
            prune(whole, now=NOW)
    with opened(there) as whole:
        assert (whole.store.pruned_to(), whole.store.pruning()) == (0, False)
        assert prune(whole, now=NOW).done
        entry = whole.store.pruned_entries()[-1].value
        assert isinstance(entry, Pruned)
        assert whole.keys.pruning_asked() == asked_of(entry)
