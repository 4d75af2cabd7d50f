"""What is true of Larkspur, counted from how it was made: every contact's fate, true rates, and each planted story's numbers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from ourword.demo.company import stories as S
from ourword.demo.company.clock import DAY, text
from ourword.demo.company.life import Life

Row = dict[str, Any]
FATES = ("promise_broken", "came_back", "gave_up", "confirmed", "quiet")
_GAVE_UP = ("timer", "left", "unanswered")


def truth_of(life: Life, *, seed: int) -> Row:
    """Write down the truth of a life."""
    rows = [each.told(life.now) for each in life.contacts]
    _give_fates(rows, life.now, "customer", "fate")
    _give_fates(rows, life.now, "subject", "fate_without_identity")
    return {
        "now": text(life.now),
        "first": text(life.first),
        "seed": seed,
        "window_days": S.WINDOW_DAYS,
        "counts": {
            "contacts": len(rows),
            "decisions": sum(len(each["decisions"]) for each in rows),
            "customers_in_contact": len({each["customer"] for each in rows}),
            "under_another_id": sum(each["subject"] != each["customer"] for each in rows),
        },
        "stories": stories(rows, life),
        "rates": rates(rows),
        "promises": promises(rows),
        "contacts": rows,
    }


def _give_fates(rows: list[Row], now: int, who: str, name: str) -> None:
    """Say what became of each contact at *now*, the customer being told by *who*."""
    opened: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in rows:
        opened[row[who], row["order"]].append(row["opened"])
    for row in rows:
        row[name] = _fate(row, now, opened[row[who], row["order"]])


def _fate(row: Row, now: int, opened: list[int]) -> str:
    end = row["closed"] if row["closed"] is not None else row["ended"]
    if now <= max([end + S.WINDOW_DAYS * DAY, *(each["due"] for each in row["promises"])]):
        return "open"
    if any(each["standing"] in ("late", "broken") for each in row["promises"]):
        return "promise_broken"
    if row["reopened"] or any(end < each <= end + S.WINDOW_DAYS * DAY for each in opened):
        return "came_back"
    if row["ending"] in _GAVE_UP:
        return "gave_up"
    return "confirmed" if row["said"] == "yes" else "quiet"


# ---- counting --------------------------------------------------------------------------------------------------------


def counted(rows: Iterable[Row]) -> Row:
    """Count the contacts whose window is over: how many, called resolved, truly solved, and every fate."""
    over = [row for row in rows if row["fate"] != "open"]
    fates = Counter(row["fate"] for row in over)
    return {
        "n": len(over),
        "claimed": sum(row["claimed"] is True for row in over),
        "solved": sum(row["solved"] for row in over),
        "claimed_and_solved": sum(row["claimed"] is True and row["solved"] for row in over),
        **{fate: fates[fate] for fate in FATES},
    }


_CUTS = (
    (),
    ("handled_by",),
    ("prompt",),
    ("model",),
    ("contract",),
    ("region",),
    ("tenure",),
    ("language",),
    ("payment",),
    ("language", "handled_by"),
    ("prompt", "handled_by"),
)


def rates(rows: list[Row]) -> list[Row]:
    """Count by kind (a contact in each kind decided in it; `*`: once), and by version, segment and who handled it."""
    groups: dict[tuple[tuple[str, str], ...], list[Row]] = defaultdict(list)
    for row in rows:
        for kind in ("*", *(dict.fromkeys(row["kinds"]) or (row["kind"],))):
            for cut in _CUTS:
                groups[(("kind", kind), *((name, row[name]) for name in cut))].append(row)
    return [{"by": dict(by), **counted(groups[by])} for by in sorted(groups)]


def promises(rows: list[Row]) -> list[Row]:
    """Count promises by kind, promise and how the customer pays."""
    found: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for row in rows:
        for each in row["promises"]:
            found[each["kind"], each["promise"], row["payment"]][each["standing"]] += 1
    names = ("kind", "promise", "payment")
    return [{**dict(zip(names, key, strict=True)), **{s: found[key][s] for s in ("open", "kept", "late", "broken")}} for key in sorted(found)]


def stories(rows: list[Row], life: Life) -> Row:
    """Give each planted story's parameters, and what can be counted of it."""
    alone = [row for row in rows if row["handled_by"] == "automation"]
    span = life.now - life.first
    changed = {name: text(life.first + int(span * since)) for since, name in (*S.PROMPTS, *S.MODELS, *S.CONTRACTS)}
    return {
        "versions_since": changed,
        "prompt_change": {"worse": S.BAD_PROMPT, **{name: counted(r for r in alone if r["prompt"] == name) for _, name in S.PROMPTS}},
        "model_changes_nothing": {
            name: counted(r for r in alone if r["model"] == name and r["prompt"] == "p-77" and r["language"] != S.WORSE_LANGUAGE)
            for _, name in S.MODELS
        },
        "invoice_refunds": {"worse": S.BAD_METHOD, **{method: _money_back(rows, method) for method in S.METHODS}},
        "timer_closes": counted(row for row in alone if row["ending"] == "timer"),
        "silent_leave": {"worse": S.SILENT_KIND, **_leaving(rows, life)},
        "language": {"worse": S.WORSE_LANGUAGE, **{name: _served(rows, name) for name in S.LANGUAGES}},
        "phrase": _phrase(rows, life),
        "bends": {
            "clause": S.BENT_CLAUSE,
            "decided_by_people": sum(row["persons_on_the_clause"] for row in rows),
            "bent": sum(row["bent"] for row in rows),
        },
    }


def _money_back(rows: list[Row], method: str) -> dict[str, int]:
    standings = Counter(p["standing"] for row in rows if row["payment"] == method for p in row["promises"] if p["promise"] == "money-back")
    return {each: standings[each] for each in ("open", "kept", "late", "broken")}


def _leaving(rows: list[Row], life: Life) -> Row:
    """By kind and who handled it: customers whose last contact it was, who left silently, who said so."""
    last = {row["customer"]: row for row in rows}
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for each in life.customers:
        if (row := last.get(each.id)) is None:
            continue
        kind = S.SILENT_KIND if S.SILENT_KIND in row["kinds"] else row["kind"]
        gone = each.left is not None and each.left <= life.now
        found[f"{kind}/{row['handled_by']}"].update({"n": 1, "left_silently": gone and not each.said_so, "left_and_said_so": gone and each.said_so})
    return {name: {key: int(count) for key, count in sorted(found[name].items())} for name in sorted(found)}


def _served(rows: list[Row], language: str) -> Row:
    theirs = [row for row in rows if row["language"] == language]
    asked = [row for row in theirs if row["asked_for_a_person"] and not row["wrote_the_phrase"]]
    return {
        "by_automation": counted(row for row in theirs if row["handled_by"] == "automation"),
        "asked_for_a_person": len(asked),
        "reached_a_person": sum(row["reached_a_person"] for row in asked),
    }


def _phrase(rows: list[Row], life: Life) -> Row:
    asked = [row for row in rows if row["asked_for_a_person"]]
    halves = {half: [r for r in asked if (r["opened"] - life.first) * 2 // (life.now - life.first) == half] for half in (0, 1)}
    told = {
        name: {"asked": len(some), "reached": sum(row["reached_a_person"] for row in some)}
        for name, some in (("with", [r for r in asked if r["wrote_the_phrase"]]), ("without", [r for r in asked if not r["wrote_the_phrase"]]))
    }
    learnt = {
        name: {"asked": len(halves[half]), "wrote_it": sum(row["wrote_the_phrase"] for row in halves[half])}
        for half, name in ((0, "first_half"), (1, "second_half"))
    }
    return {"phrase": S.PHRASE, **told, **learnt}
