"""Tau-airline: one row of an attempted action becomes one line for the gate, by lookup, renaming and conversion only."""

from __future__ import annotations

from outside.rows import Row, line, usd

ZONE = "-05:00"
"""Both wordings give the time in EST; a reservation's `created_at` is written without a zone."""


def airline_line(row: Row) -> Row:
    """Turn a row into a line; what the row does not say (the reason for a cancellation, the complaint) stays absent.

    >>> row = {"case": "a-1", "policy": "tau2", "run": "m", "task": "3", "trial": 0, "action": "send_certificate",
    ...        "args": {"user_id": "ada_1", "amount": 50}, "customer_said_yes": True,
    ...        "context": {"now": "2024-05-15T15:00:00-05:00", "identified_user": None,
    ...                    "customer": {"membership": "gold", "payment_methods": {}}}}
    >>> airline_line(row)["facts"]
    {'confirmed': True, 'membership': 'gold', 'payment_methods': {}, 'amount': '50.00 USD'}
    """
    args, context = row["args"], row["context"]
    reservation = context.get("reservation")
    seen = context.get("flights", {})
    facts: Row = {
        "identified_as": context.get("identified_user"),
        "confirmed": row.get("customer_said_yes"),
        "membership": context["customer"]["membership"],
        "payment_methods": {name: method(each) for name, each in context["customer"]["payment_methods"].items()},
        "flights": [with_status(flight, seen) for flight in args["flights"]] if "flights" in args else None,
        "cabin": args.get("cabin"),
        "passengers": args.get("passengers"),
        "payments": [{**payment, "amount": usd(payment["amount"])} for payment in args["payment_methods"]] if "payment_methods" in args else None,
        "payment_method": args.get("payment_id"),
        "total_bags": args.get("total_baggages"),
        "nonfree_bags": args.get("nonfree_baggages"),
        "insurance": args.get("insurance"),
        "amount": usd(args["amount"]) if "amount" in args else None,
    }
    if reservation:
        facts["reservation"] = trip(reservation, seen)
        facts["booked_ago"] = reservation["created_at"] + ZONE
        if row["action"] == "update_reservation_baggages":
            facts |= {"cabin": reservation["cabin"], "passengers": reservation["passengers"]}
    customer: str = args.get("user_id") or reservation["user_id"]
    objects = [{"type": "reservation", "id": reservation["reservation_id"]}] if reservation else []
    return {**line(row, "airline", customer, facts, objects), "time": context["now"]}


def trip(reservation: Row, seen: Row) -> Row:
    """A reservation under our names, each of its flights with its status where one was looked up."""
    return {
        **{name: reservation[name] for name in ("reservation_id", "cabin", "insurance", "origin", "destination", "flight_type", "passengers")},
        "total_bags": reservation["total_baggages"],
        "flights": [with_status(flight, seen) for flight in reservation["flights"]],
    }


def with_status(flight: Row, seen: Row) -> Row:
    """A flight with what the airline knows of it on that day: where from, where to, its status."""
    known = seen.get(f"{flight['flight_number']}@{flight['date']}", {})
    return {"flight_number": flight["flight_number"], "date": flight["date"], **known}


def method(each: Row) -> Row:
    """A payment method; gift cards and certificates hold an amount."""
    return {**each, "amount": usd(each["amount"])} if "amount" in each else each
