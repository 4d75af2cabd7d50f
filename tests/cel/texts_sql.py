"""Random conditions over every type that SQL can hold, each with a form in SQL; and facts for them, at their extremes."""

from __future__ import annotations

from hypothesis import strategies as st
from tests.cel.texts import unknown

from ourword.cel.types import BOOL, BYTES, DOUBLE, DURATION, INT, STRING, TIMESTAMP, UINT, Type, enum, list_of, map_of, money, record

LINE = record("line", {"price": money("EUR"), "Name": STRING, "weight": DOUBLE, "gift": BOOL})
SQL_NAMES: dict[str, Type] = {
    "b": BOOL,
    "n": INT,
    "u": UINT,
    "x": DOUBLE,
    "y": DOUBLE,
    "s": STRING,
    "t": STRING,
    "raw": BYTES,
    "reason": enum("damaged", "don't", 'say "so"'),
    "amount": money("EUR"),
    "yen": money("JPY"),
    "age": DURATION,
    "at": TIMESTAMP,
    "since": TIMESTAMP,
    "xs": list_of(INT),
    "words": list_of(STRING),
    "doubles": list_of(DOUBLE),
    "lines": list_of(LINE),
    "line": LINE,
    "stock": map_of(STRING, INT),
    "paid": map_of(INT, money("EUR")),
}
_INTS = st.integers(-3, 3) | st.sampled_from([2**63 - 1, -(2**63), 10**12, 86400])
_TEXT = st.text(alphabet="abB é🐱\u0301\x00'\"\\\n\t\u2028%_", max_size=4)
_DOUBLES = st.sampled_from([0.0, -0.0, 1.5, -1.5, float("inf"), float("-inf"), float("nan"), 2.0**63, 1e308]) | st.floats()
_INSTANTS = st.integers(-62135596800 * 10**9, 253402300799 * 10**9 + 10**9 - 1) | st.sampled_from([0, -1, 1_795_601_462_123_456_789])
_LINE = st.fixed_dictionaries({}, optional={"price": st.integers(0, 9), "Name": _TEXT, "weight": _DOUBLES, "gift": st.booleans()})
_VALUES: dict[str, st.SearchStrategy[object]] = {
    "b": st.booleans(),
    "n": _INTS,
    "u": st.integers(0, 3) | st.just(2**64 - 1),
    "x": _DOUBLES,
    "y": _DOUBLES,
    "s": _TEXT,
    "t": _TEXT,
    "raw": st.binary(max_size=3),
    "reason": st.sampled_from(["damaged", "don't", 'say "so"']),
    "amount": _INTS,
    "yen": _INTS,
    "age": _INTS | st.sampled_from([315_576_000_000 * 10**9, -(2**64)]),
    "at": _INSTANTS,
    "since": _INSTANTS,
    "xs": st.lists(_INTS, max_size=3),
    "words": st.lists(_TEXT, max_size=3),
    "doubles": st.lists(_DOUBLES, max_size=3),
    "lines": st.lists(_LINE, max_size=3),
    "line": _LINE,
    "stock": st.dictionaries(_TEXT, _INTS, max_size=3),
    "paid": st.dictionaries(_INTS, _INTS, max_size=3),
}
SQL_FACTS = st.fixed_dictionaries({name: values | st.just(unknown(name)) for name, values in _VALUES.items()})


def _two(signs: list[str], parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds("({} {} {})".format, parts, st.sampled_from(signs), parts)


def _grown(leaves: list[str], signs: list[str], more: st.SearchStrategy[str] | None = None) -> st.SearchStrategy[str]:
    def grow(below: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        choice = st.builds("({} ? {} : {})".format, _ATOMS, below, below)
        return _two(signs, below) | choice if signs else choice

    found = st.recursive(st.sampled_from(leaves), grow, max_leaves=4)
    return found | more if more is not None else found


_ORDER = ["<", "<=", ">", ">=", "==", "!="]
_ATOMS = st.sampled_from(
    [
        "b", "known(n)", "known(line)", "!b", "true", "has(line.price)", "has(line.Name)", "line.gift", "has(stock.a)", "(n in xs)", "(s in words)",
        "(x in doubles)", "(x in [1.5, 0.0])", "(n in [])", "(reason in ['damaged', \"don't\"])", "(s in stock)", "(n in paid)", "s.contains(t)",
        "s.startsWith(t)", "s.endsWith(t)", "s.contains('')", r"s.matches('^[aé]+')", r"s.matches('b.$')", "(s in [t, 'a'])", "(xs == [1, n])",
        "(words == ['a', s])", "(amount in [eur(1), amount / 3])", "(raw < b'a')", "(raw == b'\\x00')", "(raw + raw != raw)", "bool('true')",
        "(1 / 0 == 1)", "(words != words)", "(reason == \"don't\")", "(reason + s == t)", "(b < known(s))", "doubles.exists(d, d != d)",
        "(n in [1, 2, n])", "stock.exists(k, k == s)", "stock.all(k, v, v > n)", "paid.exists(k, v, v > amount && k < n)",
    ]
)  # fmt: skip
_INT = _grown(
    ["n", "0", "1", "-1", "-3", "9223372036854775807", "size(s)", "size(xs)", "size(raw)", "size(stock)", "xs[0]", "xs[n]", "xs[5]", "int(u)",
     "int(x)", "sum(xs)",
     "stock['a']", "stock[s]", "stock.b", "at.getFullYear()", "at.getMonth()", "at.getDate()", "at.getDayOfMonth()", "at.getDayOfWeek()",
     "at.getDayOfYear()", "at.getHours()", "at.getMinutes()", "at.getSeconds()", "at.getMilliseconds()", "at.getHours('-09:30')", "age.getHours()",
     "age.getMinutes()", "age.getSeconds()", "age.getMilliseconds()", "int(at)", "math.abs(n)", "math.greatest(n, 2)", "math.least(n, size(s), 7)",
     "{'a': 1, 'b': 2}[s]", "{'a': {1: 2}, '': {0: 3}}[s][n]",
     "{1: 2, -1: 3}[n]",
     "s.indexOf(t)", "size(words.filter(w, w != s))", "sum(xs.map(v, v * 2))", "size(xs + xs)", "sum(xs.filter(v, v > n))", "size(lines)", "-n",
     "size(xs.map(v, v > n, v + 1))", "sum(stock.map(k, size(k)))", "cel.bind(z, n + 1, z * z)", "sum(xs.transformList(p, v, p * v))"],
    ["+", "-", "*", "/", "%"],
)  # fmt: skip
_UINT = _grown(["u", "0u", "2u", "18446744073709551615u", "uint(n)"], ["+", "-", "*", "/", "%"])
_DOUBLE = _grown(["x", "y", "0.0", "1.5", "-2.0", "double(n)", "double(u)", "doubles[0]", "line.weight", "-x"], ["+", "-", "*", "/"])
_STRING = _grown(
    ["s", "t", "''", "'a'", "'é🐱'", r"'\u0000'", "\"don't\"", r"'\\'", "string(reason)",
     "string(n)", "string(b)", "words[0]", "line.Name", "s.lowerAscii()",
     "t.upperAscii()", "s.trim()", "s.charAt(1)", "s.charAt(n)", "s.substring(1)", "s.substring(n, 3)", "string(u)", "words[n]"],
    ["+"],
)  # fmt: skip
_MONEY = _grown(
    ["amount", "eur(5)", "eur(0.01)", "lines[0].price", "line.price", "sum(lines.map(l, l.price))", "amount * 80 / 100", "amount / 3", "amount / -7",
     "amount / -1", "amount / 0", "-amount", "math.greatest(amount, eur(1))", "math.least(amount / 3, eur(1))", "sum(lines.map(l, l.price / 3))",
     "paid[n]", "amount / 3 * n", "(amount - eur(1) / 7) * 3", "eur(n)", "lines.map(l, l.price)[n]"],
    ["+", "-"],
)  # fmt: skip
_SPAN = _grown(["age", "days(30)", "hours(n)", "duration('1.5s')", "(at - since)", "-age", "days(n)", "minutes(-5)"], ["+", "-"])
_INSTANT = _grown(["at", "since", "timestamp('2026-11-25T12:00:00Z')", "at + age", "since - days(400)", "age + at", "timestamp(n)"], [])
_TESTS = (
    _ATOMS
    | _two(_ORDER, _INT)
    | _two(_ORDER, _UINT)
    | _two(_ORDER, _DOUBLE)
    | _two(_ORDER, _STRING)
    | _two(_ORDER, _MONEY)
    | _two(_ORDER, _SPAN)
    | _two(_ORDER, _INSTANT)
    | st.builds("(yen / 3 {} jpy({}))".format, st.sampled_from(_ORDER), st.sampled_from(["0", "n", "7"]))
    | st.builds("lines.{}(l, l.gift || l.price {} {})".format, st.sampled_from(["all", "exists", "exists_one"]), st.sampled_from(_ORDER), _MONEY)
    | st.builds("lines.{}(l, has(l.weight) && l.weight < {})".format, st.sampled_from(["all", "exists", "exists_one"]), _DOUBLE)
    | st.builds("xs.{}(v, 4 / v > {})".format, st.sampled_from(["all", "exists", "exists_one"]), _INT)
    | st.builds("xs.{}(p, v, p + v < {})".format, st.sampled_from(["all", "exists", "existsOne"]), _INT)
    | st.builds("xs.exists(v, words.all(w, size(w) < v || w == {}))".format, _STRING)
    | st.builds("({} in xs.map(v, v % 3))".format, _INT)
    | st.builds("({} in words)".format, _STRING)
)
SQL_CONDITIONS = st.recursive(
    _TESTS,
    lambda below: _two(["&&", "||", "==", "!="], below) | st.builds("!({})".format, below) | st.builds("({} ? {} : {})".format, below, below, below),
    max_leaves=5,
)
"""Random conditions, many of which fail while they run: they overflow, divide by zero, look outside a list."""
