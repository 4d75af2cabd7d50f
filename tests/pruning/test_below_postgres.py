"""What a server's files still hold of decisions that were let go of, and what its dumps take along."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Ourword as Command
from tests.cli.conftest import ourword as ourword
from tests.pruning.served import KEYS, LEDGER, Gate, connect
from tests.pruning.shop import DAY, NOW, opened
from tests.pruning.test_forged import UPTO, broken_off, flaws
from tests.stores.cluster import Cluster

from ourword.errors import HomeError
from ourword.rights.pruning import prune
from ourword.stores.moving import move
from ourword.verifying.log import verify_home

# ---- what the server keeps --------------------------------------------------------------------------------------------------


def sizes_of(owner: Any) -> dict[str, int]:
    return {each: owner.execute("SELECT pg_total_relation_size(%s::regclass)", (f"{LEDGER}.{each}",)).fetchone()[0] for each in ("entry", "decision")}


def in_tables(cluster: Cluster, owner: Any, needles: list[bytes]) -> list[bytes]:
    """Which of these lie in a file of the database."""
    owner.execute("CHECKPOINT")
    (number,) = owner.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()
    held = [each.read_bytes() for each in (cluster.data / "base" / str(number)).iterdir() if each.is_file()]
    return [needle for needle in needles if any(needle in each for each in held)]


def secrets_of(owner: Any, seq: int) -> list[bytes]:
    """An entry and the ciphertext beside it, as far as the server keeps them in one piece."""
    sql = f"SELECT bytes, sealed FROM {LEDGER}.entry JOIN {LEDGER}.decision USING (seq) WHERE seq = %s"
    entry, sealed = owner.execute(sql, (seq,)).fetchone()
    at = entry.index(b'"pd":"')
    return [entry[at : at + 60], sealed[:60]]


def test_what_goes_leaves_the_files_of_the_server_and_the_disk_shrinks(there: Path, cluster: Cluster, owner: Any) -> None:
    """But for its log, which the page names."""
    gone, stay = secrets_of(owner, 4), secrets_of(owner, 1100)
    owner.execute("ANALYZE")
    before = sizes_of(owner)
    assert in_tables(cluster, owner, gone) == gone
    with opened(there) as whole:
        size = whole.store.size()
        told = prune(whole, now=NOW)
        log_gone = told.bytes - (size - whole.store.size())
    after = sizes_of(owner)

    assert (told.left, told.done) == ((), True)
    assert in_tables(cluster, owner, [*gone, *stay]) == stay
    assert all(after[each] < before[each] * 0.55 for each in before)  # 432 of 1,200 are left
    assert sum(before.values()) - sum(after.values()) > 300_000
    assert log_gone > 300_000  # the bundles of 768 entries
    sampled = owner.execute("SELECT histogram_bounds::text FROM pg_stats WHERE tablename = 'decision' AND attname = 'seq'").fetchone()[0]
    assert min(map(int, sampled.strip("{}").split(","))) > 768


def test_of_a_large_table_the_rows_are_gone_and_what_is_left_to_do_is_said(
    ourword: Command, there: Path, cluster: Cluster, owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Writing it anew would keep gates waiting: it is a command for a quiet hour; the pruning is done all the same."""
    monkeypatch.setattr("ourword.stores.postgres.pruning.BYTES_MAX", 1000)
    gone = secrets_of(owner, 4)
    told = ourword("prune", "--home", there, "--even-idle")
    said = " ".join(told.out.split())

    assert (told.code, told.err) == (0, "")
    assert "Not reached from here: the server's own log (WAL), its archive, replicas and backups" in said
    assert all(f"For whoever runs the database: VACUUM (FULL) {LEDGER}.{each}: with " in said for each in ("entry", "decision"))
    with opened(there, write=False) as whole:
        minimum = whole.store.pruned_to()
        assert (whole.store.pruning(), whole.store.rows_to(minimum)) == (False, (0, 0))
    for each in ("entry", "decision"):
        owner.execute(f"VACUUM (FULL) {LEDGER}.{each}")
    assert in_tables(cluster, owner, gone) == []


def test_while_somebody_looks_at_what_was_there_before_it_is_not_done(
    there: Path, database: str, cluster: Cluster, owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long transaction keeps the rows, also in a table that is written anew: that is said, and running it again finishes it."""
    monkeypatch.setattr("ourword.stores.postgres.pruning.WAIT_SECONDS", 0.0)
    gone = secrets_of(owner, 4)
    with closing(connect(database)) as looking:
        looking.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        looking.execute("SELECT count(*) FROM pg_class")
        with opened(there) as whole:
            with pytest.raises(HomeError, match="somebody still looks at what was in") as busy:
                prune(whole, now=NOW)
            assert (busy.value.code, whole.store.pruning()) == ("home.busy", True)
            assert whole.store.rows_to(UPTO) == (0, 0)
        assert in_tables(cluster, owner, gone) == gone
        assert flaws(there) == []
    with opened(there) as whole:
        told = prune(whole, now=NOW)

    assert (told.finished, told.done, told.before) == (True, False, UPTO)
    assert in_tables(cluster, owner, gone) == []


@pytest.fixture(scope="module")
def server(cluster: Cluster) -> Iterator[Cluster]:
    """A server that may be restarted; the other one is asked for so that where there is none this is skipped."""
    running = Cluster()
    yield running
    running.remove()


@pytest.mark.parametrize("step", ["begun", "published", "rows", "keys", "bundle", "written anew"])
def test_a_server_that_crashes_meanwhile_loses_nothing_of_it(three_years: Path, server: Cluster, tmp_path: Path, step: str) -> None:
    """What was asked for, the entry and what is deleted are durable in that order; whoever runs it again goes on."""
    files = Path(shutil.copytree(three_years, tmp_path / "files"))
    move(files, tmp_path / "home", postgres=server.address, schema=f"home_{secrets.token_hex(6)}")
    crashed: list[str] = []

    def crash(reached: str) -> None:
        if reached == step and not crashed:
            crashed.append(reached)
            server.stop("immediate")
            server.start()

    with opened(tmp_path / "home") as whole, suppress(HomeError):
        prune(whole, now=NOW, progress=crash)
    assert crashed == [step]
    assert flaws(tmp_path / "home") == []
    with opened(tmp_path / "home") as whole:
        prune(whole, now=NOW)

        assert [each.seq for each in whole.store.pruned_entries()] == [1201]
        assert (whole.store.pruned_to(), whole.store.pruning(), whole.store.rows_to(UPTO)) == (UPTO, False, (0, 0))
    assert flaws(tmp_path / "home") == []


# ---- backups --------------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("pg_dump") is None, reason="no pg_dump: install Debian's package postgresql-client")
def test_a_pruned_home_is_backed_up_and_put_back(ourword: Command, there: Path, cluster: Cluster, tmp_path: Path) -> None:
    """With its hashes and with what was asked for; it prunes on, and nobody but its owner does there either."""
    with opened(there) as whole:
        assert prune(whole, now=NOW).done
        asked = whole.keys.pruning_asked()
    told = ourword("backup", tmp_path / "monday", "--home", there)
    name = f"other_{secrets.token_hex(6)}"
    cluster.make_database(name)
    address = cluster.address.replace("dbname=postgres", f"dbname={name}")
    back = ourword("restore", tmp_path / "monday", "--home", tmp_path / "new", "--postgres", address, "--erasures", "none")

    assert (told.code, told.err, back.code, back.err) == (0, "", 0, "")
    with opened(tmp_path / "new") as whole:
        assert (whole.store.pruned_to(), whole.keys.pruning_asked()) == (UPTO, asked)
        assert prune(whole, now=NOW + 250 * DAY, even_idle=True).minimum == 1024
        assert verify_home(whole, full=True).flaws == ()
    with closing(connect(address)) as other:
        made = Gate(other, address, tmp_path / "gate")
        with pytest.raises(Exception, match="lets go of nothing"):
            made.do(f"DELETE FROM {KEYS}.let_go")
        made.connection.close()
        other.execute(f"DROP OWNED BY {made.role}; DROP ROLE {made.role}")


@pytest.mark.skipif(shutil.which("pg_dump") is None, reason="no pg_dump: install Debian's package postgresql-client")
@pytest.mark.parametrize("step", ["begun", "published", "rows", "keys", "bundle", "written anew"])
def test_a_dump_of_the_middle_goes_on_where_it_was(there: Path, cluster: Cluster, database: str, tmp_path: Path, step: str) -> None:
    """Your own backup of a server asks nobody whether a pruning is under way: both schemas of one moment know of it."""
    from ourword.stores.postgres.dumping import dump, put_back

    broken_off(there, step)
    shutil.copytree(there, tmp_path / "copy")
    dump(database, LEDGER, ledger=tmp_path / "ledger", keys=tmp_path / "keys", place="test")
    name = f"other_{secrets.token_hex(6)}"
    cluster.make_database(name)
    address = database.replace(database.split("dbname=")[1], name)
    put_back(address, LEDGER, ledger=tmp_path / "ledger", keys=tmp_path / "keys", place="test", events_at="")
    marker = tmp_path / "copy" / "home.json"
    marker.write_text(marker.read_text().replace(database.split("dbname=")[1], name))
    with opened(tmp_path / "copy") as whole:
        told = prune(whole, now=NOW)

        assert (told.finished, told.before, whole.store.rows_to(UPTO)) == (True, UPTO, (0, 0))
    assert flaws(tmp_path / "copy") == []
