"""*Recount*: what a vendor's rule calls resolved, what became of it, and the bill; one page to forward."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from ourword.http.figures import Shown
from ourword.http.links import SERVED, Links, asking
from ourword.http.pages.shown import dearest
from ourword.http.pages.site import no_home, site_of
from ourword.http.render import render
from ourword.outcomes.recount import USUAL, Assumed, Recounted, bill
from ourword.outcomes.vendors import rule_of
from ourword.summary import OUTCOME_WORDS, chosen, recounted, why_none

ASSUMPTIONS = {
    "saving_a_contact": "a contact that a person would have handled costs",
    "come_back_handled": "handling a come-back costs",
    "repair_of_a_promise": "repairing a promise that is late or broken costs",
    "harder_work": "what is left to people costs more by",
    "customer_lost": "a lost customer is worth",
}
"""What the form asks for, each from low to high, in the bill's currency."""
_AMOUNT_MAX = Decimal(10) ** 9
LINE_WORDS = {
    "saving": "Saving as claimed",
    "came_back": "Come-backs handled by people",
    "repairs": "Repairs of promises late or broken",
    "harder_work": "Harder work left to people",
    "customers_left": "Customers who left beyond what is usual",
    "invoice": "Vendor's invoice",
}

LINE_OUTCOMES = {"saving": "", "came_back": "came_back", "repairs": "promise_broken"}
"""Which claimed contacts a line counts; the others count no contacts, or what no list shows."""


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What the form holds, as it was typed, and what is wrong with it."""

    fields: dict[str, tuple[str, str]]
    customers: tuple[str, str]
    invoice: str
    assumed: Assumed
    wrong: tuple[str, ...] = ()
    typed: dict[str, str] = {}
    """What was really asked for, for links to the same figures."""


async def page(request: Request) -> Response:
    """The recount, by the rule and the assumptions that the form asks for."""
    site = site_of(request)
    if site.home is None or site.figures is None:
        return no_home(site)
    shown = await run_in_threadpool(site.figures.shown)
    return HTMLResponse(html(shown, given(request.query_params), rule=request.query_params.get("rule", "")[:100], contract=site.contract))


def html(shown: Shown, given: Given, *, rule: str = "", links: Links = SERVED, contract: str = "", policy: str = "") -> str:
    """The page itself."""
    return render("recount.html", links=links, contract=contract, policy=policy, **values(shown, given, rule=rule))


def values(shown: Shown, given: Given, *, rule: str = "") -> dict[str, Any]:
    """What the template shows; the same for the page and for its section in a report."""
    board = shown.board
    row = chosen(board.recounted, rule)
    kinds = (each for each in board.recounted if row is not None and each.rule == row.rule and each.kind != "*" and each.n)
    by_kind, more_kinds = dearest(kinds, lambda each: (each.billed or 0, each.claimed, each.n))
    return {
        "board": board,
        "renewing": shown.renewing,
        "row": row,
        "sentence": recounted(row, followed=board.followed, days=board.made.asked.window_days),
        "rule": rule_of(row.rule) if row else None,
        "became": became_of(row) if row else [],
        "became_of": became_of,
        "why_none": why_none,
        "by_rule": [(each, rule_of(each.rule)) for each in board.recounted if each.kind == "*"],
        "by_kind": by_kind,
        "more_kinds": more_kinds,
        "bill": bill(row, given.assumed) if row else None,
        "given": given,
        "assumptions": ASSUMPTIONS,
        "line_words": LINE_WORDS,
        "line_outcomes": LINE_OUTCOMES,
        "one_page": asking("/recount/one-page", rule=row.rule, **given.typed) if row else "",
        "differing": differing(row) if row else 0,
    }


def became_of(row: Recounted) -> list[tuple[str, int]]:
    """How many of the claimed contacts have each outcome, in the order in which outcomes are shown."""
    return [(name, getattr(row, name)) for name in OUTCOME_WORDS]


def differing(row: Recounted) -> int:
    """How many claimed contacts are contradicted by what became of them."""
    return row.came_back + row.gave_up + row.promise_broken


def given(query: Mapping[str, str]) -> Given:
    """Read the form: what is left out is as usual, what cannot be read is told and taken as usual.

    >>> given({"saving_a_contact_low": "4", "saving_a_contact_high": "6,50"}).assumed.saving_a_contact
    (400, 650)
    >>> given({"customer_lost_low": "a lot"}).wrong
    ('a lost customer is worth: `a lot` is no amount; write it like 4.00',)
    """
    wrong: list[str] = []
    fields: dict[str, tuple[str, str]] = {}
    read: dict[str, Any] = {}
    for name, words in ASSUMPTIONS.items():
        fields[name], read[name] = _pair(query, name, getattr(USUAL, name), words, wrong)
    customers, read["customers_lost"] = _pair(query, "customers_lost", USUAL.customers_lost, "customers who left", wrong, whole=True)
    invoice = query.get("invoice", "")[:40]
    if invoice.strip():
        read["invoice"] = _minor(invoice, "the invoice", wrong)
    currency = query.get("currency", USUAL.currency)[:3].upper()
    assumed = msgspec.structs.replace(USUAL, **read, currency=currency if currency.isalpha() and len(currency) == 3 else USUAL.currency)
    names = (*(f"{name}_{end}" for name in (*ASSUMPTIONS, "customers_lost") for end in ("low", "high")), "invoice", "currency")
    typed = {name: query[name][:40] for name in names if query.get(name)}
    return Given(fields=fields, customers=customers, invoice=invoice, assumed=assumed, wrong=tuple(wrong), typed=typed)


def _pair(
    query: Mapping[str, str], name: str, usual: tuple[int, int], words: str, wrong: list[str], *, whole: bool = False
) -> tuple[tuple[str, str], tuple[int, int]]:
    shown = [f"{each}" if whole else f"{each / 100:.2f}" for each in usual]
    typed = [query.get(f"{name}_{end}", shown[at])[:40] for at, end in enumerate(("low", "high"))]
    if query.get(f"{name}_low") is not None and query.get(f"{name}_high") is None:
        typed[1] = typed[0]
    low, high = (_minor(text, words, wrong, whole=whole) for text in typed)
    read = usual if low is None or high is None else (min(low, high), max(low, high))
    return (typed[0], typed[1]), read


def _minor(text: str, words: str, wrong: list[str], *, whole: bool = False) -> int | None:
    try:
        amount = Decimal(text.strip().replace(",", "."))
        if amount.is_finite() and 0 <= amount < _AMOUNT_MAX and (not whole or amount == int(amount)):
            return int(amount if whole else (amount * 100).to_integral_value())
    except InvalidOperation:
        pass
    message = f"{words}: `{text}` is no {'number' if whole else 'amount'}; write it like {'12' if whole else '4.00'}"
    if message not in wrong:
        wrong.append(message)
    return None
