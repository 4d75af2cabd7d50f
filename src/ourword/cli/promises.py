"""`ourword promises`: every promise of a home and how it stands, as the ledger says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from ourword.app import Ourword
from ourword.cli.out import json_line, known_words, line
from ourword.contract.words import many
from ourword.deciding.told import moment
from ourword.figures.asof import promised_at
from ourword.figures.board import is_owed
from ourword.figures.settling import Row, promised, row_as_dict
from ourword.figures.watched import moment_of
from ourword.ledger.entry import instant_text
from ourword.ledger.settle import SHOWN, Standing
from ourword.outcomes.asked import as_of_from

OWED_SHOWN_MAX = 20
_STANDING_WORDS = {Standing.KEPT: "kept in time"}


def run(home: Path, *, as_json: bool = False, as_of: str = "") -> int:
    """Print the promises: a sentence, a table by promise, and whom we owe; or a JSON line for each promise."""
    then = as_of_from(as_of, "--as-of", bare=True)
    with Ourword.open_home(home, create=False, write=False, as_of=then.known) as ourword:
        assert ourword.home is not None
        rows, observed = promised(ourword.home) if then.moment is None else promised_at(ourword.home, moment_of(then.moment))
        for each in (row_as_dict(row) for row in rows) if as_json else ():
            json_line(each, indent=False)
        for text in () if as_json else (*known_words(ourword, moment=then.moment), *words(ourword, rows, observed)):
            line(text)
    return 0


def words(ourword: Ourword, rows: list[Row], observed: int) -> Iterator[str]:
    """What became of the promises, for people; *observed* ones were told to nobody, and are counted apart."""
    yield sentence(rows)
    if observed:
        yield f"Observed only: {many(observed, 'promise')} would have been made. Nobody was told, so nothing of it is owed."
    if rows:
        yield ""
        yield from table(rows)
    yield from _owed(ourword, [each for each in rows if is_owed(each)])


def sentence(rows: Iterable[Row]) -> str:
    """Say in one sentence how all promises stand: what is counted adds up, and one that was kept before it was due is not called due.

    >>> sentence([]), sentence([Row(decision="d-1", subject=1, promise="call", kind="help", due=10**6, standing="kept")])
    ('Nothing was promised.', '1 promise: 1 kept in time.')
    """
    counted = Counter(each.standing for each in rows)
    if not counted:
        return "Nothing was promised."
    parts = [f"{counted[each]:,} {_STANDING_WORDS.get(each, each.value)}" for each in (*SHOWN, Standing.RELEASED) if counted[each]]
    return f"{many(counted.total(), 'promise')}: {', '.join(parts)}."


def table(rows: Iterable[Row]) -> Iterator[str]:
    """Count by kind and promise."""
    counted: dict[tuple[str, str], Counter[str]] = {}
    for row in rows:
        counted.setdefault((row.kind, row.promise), Counter())[row.standing] += 1
    width = max(len(f"{kind}  {promise}") for kind, promise in counted)
    yield f"{'':<{width}}" + "".join(f"{each.value:>9}" for each in SHOWN)
    for (kind, promise), standings in sorted(counted.items()):
        yield f"{f'{kind}  {promise}':<{width}}" + "".join(f"{standings[each]:>9,}" for each in SHOWN)


def _owed(ourword: Ourword, rows: list[Row]) -> Iterator[str]:
    """Whom we owe: broken and not repaired, the oldest first."""
    if not rows:
        return
    yield ""
    yield "We owe"
    for row in sorted(rows, key=lambda each: (each.due, each.decision))[:OWED_SHOWN_MAX]:
        customer = ourword.why(row.decision).get("customer", "erased")
        yield f"  {customer}  {row.promise}, due {moment(instant_text(row.due * 1000))}  {row.decision}"
    if len(rows) > OWED_SHOWN_MAX:
        yield f"  and {len(rows) - OWED_SHOWN_MAX:,} more: `ourword promises --json` lists all"
