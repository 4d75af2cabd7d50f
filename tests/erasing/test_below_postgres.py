"""What a server's files still hold of a customer who was erased: each of them is searched, byte by byte, on a cluster of its own.

This is what `docs/how-to/erase-a-customer.md` says of PostgreSQL, line by line.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.erasing.shop import NS, opened
from tests.stores.cluster import Cluster

from ourword.checks.store import refund
from ourword.errors import HomeError
from ourword.rights.forgetting import erase
from ourword.stores.home import make_postgres_home, open_home
from ourword.stores.postgres import schema
from ourword.stores.postgres.submission import Submission

ZORA = "Zora-4711"
LEDGER, KEYS = "ourword", "ourword_keys"


@pytest.fixture(scope="module")
def server(cluster: Cluster) -> Iterator[Cluster]:
    """A cluster of its own, whose log is searched too; the other one is asked for so that where there is none this is skipped."""
    running = Cluster()
    yield running
    running.remove()


@pytest.fixture
def below(server: Cluster, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Below]:
    name = f"below_{request.node.name.encode().hex()[:40]}"
    server.make_database(name)
    address = server.address.replace("dbname=postgres", f"dbname={name}")
    make_postgres_home(tmp_path / "home", address)
    with closing(connect(address)) as connection:
        yield Below(server, tmp_path / "home", address, connection)


def connect(address: str) -> Any:
    import psycopg

    return psycopg.connect(address, autocommit=True)


class Below:
    """A home and the files of the server below it."""

    def __init__(self, server: Cluster, folder: Path, address: str, connection: Any) -> None:
        self.server, self.folder, self.address = server, folder, address
        self.do = connection.execute

    def secrets(self, customer: str) -> dict[str, list[bytes]]:
        """Everything that lies in the database of a customer, and is not an entry."""
        with opened(self.folder) as home:
            number = home.store.number_of(customer)
        key, mark = self.do(f"SELECT key, mark FROM {KEYS}.subject_key WHERE number = %s", (number,)).fetchone()
        (who,) = self.do(f"SELECT who FROM {LEDGER}.subject WHERE number = %s", (number,)).fetchone()
        boxes = [box for (box,) in self.do(f"SELECT sealed FROM {LEDGER}.decision WHERE subject = %s", (number,))]
        assert boxes
        return {"key": [key, mark], "name": [who], "ciphertext": boxes}

    def found(self, secrets: dict[str, list[bytes]]) -> set[tuple[str, str]]:
        """Which of these lie in which part of the server's folder: `base`, `pg_wal` and so on."""
        self.do("CHECKPOINT")
        there = set()
        for path in self.server.data.rglob("*"):
            held = path.read_bytes() if path.is_file() else b""
            part = path.relative_to(self.server.data).parts[0]
            there |= {(name, part) for name, needles in secrets.items() if any(each in held for each in needles)}
        return there


def test_the_key_and_the_name_are_in_no_table_at_once_and_in_the_log_until_it_is_written_over(below: Below) -> None:
    """The log of the server holds all of them: by what was recorded, and by the deletion itself. Only time, and use, writes it over."""
    with opened(below.folder) as home:
        for number in range(40):
            home.record(refund(f"d-{number}", customer=ZORA if number % 8 == 3 else f"c-{number}"))
    secrets = below.secrets(ZORA)
    before = below.found(secrets)
    with opened(below.folder) as home:
        assert () == erase(home, ZORA, now=NS).left
    after = below.found(secrets)

    assert {(name, part) for name in ("key", "name", "ciphertext") for part in ("base", "pg_wal")} == before
    assert {("key", "pg_wal"), ("name", "pg_wal"), ("ciphertext", "pg_wal")} <= after
    assert after <= {("key", "pg_wal"), ("name", "pg_wal"), ("ciphertext", "pg_wal"), ("ciphertext", "base")}

    below.do(f"VACUUM (FULL) {LEDGER}.decision")
    assert {"pg_wal"} == {part for _, part in below.found(secrets)}
    below.do("CREATE TABLE filler (words text)")
    for _ in range(30):
        below.do("INSERT INTO filler SELECT repeat(md5(each::text), 60) FROM generate_series(1, 8000) AS each")
        below.do("SELECT pg_switch_wal()")
        if not (left := below.found(secrets)):
            break
    assert set() == left


def test_a_ciphertext_may_stay_in_its_page_until_the_page_is_written_over(below: Below) -> None:
    """So the page says: a plain VACUUM writes over nothing, and what counts is that the key is gone."""
    with opened(below.folder) as home:
        for number in range(12):
            home.record(refund(f"d-{number}", customer=ZORA if number == 11 else f"c-{number}"))
    secrets = below.secrets(ZORA)
    with opened(below.folder) as home:
        erase(home, ZORA, now=NS)

    assert ("ciphertext", "base") in below.found(secrets)
    assert ("key", "base") not in below.found(secrets)


def test_a_plain_vacuum_takes_no_key_out_of_a_page(below: Below) -> None:
    """Why tables are written anew: the row is deleted, vacuumed, and its key lies in the file."""
    with opened(below.folder) as home:
        for number in range(12):
            home.record(refund(f"d-{number}", customer=ZORA if number == 11 else f"c-{number}"))
        number = home.store.number_of(ZORA)
    secrets = below.secrets(ZORA)
    below.do(f"DELETE FROM {KEYS}.subject_key WHERE number = %s", (number,))
    below.do(f"VACUUM {KEYS}.subject_key")
    assert ("key", "base") in below.found(secrets)
    below.do(f"VACUUM (FULL) {KEYS}.subject_key")
    assert ("key", "base") not in below.found(secrets)


def test_what_went_through_the_inbox_is_not_left_in_it(below: Below) -> None:
    """A new customer's key, name and ciphertext wait there while somebody else records; taken in, they are dead rows."""
    with opened(below.folder) as home:
        store: Any = home.store
        home.record(refund("d-0", customer="c-0"))
        submission = store._written(store.prepared([_decided("d-1")]), {})[1]
        assert isinstance(submission, Submission)
        store._line.execute(schema.enqueue(f'"{KEYS}"'), submission.values)
        home.record(refund("d-2", customer="c-2"))
        store._be_sure()
    with opened(below.folder) as home:
        assert home.find("d-1") is not None
    secrets = below.secrets(ZORA)
    with opened(below.folder) as home:
        erase(home, ZORA, now=NS)

    assert {("key", "base"), ("name", "base")} & below.found(secrets) == set()


def _decided(name: str) -> Any:
    return refund(name, customer=ZORA)


def test_the_server_keeps_no_sample_of_keys(below: Below) -> None:
    """`ANALYZE`, which a server runs by itself, copies values of columns into its catalogue: there a key would outlive its row."""
    with opened(below.folder) as home:
        for number in range(12):
            home.record(refund(f"d-{number}", customer=f"c-{number}"))
    below.do("ANALYZE")
    sampled = {row[0] for row in below.do("SELECT DISTINCT schemaname || '.' || tablename || '.' || attname FROM pg_stats").fetchall()}
    mine = {each for each in sampled if each.startswith(f"{LEDGER}")}

    assert f"{LEDGER}.decision.kind" in mine
    assert not {each for each in mine if each.rsplit(".", 1)[1] in ("key", "mark", "seed", "who", "sealed", "contact", "objects", "boxes", "fresh")}


def test_what_was_sampled_before_is_dropped_with_the_next_erasure(below: Below) -> None:
    """A home that was made before the server was told: its samples of keys go, and whoever runs the server is told of the catalogue's own rows."""
    with opened(below.folder) as home:
        for number in range(12):
            home.record(refund(f"d-{number}", customer=ZORA if number == 3 else f"c-{number}"))
    below.do(f"ALTER TABLE {KEYS}.subject_key ALTER key SET STATISTICS -1, ALTER mark SET STATISTICS -1")
    below.do("ANALYZE")
    sampled = "SELECT count(*) FROM pg_stats WHERE schemaname = %s AND attname IN ('key', 'mark')"
    assert (2,) == below.do(sampled, (KEYS,)).fetchone()
    secrets = below.secrets(ZORA)
    with opened(below.folder) as home:
        left = erase(home, ZORA, now=NS).left
    assert ("VACUUM (FULL) pg_statistic: samples of keys lay there, and a superuser alone may",) == left
    assert (0,) == below.do(sampled, (KEYS,)).fetchone()
    below.do("ANALYZE")
    assert (0,) == below.do(sampled, (KEYS,)).fetchone()
    below.do("VACUUM (FULL) pg_statistic")

    assert ("key", "base") not in below.found(secrets)


def test_while_somebody_looks_at_what_was_there_before_it_is_not_done(below: Below, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long transaction keeps the dead row, also in the table that is written anew: this is said, and running it again finishes it."""
    monkeypatch.setattr("ourword.stores.postgres.erasing.WAIT_SECONDS", 0.0)
    with opened(below.folder) as home:
        home.record(refund("d-1", customer=ZORA))
        home.record(refund("d-2", customer="c-2"))
    secrets = below.secrets(ZORA)
    with closing(connect(below.address)) as looking:
        looking.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        looking.execute("SELECT count(*) FROM pg_class")
        with opened(below.folder) as home:
            with pytest.raises(HomeError, match="somebody still looks at what was in") as busy:
                erase(home, ZORA, now=NS)
            assert "home.busy" == busy.value.code
            assert [] != home.store.erasing()
        assert ("key", "base") in below.found(secrets)
    with opened(below.folder) as home:
        assert (1, False, True) == ((told := erase(home, ZORA, now=NS)).finished, told.new, told.known)

    assert ("key", "base") not in below.found(secrets)


def test_a_role_that_owns_nothing_says_what_is_left_to_do(below: Below) -> None:
    """The rows are gone, and whoever runs the server is told the commands that are his."""
    with opened(below.folder) as home:
        home.record(refund("d-1", customer=ZORA))
    role = "gate_of_" + below.address.split("below_")[1][:20]
    below.do(f"CREATE ROLE {role} LOGIN")
    for each in (LEDGER, KEYS):
        below.do(f"GRANT USAGE ON SCHEMA {each} TO {role}")
        below.do(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {each} TO {role}")
    marker = below.folder / "home.json"
    marker.write_bytes(marker.read_bytes().replace(b"user=ourword", f"user={role}".encode()))
    with open_home(below.folder, clock=lambda: NS) as home:
        told = erase(home, ZORA, now=NS)
        assert home.store.number_of(ZORA) is None

    assert f"VACUUM (FULL) {KEYS}.subject_key: only the table's owner may" in told.left
    assert [each.split(":")[0] for each in told.left] == [
        *(f"VACUUM (FULL) {KEYS}.{each}" for each in ("subject_key", "signal_key", "inbox")),
        *(f"VACUUM (FULL) {LEDGER}.{each}" for each in ("subject", "reason")),
        "CHECKPOINT",
    ]


def test_a_large_table_is_left_to_a_quiet_hour(below: Below, monkeypatch: pytest.MonkeyPatch) -> None:
    """Written anew at once it would keep all gates waiting for so long that decisions have no answer."""
    monkeypatch.setattr("ourword.stores.postgres.erasing.BYTES_MAX", 10_000)
    with opened(below.folder) as home:
        home.record(refund("d-1", customer=ZORA))
        told = erase(home, ZORA, now=NS)

    assert f"VACUUM (FULL) {KEYS}.subject_key: with 0 MB it would keep whoever records waiting for too long" in told.left
