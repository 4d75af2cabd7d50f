"""The board: everything that reports and pages show of a home, worked out in one pass and kept beside it.

What is kept (`sums/` in the home) is thrown away and worked out again at will: it names what it was made from, and a
board made from anything else is not read.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from datetime import time as clock
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from ourword.core.time import datetime_from_instant, instant_from_datetime
from ourword.core.version import VERSION
from ourword.figures.judging import deciding_then, judge_again, judge_targets
from ourword.figures.watched import watching
from ourword.kept import zone_of
from ourword.ledger.settle import DUE, Standing
from ourword.outcomes import chance
from ourword.outcomes.contacts import NEVER, NOW, Asked, watch
from ourword.outcomes.metrics import Row, report
from ourword.outcomes.narrowing import Narrowed
from ourword.outcomes.quiet import narrowed_by, rows_of
from ourword.outcomes.recount import Recounted, recount
from ourword.outcomes.staying import known_on
from ourword.outcomes.targets import Judged, with_targets
from ourword.outcomes.unseen import followed, told, unseen_in
from ourword.stores.sums import keep_sums, kept_sums

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from ourword.figures.settling import Row as PromiseRow
    from ourword.stores.home import Home

FORMAT = 11
BOARDS_MAX = 16
"""So many boards are kept: one for each thing asked of a home lately (another window, another moment)."""
OWED_MAX = 1_000
"""So many of those whom we owe are kept one by one, the oldest first; all are counted."""
_FOLDER = "sums"
_DAY = timedelta(days=1)


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """What a board was made from: the last event that had arrived, the last entry, the sealed files, what was asked; and by which version of us."""

    format: int = FORMAT
    by: str = VERSION
    arrival: int
    seq: int
    files: str = ""
    """How the sealed files looked (`EventStore.files_now`): a kept board rests on these, and is worked out anew when one was touched."""
    asked: Asked


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """How the promises of one sort stand: all of them, and those that fell due since last Monday."""

    kind: str
    promise: str
    owner: str
    standings: dict[str, int]
    since_monday: dict[str, int]
    owed: int
    """Broken, and not repaired."""


class Owing(msgspec.Struct, frozen=True, kw_only=True):
    """A promise that we owe still: broken, and not repaired; `due` in µs since 1970."""

    decision: str
    kind: str
    promise: str
    subject: int
    due: int


class Board(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """The figures of a home; times are µs since 1970, `None` where there is no event."""

    made: Made
    as_of: int | None
    first: int | None
    monday: int | None
    """Since when "since last Monday" counts: its midnight in the zone of the contracts, in UTC where they say none or differ."""
    contacts: int
    still_open: int
    unknown: int
    """Contacts without a clock: nobody can say whether they came back."""
    rows: tuple[Row, ...]
    recounted: tuple[Recounted, ...]
    promises: tuple[Tally, ...]
    owed: tuple[Owing, ...]
    followed: int = 0
    """Contacts whose time is over of which a return would be seen: they name a customer, and what they are about."""
    unseen: tuple[str, ...] = ()
    """Metrics that nothing in this home could show: no data, and never 0."""
    staying_known_on: int | None = None
    """When the next customers' staying will be known, of those whose time is not over; `None` where nobody waits."""
    judged: tuple[Judged, ...] = ()
    """The targets of the contracts that decide here."""
    again: tuple[tuple[int, Judged], ...] = ()
    """Targets whose signal was answered, judged by what came after it: with the number of the answer's entry."""
    never_closed: int = 0
    """Of those still open, the ones of which only the opening is known, and that for longer than the window."""
    narrowed: tuple[Narrowed, ...] = ()
    """What quiet customers said who were called back, in every kind and version where somebody did; in `rows` in every segment too."""

    def row(self, metric: str, kind: str = "*", version: str = "*", segment: str = "*") -> Row | None:
        """Find one number."""
        return self._found.get((metric, kind, version, segment))

    @cached_property
    def _found(self) -> dict[tuple[str, str, str, str], Row]:
        return {(row.metric, row.kind, row.version, row.segment): row for row in self.rows}

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of decision, without `*`, in order."""
        return tuple(sorted({row.kind for row in self.rows} - {"*"}))

    def asked(self, kind: str = "*", version: str = "*") -> Narrowed | None:
        """Find what those said who were called back."""
        return next((each for each in self.narrowed if (each.kind, each.version) == (kind, version)), None)

    @property
    def monday_named(self) -> int | None:
        """Midnight UTC of that Monday: for writing the day's name, whichever zone it began in."""
        week, first = 7 * 86_400 * 10**6, 4 * 86_400 * 10**6  # the first Monday was 5 January 1970
        return None if self.monday is None else round((self.monday - first) / week) * week + first

    @property
    def customers_owed(self) -> int:
        """How many customers are owed something, of those listed."""
        return len({each.subject for each in self.owed})


def board(home: Path, asked: Asked = NOW) -> Board:
    """Give the board of a home: the kept one when nothing has come since, else a new one, which is then kept.

    Raises `HomeError` when the home cannot be read or has no events.
    """
    from ourword.stores.home import open_home

    with open_home(home, create=False, write=False) as opened:
        return board_of(opened, asked)


def board_of(home: Home, asked: Asked = NOW) -> Board:
    """The same for a home that is open."""
    return boards_of(home, [asked])[0]


def boards_of(home: Home, asked: Sequence[Asked]) -> list[Board]:
    """Several boards of one home, its tables laid out once."""
    found = {each: kept for each in asked if (kept := _kept_of_now(home, each)) is not None}
    missing = [each for each in asked if each not in found]
    if missing:
        # Read before the tables are laid: what comes meanwhile makes these boards old, never the other way round.
        made = {each: made_from(home, each) for each in missing}
        for as_of in dict.fromkeys(each.as_of for each in missing):  # another moment has other promises, and other persons may be the same
            for worked in _worked(home, [made[each] for each in missing if each.as_of == as_of]):
                found[worked.made.asked] = worked
                if home.sums is not None:
                    keep(home.path, worked)
    return [found[each] for each in asked]


def _worked(home: Home, made: Sequence[Made]) -> Iterator[Board]:
    """Boards as of one moment."""
    judged: dict[Asked, tuple[list[Judged], list[tuple[int, Judged]]]] = {}
    zone = zone_of(deciding_then(home, made[0].asked))
    with watching(home, made[0].asked) as (connection, promises):
        for each in made:
            if each is not made[0]:
                watch(connection, each.asked)
            worked = _with_asked(work_out(connection, promises, each, zone), home, connection, asked=each.asked)
            alike = msgspec.structs.replace(each.asked, grouped_by="contract", window_days=NOW.window_days)  # targets have windows of their own
            if alike not in judged:
                judged[alike] = judge_targets(home, connection, asked=alike), list(judge_again(home, connection, alike))
            yield with_judged(worked, *judged[alike])


def _kept_of_now(home: Home, asked: Asked) -> Board | None:
    kept = kept_board(home.path, asked) if home.sums is not None else None
    return kept if kept is not None and kept.made == made_from(home, asked) else None


def _with_asked(worked: Board, home: Home, connection: DuckDBPyConnection, *, asked: Asked) -> Board:
    """Add what quiet customers said who were called back, up to the moment that is asked about."""
    from ourword.stores.samples import spoken

    found = narrowed_by(connection, spoken(home, until=None if asked.as_of is None else asked.as_of * 1000 + 999), worked.rows)
    whole = tuple(each for each in found if each.segment == "*")
    return msgspec.structs.replace(worked, narrowed=whole, rows=(*worked.rows, *rows_of(found, worked.rows)))


def with_judged(worked: Board, judged: Iterable[Judged], again: Iterable[tuple[int, Judged]]) -> Board:
    """Add how the targets stand, in the rows too."""
    found = tuple(judged)
    return msgspec.structs.replace(worked, judged=found, again=tuple(again), rows=tuple(with_targets(worked.rows, found)))


def made_from(home: Home, asked: Asked) -> Made:
    """What a board would be made from now."""
    from ourword.stores.events import EventStore

    with EventStore(home, write=False) as store:
        return Made(arrival=store.last_arrival(), seq=home.last_seq(), files=store.files_now(), asked=asked)


def kept_board(home: Path, asked: Asked = NOW) -> Board | None:
    """The board that was kept last for what is asked, however old; `None` when there is none that can be read."""
    with suppress(msgspec.MsgspecError, UnicodeDecodeError):
        kept = kept_sums(_file(home, asked))
        found = None if kept is None else msgspec.json.decode(kept, type=Board)
        return found if found and found.made.format == FORMAT and found.made.asked == asked else None
    return None


def work_out(connection: DuckDBPyConnection, promises: Iterable[PromiseRow], made: Made, zone: str = "") -> Board:
    """Work a board out, after `watch`, from the promises as they stand; *zone* tells when Monday begins."""
    as_of, first, contacts, still_open, unknown, never_closed = _counted(connection)
    monday = None if as_of is None else last_monday(as_of, zone or "UTC")
    promised = list(promises)
    unseen = unseen_in(connection)
    rows = tuple(told(report(connection), unseen))
    return Board(
        made=made,
        as_of=as_of,
        first=first,
        monday=monday,
        contacts=contacts,
        still_open=still_open,
        unknown=unknown,
        never_closed=never_closed,
        rows=(*rows, *chance.rows(chance.came_back(connection, seed=chance.SEED, rounds=chance.rounds_for(contacts)))),
        recounted=tuple(recount(connection)),
        promises=tuple(tallies(promised, since=monday, until=as_of)),
        owed=owing(promised),
        followed=followed(connection),
        unseen=tuple(sorted(unseen)),
        staying_known_on=known_on(connection),
    )


def promises_alone(home: Home) -> Board:
    """The board of a home without events: its promises, and no data on contacts."""
    from ourword.figures.settling import promises

    made = Made(arrival=0, seq=home.last_seq(), asked=NOW)
    promised = promises(home)
    nothing = {"as_of": None, "first": None, "monday": None, "contacts": 0, "still_open": 0, "unknown": 0, "rows": (), "recounted": ()}
    return Board(made=made, promises=tuple(tallies(promised, since=None)), owed=owing(promised), **nothing)  # type: ignore[arg-type]


def last_monday(at: int, zone: str = "UTC") -> int:
    """The last Monday before the day of *at*, at midnight in a zone (µs since 1970).

    >>> last_monday(1_795_600_000_000_000) == 1_795_392_000_000_000  # Wednesday 25 November 2026 -> Monday the 23rd
    True
    """
    day = _day_of(at, zone) - _DAY
    return midnight(day - _DAY * day.weekday(), zone)


def next_monday(at: int, zone: str = "UTC") -> int:
    """The first Monday after the day of *at*, at midnight in a zone (µs since 1970)."""
    day = _day_of(at, zone)
    return midnight(day + _DAY * (7 - day.weekday()), zone)


def midnight(day: date, zone: str) -> int:
    """When a day begins in a zone (µs since 1970).

    >>> midnight(date(1970, 1, 2), "UTC"), midnight(date(1970, 1, 2), "Europe/Berlin")
    (86400000000, 82800000000)
    """
    return _micros(datetime.combine(day, clock(), ZoneInfo(zone)))


def _day_of(at: int, zone: str) -> date:
    return datetime_from_instant(at * 1000).astimezone(ZoneInfo(zone)).date()


def tallies(promised: Iterable[PromiseRow], *, since: int | None, until: int | None = None) -> list[Tally]:
    """Count promises by kind and promise, and those that fell due from a moment to before another."""
    found: dict[tuple[str, str], list[PromiseRow]] = {}
    for each in promised:
        found.setdefault((each.kind, each.promise), []).append(each)
    return [_tally(kind, promise, rows, since, until) for (kind, promise), rows in sorted(found.items())]


def is_owed(row: PromiseRow) -> bool:
    """Say whether we owe a promise still: it was broken, and nobody has repaired it."""
    return row.standing == Standing.BROKEN and row.repaired is None


def _tally(kind: str, promise: str, rows: list[PromiseRow], since: int | None, until: int | None) -> Tally:
    # One that is kept before it is due must wait: those due on the same day and open still are not counted yet, and are not kept so surely.
    lately = (each for each in rows if each.standing in DUE and since is not None and until is not None and since <= each.due < until)
    return Tally(
        kind=kind,
        promise=promise,
        owner=rows[-1].owner,
        standings=dict(Counter(str(each.standing) for each in rows)),
        since_monday=dict(Counter(str(each.standing) for each in lately)),
        owed=sum(is_owed(each) for each in rows),
    )


def owing(promised: Iterable[PromiseRow]) -> tuple[Owing, ...]:
    """Those whom we owe, the longest first, at most a thousand."""
    owed = sorted((each for each in promised if is_owed(each)), key=lambda each: (each.due, each.decision, each.promise))
    return tuple(Owing(decision=each.decision, kind=each.kind, promise=each.promise, subject=each.subject, due=each.due) for each in owed[:OWED_MAX])


def _counted(connection: DuckDBPyConnection) -> tuple[int | None, int | None, int, int, int, int]:
    found = connection.execute(
        "SELECT (SELECT MAX(as_of) FROM given), (SELECT MIN(e.at) FROM events AS e), COUNT(*), COUNT(CASE WHEN outcome = 'still_open' THEN 1 END), "
        "COUNT(CASE WHEN outcome = 'unknown' THEN 1 END), "
        "COUNT(CASE WHEN outcome = 'still_open' AND went_on = 0 AND as_of > end_at + window_length THEN 1 END) FROM became"
    ).fetchone()
    as_of, first, contacts, still_open, unknown, never_closed = found or (None, None, 0, 0, 0, 0)
    if first is None or as_of == NEVER:  # no event has a time: what we decided ourselves says nothing of how far events have come
        as_of = first = None
    return as_of, first, int(contacts), int(still_open), int(unknown), int(never_closed)


def _micros(moment: datetime) -> int:
    return (instant_from_datetime(moment) or 0) // 1000


def _file(home: Path, asked: Asked) -> Path:
    return home / _FOLDER / f"{hashlib.sha256(msgspec.json.encode(asked)).hexdigest()[:16]}.json"


def keep(home: Path, worked: Board) -> None:
    """Keep a board, whole or not at all; where nothing can be written it is worked out again next time."""
    file = _file(home, worked.made.asked)
    keep_sums(file, msgspec.json.encode(worked))
    with suppress(OSError):
        _forget_old(file.parent)


def _forget_old(folder: Path) -> None:
    """Whoever asks for ever other moments must not fill the disk: the boards that were kept longest ago go."""
    kept = sorted(folder.glob(f"{'[0-9a-f]' * 16}.json"), key=lambda each: each.stat().st_mtime_ns)
    for each in kept[:-BOARDS_MAX]:
        each.unlink(missing_ok=True)
