"""*Recount*: what a vendor's rule calls resolved, what became of it, and the bill; one page to forward."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import parse_qs

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ourword.calling.called_back import sentence
from ourword.core.money import CURRENCIES
from ourword.figures.summary import OUTCOME_WORDS, chosen, known_count, recount_words, returns_seen, spoken_of, why_none
from ourword.http.decisions import read_body
from ourword.http.figures import Shown
from ourword.http.links import SERVED, Links, asking
from ourword.http.pages.shown import dearest
from ourword.http.pages.site import no_home, site_of
from ourword.http.render import render
from ourword.outcomes.bill import Assumed, bill, contradicted, price_text
from ourword.outcomes.recount import Recounted
from ourword.outcomes.vendors import rule_of
from ourword.stores.terms import NO_TERMS, Terms, keep_terms

ASSUMPTIONS = {
    "saving_a_contact": "a contact that a person would have handled costs",
    "come_back_handled": "handling a come-back costs",
    "repair_of_a_promise": "repairing a promise that is late or broken costs",
    "harder_work": "what is left to people costs more by",
    "customer_lost": "a lost customer is worth",
}
"""What the form asks for, each from low to high, in the bill's currency."""
WORDS = {**ASSUMPTIONS, "customers_lost": "customers who left"}
WORDS_ALONE = {"price": "one resolution costs", "invoice": "the invoice", "currency": "the currency"}
_ENDS = ("low", "high")
_AMOUNT_MAX = Decimal(10) ** 9
LINE_WORDS = {
    "saving": "Saving as claimed",
    "came_back": "Come-backs handled by people",
    "repairs": "Repairs of promises late or broken",
    "harder_work": "Harder work left to people",
    "customers_left": "Customers who left beyond what is usual",
    "invoice": "Vendor's invoice",
    "at_price": "All that is counted, at that price",
}

_SAVING = "What it was worth takes your own amounts: above all what a contact costs that a person handles. Nobody has said it, and it is not made up."
UNSAID_WORDS = {
    ("saving_a_contact",): _SAVING,
    ("price",): "What it was worth takes the price of a resolution, too; write 0 as the invoice where nobody bills you.",
    ("invoice",): "What it was worth takes the invoice itself: write 0 where nobody bills you.",
    ("saving_a_contact", "invoice"): f"{_SAVING} The invoice itself is missing too: write 0 where nobody bills you.",
    ("saving_a_contact", "price"): f"{_SAVING} The price of a resolution is missing too.",
}
"""By what must be said for the sum, what the page says instead of it."""
LINE_OUTCOMES = {"came_back": "came_back", "repairs": "promise_broken"}
"""Which claimed contacts a line counts; the others count no contacts, or what no list shows."""


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What the form holds, as it was typed, and what is wrong with it."""

    fields: dict[str, tuple[str, str]]
    """By name, what stands in its fields; of `price` and `invoice` there is one."""
    assumed: Assumed
    wrong: tuple[str, ...] = ()
    typed: dict[str, str] = {}
    """What was really asked for, for links to the same figures."""
    alone: tuple[str, ...] = ()
    """Amounts that give no line, and why."""


async def page(request: Request) -> Response:
    """The recount, by the rule and the assumptions that are asked for; POST keeps the form's amounts in the home, for every page and command."""
    site = site_of(request)
    if site.home is None or site.figures is None:
        return no_home(site)
    posted = request.method == "POST"
    asked = _form(await read_body(request)) if posted else request.query_params
    shown = await run_in_threadpool(site.figures.shown)
    found, rule = given(asked, shown.terms), asked.get("rule", "")[:100]
    if posted and not found.wrong:
        kept = msgspec.structs.replace(shown.terms, assumed=found.assumed)
        await run_in_threadpool(keep_terms, site.home.path, kept)
        return RedirectResponse(asking("/recount", rule=rule), status_code=303)
    return HTMLResponse(html(shown, found, rule=rule, contract=site.contract), status_code=400 if posted else 200)


def _form(body: bytes) -> dict[str, str]:
    """The fields of the form; one with far too many is read as empty."""
    fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=40, keep_blank_values=True) if body.count(b"&") < 40 else {}
    return {name: values[0] for name, values in fields.items()}


def html(shown: Shown, given: Given, *, rule: str = "", links: Links = SERVED, contract: str = "", policy: str = "") -> str:
    """The page itself."""
    return render("recount.html", links=links, contract=contract, policy=policy, **values(shown, given, rule=rule))


def values(shown: Shown, given: Given, *, rule: str = "") -> dict[str, Any]:
    """What the template shows; the same for the page and for its section in a report."""
    board = shown.board
    row = chosen(board.recounted, rule) if rule else spoken_of(board.recounted, shown.terms.rule)
    kinds = (each for each in board.recounted if row is not None and each.rule == row.rule and each.kind != "*" and each.n)
    by_kind, more_kinds = dearest(kinds, lambda each: (each.billed or 0, each.claimed, each.n))
    return {
        "board": board,
        "renewing": shown.renewing,
        "row": row,
        "sentence": recount_words(board, row),
        "called": sentence(board.asked()),
        "rule": rule_of(row.rule) if row else None,
        "became": became_of(row, board.unseen) if row else [],
        "became_of": lambda each: became_of(each, board.unseen),
        "known": lambda each, outcome: known_count(each, outcome, board.unseen),
        "returns_seen": returns_seen(row) if row else "",
        "why_none": why_none,
        "by_rule": [(each, rule_of(each.rule)) for each in board.recounted if each.kind == "*"],
        "by_kind": by_kind,
        "more_kinds": more_kinds,
        "bill": bill(row, given.assumed) if row else None,
        "given": given,
        "assumptions": ASSUMPTIONS,
        "unsaid": UNSAID_WORDS,
        "price_text": price_text,
        "line_words": LINE_WORDS,
        "line_outcomes": LINE_OUTCOMES,
        "one_page": asking("/recount/one-page", rule=row.rule, **given.typed) if row else "",
        "differing": contradicted(row) if row else 0,
    }


def became_of(row: Recounted, unseen: Collection[str] = ()) -> list[tuple[str, int | None]]:
    """How many of the claimed contacts have each outcome, in the order in which outcomes are shown; `None` where nothing could show it."""
    return [(name, known_count(row, name, unseen)) for name in OUTCOME_WORDS]


def given(query: Mapping[str, str], terms: Terms = NO_TERMS) -> Given:
    """Read the form: what is left out is as was said of the home, what cannot be read is told and taken as that too; an empty field is unsaid.

    >>> given({"saving_a_contact_low": "4", "saving_a_contact_high": "6,50"}).assumed.saving_a_contact
    (400, 650)
    >>> given({"customer_lost_low": "a lot"}).wrong
    ('a lost customer is worth: `a lot` is no amount; write it like 4.00',)
    """
    wrong: list[str] = []
    said, read = terms.assumed, dict[str, Any]()
    fields: dict[str, tuple[str, str]] = {}
    for name, words in WORDS.items():
        fields[name], read[name] = _pair(query, name, getattr(said, name), words, wrong, whole=name == "customers_lost")
    price, invoice = (
        _alone(query, "price", said.price, wrong),
        _alone(query, "invoice", None if said.invoice is None else _units(said.invoice), wrong),
    )
    fields |= {"price": (price[0], ""), "invoice": (invoice[0], "")}
    read |= {"price": price[1], "invoice": None if invoice[1] is None else _hundredths(invoice[1])}
    currency = query.get("currency", said.currency)[:20].strip().upper()
    if currency and currency not in CURRENCIES:
        wrong.append(f"`{currency}` is no currency; write it like EUR")
        currency = said.currency
    names = (*(f"{name}_{end}" for name in WORDS for end in ("low", "high")), *WORDS_ALONE)
    typed = {name: query[name][:40] for name in names if query.get(name)}
    assumed = Assumed(currency=currency, **read)
    return Given(fields=fields, assumed=assumed, wrong=tuple(wrong), typed=typed, alone=_alone_of(assumed))


def _alone_of(assumed: Assumed) -> tuple[str, ...]:
    """What gives no line by itself: a worth without how many, or how many without a worth.

    >>> _alone_of(Assumed(customer_lost=(8000, 12000)))
    ('What a lost customer is worth gives no line until you say how many customers left beyond what is usual.',)
    """
    if (assumed.customer_lost is None) == (assumed.customers_lost is None):
        return ()
    if assumed.customers_lost is None:
        return ("What a lost customer is worth gives no line until you say how many customers left beyond what is usual.",)
    return ("How many customers left gives no line until you say what a lost customer is worth.",)


def _pair(
    query: Mapping[str, str], name: str, said: tuple[int, int] | None, words: str, wrong: list[str], *, whole: bool = False
) -> tuple[tuple[str, str], tuple[int, int] | None]:
    """What two fields show, and what they say; one that is filled in alone says both ends."""
    usual = ("", "") if said is None else tuple(f"{each}" if whole else f"{each / 100:.2f}" for each in said)
    asked = [query.get(f"{name}_{end}") for end in _ENDS]
    low, high = usual if asked == [None, None] else ((each or "")[:40] for each in asked)
    typed = [each for each in (low, high) if each.strip()]
    if not typed:
        return (low, high), None
    amounts = [_amount(each, words, wrong, whole=whole) for each in typed]
    if any(each is None for each in amounts):
        return (low, high), said
    read = sorted(int(each) if whole else _hundredths(each) for each in amounts if each is not None)
    return (low, high), (read[0], read[-1])


def _alone(query: Mapping[str, str], name: str, said: Decimal | None, wrong: list[str]) -> tuple[str, Decimal | None]:
    """What one field shows, and what it says."""
    text = query.get(name)
    if text is None:
        return "" if said is None else f"{said:f}", said
    if not text.strip():
        return "", None
    amount = _amount(text[:40], WORDS_ALONE[name], wrong)
    return text[:40], said if amount is None else amount


def _hundredths(amount: Decimal) -> int:
    return int((amount * 100).to_integral_value())


def _units(hundredths: int) -> Decimal:
    return Decimal(hundredths).scaleb(-2)


def _amount(text: str, words: str, wrong: list[str], *, whole: bool = False) -> Decimal | None:
    try:
        amount = Decimal(text.strip().replace(",", "."))
        if amount.is_finite() and 0 <= amount < _AMOUNT_MAX and (not whole or amount == int(amount)):
            return amount
    except InvalidOperation:
        pass
    message = f"{words}: `{text}` is no {'number' if whole else 'amount'}; write it like {'12' if whole else '4.00'}"
    if message not in wrong:
        wrong.append(message)
    return None
