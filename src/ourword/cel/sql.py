"""A checked condition to SQL, with the same three readings: true, false, and NULL for unknown.

SQL's own AND and OR are CEL's: `false AND NULL` is false in either order. What fails while it runs must be NULL and must not
stop a query over millions of past decisions: so sums are made in 128 bits and then made to fit, divisors are never zero, and
what has no such form is refused (`NotInSql`) and left to Python. Money divided stays exact: its numerator is SQL, its
denominator is known while compiling. The tests hold DuckDB to the Python reading on random conditions.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction

from ourword.cel.check import KNOWN, Checked
from ourword.cel.dialect import DIALECTS, Dialect
from ourword.cel.evaluate import Builder
from ourword.cel.expr import AND, Bind, Call, Each, Expr, ListOf, Name, Select
from ourword.cel.overload import has_dyn
from ourword.cel.place import moved
from ourword.cel.python import read_below
from ourword.cel.said import DENOMINATOR_MAX, NotInSql, Said
from ourword.cel.sql_calls import call
from ourword.cel.sql_each import each
from ourword.cel.types import Type
from ourword.cel.unknown import Unknown
from ourword.cel.unparse import unparse
from ourword.cel.values import TypeValue

SIZE_MAX = 100_000
"""Characters of SQL for one condition: what is said twice doubles with each level, and a database must still plan it."""
DEPTH_MAX = 250
"""Brackets within brackets; DuckDB reads a thousand levels of its own."""


def said(checked: Checked, columns: Mapping[str, Said], *, dialect: str = "duckdb", place: str = "condition") -> Said:
    """Say a condition in SQL, each fact by the expression in *columns*; raise `NotInSql` where there is no such form.

    >>> from ourword.cel.check import check
    >>> from ourword.cel.parse import parse
    >>> from ourword.cel.types import BOOL, money
    >>> condition = check(parse("opened && amount > eur(500)"), {"opened": BOOL, "amount": money("EUR")})
    >>> said(condition, {"opened": Said("opened"), "amount": Said("amount")}).text
    '(opened AND (amount > 50000))'
    """
    return Writer(checked, columns, DIALECTS[dialect](), place).whole()


class Writer:
    """Writes each node; what is compound comes back in brackets."""

    def __init__(self, checked: Checked, columns: Mapping[str, Said], dialect: Dialect, place: str) -> None:
        self.checked, self.columns, self.sql, self.place = checked, columns, dialect, place
        self.reads = read_below(checked.expr)
        self._names = 0

    def whole(self) -> Said:
        """The whole condition."""
        made = self.write(self.checked.expr, {})
        if _depth(made.text) > DEPTH_MAX:
            raise self.refused(self.checked.expr, "nests too deeply", "name its parts as derived facts (`is:`) in the wiring")
        return made

    def refused(self, expr: Expr, why: str, hint: str = "Python reads it; nothing else is lost") -> NotInSql:
        """The one error: what has no form in SQL, where it stands, and why."""
        text = unparse(expr)
        shown = text if len(text) <= 80 else text[:79] + "…"
        what = f"`{shown}` has no form in {self.sql.title}: it {why}"
        return NotInSql("condition.not-in-sql", what, place=moved(self.place, expr.line, expr.col), hint=hint)

    def type(self, expr: Expr) -> Type:
        """A node's type."""
        return self.checked.types[expr.id]

    def fresh(self) -> str:
        """A name of our own for a loop: no name of the user's stands in SQL."""
        self._names += 1
        return f"v{self._names}"

    def write(self, expr: Expr, own: dict[str, Said]) -> Said:
        """Give the SQL of a node; *own* maps a macro's names to what they stand for."""
        made = self._written(expr, own)
        if len(made.text) > SIZE_MAX:
            raise self.refused(expr, f"would take more than {SIZE_MAX:,} characters", "name its parts as derived facts (`is:`) in the wiring")
        return made

    def _written(self, expr: Expr, own: dict[str, Said]) -> Said:
        if not self.reads[expr.id]:
            return self._folded(expr)
        match expr:
            case Name(name=name, absolute=absolute):
                if name in own and not absolute:
                    return own[name]
                if name in self.columns:
                    self._fits(expr, self.type(expr))
                    return self.columns[name]
                raise self.refused(expr, "is no fact that is stored")
            case Select():
                return self._select(expr, own)
            case Call():
                return self._call(expr, own)
            case ListOf(items=items, optional=()):
                return self._list(expr, [self.write(item, own) for item in items])
            case Each():
                return each(self, expr, own)
            case Bind(name=name, value=value, body=body):
                return self.write(body, {**own, name: self.write(value, own)})
            case _:
                raise self.refused(expr, "makes a map")

    # ---- what reads nothing ----

    def _folded(self, expr: Expr) -> Said:
        """What reads nothing is worked out once, now."""
        builder = Builder(self.checked, frozenset())
        run, _ = builder.build(expr, {})
        value = run({}, [None] * builder.slots)
        if isinstance(value, Unknown):
            return Said(f"CAST(NULL AS {self.sql.type(self.type(expr))})", fails=True)
        return self.constant(expr, self.type(expr), value)

    def constant(self, expr: Expr, type_: Type, value: object) -> Said:
        """A value known while compiling."""
        match value:
            case bool():
                return Said("true" if value else "false", sure=True)
            case TypeValue():
                raise self.refused(expr, "is a type")
            case Fraction():
                return self.exact(expr, str(value.numerator), value.denominator, sure=True)
            case int():
                self._fits(expr, type_)
                return Said(str(value) if value >= 0 else f"({value})", sure=True)
            case float():
                shown = repr(value) if math.isfinite(value) else ("NaN" if value != value else "Infinity" if value > 0 else "-Infinity")
                return Said(f"CAST('{shown}' AS DOUBLE)", sure=True)
            case str():
                return Said(self.sql.text(value), sure=True)
            case bytes():
                return Said(self.sql.blob(value), sure=True)
            case list():
                parts = [self.constant(expr, type_.of[0], item) for item in value]
                return self._list(expr, parts)
            case dict():
                keys = [self.constant(expr, type_.of[0], key) for key in value]
                values = [self.constant(expr, type_.of[1], item) for item in value.values()]
                if keys and all(part.denominator == 1 for part in values):
                    return Said(self.sql.map_of([key.text for key in keys], [part.text for part in values]), sure=True)
        raise self.refused(expr, f"is {type_}")

    def _fits(self, expr: Expr, type_: Type) -> None:
        if type_.name == "uint" and not self.sql.unsigned:
            raise self.refused(expr, "is unsigned")

    # ---- helpers that keep NULL, range and exactness ----

    def wide(self, said: Said) -> str:
        """In 128 bits."""
        return said.text if said.denominator > 1 else self.sql.cast(said.text, self.sql.wide)

    def exact(self, expr: Expr, numerator: str, denominator: int, *, sure: bool = False, fails: bool = False) -> Said:
        """An exact amount whose denominator is known."""
        if denominator > DENOMINATOR_MAX:
            raise self.refused(expr, "divides money too finely")
        return Said(numerator, denominator, sure=sure, fails=fails)

    def scaled(self, expr: Expr, parts: list[Said]) -> tuple[list[str], int]:
        """Amounts brought to one denominator."""
        common = math.lcm(*(part.denominator for part in parts))
        if common > DENOMINATOR_MAX:
            raise self.refused(expr, "divides money too finely")
        if common == 1:
            return [part.text for part in parts], 1
        return [self._times(part, common // part.denominator) for part in parts], common

    def _times(self, part: Said, by: int) -> str:
        if by == 1:
            return part.text
        return str(int(part.text) * by) if part.text.isdigit() else f"({self.wide(part)} * {by})"

    def guarded(self, parts: list[Said], text: str) -> str:
        """NULL where a part is NULL, for what would pass over it."""
        open_ = [f"{part.text} IS NOT NULL" for part in parts if not part.sure]
        return f"(CASE WHEN {' AND '.join(open_)} THEN {text} END)" if open_ else text

    def _list(self, expr: Expr, parts: list[Said]) -> Said:
        texts, common = self.scaled(expr, parts) if parts else ([], 1)
        item = self.type(expr).of[0] if self.type(expr).of else self.type(expr)
        text = self.guarded(parts, self.sql.listed(texts, item))
        return Said(text, common, sure=all(part.sure for part in parts), fails=any(part.fails for part in parts))

    # ---- nodes ----

    def _select(self, expr: Select, own: dict[str, Said]) -> Said:
        of, type_ = self.write(expr.of, own), self.type(expr.of)
        if expr.optional or type_.name not in ("record", "map") or has_dyn((type_,)):
            raise self.refused(expr, "asks a value of no declared type")
        if type_.name == "map":
            key = self.sql.text(expr.field)
            held, there = self.sql.value(of.text, key), self.sql.has_key(of.text, key)
        else:
            self._distinct(expr, type_)
            held = self.sql.field(of.text, expr.field)
            there = f"({held} IS NOT NULL)"
        if expr.test:
            return Said(self.guarded([of], there), sure=of.sure, fails=of.fails)
        return Said(held, of.denominator, fails=True)

    def _distinct(self, expr: Expr, type_: Type) -> None:
        if len({name.casefold() for name, _ in type_.fields}) < len(type_.fields):
            raise self.refused(expr, "asks a record of which two fields differ in capitals alone")

    def _call(self, expr: Call, own: dict[str, Said]) -> Said:
        if expr.function == KNOWN:
            fact = self.write(expr.args[0], own)
            return Said("true" if fact.sure else f"({fact.text} IS NOT NULL)", sure=True)
        args = [self.write(arg, own) for arg in expr.args]
        sure, fails = all(arg.sure for arg in args), any(arg.fails for arg in args)
        match expr.function:
            case "_&&_" | "_||_":
                sign = " AND " if expr.function == AND else " OR "
                return Said(f"({sign.join(arg.text for arg in args)})", sure=sure, fails=fails)
            case "!_":
                return Said(f"(NOT {args[0].text})", sure=sure, fails=fails)
            case "_?_:_":
                texts, common = self.scaled(expr, args[1:])
                return Said(f"(CASE {args[0].text} WHEN true THEN {texts[0]} WHEN false THEN {texts[1]} END)", common, sure=sure, fails=fails)
        if has_dyn([self.type(arg) for arg in expr.args]):
            raise self.refused(expr, "asks a value of no declared type")
        return call(self, expr, args, own, sure=sure, fails=fails)


def _depth(text: str) -> int:
    deepest = open_ = 0
    for char in text:
        open_ += (char == "(") - (char == ")")
        deepest = max(deepest, open_)
    return deepest
