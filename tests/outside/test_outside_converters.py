"""A stranger's row becomes a line by lookup and conversion only; what it does not say stays unknown."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from outside.airline import airline_line
from outside.retail import retail_line
from outside.rows import usd

ORDER = {
    "order_id": "#W1",
    "user_id": "ada_1",
    "status": "pending (item modified)",
    "cancel_reason": None,
    "items": [{"item_id": "i-1", "product_id": "p-1", "name": "Kettle", "price": 39.9, "options": {"color": "red"}}],
    "payment_history": [{"transaction_type": "payment", "amount": 10.840000000000003, "payment_method_id": "gift_1"}],
}
METHODS = {"gift_1": {"id": "gift_1", "source": "gift_card", "balance": 20}, "card_1": {"id": "card_1", "source": "credit_card", "brand": "visa"}}

RESERVATION = {
    "reservation_id": "Q",
    "user_id": "ada_1",
    "cabin": "business",
    "insurance": "no",
    "origin": "JFK",
    "destination": "SEA",
    "flight_type": "one_way",
    "total_baggages": 1,
    "created_at": "2024-05-01T10:00:00",
    "passengers": [{"first_name": "Ada"}],
    "flights": [],
}


def shop_row(action: str = "cancel_pending_order", **context: Any) -> dict[str, Any]:
    return {
        "case": "r-1",
        "policy": "tau1",
        "run": "m",
        "task": "3",
        "trial": 0,
        "action": action,
        "args": {"order_id": "#W1", "reason": "no longer needed"},
        "context": {
            "identified_user": ["ada_1"],
            "order": ORDER,
            "new_items": {},
            "customer": {"user_id": "ada_1", "payment_methods": METHODS},
            **context,
        },
        "customer_said_yes": False,
    }


def flight_row(action: str, args: dict[str, Any], **context: Any) -> dict[str, Any]:
    customer = {"membership": "gold", "payment_methods": {"gift_1": {"id": "gift_1", "source": "gift_card", "amount": 90}}}
    return {
        "case": "a-1",
        "policy": "tau2",
        "run": "m",
        "task": "3",
        "trial": 0,
        "action": action,
        "args": args,
        "context": {"now": "2024-05-15T15:00:00-05:00", "identified_user": "ada_1", "customer": customer, **context},
        "customer_said_yes": True,
    }


def floats(value: object) -> list[float]:
    if isinstance(value, dict):
        return [found for each in value.values() for found in floats(each)]
    if isinstance(value, list):
        return [found for each in value for found in floats(each)]
    return [value] if isinstance(value, float) else []


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=6))
def test_a_sum_of_prices_in_floats_is_the_exact_number_of_cents(prices: list[int]):
    """The shop's simulator adds binary floats; a customer is owed cents."""
    added = 0.0
    for price in prices:
        added += price / 100

    assert Decimal(usd(added).removesuffix(" USD")) == Decimal(sum(prices)).scaleb(-2)


def test_what_is_no_whole_cent_is_not_rounded_away():
    """An amount we cannot read exactly is for the gate to call ill-typed."""
    assert usd(12.345) == "12.345 USD"


def test_a_shop_line_holds_no_float():
    """A JSON float is ill-typed money."""
    made = retail_line(shop_row())

    assert not floats(made)
    assert made["facts"]["payments"][0]["amount"] == "10.84 USD"


def test_a_card_without_a_balance_gets_none():
    """Only a gift card holds money; a zero would be a guess."""
    methods = retail_line(shop_row())["facts"]["payment_methods"]

    assert methods["gift_1"]["balance"] == "20.00 USD"
    assert "balance" not in methods["card_1"]


def test_a_status_is_handed_on_as_the_shop_writes_it():
    """The shop's data knows statuses that its policy misspells; the contract decides what they mean."""
    assert retail_line(shop_row())["facts"]["order_status"] == "pending (item modified)"


def test_a_row_without_an_order_has_no_facts_about_one():
    """A change of the profile's address concerns no order."""
    row = shop_row("modify_user_address")
    del row["context"]["order"]
    row["args"] = {"user_id": "ada_1"}
    made = retail_line(row)

    assert made["customer"] == "retail:ada_1"
    assert made["facts"] == {"identified_as": ["ada_1"], "belongs_to": "ada_1", "confirmed": False}


def test_one_company_names_the_identified_user_and_the_other_lists_them():
    """The sister company's rows hold text where this one's hold a list."""
    assert retail_line(shop_row(identified_user="ada_1"))["facts"]["identified_as"] == ["ada_1"]
    assert retail_line(shop_row(identified_user=[]))["facts"]["identified_as"] == []
    assert "identified_as" not in retail_line(shop_row(identified_user=None))["facts"]


def test_new_items_are_handed_over_only_where_items_are_exchanged():
    """An empty catalogue in a cancellation is no fact."""
    assert "new_items" not in retail_line(shop_row())["facts"]


def test_a_flight_nobody_looked_up_has_no_status():
    """A status is a fact of the airline's; without it the gate must not know."""
    known = {"XY1@2024-05-20": {"origin": "JFK", "destination": "SEA", "status": "available"}}
    proposed = [{"flight_number": number, "date": "2024-05-20"} for number in ("XY1", "XY2")]
    args = {"reservation_id": "Q", "cabin": "economy", "payment_id": "gift_1", "flights": proposed}
    flights = airline_line(flight_row("update_reservation_flights", args, flights=known, reservation=RESERVATION))["facts"]["flights"]

    assert flights == [{**proposed[0], **known["XY1@2024-05-20"]}, proposed[1]]


def test_bags_are_counted_by_the_cabin_and_the_passengers_of_the_reservation():
    """A proposal to add bags names neither."""
    args = {"reservation_id": "Q", "total_baggages": 3, "nonfree_baggages": 0, "payment_id": "gift_1"}
    made = airline_line(flight_row("update_reservation_baggages", args, reservation=RESERVATION))

    assert made["facts"]["cabin"] == "business"
    assert made["facts"]["passengers"] == [{"first_name": "Ada"}]


def test_a_booking_time_without_a_zone_is_read_in_the_airlines():
    """The policy gives its times in EST; a time without a zone would be unknown to the gate."""
    made = airline_line(flight_row("cancel_reservation", {"reservation_id": "Q"}, reservation=RESERVATION))

    assert made["facts"]["booked_ago"] == "2024-05-01T10:00:00-05:00"
    assert made["time"] == "2024-05-15T15:00:00-05:00"


def test_why_a_customer_cancels_is_unknown_where_the_log_does_not_say():
    """The gate then asks, rather than guess from the conversation."""
    made = airline_line(flight_row("cancel_reservation", {"reservation_id": "Q"}, reservation=RESERVATION))

    assert "reason" not in made["facts"]
