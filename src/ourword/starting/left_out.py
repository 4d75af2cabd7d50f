"""What of a company's files did not come in, each with its place and a value: a row that is left out in silence makes every figure a little wrong."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ourword.errors import UsageError
from ourword.stores.importing import Imported

SHOWN_MAX = 3
TIMES_READ = "2026-11-23 14:50, 23.11.2026 14:50, 23/11/2026, 11/23/2026 2:50 PM, 23 Nov 2026 14:50, seconds since 1970, a spreadsheet's day number"


def left_out(name: str, told: Imported, *, untimed: str = "") -> list[str]:
    """Say of one file what was left out, with the first places and values; nothing where all came in. *untimed* says why times are missing.

    >>> told = Imported(rows=9, skipped=1, lines=[{"place": "a.csv:3: at", "what": "`soon` is no time", "hint": ""}], events={"without_time": 2})
    >>> left_out("a.csv", told)
    ['a.csv: 1 left out, of 9 rows: a.csv:3: at: `soon` is no time', 'a.csv: 2 events have no time, and count in nothing that measures time']
    """
    found = []
    if told.skipped:
        examples = list(dict.fromkeys(f"{each['place']}: {each['what']}" for each in told.lines))[:SHOWN_MAX]
        some = "; ".join(" ".join(each.split()) for each in examples)  # one line, whatever a cell holds
        found.append(f"{name}: {told.skipped:,} left out, of {told.rows:,} rows: {some}{' …' if told.skipped > len(examples) else ''}")
    found += [f"{name}: {count:,} of {told.rows:,} rows: {why}" for why, count in told.left.items()]
    if without := told.events.get("without_time", 0):
        found.append(f"{name}: {without:,} events have no time, and count in nothing that measures time{': ' if untimed else ''}{untimed}")
    if ahead := told.events.get("future", 0):
        found.append(
            f"{name}: {ahead:,} events lie in the future, and count in nothing yet: is a date written wrong, or day and month the other way?"
        )
    return found


def left_tests(addresses: Mapping[str, str], tests: Collection[str]) -> list[str]:
    """Say how many customers are left out as the company's own tests.

    >>> left_tests({"1": "qa@shop.example", "2": "Ann@mail.example", "3": "bo@shop.example"}, ["@shop.example"])
    ['2 customers are your own tests by your answer, such as qa@shop.example: what they did counts nowhere']
    """
    own = {each.lower() for each in tests}
    found = sorted({each for each in addresses.values() if {each.lower(), f"@{each.rpartition('@')[2].lower()}"} & own}, reverse=True)
    if not found:
        return []
    are = "1 customer is" if len(found) == 1 else f"{len(found):,} customers are"
    return [f"{are} your own tests by your answer, such as {' '.join(found[0].split())[:60]}: what they did counts nowhere"]


def refuse_untimed(told: Mapping[str, Imported], why: Mapping[str, str]) -> None:
    """Raise a `UsageError` where most of what was given has no time: every figure would be made of the rest."""
    kept = sum(each.events.get("new", 0) for each in told.values())
    bad = sum(each.untimed for each in told.values())
    without = sum(each.events.get("without_time", 0) for each in told.values())
    if not kept + bad or 2 * (without + bad) <= kept + bad:
        return
    name, worst = max(told.items(), key=lambda each: each[1].events.get("without_time", 0) + each[1].untimed)
    what = f"most of these files has no time that can be read ({without + bad:,} of {kept + bad:,}), and nothing was kept of them: "
    reasons = "; ".join(left_out(name, worst, untimed=why.get(name, "")))
    raise UsageError("start.times", what + reasons, place=name, hint=f"times that are read: {TIMES_READ}")


def why_nothing(told: Mapping[str, Imported]) -> str:
    """Why nothing came of the files, by the first reason of each."""
    reasons = [f"{name}: {next(iter(each.reasons), f'{each.rows:,} rows gave no event')}" for name, each in told.items()]
    return f"no event came out of the files ({'; '.join(reasons)})"
