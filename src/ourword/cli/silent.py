"""`ourword silent`: customers who did nothing for far longer than is usual for them."""

from __future__ import annotations

from pathlib import Path

from ourword.app import Ourword
from ourword.cli.out import home_of_events, json_line, known_words, line
from ourword.core.time import datetime_from_instant, text_from_datetime
from ourword.figures.silent import Quiet
from ourword.outcomes.asked import as_of_from
from ourword.outcomes.contacts import DAY
from ourword.outcomes.silence import Silence, SilenceRule

SHOWN_MAX = 50


def run(home: Path, *, rule: SilenceRule, as_of: str = "", keep: bool = False, as_json: bool = False) -> int:
    """List who is silent; exit 0."""
    then = as_of_from(as_of, "--as-of")
    with home_of_events(), Ourword.open_home(home, create=False, write=keep, as_of=then.known) as ourword:
        found, known = ourword.silent(rule=rule, as_of=then.moment, keep=keep), known_words(ourword)
    if as_json:
        for who, each in found.silences:
            json_line(_as_json(who, each), indent=False)
    else:
        for text in known:
            line(text)
        _say(found)
    return 0


def _say(found: Quiet) -> None:
    if not found.customers:
        line("no data: no customer came often enough to have a usual gap")
        return
    line(f"{len(found.now):,} of {found.customers:,} customers with a history are silent; {found.unknown:,} came too seldom to say")
    for who, each in found.now[:SHOWN_MAX]:
        line(f"  {who}  since {_day(each.since)}, known on {_day(each.known_at)}, usually every {max(1, round(each.usual / DAY))} days")
    if len(found.now) > SHOWN_MAX:
        line(f"  and {len(found.now) - SHOWN_MAX:,} more (--json lists all)")
    ended = len(found.silences) - len(found.now)
    if ended:
        line(f"{ended:,} earlier silences ended: those customers came back")
    if found.kept:
        line(f"{found.kept:,} kept as events")


def _as_json(who: str, each: Silence) -> dict[str, object]:
    times = {name: None if at is None else _text(at) for name, at in (("since", each.since), ("known_at", each.known_at), ("back_at", each.back_at))}
    return {"customer": who, **times, "usual_gap_days": round(each.usual / DAY, 2)}


def _text(at: int) -> str:
    return text_from_datetime(datetime_from_instant(at * 1000))


def _day(at: int) -> str:
    return _text(at)[:10]
