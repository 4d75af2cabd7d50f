"""*Signals*: what asks whom for an answer, and the form that takes it. Closed only by saying which of nine it was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ourword.contract.model import Draft
from ourword.errors import LineError
from ourword.figures.summary import NOT_WATCHED, waited
from ourword.http.decisions import read_body
from ourword.http.links import SERVED, Links, present
from ourword.http.pages.site import Site, name_of, no_home, site_of
from ourword.http.render import error_page, kind_words, render
from ourword.ledger.answerable import WAIVED_FREELY
from ourword.ledger.entry import instant_text
from ourword.ledger.signal_words import in_words, stands
from ourword.ledger.signals import PROMISE, SAYINGS, TARGET, Signal, number_of
from ourword.outcomes.answers import answers
from ourword.outcomes.answers import in_words as in_words_of
from ourword.outcomes.targets import HOLDOUT
from ourword.signals.signalling import who_may
from ourword.signals.waiving import WAIVED_DAYS_MAX, day_from

_DAY_NS = 86_400 * 10**9


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """A signal as a page shows it: in words, by names, with where its rows are."""

    signal: Signal
    words: str
    owner: str
    days: int
    """Whole days that it has waited."""
    behind: str = ""
    behind_words: str = ""
    answered_by: str = ""
    stands: str = ""
    """How it stands, in words."""

    @property
    def waited(self) -> str:
        """How long it has waited, in words."""
        return waited(self.days)


class Typed(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed into the form, and what is wrong with it."""

    said: str = ""
    by: str = ""
    because: str = ""
    until: str = ""
    """The last day of a waiver; empty in an answer."""
    waives: bool = False
    wrong: str = ""
    hint: str = ""


NOTHING_TYPED = Typed()


async def page(request: Request) -> Response:
    """The list, those that wait first."""
    site = site_of(request)
    if site.home is None:
        return no_home(site)
    return HTMLResponse(await run_in_threadpool(_list, site))


async def one(request: Request) -> Response:
    """One signal with the form that answers it; POST takes the answer."""
    site, signal_id = site_of(request), request.path_params["signal_id"][:40]
    if site.home is None:
        return no_home(site)
    if request.method == "POST":
        return await _answered(site, signal_id, _form(await read_body(request)))
    return await run_in_threadpool(_one, site, signal_id, NOTHING_TYPED)


def asking(signals: tuple[Signal, ...], drafts: Mapping[str, Draft], links: Links = SERVED) -> list[Asking]:
    """Signals as pages show them: those that ask first, the longest first; then those waived, then the latest answered."""
    waiting = sorted((each for each in signals if each.waits), key=lambda each: (not each.asks, -each.level, each.since))
    answered = sorted((each for each in signals if not each.waits), key=lambda each: -(each.answered_at or 0))
    return [_asking(each, drafts, links) for each in (*waiting, *answered)]


def _asking(signal: Signal, drafts: Mapping[str, Draft], links: Links) -> Asking:
    behind, words_of_behind = _behind(signal, links)
    return Asking(
        signal=signal,
        words=_words(signal),
        owner=name_of(drafts, signal.owner),
        days=max(0, present() - signal.since) // _DAY_NS,
        behind=behind,
        behind_words=words_of_behind,
        answered_by=name_of(drafts, signal.answered_by or ""),
        stands=stands(signal, name=lambda each: name_of(drafts, each)),
    )


def _words(signal: Signal) -> str:
    """What it is about; a kind is named as on the other pages, and a signal of a contract itself has none."""
    words = in_words(signal)
    return words if signal.of.kind == "*" else f"{kind_words(signal.of.kind)}{words.removeprefix(signal.of.kind)}"


def _behind(signal: Signal, links: Links) -> tuple[str, str]:
    """Where the rows of a signal are, and what they are: the promises that were broken, the contacts that keep a target from being met."""
    of = signal.of
    if of.about == PROMISE and signal.count:
        link = links.promised(kind=of.kind, promise=of.what, standing="broken", signal=signal.id)
        return link, "Open the promise" if signal.count == 1 else f"Open the {signal.count:,} promises"
    if of.about == TARGET and len(signal.clauses) == 2 and signal.evidence is not None and signal.clauses[1] != HOLDOUT:
        metric, bound = signal.clauses
        since = "" if signal.before is None else instant_text(signal.before)
        part = "" if bound == "at_most" else "rest"
        return links.judged(metric, signal.evidence.within, kind=of.kind, since=since, part=part), "Open what misses it"
    return "", ""


def _list(site: Site) -> str:
    assert site.figures is not None
    drafts = site.drafts()
    shown = asking(site.figures.signals(), drafts)
    waiting = [each for each in shown if each.signal.asks]
    waived = [each for each in shown if each.signal.standing == "waived"]
    answered = [each for each in shown if not each.signal.waits]
    watched = bool(site.deciding() or site.figures.promises())
    took = in_words_of(answers(site.figures.signals(), now=present())) if shown else ""
    return render(
        "signals.html",
        waiting=waiting,
        waived=waived,
        answered=answered,
        sentence=sentence(waiting, watched=watched, contract=bool(drafts)),
        took=took,
        watched=watched,
        has_contract=bool(drafts),
        contract=site.contract,
    )


def sentence(waiting: list[Asking], *, watched: bool = True, contract: bool = False) -> str:
    """What the page says first; a *contract* at work watches from its first decision on."""
    if not waiting and contract and not watched:
        return "Nothing is watched here yet: nothing was decided under the contract."
    if not waiting:
        return "Nothing needs an answer." if watched else f"Nothing is watched here yet: {NOT_WATCHED}."
    names = list(dict.fromkeys(each.owner for each in waiting))
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{len(waiting):,} signal{' needs' if len(waiting) == 1 else 's need'} an answer, from {listed}."


def _one(site: Site, signal_id: str, typed: Typed, status: int = 200) -> Response:
    assert site.figures is not None
    assert site.home is not None
    signal = next((each for each in site.figures.signals() if each.seq == number_of(signal_id)), None)
    if signal is None:
        hint = "The list shows what has asked for an answer."
        return HTMLResponse(error_page("There is no such signal", f"`{signal_id}` asks nobody.", hint, contract=site.contract), status_code=404)
    drafts = site.drafts()
    people, waiving = ([(each, name_of(drafts, each)) for each in some] for some in who_may(site.home, signal))
    bounds = {"days": WAIVED_DAYS_MAX, "freely": WAIVED_FREELY}
    shown = _asking(signal, drafts, SERVED)
    html = render("signal.html", shown=shown, people=people, waiving=waiving, sayings=SAYINGS, typed=typed, waived=bounds, contract=site.contract)
    return HTMLResponse(html, status_code=status)


async def _answered(site: Site, signal_id: str, typed: Typed) -> Response:
    assert site.home is not None
    if not typed.waives and not typed.said:
        nothing = msgspec.structs.replace(typed, wrong="Nothing was chosen, so nothing was sent.", hint="Choose which of the nine it was.")
        return await run_in_threadpool(_one, site, signal_id, nothing, 400)
    try:
        if typed.waives:
            await run_in_threadpool(site.word.waive, signal_id, by=typed.by, until=day_from(typed.until), because=typed.because)
        else:
            await run_in_threadpool(site.word.answer, signal_id, said=typed.said, by=typed.by, because=typed.because)
    except LineError as error:
        if error.code == "answer.no-signal":
            return await run_in_threadpool(_one, site, signal_id, typed)
        wrong = msgspec.structs.replace(typed, wrong=error.what, hint=error.hint)
        return await run_in_threadpool(_one, site, signal_id, wrong, 400)
    return RedirectResponse(f"/signals/{signal_id}", status_code=303)


def _form(body: bytes) -> Typed:
    """Read a plain form; what it does not say is empty."""
    fields: dict[str, Any] = parse_qs(body.decode("utf-8", "replace"), max_num_fields=20) if body.count(b"&") < 20 else {}
    said, by, because, until, doing = (fields.get(name, [""])[0] for name in ("said", "by", "because", "until", "doing"))
    return Typed(said=said[:60], by=by[:100], because=because, until=until[:40], waives=doing == "waive")
