"""Functions and operators in SQL, each found by its name and its first argument's type. What is not in the table is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ourword.cel.arithmetic import SECOND, TIMESTAMP_MAX, TIMESTAMP_MIN
from ourword.cel.expr import Call, Expr, ListOf, Literal
from ourword.cel.said import DENOMINATOR_MAX, Made, Said
from ourword.cel.sql_text import TEXT_CALLS
from ourword.cel.sql_times import TIME_CALLS
from ourword.cel.types import Type
from ourword.cel.values import INT_MAX, INT_MIN
from ourword.core.money import CURRENCIES

if TYPE_CHECKING:
    from ourword.cel.sql import Writer

_ORDER = {"_<_": "<", "_<=_": "<=", "_>_": ">", "_>=_": ">=", "_==_": "=", "_!=_": "<>"}
_WHOLE = {"int": "BIGINT", "uint": "UBIGINT", "duration": "BIGINT", "money": "BIGINT"}
_NARROW = frozenset(("int", "uint", "money"))
"""What is stored in 64 bits; durations and instants may take more."""
_PLAIN_EQUAL = frozenset(("bool", "int", "uint", "string", "enum", "bytes", "timestamp", "duration", "money"))


def call(writer: Writer, expr: Call, args: list[Said], own: dict[str, Said], *, sure: bool, fails: bool) -> Said:
    """Say a call whose arguments are said already; *sure* and *fails* hold for all of these."""
    types = [writer.type(arg) for arg in expr.args]
    if not writer.sql.unsigned and "uint" in (writer.type(expr).name, *(type_.name for type_ in types)):
        raise writer.refused(expr, "is unsigned")
    if expr.function in _ORDER:
        return _compared(writer, expr, types, args, sure, fails)
    if expr.function == "@in":
        return _member(writer, expr, types, args, own, fails)
    if expr.function == "_[_]":
        return _indexed(writer, expr, types, args)
    made: Made | None = _CALLS.get((expr.function, types[0].name)) if types else None
    if made is not None:
        return made(writer, expr, args, fails)
    if expr.function.upper() in CURRENCIES and types[0].name == "int":
        return _money_of(writer, expr, args)
    raise writer.refused(expr, f"uses `{expr.function.strip('_@')}`")


# ---- comparing ----


def _compared(writer: Writer, expr: Call, types: list[Type], args: list[Said], sure: bool, fails: bool) -> Said:
    _comparable(writer, expr, types)
    (one, other), _ = writer.scaled(expr, args)
    text = f"({one} {_ORDER[expr.function]} {other})"
    if "double" in (types[0].name, types[1].name):
        text = _no_nan(writer, expr, args, text)
    return Said(text, sure=sure, fails=fails)


def _comparable(writer: Writer, expr: Call, types: list[Type]) -> None:
    for type_ in types:
        while type_.name == "list" and expr.function in ("_==_", "_!=_"):
            type_ = type_.of[0]
            if type_.name == "double":
                raise writer.refused(expr, "compares lists of doubles")
        if type_.name not in _PLAIN_EQUAL and type_.name not in ("double", "never"):
            raise writer.refused(expr, f"compares {type_}")


def _no_nan(writer: Writer, expr: Call, args: list[Said], text: str) -> str:
    """Databases say that NaN equals itself and is above all; CEL, that no comparison with it holds."""
    open_ = [arg.text for arg, node in zip(args, expr.args, strict=True) if not isinstance(node, Literal)]
    if not open_:
        return text
    # Added up, so that one NULL makes the whole NULL, as strict comparing does.
    nans = " + ".join(writer.sql.cast(writer.sql.is_nan(each), "INT") for each in open_)
    different = expr.function == "_!=_"
    return f"({text} {'OR' if different else 'AND'} ({nans} {'>' if different else '='} 0))"


def _member(writer: Writer, expr: Call, types: list[Type], args: list[Said], own: dict[str, Said], fails: bool) -> Said:
    item, items = args
    if types[1].name == "map":
        return Said(writer.guarded(args, writer.sql.has_key(items.text, item.text)), fails=fails)
    inner = types[1].of[0] if types[1].of else types[1]
    if inner.name not in _PLAIN_EQUAL and inner.name not in ("double", "never"):
        raise writer.refused(expr, f"looks for {inner}")
    nan = f" AND NOT {writer.sql.is_nan(item.text)}" if types[0].name == "double" else ""
    if isinstance(expr.args[1], ListOf):
        return _among(writer, expr.args[1], item, nan, fails, own)
    if item.denominator > 1 or items.denominator > 1:
        raise writer.refused(expr, "looks for a divided amount")
    return Said(writer.guarded(args, f"({writer.sql.holds(items.text, item.text)}{nan})"), fails=fails)


def _among(writer: Writer, listed: ListOf, item: Said, nan: str, fails: bool, own: dict[str, Said]) -> Said:
    """Words or numbers that are written out; one that is not known leaves the whole not known."""
    parts = [writer.write(each, own) for each in listed.items]
    sure, fails = item.sure and all(part.sure for part in parts), fails or any(part.fails for part in parts)
    if not parts:
        return Said(writer.guarded([item], "false"), sure=sure, fails=fails)
    (sought, *texts), _ = writer.scaled(listed, [item, *parts])
    text = f"({sought} IN ({', '.join(texts)}){nan})"
    return Said(text if all(part.sure for part in parts) else writer.guarded([item, *parts], text), sure=sure, fails=fails)


def _indexed(writer: Writer, expr: Call, types: list[Type], args: list[Said]) -> Said:
    of, at = args
    if types[0].name == "map":
        return Said(writer.sql.value(of.text, at.text), of.denominator, fails=True)
    if not writer.reads[expr.args[1].id]:
        fits = at.text.isdigit() and int(at.text) < 2**31 - 1
        place = at.text if fits else "CAST(NULL AS INT)"
    else:
        place = f"(CASE WHEN {at.text} BETWEEN 0 AND 1000000000 THEN {at.text} END)"
    return Said(writer.sql.item(of.text, place), of.denominator, fails=True)


# ---- arithmetic ----


def _fitting(writer: Writer, expr: Expr, text: str, denominator: int) -> Said:
    """A result in 128 bits, made to fit its type; NULL where it does not."""
    type_ = writer.type(expr).name
    if type_ == "timestamp":
        return Said(f"(CASE WHEN {text} BETWEEN ({TIMESTAMP_MIN}) AND {TIMESTAMP_MAX} THEN {text} END)", fails=True)
    if denominator > 1:
        low, high = INT_MIN * denominator, INT_MAX * denominator
        return writer.exact(expr, f"(CASE WHEN {text} BETWEEN ({low}) AND {high} THEN {text} END)", denominator, fails=True)
    return Said(writer.sql.fit(text, _WHOLE[type_]), fails=True)


def _plus(sign: str) -> Made:
    def made(writer: Writer, expr: Call, args: list[Said], fails: bool) -> Said:
        (one, other), common = writer.scaled(expr, args)
        if common == 1 and (kind := writer.type(expr).name) in _NARROW:
            return Said(writer.sql.tried(one, sign, other, _WHOLE[kind]), fails=True)
        parts = [f"{writer.wide(arg)} * {common // arg.denominator}" if arg.denominator < common else writer.wide(arg) for arg in args]
        return _fitting(writer, expr, f"({parts[0]} {sign} {parts[1]})", common)

    return made


def _times(writer: Writer, expr: Call, args: list[Said], fails: bool) -> Said:
    one, other = args
    denominator = one.denominator * other.denominator
    if denominator == 1:
        return Said(writer.sql.tried(one.text, "*", other.text, _WHOLE[writer.type(expr).name]), fails=True)
    product = f"({writer.sql.cast(one.text, writer.sql.wide)} * {writer.sql.cast(other.text, writer.sql.wide)})"
    # A numerator has up to 94 bits: what is far beyond 128 is NULL before it is multiplied.
    size = f"abs({writer.sql.cast(one.text, 'DOUBLE')} * {writer.sql.cast(other.text, 'DOUBLE')})"
    product = f"(CASE WHEN {size} < 5e37 THEN {product} END)"
    return _fitting(writer, expr, product, denominator)


def _divided(writer: Writer, expr: Call, args: list[Said], fails: bool) -> Said:
    return _fitting(writer, expr, writer.sql.divided(writer.wide(args[0]), _divisor(args[1])), 1)


def _remainder(writer: Writer, expr: Call, args: list[Said], fails: bool) -> Said:
    text = f"({args[0].text} % {_divisor(args[1])})"
    if writer.type(expr).name == "int" and (writer.reads[expr.args[1].id] or args[1].text == "(-1)"):
        # The least integer divided by -1 does not fit, so its remainder is an error too.
        text = f"(CASE WHEN NOT ({args[0].text} = ({INT_MIN}) AND {args[1].text} = -1) THEN {text} END)"
    return Said(text, fails=True)


def _divisor(said: Said) -> str:
    return said.text if said.text.isdigit() and int(said.text) else f"nullif({said.text}, 0)"


def _money_divided(writer: Writer, expr: Call, args: list[Said], fails: bool) -> Said:
    divisor = expr.args[1]
    if writer.reads[divisor.id]:
        raise writer.refused(expr, "divides money by a fact, which is exact in Python only")
    by = int(args[1].text.strip("()")) if args[1].text.strip("()-").isdigit() else 0
    if by == 0 or abs(by) * args[0].denominator > DENOMINATOR_MAX:
        if by:
            raise writer.refused(expr, "divides money too finely")
        return Said(writer.sql.cast("NULL", "BIGINT"), fails=True)
    numerator = writer.wide(args[0])
    if by == -1:
        return _fitting(writer, expr, f"(- {numerator})", args[0].denominator)
    # A whole number of minor units by any other divisor stays within 64 bits.
    return writer.exact(expr, numerator if by > 0 else f"(- {numerator})", args[0].denominator * abs(by), fails=fails)


def _minus(writer: Writer, expr: Call, args: list[Said], fails: bool) -> Said:
    return _fitting(writer, expr, f"(- {writer.wide(args[0])})", args[0].denominator)


def _double(sign: str) -> Made:
    def made(writer: Writer, expr: Call, args: list[Said], fails: bool) -> Said:
        if sign == "/" and not writer.sql.infinities:
            raise writer.refused(expr, "may divide a double by zero")
        return Said(f"({args[0].text} {sign} {args[1].text})", sure=args[0].sure and args[1].sure, fails=fails)

    return made


def _sum(writer: Writer, expr: Call, args: list[Said], fails: bool) -> Said:
    (items,) = args
    total = f"coalesce({writer.sql.total(items.text)}, 0)"
    kind = writer.type(expr).name
    if items.denominator > 1 or kind not in _WHOLE:
        made = _fitting(writer, expr, total, items.denominator)
        return Said(writer.guarded([items], made.text), items.denominator, fails=True)
    return Said(writer.guarded([items], writer.sql.fit(total, _WHOLE[kind])), fails=True)


def _best(function: str) -> Made:
    def made(writer: Writer, expr: Call, args: list[Said], fails: bool) -> Said:
        if writer.type(expr.args[0]).name == "list":
            raise writer.refused(expr, f"asks for the {function} of a list")
        texts, common = writer.scaled(expr, args)
        text = texts[0] if len(texts) == 1 else f"{function}({', '.join(texts)})"
        return Said(writer.guarded(args, text), common, sure=all(arg.sure for arg in args), fails=fails)

    return made


def _absolute(writer: Writer, expr: Call, args: list[Said], fails: bool) -> Said:
    return _fitting(writer, expr, f"abs({writer.wide(args[0])})", 1)


def _money_of(writer: Writer, expr: Call, args: list[Said]) -> Said:
    scale = 10 ** CURRENCIES[expr.function.upper()]
    text = f"({writer.wide(args[0])} * {scale})"
    return Said(f"(CASE WHEN {text} BETWEEN ({-INT_MAX}) AND {INT_MAX} THEN {writer.sql.fit(text, 'BIGINT')} END)", fails=True)


# ---- conversions ----


def _same(writer: Writer, expr: Call, args: list[Said], fails: bool) -> Said:
    return args[0]


def _int_of_double(writer: Writer, expr: Call, args: list[Said], fails: bool) -> Said:
    x, whole = args[0].text, writer.sql.fit(writer.sql.cut(args[0].text), "BIGINT")
    return Said(f"(CASE WHEN {x} > -9.223372036854775808e18 AND {x} < 9.223372036854775808e18 THEN {whole} END)", fails=True)


def _fit_to(kind: str) -> Made:
    return lambda writer, expr, args, fails: Said(writer.sql.fit(args[0].text, kind), fails=True)


def _cast_to(kind: str) -> Made:
    return lambda writer, expr, args, fails: Said(writer.sql.cast(args[0].text, kind), sure=args[0].sure, fails=fails)


def _second_of(writer: Writer, expr: Call, args: list[Said], fails: bool) -> Said:
    return _fitting(writer, expr, f"({writer.wide(args[0])} * {SECOND})", 1)


_NUMBERS: dict[tuple[str, str], Made] = {
    **{(name, kind): _plus(name[1]) for name in ("_+_", "_-_") for kind in ("int", "uint", "money", "duration", "timestamp")},
    **{("_*_", kind): _times for kind in ("int", "uint", "money")},
    **{("_/_", kind): _divided for kind in ("int", "uint")},
    **{("_%_", kind): _remainder for kind in ("int", "uint")},
    ("_/_", "money"): _money_divided,
    **{("-_", kind): _minus for kind in ("int", "money", "duration")},
    ("-_", "double"): lambda writer, expr, args, fails: Said(f"(- {args[0].text})", sure=args[0].sure, fails=fails),
    **{(f"_{sign}_", "double"): _double(sign) for sign in "+-*/"},
    **{("math.greatest", kind): _best("greatest") for kind in ("int", "uint", "money", "duration", "list")},
    **{("math.least", kind): _best("least") for kind in ("int", "uint", "money", "duration", "list")},
    ("math.abs", "int"): _absolute,
    ("timestamp", "int"): _second_of,
}
_CONVERSIONS: dict[tuple[str, str], Made] = {
    **{(name, name): _same for name in ("bool", "int", "uint", "double", "string", "bytes", "timestamp", "duration")},
    ("string", "enum"): _same,
    ("int", "uint"): _fit_to("BIGINT"),
    ("uint", "int"): _fit_to("UBIGINT"),
    ("int", "double"): _int_of_double,
    ("double", "int"): _cast_to("DOUBLE"),
    ("double", "uint"): _cast_to("DOUBLE"),
}


def _summed(writer: Writer, expr: Call, args: list[Said], fails: bool) -> Said:
    if writer.type(expr).name == "double":
        raise writer.refused(expr, "adds up doubles, whose order matters")
    return _sum(writer, expr, args, fails)


def _sized(writer: Writer, expr: Call, args: list[Said], fails: bool) -> Said:
    which = {"string": "length", "enum": "length", "bytes": "bytes", "list": "items", "map": "count"}[writer.type(expr.args[0]).name]
    return Said(writer.sql.cast(f"{writer.sql.functions[which]}({args[0].text})", "BIGINT"), sure=args[0].sure, fails=fails)


_CALLS: dict[tuple[str, str], Made] = {
    **_NUMBERS,
    **_CONVERSIONS,
    **TEXT_CALLS,
    **TIME_CALLS,
    ("sum", "list"): _summed,
    **{("size", kind): _sized for kind in ("string", "enum", "bytes", "list", "map")},
}
