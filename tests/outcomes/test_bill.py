"""A bill says what was paid, and what for; what it was worth only by amounts that somebody said."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourword.outcomes.bill import Assumed, bill, price_text
from ourword.outcomes.recount import Recounted
from ourword.outcomes.vendors import vendor_rule

AMOUNTS = ("saving_a_contact", "come_back_handled", "repair_of_a_promise", "harder_work", "customer_lost", "customers_lost")
counts = st.integers(0, 500)
pairs = st.none() | st.tuples(st.integers(0, 10_000), st.integers(0, 10_000)).map(lambda pair: (min(pair), max(pair)))
assumptions = st.builds(
    Assumed,
    currency=st.sampled_from(["", "USD", "EUR"]),
    price=st.none() | st.decimals("0", "20", places=3),
    invoice=st.none() | st.integers(0, 10**6),
    **dict.fromkeys(AMOUNTS, pairs),
)


@st.composite
def rows(draw: st.DrawFn) -> Recounted:
    rule = draw(st.sampled_from(["own", "intercom", "zendesk"]))
    became = {name: draw(counts) for name in ("confirmed", "quiet", "came_back", "gave_up", "promise_broken")}
    claimed, price = sum(became.values()), vendor_rule(rule).price_minor
    billed = None if price is None else price * claimed
    return Recounted(rule=rule, kind="*", claimed=claimed, n=claimed + draw(counts), low=None, high=None, billed=billed, **became)


@given(rows(), assumptions)
def test_no_amount_is_made_up(row: Recounted, assumed: Assumed) -> None:
    """A saving of 4.00 once carried the bill of whoever was never asked."""
    lines = {line.id: line for line in bill(row, assumed).lines}
    said = {"saving": "saving_a_contact", "came_back": "come_back_handled", "repairs": "repair_of_a_promise", "harder_work": "harder_work"}

    for line, name in said.items():
        assert (line in lines) == (getattr(assumed, name) is not None)
    assert ("customers_left" in lines) == (assumed.customer_lost is not None and assumed.customers_lost is not None)


@given(rows(), assumptions)
def test_the_sum_is_that_of_its_lines_and_stands_only_where_it_is_whole(row: Recounted, assumed: Assumed) -> None:
    """Without the saving or the invoice a sum would be half a bill."""
    found = bill(row, assumed)
    lines = {line.id for line in found.lines}

    assert (found.low is None) == (not {"saving", "invoice"} <= lines) == bool(found.unsaid)
    assert found.low is None or (found.low, found.high) == tuple(sum(getattr(line, end) for line in found.lines) for end in ("low", "high"))
    assert found.low is None or found.low <= found.high


@given(rows(), assumptions)
def test_what_was_paid_for_the_contradicted_is_their_part_of_the_invoice(row: Recounted, assumed: Assumed) -> None:
    """Never more than the invoice; those who gave up were billed too, and stood outside of it."""
    found = bill(row, assumed)
    invoice = next((-line.low for line in found.lines if line.id == "invoice"), None)

    assert (found.back is None) == (invoice is None or not row.claimed)
    if found.back is not None and invoice is not None:
        assert abs(found.back - Fraction(invoice * (row.claimed - row.confirmed - row.quiet), row.claimed)) <= Fraction(1, 2)


@given(rows(), st.sampled_from(["EUR", "JPY"]))
def test_a_price_in_dollars_is_added_to_no_other_currency(row: Recounted, currency: str) -> None:
    """A published price in USD stood as if it were the reader's own currency."""
    assert bill(row, Assumed(currency=currency, saving_a_contact=(1, 2))).price is None


@pytest.mark.parametrize(("price", "paid"), [("0.99", 990), ("1.2", 1_200), ("0.125", 125), ("120", 120_000)])
def test_a_price_is_multiplied_exactly(price: str, paid: int) -> None:
    """Ten resolutions; also where a price has three decimals, or none."""
    row = Recounted(
        rule="zendesk", kind="*", claimed=10, confirmed=0, quiet=10, came_back=0, gave_up=0, promise_broken=0, n=10, low=None, high=None, billed=None
    )
    (line,) = bill(row, Assumed(currency="EUR", price=Decimal(price))).lines

    assert (-paid, True) == (line.low, line.known)
    assert price_text(Decimal(price)) in line.assumption


def test_a_companys_own_claim_times_a_price_is_no_invoice() -> None:
    """Who closes a ticket bills nobody for it: the price of a machine's resolution times all that were closed is an assumption, and called one."""
    row = Recounted(
        rule="own", kind="*", claimed=10, confirmed=0, quiet=10, came_back=0, gave_up=0, promise_broken=0, n=10, low=None, high=None, billed=None
    )
    (by_price,), (given_,) = (bill(row, each).lines for each in (Assumed(price=Decimal("0.99")), Assumed(invoice=500)))

    assert (False, True) == (by_price.known, given_.known)
    assert "write the invoice itself" in by_price.assumption


@given(rows(), assumptions)
def test_no_saving_is_counted_of_whom_nobody_helped(row: Recounted, assumed: Assumed) -> None:
    """3,277.50 EUR of worth held 434 contacts that were contradicted: of those only they count whose cost stands in a line of its own."""
    found = {line.id: line.count for line in bill(row, assumed).lines}

    if "saving" in found:
        assert row.confirmed + row.quiet + found.get("came_back", 0) + found.get("repairs", 0) == found["saving"]


def test_where_nobody_can_tell_machines_from_people_a_price_makes_no_invoice() -> None:
    """`Vendor's invoice 6, -5.94 EUR` stood there of six tickets of which a person had solved one."""
    row = Recounted(
        rule="own",
        kind="*",
        claimed=6,
        confirmed=0,
        quiet=6,
        came_back=0,
        gave_up=0,
        promise_broken=0,
        n=6,
        low=None,
        high=None,
        billed=None,
        unhandled=6,
    )
    by_price, by_invoice = bill(row, Assumed(currency="EUR", price=Decimal("0.99"), saving_a_contact=(1, 1))), bill(row, Assumed(invoice=500))

    assert (["saving"], ("invoice",), None, None) == ([line.id for line in by_price.lines], by_price.unsaid, by_price.low, by_price.back)
    assert by_price.if_billed.startswith("if each of the 6 counted were billed at 0.99, it would be 5.94 EUR; people's work is in it")
    assert (["invoice"], "") == ([line.id for line in by_invoice.lines], by_invoice.if_billed)
