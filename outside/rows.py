"""Reading the shared rows, and the small conversions that both converters need."""

from __future__ import annotations

import gzip
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

Row = dict[str, Any]

HALF_A_MILLIONTH = Decimal("0.0000005")


def read_rows(path: Path) -> list[Row]:
    """Read a gzipped file of one JSON object a line."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def usd(amount: float | int) -> str:
    """Write a JSON number of dollars as exact money.

    The shop's simulator adds prices as binary floats, and so records 10.840000000000003 where 10.84 was charged. What lies
    within half a millionth of a whole cent is that cent; anything else is left as it is, and the gate calls it ill-typed.

    >>> usd(12.5), usd(10.840000000000003), usd(3), usd(0.125)
    ('12.50 USD', '10.84 USD', '3.00 USD', '0.125 USD')
    """
    exact = Decimal(str(amount))
    cents = exact.quantize(Decimal("0.01"))
    return f"{cents if abs(exact - cents) <= HALF_A_MILLIONTH else exact:f} USD"


def without_nothing(values: Row) -> Row:
    """Leave out what is null: an unknown fact is absent, never a guess.

    >>> without_nothing({"status": "pending", "reason": None})
    {'status': 'pending'}
    """
    return {name: value for name, value in values.items() if value is not None}


def line(row: Row, company: str, customer: str, facts: Row, objects: list[dict[str, str]]) -> Row:
    """Make the line that the gate decides from what both companies' rows share."""
    return {
        "kind": row["action"],
        "customer": f"{company}:{customer}",
        "decision_id": row["case"],
        "facts": without_nothing(facts),
        "objects": objects,
        "lineage": {"data": f"{company}-runs", "prompt": row["policy"], "model": row["run"]},
        "contact": f"{row['run']}/{row['task']}/{row['trial']}",
    }
