"""The bill of what a rule calls resolved: what is known of it and, with somebody's own amounts, what it was worth.

Nothing is assumed for anybody. Without amounts there is the invoice, and what of it was paid for contacts that were contradicted: the customer
came back, gave up or was let down.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec

from ourword.outcomes.recount import Recounted
from ourword.outcomes.vendors import OWN, rule_of

Pair = tuple[int, int] | None


class Assumed(msgspec.Struct, frozen=True, kw_only=True):
    """What a bill takes for granted, as somebody said it, in hundredths of the currency, low and high; `None` where nobody has.

    Nothing here is measured: a saving is what a person's handling would have cost, and is claimed for each contact that the rule counts.
    """

    currency: str = ""
    """Empty: the one of the rule's published price."""
    price: Decimal | None = None
    """What one resolution costs, in the currency itself; else the vendor's published price is taken, and called so."""
    invoice: int | None = None
    """What was really paid; then no price is needed."""
    saving_a_contact: Pair = None
    come_back_handled: Pair = None
    repair_of_a_promise: Pair = None
    harder_work: Pair = None
    customer_lost: Pair = None
    customers_lost: Pair = None
    """How many left beyond what is usual."""


UNSAID = Assumed()
"""What is taken for granted while nobody has said anything: nothing."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the bill: an amount from low to high, what it counts, and what it rests on."""

    id: str
    low: int
    high: int
    count: int
    assumption: str
    known: bool = False
    """Whether the amount is what was paid, and no assumption."""


class Bill(msgspec.Struct, frozen=True, kw_only=True):
    """The lines of a bill and what it was worth, in hundredths of the currency; `None` while somebody must say more for it."""

    rule: str
    currency: str
    lines: tuple[Line, ...]
    low: int | None
    high: int | None
    price: Decimal | None
    """What each claim costs, by one's own word or by the published price."""
    is_own_price: bool
    back: int | None
    """What of the invoice was paid for contradicted contacts; `None` where there is no invoice, or nothing is claimed."""
    unsaid: tuple[str, ...]
    """What must be said for the sum, by name: `saving_a_contact`, `price` where none is known, `invoice` where a price tells nothing."""
    if_billed: str = ""
    """What a company's own claim would cost at a price, in words, where nobody can tell machines' work from people's: no invoice at all."""


def bill(row: Recounted, assumed: Assumed = UNSAID) -> Bill:
    """Claimed saving − come-backs − repairs − harder work − customers who left beyond the comparable − invoice, low to high.

    >>> row = Recounted(rule="x", kind="*", claimed=10, confirmed=4, quiet=3, came_back=2, gave_up=0, promise_broken=1, n=12,
    ...                 low=.4, high=.9, billed=990)
    >>> found = bill(row, Assumed(saving_a_contact=(400, 400), come_back_handled=(500, 700)))
    >>> [(line.id, line.low, line.high) for line in found.lines]
    [('saving', 3600, 3600), ('came_back', -1400, -1000), ('invoice', -990, -990)]
    >>> found.low, found.high, found.back
    (1210, 1610, 297)
    >>> bill(row).lines[0].id, bill(row).low, bill(row).unsaid
    ('invoice', None, ('saving_a_contact',))
    """
    published, theirs = _published(row)
    currency = assumed.currency or theirs
    price = assumed.price if assumed.price is not None else published if currency == theirs else None
    supposed = row.rule == OWN and row.unhandled > 0 and assumed.invoice is None and price is not None
    invoice = None if supposed else _invoice(row, assumed, price)
    lines = [
        *_saving(row, assumed),
        *_line("came_back", row.came_back, assumed.come_back_handled, -1, "each come-back is handled by a person once more"),
        *_line("repairs", row.promise_broken, assumed.repair_of_a_promise, -1, "each promise that is late or broken is repaired once"),
        *_line("harder_work", row.n - row.claimed, assumed.harder_work, -1, "what automation leaves to people takes them longer"),
        *_left(assumed),
        *([] if invoice is None else [invoice]),
    ]
    needed = (("saving_a_contact", assumed.saving_a_contact is None), ("invoice" if supposed else "price", invoice is None))
    unsaid = tuple(name for name, missing in needed if missing)
    return Bill(
        rule=row.rule,
        currency=currency,
        lines=tuple(lines),
        low=None if unsaid else sum(line.low for line in lines),
        high=None if unsaid else sum(line.high for line in lines),
        price=price if assumed.invoice is None else None,
        is_own_price=assumed.price is not None,
        back=None if invoice is None or not row.claimed else round(Decimal(-invoice.low * contradicted(row)) / row.claimed),
        unsaid=unsaid,
        if_billed=_if_billed(row, price, currency) if supposed and price is not None else "",
    )


def contradicted(row: Recounted) -> int:
    """How many claimed contacts are contradicted by what became of them."""
    return row.came_back + row.gave_up + row.promise_broken


def price_text(price: Decimal) -> str:
    """A price as people write it, with all the digits that it has.

    >>> price_text(Decimal("0.99")), price_text(Decimal("1.5")), price_text(Decimal("0.125"))
    ('0.99', '1.50', '0.125')
    """
    return f"{price:,.2f}" if price == round(price, 2) else f"{price.normalize():f}"


def _published(row: Recounted) -> tuple[Decimal | None, str]:
    """The price of the rule as its vendor published it, and its currency."""
    if row.billed is None or not row.claimed:
        return None, ""
    rule = rule_of(row.rule)
    return Decimal(row.billed) / row.claimed / 100, rule.currency if rule is not None else ""


def _invoice(row: Recounted, assumed: Assumed, price: Decimal | None) -> Line | None:
    if assumed.invoice is not None:
        amount, words, known = assumed.invoice, "as you gave it", True
    elif price is not None:
        amount, own = round(price * 100 * row.claimed), assumed.price is not None
        known = own and row.rule != OWN  # what a company calls resolved itself is not what a vendor bills
        words = f"{'your price' if own else 'the price that the vendor published; yours may differ'}: {price_text(price)} for each that is counted"
        words += "; where fewer are billed, write the invoice itself" if row.rule == OWN else ""
    else:
        return None
    return Line(id="invoice", low=-amount, high=-amount, count=row.claimed, assumption=words, known=known)


def _saving(row: Recounted, assumed: Assumed) -> list[Line]:
    """A person's work that was saved. Of whom nobody helped none was; a come-back or a promise counts here only where its own cost has a line."""
    lost = {
        "gave up": row.gave_up,
        "came back": row.came_back if assumed.come_back_handled is None else 0,
        "had a promise late or broken": row.promise_broken if assumed.repair_of_a_promise is None else 0,
    }
    left_out = ", ".join(f"{count:,} that {words}" for words, count in lost.items() if count)
    says = f"claimed for every contact that the rule counts{f', but for {left_out}' if left_out else ''}"
    return _line("saving", row.claimed - sum(lost.values()), assumed.saving_a_contact, 1, says)


def _if_billed(row: Recounted, price: Decimal, currency: str) -> str:
    amount = f"{round(price * 100 * row.claimed) / 100:,.2f} {currency}".rstrip()
    each = f"each of the {row.claimed:,} counted" if row.claimed > 1 else "the one counted"
    hands = f"people's work is in it, since no event says who handled {row.unhandled:,}"
    return f"if {each} were billed at {price_text(price)}, it would be {amount}; {hands}"


def _line(name: str, count: int, each: Pair, sign: int, assumption: str) -> list[Line]:
    if each is None:
        return []
    amounts = sorted(sign * count * one for one in each)
    unit = f"{each[0] / 100:,.2f}" if each[0] == each[1] else f"{each[0] / 100:,.2f} to {each[1] / 100:,.2f}"
    return [Line(id=name, low=amounts[0], high=amounts[1], count=count, assumption=f"{assumption}; {unit} each")]


def _left(assumed: Assumed) -> list[Line]:
    if assumed.customer_lost is None or assumed.customers_lost is None:
        return []
    worth, many = assumed.customer_lost, assumed.customers_lost
    words = "customers who left beyond the comparable, and what one is worth"
    return [Line(id="customers_left", low=-max(many) * max(worth), high=-min(many) * min(worth), count=max(many), assumption=words)]
