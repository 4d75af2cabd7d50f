"""Many gates on one PostgreSQL: what is acknowledged is there, once, and the log has no gap, whoever dies and whatever restarts."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.stores.cluster import Cluster

from ourword.checks.store import refund
from ourword.errors import HomeError
from ourword.ledger.store import Recorded
from ourword.stores.home import Home, make_postgres_home, open_home
from ourword.stores.postgres.opening import make

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path: Path, cluster: Cluster) -> Path:
    """A new home on the server."""
    make_postgres_home(tmp_path / "home", cluster.address, schema=f"home_{secrets.token_hex(6)}")
    return tmp_path / "home"


@pytest.fixture
def home(folder: Path) -> Iterator[Home]:
    with open_home(folder) as opened:
        yield opened


def writers(folder: Path, *, processes: int, threads: int, count: int, prefix: str = "") -> list[subprocess.Popen[str]]:
    """Start gates that record; without a prefix each records its own ids, with one they all record the same."""
    command = [sys.executable, str(ROOT / "tests" / "stores" / "writer.py"), str(folder)]
    return [
        subprocess.Popen([*command, prefix or f"p{number}", str(count), str(threads)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for number in range(processes)
    ]


def told(running: list[subprocess.Popen[str]], *, killed: bool = False) -> list[tuple[str, int, bool]]:
    """Wait for them all; give what was acknowledged."""
    lines: list[str] = []
    for each in running:
        out, err = each.communicate(timeout=150)
        assert killed or (each.returncode, err) == (0, ""), err[-600:]
        lines += out.splitlines()
    return [(name, int(seq), new == "1") for name, seq, new in (line.split() for line in lines if line.count(" ") == 2)]


def check(home: Home, acknowledged: list[tuple[str, int, bool]]) -> list[Any]:
    """Acknowledged is present and unique; numbers and each gate's count are dense. Read from the bytes, not from the index."""
    entries = list(home.log())
    values = [each.value for each in entries]
    assert [each.seq for each in entries] == list(range(1, len(entries) + 1))
    counts: dict[str, list[int]] = defaultdict(list)
    decided: dict[str, int] = {}
    for entry, value in zip(entries, values, strict=True):
        counts[value.gate].append(value.counter)
        if value.__class__.__name__ == "Decision":
            assert value.decision_id not in decided
            decided[value.decision_id] = entry.seq
    for gate, counted in counts.items():
        assert counted == list(range(1, len(counted) + 1)), gate
    assert [each for each in acknowledged if decided.get(each[0]) != each[1]] == []
    news = [name for name, _, new in acknowledged if new]
    assert len(news) == len(set(news))
    assert home.store._line.again(f'SELECT count(*) FROM "{home.store._keys.path.name}".inbox').get == 0  # type: ignore[attr-defined]
    return values


def lead(connection: Any, home: Home) -> None:
    """Hold both locks of the sequencer, in a transaction of somebody else."""
    lock = home.store._lock_number  # type: ignore[attr-defined]
    connection.execute("SELECT pg_advisory_xact_lock(%s::bigint), pg_advisory_xact_lock(%s::bigint)", (lock, lock ^ 1))


def test_sixty_four_writers(folder: Path) -> None:
    """Four gates of sixteen threads; two of them record the very same ids."""
    running = writers(folder, processes=2, threads=16, count=96) + writers(folder, processes=2, threads=16, count=96, prefix="both")
    acknowledged = told(running)

    with open_home(folder) as home:
        check(home, acknowledged)
        assert len(acknowledged) == 4 * 96
        assert {name for name, _, new in acknowledged if new} == {name for name, _, _ in acknowledged}
        assert home.last_seq() == 2 * 3 * 96
        assert all(found.personal.customer for name, _, _ in acknowledged[:50] if (found := home.find(name)) and found.personal)


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_the_server_restarts_under_load(folder: Path, cluster: Cluster, mode: str) -> None:
    """Orderly and as in a crash: gates wait for it, and nobody is told anything that is not so."""
    running = writers(folder, processes=3, threads=4, count=400)
    with open_home(folder) as home:
        for times in range(1, 3):
            while home.last_seq() < times * 200 or len({each.value.gate for each in home.log()}) < 3:
                time.sleep(0.05)
            cluster.stop(mode)
            cluster.start()
        acknowledged = told(running)

        check(home, acknowledged)
        assert len(acknowledged) == 3 * 400
        assert home.last_seq() == 2 * 3 * 400


def test_gates_are_killed(folder: Path) -> None:
    """What a killed gate had laid into the inbox is taken in whole or not at all; what it had acknowledged is there."""
    for times in range(1, 4):
        running = writers(folder, processes=3, threads=4, count=10_000, prefix=f"r{times}")
        with open_home(folder) as home:
            start = home.last_seq()
            while home.last_seq() < start + 100 * times:
                time.sleep(0.02)
            for each in running:
                each.send_signal(signal.SIGKILL)
            acknowledged = told(running, killed=True)
            busy = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'ourword' AND state = 'active' AND pid <> pg_backend_pid()"
            while home.store._line.execute(busy).get:  # type: ignore[attr-defined]
                time.sleep(0.05)  # the server learns of a gate's death when it has done what the gate had asked for
            home.record(refund(f"after-{times}"))  # takes in what still waits

            check(home, acknowledged)
            assert acknowledged


def test_a_sequencer_that_dies_is_followed(home: Home, cluster: Cluster) -> None:
    """Somebody holds the lock and its connection ends: who waits in the inbox goes on, and only then is told anything."""
    import psycopg

    done: list[Recorded] = []
    with closing(psycopg.connect(cluster.address)) as other:
        lead(other, home)
        thread = threading.Thread(target=lambda: done.append(home.record(refund("d-1"))))
        thread.start()
        inbox = f'SELECT count(*) FROM "{home.store._keys.path.name}".inbox'
        with psycopg.connect(cluster.address, autocommit=True) as look:
            while look.execute(inbox).fetchone() != (1,):  # type: ignore[call-overload]
                time.sleep(0.01)
            assert not done
            assert home.last_seq() == 0
            look.execute("SELECT pg_terminate_backend(%s)", (other.info.backend_pid,))
        thread.join()

    assert [(each.seq, each.new) for each in done] == [(1, True)]
    check(home, [("d-1", 1, True)])


def test_a_connection_that_is_lost_while_waiting_is_made_anew(home: Home, cluster: Cluster) -> None:
    """Nobody knows what became of the submission: the gate asks, and hands it in once more."""
    import psycopg

    done: list[Recorded] = []
    pid = home.store._line.connection.info.backend_pid  # type: ignore[attr-defined]
    with psycopg.connect(cluster.address) as other, psycopg.connect(cluster.address, autocommit=True) as look:
        lead(other, home)
        thread = threading.Thread(target=lambda: done.append(home.record(refund("d-1"))))
        thread.start()
        while look.execute(f'SELECT count(*) FROM "{home.store._keys.path.name}".inbox').fetchone() != (1,):  # type: ignore[call-overload]
            time.sleep(0.01)
        look.execute("SELECT pg_terminate_backend(%s)", (pid,))
        time.sleep(0.2)
        other.rollback()
        thread.join()

    assert [(each.seq, each.new) for each in done] == [(1, True)]
    check(home, [("d-1", 1, True)])


def test_a_submission_that_comes_twice_is_taken_once(home: Home) -> None:
    """A late copy of what was taken, from a connection that was given up, changes nothing."""
    from ourword.stores.postgres import schema

    store: Any = home.store
    sent: list[Any] = []
    submit = store._submit
    store._submit = lambda submission: sent.append(submission) or submit(submission)
    home.record(refund("d-1"))
    store._line.execute(schema.enqueue(f'"{store._keys.path.name}"'), sent[0].values)

    assert store._line.execute(schema.SUBMIT, (store._lock_number, *sent[0].values)).get == schema.COUNT
    assert home.record(refund("d-2")).seq == 3
    check(home, [("d-1", 1, True), ("d-2", 3, True)])


def test_a_late_copy_of_what_nobody_was_told_does_not_disturb_the_next(home: Home) -> None:
    """It is taken in first, under the same count: the next submission is written out anew."""
    from ourword.stores.postgres import schema

    store: Any = home.store
    _, late = store._written(store.prepared([refund("d-late")]), {})
    store._line.execute(schema.enqueue(f'"{store._keys.path.name}"'), late.values)
    recorded = home.record(refund("d-1"))

    assert (recorded.seq, recorded.new) == (3, True)
    check(home, [("d-late", 1, True), ("d-1", 3, True)])


def test_a_late_copy_under_the_same_count_is_not_taken_for_the_next(home: Home, cluster: Cluster) -> None:
    """Both are as long, so the count alone would not tell them apart; somebody else holds the lock, so the inbox is used."""
    import psycopg

    from ourword.stores.postgres import schema

    store: Any = home.store
    done: list[Recorded] = []
    _, late = store._written(store.prepared([refund("d-late")]), {})
    with psycopg.connect(cluster.address) as other:
        lead(other, home)
        store._line.execute(schema.enqueue(f'"{store._keys.path.name}"'), late.values)
        thread = threading.Thread(target=lambda: done.append(home.record(refund("d-1"))))
        thread.start()
        time.sleep(0.3)
    thread.join()

    late_one = home.find("d-late")
    assert [(each.decision_id, each.new) for each in done] == [("d-1", True)]
    check(home, [("d-1", done[0].seq, True)] + ([("d-late", late_one.seq, True)] if late_one else []))


def test_a_customer_whose_key_is_gone_gets_a_new_one(home: Home, folder: Path) -> None:
    """Another process erased a customer whom this gate still knows: nothing is sealed under the old key."""
    with open_home(folder) as other:
        home.record(refund("d-1"))
        keys = other.store._keys.path.name
        other.store._line.execute("UPDATE subject SET who = NULL")  # type: ignore[attr-defined]
        other.store._line.execute(f'DELETE FROM "{keys}".subject_key')  # type: ignore[attr-defined]
        home.record(refund("d-2"))

        found = other.find("d-2")
        assert found is not None
        assert found.personal == refund().personal
        first, second = (each.value for each in other.log() if each.value.__class__.__name__ == "Decision")
        assert first.sub != second.sub  # type: ignore[union-attr]


def test_a_decision_is_sealed_while_another_commits(home: Home) -> None:
    """By its own caller, under the key that its customer has; its count is put in when its turn comes."""
    home.record(refund("d-1"))
    store: Any = home.store
    with store._writing:  # as whoever commits
        drafts = store.prepared([refund("d-2"), refund("d-3", customer="nobody knows them yet")])
        assert [draft.ahead is not None for draft in drafts] == [True, False]
    home.record(refund("d-between"))
    recorded = store.commit(drafts)

    assert [each.seq for each in recorded] == [5, 7]
    assert [found.personal.customer for each in recorded if (found := home.find(each.decision_id)) and found.personal][1] == "nobody knows them yet"
    check(home, [(each.decision_id, each.seq, True) for each in recorded])


def test_a_server_that_is_gone_is_said(folder: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """No verdict is better than one that nobody can find again."""
    monkeypatch.setattr("ourword.stores.postgres.line.WAIT_SECONDS", 0.3)
    with open_home(folder) as home:
        home.record(refund("d-1"))
        cluster.stop()
        try:
            with pytest.raises(HomeError) as caught:
                home.record(refund("d-2"))
            assert caught.value.code == "home.unreachable"
        finally:
            cluster.start()
        assert home.record(refund("d-2")).new
        assert home.record(refund("d-1")).new is False
        check(home, [("d-1", 1, True), ("d-2", 3, True)])


def test_a_home_that_is_not_made_yet_has_no_address_to_mend(tmp_path: Path) -> None:
    """Whoever makes one has given the address a moment ago; of a home that is there it lies in `home.json`."""
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "home.json").write_text("{}")
    hints = []
    for name in ("new", "made"):
        with pytest.raises(HomeError) as caught:
            make(f"postgresql:///nobody?host={tmp_path}", schema="home", place=str(tmp_path / name))
        assert caught.value.code == "home.unreachable"
        hints.append(caught.value.hint)

    assert ["home.json" in each for each in hints] == [False, True]
    assert "mend the address that you gave" in hints[0]


def test_a_server_that_does_not_sync_is_refused(folder: Path, cluster: Cluster) -> None:
    """Acknowledged means durable."""
    import psycopg

    with psycopg.connect(cluster.address, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
        try:
            time.sleep(0.3)
            with pytest.raises(HomeError) as caught:
                open_home(folder)
            assert caught.value.code == "home.not-durable"
        finally:
            connection.execute("ALTER SYSTEM RESET fsync")
            connection.execute("SELECT pg_reload_conf()")
            time.sleep(0.3)


def test_no_password_is_kept(tmp_path: Path, cluster: Cluster) -> None:
    make_postgres_home(tmp_path / "home", f"{cluster.address} password=hunter2", schema=f"home_{secrets.token_hex(6)}")

    assert "hunter2" not in (tmp_path / "home" / "home.json").read_text()
    assert os.stat(tmp_path / "home").st_mode & 0o077 == 0


def test_two_machines_publish_one_log(tmp_path: Path, cluster: Cluster) -> None:
    """Each folder's `log/` is of the one ledger; whoever is behind goes on from where its folder stood."""
    from ourword.verifying.log import verify_home

    schema = f"home_{secrets.token_hex(6)}"
    for name in ("here", "there"):
        make_postgres_home(tmp_path / name, cluster.address, schema=schema)
    written: list[bytes] = []
    for turn, name in enumerate(("here", "there", "here", "there")):
        with open_home(tmp_path / name) as home:
            home.record_many([refund(f"d-{turn}-{number}", promises=()) for number in range(150 * (turn + 1))])
        with open_home(tmp_path / name, write=False) as home:
            found = verify_home(home, full=True)
            assert found.flaws == ()
            assert found.size == home.last_seq()
            written = home.checkpoints()
    assert len(written) == 4


def test_a_contract_goes_where_its_decisions_are_read(tmp_path: Path, cluster: Cluster) -> None:
    """Another machine tells in words what was decided here, though its folder never saw the contract."""
    from ourword.app import Ourword

    schema, example = f"home_{secrets.token_hex(6)}", ROOT / "examples" / "larkspur-refund"
    for name in ("here", "there"):
        make_postgres_home(tmp_path / name, cluster.address, schema=schema)
    with Ourword.open(example / "contract.yaml", example / "wiring.yaml", home=tmp_path / "here") as word:
        list(word.decide_lines((example / "decisions.jsonl").read_bytes().splitlines()[:1]))
        here = word.why("larkspur-01-our-fault")
    with Ourword.open_home(tmp_path / "there", create=False, write=False) as word:
        assert word.why("larkspur-01-our-fault") == here
    places = [tmp_path / name / "contracts" for name in ("here", "there")]
    kept = [{path.relative_to(place).as_posix(): path.read_bytes() for path in place.rglob("*.yaml")} for place in places]
    assert len(kept[0]) == 2
    assert kept[0] == kept[1]


def test_a_file_of_the_database_leads_nowhere_else(tmp_path: Path, folder: Path) -> None:
    """Whoever can write into the database cannot write into another folder of this machine."""
    with open_home(folder) as home:
        home.store._line.execute("INSERT INTO contract VALUES ('ab12', '../../../escaped', '')")  # type: ignore[attr-defined]
        home.store._line.execute("INSERT INTO contract VALUES ('ab12', 'fine.yaml', '')")  # type: ignore[attr-defined]
    open_home(folder).close()
    assert [path.name for path in tmp_path.rglob("*") if path.name in ("escaped", "fine.yaml")] == ["fine.yaml"]
