"""What erasing does to `people.sqlite` and to the files of events; inside the transaction and the lock of whoever calls it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ourword.errors import HomeError
from ourword.ledger.entry import SegmentResealed, SegmentSealed
from ourword.ledger.seal import unsealed
from ourword.stores.database import troubles_of
from ourword.stores.elsewhere import PEOPLE
from ourword.stores.people import FORGOTTEN, People
from ourword.stores.rows import write_segment
from ourword.stores.whole import sync_file

if TYPE_CHECKING:
    import duckdb

_THEIRS = "(SELECT value FROM json_each(?))"
_USED = """
SELECT name, min(arrival) FROM (
    SELECT contact AS name, arrival FROM heard WHERE contact IN (SELECT unnest($1))
    UNION ALL SELECT name, arrival FROM (SELECT unnest(objects).object AS name, arrival FROM heard WHERE len(objects) > 0)
        WHERE name IN (SELECT unnest($1))
) WHERE arrival NOT IN (SELECT unnest($2)) GROUP BY name
"""
_THEIR_ARRIVALS = (
    f"SELECT arrival FROM event WHERE subject IN {_THEIRS} UNION SELECT arrival FROM identity WHERE other IN {_THEIRS} OR owner IN {_THEIRS}"
)


class Named(msgspec.Struct, frozen=True):
    """The own id of a contact or an object, as it lies under a customer's key."""

    number: int
    subject: int
    who: bytes
    box: bytes


def erase_people(people: People, numbers: Collection[int]) -> None:
    """Delete events, texts, raw ids and attributes of these customers; what others name too must have found another key before."""
    theirs, connection = numbers_json(numbers), people.connection
    connection.execute(f"INSERT OR IGNORE INTO gone {_THEIR_ARRIVALS}", (theirs, theirs, theirs))
    gone = "(SELECT arrival FROM gone)"
    connection.execute(f"UPDATE event SET subject = 0, box = NULL, digest = ? WHERE arrival IN {gone}", (FORGOTTEN,))
    for table in ("tail", "attribute", "identity"):
        connection.execute(f"DELETE FROM {table} WHERE arrival IN {gone}")
    connection.execute(f"DELETE FROM person WHERE number IN {_THEIRS}", (theirs,))
    connection.execute(f"DELETE FROM named WHERE subject IN {_THEIRS}", (theirs,))
    connection.executemany("INSERT OR IGNORE INTO erased VALUES (?)", [(number,) for number in numbers])
    # Attributes lie here as they are: their table is written anew, so that no copy of one is left where SQLite moved rows about.
    connection.execute("CREATE TABLE moved AS SELECT * FROM attribute")
    connection.execute("DELETE FROM attribute")
    connection.execute("INSERT INTO attribute SELECT * FROM moved ORDER BY arrival, name")
    connection.execute("DROP TABLE moved")


def names_under(people: People, numbers: Collection[int]) -> list[Named]:
    """The contacts and objects whose ids lie under the keys of these customers."""
    sql = f"SELECT number, subject, who, box FROM named WHERE subject IN {_THEIRS}"
    return [Named(*row) for row in people.connection.execute(sql, (numbers_json(numbers),))]


def users(people: People, duck: duckdb.DuckDBPyConnection, names: Sequence[Named], numbers: Collection[int]) -> dict[int, int]:
    """Which of these names events of others name too, and a customer of such an event. *duck* has `heard`: all rows."""
    theirs, connection = numbers_json(numbers), people.connection
    without = [arrival for (arrival,) in connection.execute(f"{_THEIR_ARRIVALS} UNION SELECT arrival FROM gone", (theirs, theirs, theirs))]
    found = duck.execute(_USED, [[each.number for each in names], without]).fetchall()
    owner = "SELECT subject FROM event WHERE arrival = ?"
    return {name: int(subject) for name, arrival in found if (subject := connection.execute(owner, (arrival,)).get)}


def hand_on(people: People, names: Iterable[Named], to: dict[int, int]) -> None:
    """Seal names that others use under the key of one of those."""
    for each in names:
        before, after = people.key(each.subject), people.key(to[each.number]) if each.number in to else None
        if before is None or after is None:
            continue
        text = unsealed(before, f"named:{each.who.hex()}", each.box)
        box = people.sealed(after, "named", each.who, text)
        people.connection.execute("UPDATE named SET subject = ?, box = ? WHERE number = ?", (after.number, box, each.number))


# ---- files of events -----------------------------------------------------------------------------------------------------


class Segment(msgspec.Struct, frozen=True):
    """A file of events, as `people.sqlite` has it."""

    first: int
    last: int
    file: str
    digest: str


def segments_with(people: People) -> list[tuple[Segment, list[int]]]:
    """The segments that may hold rows which are to go, and the arrivals of those."""
    found = []
    for row in list(people.connection.execute("SELECT first, last, file, digest FROM segment ORDER BY first")):
        segment = Segment(*row)
        sql = "SELECT arrival FROM gone WHERE arrival BETWEEN ? AND ?"
        if gone := [arrival for (arrival,) in people.connection.execute(sql, (segment.first, segment.last))]:
            found.append((segment, gone))
    return found


def write_anew(duck: duckdb.DuckDBPyConnection, old: Path, new: Path, gone: Sequence[int]) -> tuple[str, int]:
    """Write a file of events anew without some rows, durably; give its digest and how many rows it has."""
    listed = f"[{', '.join(map(str, gone))}]"
    before, where = (str(each).replace("'", "''") for each in (old, new))
    write_segment(duck, new, f"read_parquet('{before}') WHERE arrival NOT IN (SELECT unnest({listed}))")
    (rows,) = duck.execute(f"SELECT count(*) FROM read_parquet('{where}')").fetchone() or (0,)
    return sync_file(new), int(rows)


def remove_unnamed(folder: Path, known: Collection[str], segments: Callable[[], Iterable[tuple[int, SegmentSealed | SegmentResealed]]]) -> None:
    """Delete the files of events that are not *known*, and none that the ledger (*segments*) calls sealed: then their row was lost.

    Raises `HomeError` (`home.damaged`).
    """
    with troubles_of(folder):
        odd = [path for path in folder.iterdir() if path.name not in known and path.suffix in (".new", ".parquet")]
        sealed = _sealed(segments()) if any(path.suffix == ".parquet" for path in odd) else set()
        for path in odd:
            if path.name in sealed:
                what = f"`{PEOPLE}` does not know `events/{path.name}`, and the ledger calls it sealed"
                raise HomeError("home.damaged", what, place=str(path), hint=f"restore `{PEOPLE}` from a backup: figures would lack these events")
            path.unlink(missing_ok=True)


def _sealed(segments: Iterable[tuple[int, SegmentSealed | SegmentResealed]]) -> set[str]:
    """The names of the files that stand: none that was written anew."""
    told = [each for _, each in segments]
    return {Path(each.file).name for each in told} - {Path(each.before).name for each in told if isinstance(each, SegmentResealed)}


def next_name(file: str) -> str:
    """The name of a segment that is written anew.

    >>> next_name("events/000000000001-000000000060.parquet"), next_name("events/000000000001-000000000060.2.parquet")
    ('events/000000000001-000000000060.2.parquet', 'events/000000000001-000000000060.3.parquet')
    """
    stem, _, generation = file.removesuffix(".parquet").partition(".")
    return f"{stem}.{int(generation or 1) + 1}.parquet"


def arrivals_in(file: str) -> tuple[int, int]:
    """The first and the last arrival of a segment, by its name.

    >>> arrivals_in("events/000000000001-000000000060.2.parquet")
    (1, 60)
    """
    first, last = Path(file).name.partition(".")[0].split("-")
    return int(first), int(last)


def numbers_json(numbers: Iterable[int]) -> str:
    """Customers' numbers as SQLite's `json_each` reads them."""
    return msgspec.json.encode(list(numbers)).decode()
