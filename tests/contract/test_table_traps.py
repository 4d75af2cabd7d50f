"""Cells and columns that could be read in two ways are not read at all."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.gate.small import FACTS, contract_text, wiring_text

from ourword.cel import types as t
from ourword.contract.check import sound
from ourword.contract.model import Draft
from ourword.contract.read import read
from ourword.contract.table_print import printed
from ourword.contract.unary import Misread, read_cell
from ourword.errors import ContractError

OWNER = {"owner": {"type": "bool", "from": "customer.owner"}, "rate": {"type": "double", "from": "order.rate"}}


def draft_with(table: str, clauses: list[dict[str, Any]] | None = None) -> Draft:
    text = contract_text(clauses or [])
    if table:
        text = text.replace(b'"otherwise"', b'"table": "t.csv", "otherwise"')
    return read(text, wiring_text({**FACTS, **OWNER}), tables=lambda name, place: (table.encode(), name))


@pytest.mark.parametrize(
    ("cell", "type_", "hint"),
    [
        ("<= 0,5", t.DOUBLE, "write `0.5` for one, and `0, 5` for several values"),
        ("[0,5..1,5]", t.DOUBLE, "write `0.5`"),
        ("<= 500,00 EUR", t.money("EUR"), "write `500.00` for one"),
        ("<= 1,500", t.INT, "write `1500` for one, and `1, 500` for several values"),
        ("1,000,000", t.UINT, "write `1000000` for one"),
    ],
)
def test_a_comma_within_a_number_is_refused(cell: str, type_: t.Type, hint: str) -> None:
    """`<= 0,5` was read as: at most 0, or 5. A spreadsheet in German writes no other comma."""
    with pytest.raises(Misread) as raised:
        read_cell(cell, type_)

    assert raised.value.hint.startswith(hint)


def test_in_a_table_parted_by_semicolons_it_is_refused_with_its_cell() -> None:
    with pytest.raises(ContractError) as raised:
        draft_with("rate;answer;say\n<= 0,5;allow;So.\n")

    assert (raised.value.place, raised.value.what) == ("t.csv:2:1", "row 1, column `rate`: `0,5` may be one number or several")


@pytest.mark.parametrize(
    ("cell", "type_"), [("0, 5", t.DOUBLE), ("0.5,1.5", t.DOUBLE), ("1,2", t.INT), ("1, 500", t.INT), ("5 EUR,7 EUR", t.money("EUR"))]
)
def test_several_values_are_read_where_no_one_number_is_meant(cell: str, type_: t.Type) -> None:
    assert len(read_cell(cell, type_).spans) == 2


@pytest.mark.parametrize("value", [10**19, 2**63, 2**64 - 1])
def test_a_whole_number_is_read_to_its_last_one(value: int) -> None:
    assert read_cell(f"<= {value}", t.UINT).holds(value)
    for beyond in (f"<= {2**64}", f"<= {value}"):
        with pytest.raises(Misread):
            read_cell(beyond, t.INT if beyond.endswith(str(value)) else t.UINT)


def test_an_example_may_hold_the_largest_whole_number() -> None:
    from ourword.contract.given import fits, given_value

    assert given_value(str(2**64 - 1), t.UINT) == 2**64 - 1
    assert fits(2**64 - 1, t.UINT, signed=False)
    assert not fits(given_value(str(2**64), t.UINT), t.UINT, signed=False)


def test_a_fact_that_is_called_like_a_column_of_the_tables_own_is_no_column() -> None:
    """The cell would be a test of the fact, and who owns the clause besides."""
    with pytest.raises(ContractError) as raised:
        draft_with("owner,answer,say\ntrue,allow,So.\n")

    assert (raised.value.place, "a fact of the wiring is called so too" in raised.value.what) == ("t.csv:1:1", True)


def test_a_clause_that_reads_such_a_fact_is_printed_as_no_row() -> None:
    draft = draft_with("", [{"id": "a", "say": "So.", "when": "owner", "then": "refuse"}, {"id": "b", "say": "So.", "when": "vip", "then": "allow"}])
    told = printed(sound(draft, today=date(2026, 11, 23)), draft.kinds["refund"])

    assert [name for name, _ in told.others] == ["a"]
    assert told.csv.splitlines() == ["id,vip,answer,say", "b,true,allow,So."]
