"""*Our word*: the page for Monday. A sentence, one picture, what needs an answer, and every kind of decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from ourword.adoption.signing import NOTHING_SIGNED, Versions
from ourword.calling.called_back import sentence
from ourword.contract.model import Draft
from ourword.contract.words import listed
from ourword.core.time import day_from_micros, day_in_words
from ourword.errors import HomeError
from ourword.figures.board import Board
from ourword.figures.summary import UNWATCHED, lately, our_word, recount_words, spoken_of, stayed, stayed_alone
from ourword.http.bars import outcome_bars
from ourword.http.figures import Shown
from ourword.http.links import SERVED, ZONE, Links
from ourword.http.pages.shown import contacts_of, dearest
from ourword.http.pages.signals import asking
from ourword.http.pages.site import Site, name_of, no_home, owner_of, site_of
from ourword.http.render import render
from ourword.ledger.adoption_words import day
from ourword.ledger.entry import instant_text
from ourword.ledger.signals import Signal
from ourword.outcomes.metrics import Row
from ourword.outcomes.target_words import figure, in_words
from ourword.outcomes.targets import MET, MISSED, NOT_PROVED, Judged, judge, sought_by

OWED_SHOWN_MAX = 20
NEEDS_SHOWN_MAX = 5
"""So many signals stand on the first page; *Signals* has all."""
NO_DECISION = "no decision yet"
NOT_YET = "Nothing was decided under the contract yet: its promises and targets are watched from the first decision on."
WAITS = ((1, "reached_a_person_1m"), (15, "reached_a_person_15m"), (60, "reached_a_person_1h"), (1440, "reached_a_person_1d"))
"""Minutes, and the metric that counts who reached a person within them."""


class KindLine(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of decision in the table."""

    kind: str
    owner: str
    kept: Row | None
    reached: Row | None
    wait: str
    contacts: int
    targets: tuple[Judged, ...]
    silent: Row | None


async def page(request: Request) -> Response:
    """The first page."""
    site = site_of(request)
    if site.home is None:
        return no_home(site)
    return HTMLResponse(await run_in_threadpool(html_of, site))


def html_of(site: Site) -> str:
    """The page of a served home; one without events says how the first come."""
    assert site.figures is not None
    drafts = site.drafts()
    try:
        shown = site.figures.shown()
    except HomeError as error:
        if error.code != "home.no-events":
            raise
        place = str(site.home.path) if site.home else ""
        return render("our-word.html", board=None, place=place, contract=site.contract)
    drafted = site.drafted() if not drafts else None
    versions = site.figures.versions()
    return html(shown, drafts, site.figures.signals(), versions, links=SERVED, contract=site.contract, drafted=drafted)


def html(
    shown: Shown,
    drafts: Mapping[str, Draft],
    signals: tuple[Signal, ...],
    versions: Versions = NOTHING_SIGNED,
    *,
    links: Links,
    contract: str,
    policy: str = "",
    drafted: Draft | None = None,
) -> str:
    """The page itself; *drafted* is a contract that nothing decides by yet."""
    found = values(shown, drafts, signals, versions, links=links, drafted=drafted)
    return render("our-word.html", links=links, contract=contract, policy=policy, **found)


def values(
    shown: Shown,
    drafts: Mapping[str, Draft],
    signals: tuple[Signal, ...],
    versions: Versions = NOTHING_SIGNED,
    *,
    links: Links,
    drafted: Draft | None = None,
) -> dict[str, Any]:
    """What the template shows; the same for the page and for its section in a report."""
    board = shown.board
    waiting = [each for each in asking(signals, drafts, links) if each.signal.asks]
    kinds, more_kinds = dearest(board.kinds, lambda kind: contacts_of(board, kind))
    rule, owed = spoken_of(board.recounted, shown.terms.rule), owing(board)
    judged = (*board.judged, *undecided(board, drafts))
    watched = bool(board.judged or board.promises)
    return {
        "board": board,
        "renewing": shown.renewing,
        "sentence": our_word(board, needing=len(waiting)) if watched or waiting else NOT_YET if drafts else stayed_alone(board),
        "unwatched": "" if watched or waiting or drafts else UNWATCHED,
        "watched": watched,
        "needs": waiting[:NEEDS_SHOWN_MAX],
        "more_needs": max(0, len(waiting) - NEEDS_SHOWN_MAX),
        "watching": [each for each in board.judged if each.verdict == NOT_PROVED],
        "target_words": in_words,
        "target_figure": figure,
        "no_decision": NO_DECISION,
        "kind_of_target": {MET: "met", MISSED: "missed"},
        "lead": signed_by(drafts, versions) if drafted is None else f"A draft: {_to_be_signed(drafted)}. Nothing decides by it yet",
        "gaps": versions.gaps() if drafted is None else (),
        "drafted": drafted is not None,
        "span": span(board),
        "bars": outcome_bars(board, kinds) if len(kinds) != 1 else outcome_bars(board, ["*"]),
        "stayed": stayed(board, zone=ZONE.get()),
        "called": sentence(board.asked()),
        "observed": board.row("came_back_observed"),
        "chance": board.row("came_back_by_chance"),
        "recount": recount_words(board, rule),
        "rule": rule,
        "owing": owed[:OWED_SHOWN_MAX],
        "more_owed": max(0, len(owed) - OWED_SHOWN_MAX),
        "week": lately(board),
        "monday": "" if board.monday_named is None else day_from_micros(board.monday_named),
        "week_ends": "" if board.as_of is None else instant_text(board.as_of * 1000),
        "monday_began": "" if board.monday is None else instant_text(board.monday * 1000),
        "kinds": [_line(board, drafts if drafted is None else {drafted.name: drafted}, kind, judged) for kind in kinds],
        "more_kinds": more_kinds,
        "has_contract": bool(drafts),
        "shows_silent": any((row := board.row("left_silently_excess", kind)) is not None and row.value is not None for kind in kinds),
    }


class Owed(msgspec.Struct, frozen=True, kw_only=True):
    """A sort of promise that we owe still: how many, and since when the longest (µs since 1970), as far as it is among those kept one by one."""

    kind: str
    promise: str
    owed: int
    since: int | None


def owing(board: Board) -> list[Owed]:
    """What we owe, the longest overdue first."""
    since: dict[tuple[str, str], int] = {}
    for each in board.owed:
        since.setdefault((each.kind, each.promise), each.due)
    sorts = [
        Owed(kind=each.kind, promise=each.promise, owed=each.owed, since=since.get((each.kind, each.promise))) for each in board.promises if each.owed
    ]
    return sorted(sorts, key=lambda each: (each.since is None, each.since or 0, each.kind, each.promise))


def span(board: Board) -> str:
    """The days from which figures are."""
    if board.first is None or board.as_of is None:
        return "Of no day: no event says when it happened"
    return f"From {day_in_words(board.first, ZONE.get())} to {day_in_words(board.as_of, ZONE.get())}"


def signed_by(drafts: Mapping[str, Draft], versions: Versions = NOTHING_SIGNED) -> str:
    """Under whose word figures stand: of each contract that decides, who signed it, and since when it is in force."""
    return "; ".join(_signed(drafts, draft, versions) for draft in drafts.values()) or "No contract: these figures come from events alone"


def _signed(drafts: Mapping[str, Draft], draft: Draft, versions: Versions) -> str:
    held = versions.in_force(draft.name)
    if held is None:
        return f"{draft.name} {draft.version}, which nobody has signed"
    by = listed(name_of(drafts, each) for each in held.signers)
    return f"{draft.name} {held.version}, signed by {by}, in force since {day(held.begins or 0, versions.zone(held))}"


def _to_be_signed(draft: Draft) -> str:
    need = (draft.changes or {}).get("need")
    names = [name_of({draft.name: draft}, str(each)) for each in need] if isinstance(need, list | tuple) else []
    return f"{draft.name} {draft.version}, to be signed by {' and '.join(names) or 'nobody'}"


def undecided(board: Board, drafts: Mapping[str, Draft]) -> tuple[Judged, ...]:
    """The targets of contracts at work under which nothing was decided yet: they are judged from the first decision on."""
    idle = [draft for draft in drafts.values() if not any(each.contract == draft.name for each in board.judged)]
    return tuple(msgspec.structs.replace(judge(sought, None), because=NO_DECISION) for draft in idle for sought in sought_by(draft))


def _line(board: Board, drafts: Mapping[str, Draft], kind: str, judged: Sequence[Judged]) -> KindLine:
    metric, words = _wait(drafts, kind)
    return KindLine(
        kind=kind,
        owner=owner_of(drafts, kind),
        kept=board.row("promises_kept", kind),
        reached=board.row(metric, kind),
        wait=words,
        contacts=contacts_of(board, kind),
        targets=tuple(each for each in judged if each.kind == kind),
        silent=board.row("left_silently_excess", kind),
    )


def _wait(drafts: Mapping[str, Draft], kind: str) -> tuple[str, str]:
    """Within what time a person must be reached: the contract's own wait where a metric counts it, else at all."""
    for draft in drafts.values():
        wait = draft.relationship.person.wait if draft.relationship.person else None
        if kind in draft.kinds and wait is not None and wait.nanoseconds is not None:
            minutes = wait.nanoseconds // (60 * 10**9)
            for limit, metric in WAITS:
                if limit == minutes:
                    return metric, f"within {wait}"
    return "reached_a_person", ""
