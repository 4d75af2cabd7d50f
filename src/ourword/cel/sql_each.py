"""Macros in SQL: loops over lists and maps, in CEL's three readings. A list in SQL never holds NULL here; a loop that would make one gives NULL."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ourword.cel.expr import Each
from ourword.cel.overload import has_dyn
from ourword.cel.said import Said

if TYPE_CHECKING:
    from ourword.cel.sql import Writer


def each(writer: Writer, expr: Each, own: dict[str, Said]) -> Said:
    """Say a macro; what goes by position and filters too, or makes a map, is refused."""
    made = _EACH.get(expr.macro)
    type_ = writer.type(expr.over)
    if made is None or has_dyn((type_,)):
        raise writer.refused(expr, f"uses `{expr.macro}`")
    over = writer.write(expr.over, own)
    loop = _Loop(writer, expr, over, own)
    return made(loop)


class _Loop:
    """What a macro goes over, and its parts said for one item."""

    def __init__(self, writer: Writer, expr: Each, over: Said, own: dict[str, Said]) -> None:
        self.writer, self.expr, self.over, self.sql = writer, expr, over, writer.sql
        two, is_map = len(expr.variables) == 2, writer.type(expr.over).name == "map"
        names = self.sql.functions
        self.items = f"{names['entries' if two else 'keys']}({over.text})" if is_map else over.text
        self.item, self.at = writer.fresh(), writer.fresh()
        self.names: tuple[str, ...] = (self.item, self.at) if two and not is_map else (self.item,)
        if two and is_map:
            self.first = Said(self.sql.field(self.item, "key"), sure=True)
            second = Said(self.sql.field(self.item, "value"), over.denominator, sure=True)
        elif two:
            self.first = Said(self.sql.position(self.at), sure=True)
            second = Said(self.item, over.denominator, sure=True)
        else:
            self.first = second = Said(self.item, over.denominator, sure=True)
        bound = (self.first, second) if two else (self.first,)
        if len(expr.parts) == 2 and two and not is_map:
            raise writer.refused(expr, "filters by position")
        self.parts = [writer.write(part, {**own, **dict(zip(expr.variables, bound, strict=True))}) for part in expr.parts]
        self.fails = over.fails or any(part.fails for part in self.parts)

    def each(self, body: str, items: str = "") -> str:
        """One value for each item."""
        return self.sql.each(items or self.items, self.names, body)

    def all_known(self, part: Said, items: str, text: str) -> str:
        """NULL where the part is NULL for any item."""
        if part.sure:
            return text
        unknown = self.sql.cast(f"({part.text} IS NULL)", "INT")
        return f"(CASE WHEN coalesce({self.sql.most(self.each(unknown, items))}, 0) = 0 THEN {text} END)"

    def decided(self, by: bool) -> Said:
        """`all` and `exists`: 2 where an item decides, 1 where it is not known, 0 where it says the other."""
        truth = self.sql.cast(self.parts[0].text, "INT")
        score = f"coalesce({f'2 * {truth}' if by else f'2 - 2 * {truth}'}, 1)"
        most = f"nullif({self.sql.most(self.each(score))}, 1)"
        text = f"(CASE WHEN {self.count()} = 0 THEN {'false' if by else 'true'} ELSE {most} = {2 if by else 0} END)"
        return Said(text, sure=self.over.sure and self.parts[0].sure, fails=self.fails)

    def count(self) -> str:
        """How many items."""
        return f"{self.sql.functions['items']}({self.items})"

    def one(self) -> Said:
        """`exists_one`: NULL where any item is not known."""
        scores = self.each(f"coalesce({self.sql.cast(self.parts[0].text, 'BIGINT')}, 1000000000)")
        total = f"least(coalesce({self.sql.total(scores)}, 0), 1000000000)"
        text = self.writer.guarded([self.over], f"(nullif({total}, 1000000000) = 1)")
        return Said(text, sure=self.over.sure and self.parts[0].sure, fails=self.fails)

    def filtered(self) -> Said:
        """The items for which it holds."""
        if len(self.names) > 1 or self.first.text != self.item:
            raise self.writer.refused(self.expr, "filters by position")
        text = self.all_known(self.parts[0], self.items, self.kept())
        return Said(text, self.over.denominator, sure=self.over.sure and self.parts[0].sure, fails=self.fails)

    def kept(self) -> str:
        """The items that the first part lets through."""
        return self.sql.kept(self.items, self.item, self.parts[0].text)

    def mapped(self) -> Said:
        """One value for each item that a filter lets through."""
        last = self.parts[-1]
        items = self.kept() if len(self.parts) == 2 else self.items
        text = self.all_known(last, items, self.each(last.text, items))
        if len(self.parts) == 2:
            text = self.all_known(self.parts[0], self.items, text)
        sure = self.over.sure and all(part.sure for part in self.parts)
        return Said(text, last.denominator, sure=sure, fails=self.fails)


_EACH: dict[str, Callable[[_Loop], Said]] = {
    "all": lambda loop: loop.decided(False),
    "exists": lambda loop: loop.decided(True),
    "exists_one": _Loop.one,
    "existsOne": _Loop.one,
    "filter": _Loop.filtered,
    "map": _Loop.mapped,
    "transformList": _Loop.mapped,
}
