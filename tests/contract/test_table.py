"""A decision table decides as its cells say: held to an interpreter of unary tests that is written apart."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.contract.larkspur import CONTRACT, WIRING, changed
from tests.contract.meeting import meet
from tests.gate.small import NOON, contract_text, wiring_text
from tests.tries import tries

from ourword import Ourword
from ourword.cel import types as t
from ourword.contract.check import check, sound
from ourword.contract.digest import digest
from ourword.contract.model import Draft
from ourword.contract.overlapping import Overlaps
from ourword.contract.prose import prose
from ourword.contract.read import read
from ourword.contract.rows import rows
from ourword.contract.table_print import printed
from ourword.contract.unary import Misread, UnaryTest, read_cell
from ourword.contract.unary_text import cell
from ourword.core.proposal import Proposal
from ourword.errors import ContractError
from ourword.gate.compile import compile_gate
from ourword.gate.decide import decide
from ourword.stores.contracts import draft_of

SOON = settings(deadline=None, max_examples=tries(60), suppress_health_check=[HealthCheck.too_slow])
TODAY = date(2026, 11, 23)


def draft_with(table: str | bytes, *, hit: str = "", clauses: Any = (), otherwise: str = "escalate") -> Draft:
    """The small contract, its clauses in a table."""
    data = table.encode() if isinstance(table, str) else table
    text = contract_text(list(clauses), otherwise=otherwise).replace(b'"otherwise"', b'"table": "t.csv", "otherwise"')
    text = text.replace(b'"otherwise"', f'"hit": "{hit}", "otherwise"'.encode()) if hit else text
    return read(text, wiring_text(), tables=lambda name, place: (data, name))


# ---- an interpreter of cells, apart: from the same drawing a cell's text and what it means -----------------------------


@st.composite
def spans(draw: st.DrawFn, values: dict[str, Any]) -> tuple[str, Any]:
    """One positive unary test over values that have an order: its text, and what it says in plain Python."""
    text, value = draw(st.sampled_from(list(values.items())))
    match draw(st.sampled_from(["=", "<", "<=", ">", ">=", ".."])):
        case "<":
            return f"< {text}", lambda given: given < value
        case "<=":
            return f"<={text}", lambda given: given <= value
        case ">":
            return f">{text}", lambda given: given > value
        case ">=":
            return f">= {text}", lambda given: given >= value
        case "..":
            higher = {other: each for other, each in values.items() if each > value}
            if higher:
                end, high = draw(st.sampled_from(list(higher.items())))
                opening, closing = draw(st.sampled_from("[(]")), draw(st.sampled_from("])["))
                low_in, high_in = opening == "[", closing == "]"
                return (
                    f"{opening}{text}..{end}{closing}",
                    lambda given: (value <= given if low_in else value < given) and (given <= high if high_in else given < high),
                )
    return text, lambda given: given == value


@st.composite
def cells(draw: st.DrawFn, values: dict[str, Any], *, ordered: bool) -> tuple[str, Any]:
    """A cell: anything, a list of tests, or none of them."""
    kind = draw(st.sampled_from(["-", "list", "list", "not"]))
    if kind == "-":
        return draw(st.sampled_from(["-", "", " - "])), lambda given: True
    one = spans(values) if ordered else st.sampled_from(list(values.items())).map(lambda pair: (pair[0], lambda given, value=pair[1]: given == value))
    parts = draw(st.lists(one, min_size=1, max_size=3))
    text = draw(st.sampled_from([",", ", ", " ,"])).join(part for part, _ in parts)
    if kind == "not":
        return f"not({text})", lambda given: not any(holds(given) for _, holds in parts)
    return text, lambda given: any(holds(given) for _, holds in parts)


DAY = timedelta(days=1)
COLUMNS: dict[str, Any] = {
    "amount": cells({"5.00 EUR": 500, "5 EUR": 500, "5.01 EUR": 501, "20.00 EUR": 2000}, ordered=True),
    "age": cells({"30 days": 30 * DAY, "P30D": 30 * DAY, "PT1H": DAY / 24, 'duration("P1DT2H")': DAY * 26 / 24}, ordered=True),
    "count": cells({"0": 0, "3": 3, "-2": -2, "7": 7}, ordered=True),
    "reason": cells({"damaged": "damaged", '"late"': "late"}, ordered=False),
    "vip": cells({"true": True, "false": False}, ordered=False),
}
CUSTOMERS = st.fixed_dictionaries(
    {
        "amount": st.sampled_from([0, 499, 500, 501, 1999, 2000, 2001]),
        "age": st.sampled_from([DAY / 24, DAY, 26 * DAY / 24, 30 * DAY, 31 * DAY]),
        "count": st.integers(-3, 8),
        "reason": st.sampled_from(["damaged", "late", "changed_mind"]),
        "vip": st.booleans(),
    }
)
ANSWERS = ["escalate", "refuse", "allow"]


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, list[tuple[Any, str]]]:
    """A table as CSV, and its rows as (what they ask, what they answer)."""
    names = draw(st.lists(st.sampled_from(list(COLUMNS)), min_size=1, max_size=4, unique=True))
    out = io.StringIO()
    writer = csv.writer(out, delimiter=draw(st.sampled_from([",", ";"])), lineterminator=draw(st.sampled_from(["\n", "\r\n"])))
    writer.writerow([*names, "answer", "say"])
    read_rows = []
    for _ in range(draw(st.integers(1, 5))):
        drawn = [draw(COLUMNS[name]) for name in names]
        answer = draw(st.sampled_from(ANSWERS))
        writer.writerow([*(text for text, _ in drawn), answer, "So."])
        tests = list(zip(names, (holds for _, holds in drawn), strict=True))
        read_rows.append((lambda facts, tests=tests: all(holds(facts[name]) for name, holds in tests), answer))
    return out.getvalue(), read_rows


@SOON
@given(tables(), st.lists(CUSTOMERS, min_size=5, max_size=12), st.sampled_from(["collect", "first"]))
def test_a_table_decides_as_its_cells_say(made: Any, customers: list[dict[str, Any]], hit: str) -> None:
    """Whoever signs a table reads cells; what the gate does with them must be what they read."""
    text, read_rows = made
    gate = compile_gate(sound(draft_with(text, hit=hit), today=TODAY))
    for facts in customers:
        held = [(number, answer) for number, (holds, answer) in enumerate(read_rows, 1) if holds(facts)]
        verdict = decide(gate, Proposal(kind="refund", customer="c"), facts, NOON)
        first, strongest = next(iter(held), None), min(held, key=lambda each: (ANSWERS.index(each[1]), each[0]), default=None)
        expected = first if hit == "first" else strongest
        told = (f"t-{expected[0]}", expected[1]) if expected else ("otherwise", "escalate")

        assert told == (verdict.decided_by, verdict.answer.value)


@SOON
@given(tables())
def test_a_table_that_is_printed_reads_as_the_same_table(made: Any) -> None:
    draft = draft_with(made[0])
    contract = sound(draft, today=TODAY)
    told = printed(contract, draft.kinds["refund"])
    again = draft_with(told.csv)

    assert () == told.others
    assert [row.tests for row in table_rows(draft)] == [row.tests for row in table_rows(again)]
    assert told.csv == printed(sound(again, today=TODAY), again.kinds["refund"]).csv


@SOON
@given(tables(), st.lists(CUSTOMERS, min_size=20, max_size=40))
def test_rows_that_one_customer_meets_are_said_to_meet(made: Any, customers: list[dict[str, Any]]) -> None:
    """`hit: unique` promises that nobody is answered by two rows."""
    draft = draft_with(made[0])
    overlaps = Overlaps(table_rows(draft), draft.wiring.facts)
    for facts in customers:
        held = [number for number, (holds, _) in enumerate(made[1]) if holds(facts)]
        for one, other in pairwise(held):
            assert overlaps.meet(one, other)


@SOON
@given(cells({"0": 0, "3": 3, "-2": -2, "7": 7}, ordered=True), cells({"0": 0, "3": 3, "-2": -2, "7": 7}, ordered=True))
def test_cells_that_are_said_to_meet_have_a_value_that_passes_both(one: Any, other: Any) -> None:
    both = any(one[1](value) and other[1](value) for value in range(-20, 21))

    assert both is meet(read_cell(one[0], t.INT), read_cell(other[0], t.INT), t.INT)


def test_a_row_below_one_that_holds_for_everybody_never_holds() -> None:
    draft = draft_with("vip,answer,say\n-,allow,So.\ntrue,refuse,So.\n", hit="first")

    assert ["true", "false"] == [clause.when.text for clause in draft.kinds["refund"].clauses]


def test_what_a_row_leaves_to_those_above_it_is_said_in_the_print_that_is_signed() -> None:
    table = "amount,reason,answer,say\n> 5 EUR,-,escalate,So.\n-,late,allow,So.\n"
    text = prose(sound(draft_with(table, hit="first"), today=TODAY))

    assert "When the reason is “late” and the amount is at most 5.00 EUR, the answer is yes." in text


def table_rows(draft: Draft) -> Any:
    table = draft.kinds["refund"].table
    assert table is not None
    return table.rows


# ---- bad input -----------------------------------------------------------------------------------------------------

TYPES = [t.INT, t.UINT, t.DOUBLE, t.BOOL, t.STRING, t.DURATION, t.TIMESTAMP, t.money("EUR"), t.enum("a", "b"), t.list_of(t.INT)]
PIECES = [
    "-",
    "not(",
    ")",
    "[",
    "]",
    "(",
    "..",
    ",",
    "<",
    "<=",
    ">",
    "=",
    '"',
    "\\",
    "a",
    "b",
    "1",
    "2.5",
    "5 EUR",
    "30 days",
    "P1D",
    "@",
    "2026-01-01",
]
PIECES += ["date(", "duration(", "true", " ", "\n", "9" * 30, "é", "\x00"]


@settings(SOON, max_examples=tries(400))
@given(st.one_of(st.text(max_size=40), st.lists(st.sampled_from(PIECES), max_size=12).map("".join)), st.sampled_from(TYPES))
def test_any_text_is_a_test_or_an_error_with_a_hint(text: str, type_: t.Type) -> None:
    read_test: UnaryTest | Misread
    try:
        read_test = read_cell(text, type_)
    except Misread as misread:
        read_test = misread

    if isinstance(read_test, Misread):
        assert read_test.what
        assert read_test.hint
    else:
        assert read_cell(cell(read_test, type_), type_) == read_test


@settings(SOON, max_examples=tries(200))
@given(st.one_of(st.binary(max_size=60), st.text(alphabet='amount,say;"\n\r -<>[]5EUR.', max_size=80).map(str.encode)))
def test_any_bytes_are_a_table_or_one_error_with_its_place(data: bytes) -> None:
    for table in (data, b"amount,answer,say\n" + data):
        found = None
        try:
            draft_with(table)
        except ContractError as error:
            found = error

        assert found is None or (found.place.startswith("t.csv:") and found.hint)


@SOON
@given(
    st.lists(st.lists(st.text(alphabet='ab ,;"\n', max_size=6), min_size=2, max_size=2), min_size=1, max_size=5),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
def test_rows_are_read_as_pythons_own_reader_reads_them(lines: list[list[str]], quoting: Any) -> None:
    out = io.StringIO()
    csv.writer(out, quoting=quoting, lineterminator="\n").writerows([["x", "y"], *lines])

    assert [["x", "y"], *lines] == [[each.text for each in row] for row in rows(out.getvalue().encode(), file="t.csv")]


@pytest.mark.parametrize(
    ("table", "place", "what", "hint"),
    [
        ("amount,answer,say\n5,allow,So.\n", "t.csv:2:1", "row 1, column `amount`: `5` is no money(EUR)", "write the currency: `5 EUR`"),
        ("vip,amount,answer,say\n-,5 USD,allow,So.\n", "t.csv:2:3", "row 1, column `amount`: `5 USD` is no money(EUR)", "write for example"),
        ("amount,answer,say\n< ,allow,So.\n", "t.csv:2:1", "row 1, column `amount`: a value is missing", "write for example"),
        ("amount,answer,say\n[5 EUR..2 EUR],allow,So.\n", "t.csv:2:1", "row 1, column `amount`: nothing lies in", "the lower end comes first"),
        ("amount,answer,say\n-5 EUR,allow,So.\n", "t.csv:2:1", "row 1, column `amount`: `-5 EUR` is less than nothing", "take the row out"),
        ("reason,answer,say\ndamgaed,allow,So.\n", "t.csv:2:1", "row 1, column `reason`: `damgaed` is no enum", "did you mean `damaged`?"),
        ("reason,answer,say\n< late,allow,So.\n", "t.csv:2:1", "row 1, column `reason`: `<` needs an order", "name the words"),
        ("age,answer,say\n-,allow,So.\nP1M,allow,So.\n", "t.csv:3:1", "row 2, column `age`: `P1M` is no duration", "months and years have no"),
        ("amout,answer,say\n", "t.csv:1:1", "there is no fact `amout` for this column", "did you mean `amount`?"),
        ("amount,amount,answer,say\n", "t.csv:1:8", "the column `amount` is there twice", "keep one"),
        ("amount,say\n", "t.csv:1:1", "there is no column `answer`", "add it"),
        ("amount,answer\n", "t.csv:1:1", "there is no column `say`", "add it"),
        ("amount,answer,say\n1 EUR,2 EUR,allow,So.\n", "t.csv:2:1", "row 1 has 4 cells, and there are 3 columns", "put a cell that has a comma"),
        ("amount,answer,say\n-,alow,So.\n", "t.csv:2:3", "`alow` cannot stand in `decisions.clauses.then`", "did you mean `allow`?"),
        ("amount,answer,say\n-,ask,So.\n", "t.csv:2:3", "t-1: nothing to ask", "fill the column `ask`"),
        ("amount,answer,amend.amount,say\n-,allow,amount,So.\n", "t.csv:2:3", "t-1: something to amend, and the answer is `allow`", "write `amend`"),
        ('amount,answer,say\n"-,allow,So.\n', "t.csv:2:1", "a quoted cell is not closed", "end it with"),
        ("amount,answer,say\n", "t.csv:1:1", "there is no row below the names of the columns", "write the rows below it"),
        ("amount,answer,say\n-,allow,So.\n,,\n", "t.csv:3:1", "row 2 is empty but for its separators", "take the line out"),
        ("amount,answer,say\n-,,So.\n", "t.csv:2:3", "row 1, column `answer`: it is empty", "write allow, refuse"),
        ("amount,answer,say\n-,allow,\n", "t.csv:2:9", "row 1, column `say`: it is empty", "write the reason"),
        ("", "t.csv:1:1", "there is nothing in this file", "its first line names the columns"),
    ],
)
def test_what_is_wrong_with_a_table_is_told_with_its_cell(table: str, place: str, what: str, hint: str) -> None:
    with pytest.raises(ContractError) as raised:
        draft_with(table)

    assert (place, what, hint) == (raised.value.place, raised.value.what[: len(what)], raised.value.hint[: len(hint)])


def test_an_amendment_is_checked_where_it_stands() -> None:
    _, flaws = check(draft_with("amount,answer,amend.amount,say\n-,amend,amuont / 2,So.\n"), today=TODAY)

    assert [("t.csv:2:9", "did you mean `amount`?")] == [(flaw.place, flaw.hint) for flaw in flaws if flaw.level == "error"]


@pytest.mark.parametrize(("hit", "errors"), [("collect", 0), ("first", 0), ("unique", 2), ("any", 1)])
def test_rows_that_meet_are_a_flaw_where_the_table_says_they_must_not(hit: str, errors: int) -> None:
    table = "amount,reason,answer,say\n<= 5 EUR,-,allow,So.\n>= 5 EUR,late,allow,So.\n5 EUR,damaged,refuse,So.\n"
    _, flaws = check(draft_with(table, hit=hit), today=TODAY)
    found = [flaw for flaw in flaws if flaw.code == "contract.table"]

    assert errors == len(found)
    assert all(flaw.place == "t.csv:4:1" or "t-2" in flaw.what for flaw in found)


# ---- files ---------------------------------------------------------------------------------------------------------

REFUNDS = "id,amount,answer,say\nsmall,<= 5 EUR,allow,Small change.\n"
OUR_FAULT = "      - {id: our-fault,"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Larkspur's contract with one more rule, in a table beside it."""
    text = changed(CONTRACT, {"    clauses:\n": "    table: tables/refunds.csv\n    clauses:\n"})
    (tmp_path / "contract.yaml").write_text(text, "utf-8")
    (tmp_path / "wiring.yaml").write_text(WIRING, "utf-8")
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "refunds.csv").write_text(REFUNDS, "utf-8")
    return tmp_path


def digest_of(folder: Path) -> str:
    from ourword.contract.files import draft_of

    return digest(draft_of(folder / "contract.yaml", folder / "wiring.yaml"))


def test_what_is_signed_holds_the_table(folder: Path) -> None:
    """A cell that changes after the signature changes the digest; a line end that Windows writes does not."""
    before = digest_of(folder)
    table = folder / "tables" / "refunds.csv"
    table.write_bytes(REFUNDS.replace("\n", "\r\n").encode())
    assert before == digest_of(folder)

    table.write_text(REFUNDS.replace("5 EUR", "6 EUR"), "utf-8")
    changed_cell = digest_of(folder)
    table.write_text(REFUNDS + "\n", "utf-8")

    assert 3 == len({before, changed_cell, digest_of(folder)})


def test_a_home_keeps_the_table_that_decided(folder: Path, tmp_path: Path) -> None:
    """Who asks next year why, is told by the table of today."""
    home = tmp_path / "home"
    with Ourword.open(folder / "contract.yaml", folder / "wiring.yaml", home=home) as word:
        kept = word.contract.digest
        word.decide({"kind": "refund", "customer": "c-1", "decision_id": "d-1", "facts": {"amount": "1 EUR"}})
    (folder / "tables" / "refunds.csv").unlink()
    draft = draft_of(home, kept)

    assert draft is not None
    assert "small" in [clause.id for clause in draft.kinds["refund"].clauses]


def test_a_home_keeps_the_table_that_was_signed(folder: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Ourword.open_home(home) as word:
        signed = word.adopting.sign(folder / "contract.yaml", folder / "wiring.yaml", by="mara", because="Small change is given back.")
    (folder / "tables" / "refunds.csv").unlink()
    draft = draft_of(home, signed.digest)

    assert draft is not None
    assert {"tables/refunds.csv": REFUNDS.encode()} == draft.tables


@pytest.mark.parametrize("name", ["../refunds.csv", "/etc/refunds.csv", "a/../b.csv", "c:\\\\x.csv", "refunds.xlsx", ".csv"])
def test_a_table_lies_beside_its_contract(name: str) -> None:
    """A contract from elsewhere cannot read what it likes."""
    text = changed(CONTRACT, {"    clauses:\n": f'    table: "{name}"\n    clauses:\n'})
    with pytest.raises(ContractError, match="is not a CSV file's name"):
        read(text.encode(), WIRING.encode(), tables=lambda name, place: pytest.fail("it was opened"))


def test_a_table_that_is_not_there_says_where_it_was_looked_for(folder: Path) -> None:
    (folder / "tables" / "refunds.csv").unlink()
    with pytest.raises(ContractError) as raised:
        digest_of(folder)

    assert f"{folder / 'contract.yaml'}:43:12" == raised.value.place
    assert str(folder / "tables" / "refunds.csv") in raised.value.hint


def test_a_kind_has_clauses_or_a_table() -> None:
    with pytest.raises(ContractError, match=r"`decisions\.refund` has no `clauses`"):
        read(contract_text([]).replace(b'"clauses": [], ', b""), wiring_text())


def test_rows_come_after_the_clauses_of_the_contract() -> None:
    own = [{"id": "own", "say": "So.", "when": "vip", "then": "refuse"}]
    draft = draft_with("vip,answer,say\ntrue,refuse,So.\n", clauses=own)

    assert ["own", "t-1"] == [clause.id for clause in draft.kinds["refund"].clauses]
    assert "t.csv:2:1" == draft.kinds["refund"].clauses[1].place


def test_a_day_before_all_days_elsewhere_is_no_day() -> None:
    """1 January of year 1 in Berlin is a day of no year in UTC: it ended in a traceback."""
    with pytest.raises(Misread):
        read_cell("< 0001-01-01", t.TIMESTAMP, zone="Europe/Berlin")
