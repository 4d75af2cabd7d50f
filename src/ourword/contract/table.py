"""A decision table becomes clauses: one for each row, every part of it with its place in the file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ourword.contract.model import Fact, Row, Table
from ourword.contract.overlapping import Overlaps
from ourword.contract.rows import Cell, rows
from ourword.contract.source import Listing, Node, Scalar, Spot
from ourword.contract.source import Mapping as Tree
from ourword.contract.unary import Misread, UnaryTest, read_cell
from ourword.contract.unary_text import condition
from ourword.contract.words import meant, shown
from ourword.errors import ContractError

KEYS = ("id", "answer", "ask", "final", "basis", "owner", "contest")
"""Columns that are no fact's: `say` and `say.<language>`, `amend.<fact>` and `# remark` beside these."""
OWN_COLUMNS = frozenset((*KEYS, "say"))
COLUMNS_MAX = 2_000
FIRST_MAX = 200
"""Rows of a table with `hit: first`: each is held against all before it."""


def table(data: bytes, *, file: str, place: str, hit: Any, facts: Mapping[str, Fact], zone: str) -> tuple[list[Tree], Table]:
    """Read a table's bytes as clauses, and as rows; *place* names the file in errors. Raises `ContractError`."""
    found = rows(data, file=place)
    if not found:
        raise _error("there is nothing in this file", f"{place}:1:1", "its first line names the columns: facts, `say`, `answer`")
    head, *body = found
    if hit == "first" and len(body) > FIRST_MAX:
        raise _error(
            f"more than {FIRST_MAX} rows of which the first decides", str(_spot(place, body[FIRST_MAX][0])), "use `hit: collect`, or split it"
        )
    columns = _columns(head, place, facts)
    if not body:
        hint = "write the rows below it; without any, the kind would answer by its other clauses and `otherwise` alone"
        raise _error("there is no row below the names of the columns", str(_spot(place, head[0])), hint)
    stem = re.sub(r"[^A-Za-z0-9_-]", "-", file.rpartition("/")[2].removesuffix(".csv"))[:50]
    stem = stem if stem[0].isalpha() else f"row-{stem}"
    reader = _Reader(place, facts, zone, head, columns)
    read = [reader.row(cells, number, f"{stem}-{number}") for number, cells in enumerate(body, 1)]
    overlaps = Overlaps(read, facts) if hit == "first" else None
    trees = []
    for number, (cells, row) in enumerate(zip(body, read, strict=True)):
        before = [each for index, each in enumerate(read[:number]) if overlaps.meet(index, number)] if overlaps else []
        trees.append(reader.tree(cells, row, before))
    return trees, Table(file=file, hit=hit, rows=tuple(read))


def _columns(head: list[Cell], place: str, facts: Mapping[str, Fact]) -> list[str]:
    if len(head) > COLUMNS_MAX:
        raise _error(f"more than {COLUMNS_MAX:,} columns", str(_spot(place, head[COLUMNS_MAX])), "name the facts that rows ask for, each once")
    names = [cell.text.strip() for cell in head]
    before = set[str]()
    for name, cell in zip(names, head, strict=True):
        if name in before and not name.startswith("#"):
            raise _error(f"the column {shown(name)} is there twice", str(_spot(place, cell)), "keep one")
        before.add(name)
        if name in facts and name in OWN_COLUMNS:
            what = f"the column `{name}` is a table's own, and a fact of the wiring is called so too"
            raise _error(what, str(_spot(place, cell)), "give the fact another name, or derive one (`is:`) and test that")
        if not _known(name, facts):
            hint = meant(
                name, [*facts, *KEYS, "say"], "a column is a fact of the wiring, or `say`, `answer`, `ask`, `amend.<fact>`, `id`; `# …` is a remark"
            )
            raise _error(f"there is no fact {shown(name)} for this column", str(_spot(place, cell)), hint)
    if "answer" not in names:
        raise _error("there is no column `answer`", str(_spot(place, head[0])), "add it: allow, refuse, escalate, ask or amend")
    if not any(name == "say" or name.startswith("say.") for name in names):
        raise _error("there is no column `say`", str(_spot(place, head[0])), "add it: the reason as customers hear it")
    return names


def _known(name: str, facts: Mapping[str, Fact]) -> bool:
    return name in facts or name in KEYS or name == "say" or name.startswith(("say.", "amend.", "#"))


class _Reader:
    def __init__(self, place: str, facts: Mapping[str, Fact], zone: str, head: list[Cell], columns: list[str]) -> None:
        self.place, self.facts, self.zone, self.head, self.columns = place, facts, zone, head, columns

    def row(self, cells: list[Cell], number: int, otherwise: str) -> Row:
        """What a row asks and answers."""
        if len(cells) != len(self.columns):
            what = f"row {number} has {len(cells)} cell{'' if len(cells) == 1 else 's'}, and there are {len(self.columns)} columns"
            raise _error(what, str(_spot(self.place, cells[0])), "put a cell that has a comma in it in quotes; `-` means anything")
        tests: dict[str, UnaryTest] = {}
        outcome = []
        for name, cell in zip(self.columns, cells, strict=True):
            if name in self.facts:
                test = self._test(name, cell, number)
                if not test.anything:
                    tests[name] = test
            elif cell.text.strip() and (name in ("answer", "ask", "final") or name.startswith("amend.")):
                outcome.append((name, " ".join(cell.text.split())))
        by_name = dict(zip(self.columns, cells, strict=True))
        self._filled(by_name, number)
        own = by_name.get("id")
        id_ = own.text.strip() if own is not None and own.text.strip() else otherwise
        return Row(id=id_, tests=tests, outcome=tuple(outcome), place=str(_spot(self.place, cells[0])))

    def _filled(self, by_name: Mapping[str, Cell], number: int) -> None:
        """A row answers something, and says why."""
        if not any(cell.text.strip() for cell in by_name.values()):
            where = _spot(self.place, next(iter(by_name.values())))
            raise _error(f"row {number} is empty but for its separators", str(where), "take the line out, or fill it in")
        answer = by_name["answer"]
        if not answer.text.strip():
            hint = "write allow, refuse, escalate, ask or amend"
            raise _error(f"row {number}, column `answer`: it is empty", str(_spot(self.place, answer)), hint)
        says = [name for name in by_name if name == "say" or name.startswith("say.")]
        if not any(by_name[name].text.strip() for name in says):
            where = _spot(self.place, by_name[says[0]])
            raise _error(f"row {number}, column `{says[0]}`: it is empty", str(where), "write the reason as customers hear it")

    def _test(self, name: str, cell: Cell, number: int) -> UnaryTest:
        fact = self.facts[name]
        try:
            return read_cell(cell.text, fact.type, zone=self.zone, signed=fact.signed)
        except Misread as misread:
            what = f"row {number}, column `{name}`: {misread.what}"
            raise _error(what, str(_spot(self.place, cell)), misread.hint) from None

    def tree(self, cells: list[Cell], row: Row, before: list[Row]) -> Tree:
        """A row as the clause that a contract would hold."""
        start = _spot(self.place, cells[0])
        entries: dict[str, tuple[Scalar, Node]] = {"id": (_key("id", start), _scalar(row.id, start))}
        by_name = dict(zip(self.columns, cells, strict=True))
        says = {name.removeprefix("say."): cell for name, cell in by_name.items() if name.startswith("say.") and cell.text.strip()}
        if says:
            spoken = {name: (_key(name, _spot(self.place, cell)), self._value(cell)) for name, cell in says.items()}
            entries["say"] = (_key("say", start), Tree(dict(spoken), True, start))
        elif "say" in by_name and by_name["say"].text.strip():
            entries["say"] = (_key("say", start), self._value(by_name["say"]))
        asked = next((_spot(self.place, cell) for name, cell in by_name.items() if name in row.tests), start)
        entries["when"] = (_key("when", start), _scalar(self._when(row, before), asked))
        entries["then"] = (_key("then", start), self._then(by_name, row))
        for name in ("final", "basis", "owner", "contest"):
            if name in by_name and by_name[name].text.strip():
                entries[name] = (_key(name, start), self._value(by_name[name]))
        return Tree(entries, True, start)

    def _when(self, row: Row, before: list[Row]) -> str:
        if not all(each.tests for each in before):
            return "false"  # a row above holds for everybody
        parts = [self._holds(row), *(f"!({self._holds(each)})" for each in before)]
        return " && ".join(part for part in parts if part != "true") or "true"

    def _holds(self, row: Row) -> str:
        return " && ".join(condition(name, test, self.facts[name].type) for name, test in row.tests.items()) or "true"

    def _then(self, by_name: Mapping[str, Cell], row: Row) -> Node:
        answer = by_name["answer"]
        spot, word = _spot(self.place, answer), answer.text.strip()
        amends = {name.removeprefix("amend."): cell for name, cell in by_name.items() if name.startswith("amend.") and cell.text.strip()}
        asks = by_name.get("ask")
        names = [name for name in re.split(r"[\s,]+", asks.text) if name] if asks is not None else []
        for there, key in ((amends, "amend"), (names, "ask")):
            if there and word != key:
                raise _error(f"{row.id}: something to {key}, and the answer is {shown(word)}", str(spot), f"write `{key}`, or empty the cell")
            if word == key and not there:
                raise _error(f"{row.id}: nothing to {key}", str(spot), "fill a column `amend.<fact>`" if key == "amend" else "fill the column `ask`")
        if word == "amend":
            changed: dict[str, tuple[Scalar, Node]] = {
                name: (_key(name, _spot(self.place, cell)), self._value(cell)) for name, cell in amends.items()
            }
            return Tree({"amend": (_key("amend", spot), Tree(changed, True, spot))}, True, spot)
        if word == "ask" and asks is not None:
            asked = _spot(self.place, asks)
            return Tree({"ask": (_key("ask", spot), Listing([_scalar(name, asked) for name in names], True, asked))}, True, spot)
        return _scalar(word, spot)

    def _value(self, cell: Cell) -> Scalar:
        return Scalar(cell.text.strip(), '"' if cell.quoted else "", _spot(self.place, cell), 0)


def _spot(place: str, cell: Cell) -> Spot:
    return Spot(place, cell.line, cell.column, 0)


def _key(name: str, spot: Spot) -> Scalar:
    return Scalar(name, "", spot, 0)


def _scalar(text: str, spot: Spot) -> Scalar:
    return Scalar(text, "", spot, 0)


def _error(what: str, place: str, hint: str) -> ContractError:
    return ContractError("contract.table", what, place=place, hint=hint)
