"""Tau-retail: one row of an attempted action becomes one line for the gate, by lookup, renaming and conversion only."""

from __future__ import annotations

from outside.rows import Row, line, usd


def retail_line(row: Row) -> Row:
    """Turn a row into a line; what the row does not say stays absent.

    >>> row = {"case": "r-1", "policy": "tau1", "run": "m", "task": "3", "trial": 0, "action": "modify_user_address",
    ...        "args": {"user_id": "ada_1"}, "context": {"identified_user": ["ada_1"]}, "customer_said_yes": True}
    >>> made = retail_line(row)
    >>> made["customer"], made["facts"]
    ('retail:ada_1', {'identified_as': ['ada_1'], 'belongs_to': 'ada_1', 'confirmed': True})
    """
    args, context = row["args"], row["context"]
    order: Row = context.get("order") or {}
    belongs_to: str = order.get("user_id") or args.get("user_id")
    facts: Row = {
        "identified_as": identified(context.get("identified_user")),
        "belongs_to": belongs_to,
        "confirmed": row.get("customer_said_yes"),
        "reason": args.get("reason"),
        "item_ids": args.get("item_ids"),
        "new_item_ids": args.get("new_item_ids"),
        "payment_method": args.get("payment_method_id"),
    }
    if order:
        facts |= of_order(order)
        facts["payment_methods"] = {name: method(each) for name, each in context["customer"]["payment_methods"].items()}
    if args.get("new_item_ids") is not None:
        facts["new_items"] = {name: priced(each) for name, each in context.get("new_items", {}).items()}
    objects = [{"type": "order", "id": order["order_id"]}] if order else []
    return line(row, "retail", belongs_to, facts, objects)


def identified(found: object) -> list[object] | None:
    """The users found in this conversation: a list here, a text in the sister company's rows."""
    if found is None or isinstance(found, list):
        return found
    return [found]


def of_order(order: Row) -> Row:
    """What the shop knows of the order, money as exact text."""
    return {
        "order_status": order["status"],
        "items": [priced(item) for item in order["items"]],
        "payments": [{**payment, "amount": usd(payment["amount"])} for payment in order["payment_history"]],
    }


def priced(item: Row) -> Row:
    """An item or a variant with its price as exact text."""
    return {**item, "price": usd(item["price"])}


def method(each: Row) -> Row:
    """A payment method; only a gift card has a balance."""
    return {**each, "balance": usd(each["balance"])} if "balance" in each else each
