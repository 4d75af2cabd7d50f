"""A checked condition to Python: `exact` for facts that may be unknown, `source` for the gate's fast path.

No text of a contract ever stands in generated source: what is not a number, true or false is a constant with a
generated name. So a hostile string or fact name cannot become code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ourword.cel.check import KNOWN, Checked
from ourword.cel.evaluate import Builder
from ourword.cel.expr import AND, IF, IN, NOT, OR, Bind, Call, Each, Expr, ListOf, Name, Select, children
from ourword.cel.overload import has_dyn
from ourword.cel.types import Type
from ourword.cel.unknown import Unknown
from ourword.cel.values import Failure, TypeValue

_NESTED_MAX = 40
"""Levels written out in source; Python's own parser stops at 200 brackets. Deeper parts run as closures."""
_BY_VALUE = frozenset(("double", "dyn", "never", "record"))
_HASHABLE = frozenset(("bool", "int", "uint", "string", "bytes", "enum", "money", "timestamp", "duration"))
_MISSING = object()

Exact = Callable[[Mapping[str, object]], object]


def exact(checked: Checked) -> Exact:
    """Make the three-valued evaluator: facts by name (a value may be an `Unknown`) to a value or an `Unknown`.

    >>> from ourword.cel.check import check
    >>> from ourword.cel.parse import parse
    >>> from ourword.cel.types import BOOL
    >>> run = exact(check(parse("opened && !confirmed"), {"opened": BOOL, "confirmed": BOOL}))
    >>> run({"opened": Unknown(frozenset({"opened"}), "absent"), "confirmed": True})
    False
    """
    builder = Builder(checked, checked.reads)
    run, _ = builder.build(checked.expr, {})
    slots = builder.slots
    return lambda facts: run(facts, [None] * slots)


class Constants:
    """Collects the values that generated source refers to, each under a generated name."""

    def __init__(self, prefix: str = "c") -> None:
        self._prefix = prefix
        self._namespace: dict[str, object] = {}
        self._names: dict[object, str] = {}

    def name(self, value: object) -> str:
        """Give the identifier that stands for a value; the same value gets the same name.

        >>> Constants().name("anything; at all")
        'c0'
        """
        key = (type(value), value) if isinstance(value, (str, bytes, frozenset, TypeValue)) else id(value)
        if key not in self._names:
            self._names[key] = f"{self._prefix}{len(self._namespace)}"
            self._namespace[self._names[key]] = value  # also keeps the value alive, so that its id stays its own
        return self._names[key]

    def namespace(self) -> dict[str, object]:
        """The globals that the generated source needs."""
        return dict(self._namespace)


def source(checked: Checked, slots: Mapping[str, str], constants: Constants) -> str:
    """Write a Python expression for facts that are all known, each held in the local variable `slots[name]`.

    It may raise any exception where `exact` gives an `Unknown`; ask `exact` then.

    >>> from ourword.cel.check import check
    >>> from ourword.cel.parse import parse
    >>> from ourword.cel.types import money
    >>> amount = check(parse("amount > eur(500)"), {"amount": money("EUR")})
    >>> source(amount, {"amount": "f0"}, Constants())
    'f0 > 50000'
    """
    text = _Writer(checked, slots, constants).write(checked.expr, {}, 0)
    return text[1:-1] if text.startswith("(") and _closes_last(text) else text


def _closes_last(text: str) -> bool:
    open_ = 0
    for at, char in enumerate(text):
        open_ += (char == "(") - (char == ")")
        if open_ == 0:
            return at == len(text) - 1
    return False


class _Writer:
    """Writes each node as Python; what is compound comes back in brackets."""

    def __init__(self, checked: Checked, slots: Mapping[str, str], constants: Constants) -> None:
        self._checked = checked
        self._slots = slots
        self._constants = constants
        self._reads = read_below(checked.expr)

    def write(self, expr: Expr, own: dict[str, str], depth: int) -> str:
        """Give the Python text of a node; *own* maps a macro's names to Python variables."""
        folded = self._folded(expr)
        if folded is not None:
            return folded
        if depth > _NESTED_MAX:
            return self._closure(expr, own)
        match expr:
            case Name(name=name, absolute=absolute):
                return self._name(name, {} if absolute else own)
            case Select():
                return self._select(expr, own, depth + 1)
            case Call():
                return self._call(expr, own, depth + 1)
            case ListOf(items=items, optional=()):
                return "[" + ", ".join(self.write(item, own, depth + 1) for item in items) + "]"
            case Each() if expr.macro in _EACH:
                return self._each(expr, own, depth + 1)
            case _:
                return self._closure(expr, own)

    def _name(self, name: str, own: dict[str, str]) -> str:
        if name in own:
            return own[name]
        return self._slots[name] if name in self._checked.reads else self._constants.name(TypeValue(name))

    def _type(self, expr: Expr) -> Type:
        return self._checked.types[expr.id]

    def _folded(self, expr: Expr) -> str | None:
        """What reads nothing is worked out once, now."""
        if self._reads[expr.id]:
            return None
        value = self._now(expr)
        return None if value is _MISSING else self._constant(value)

    def _now(self, expr: Expr) -> object:
        builder = Builder(self._checked, frozenset())
        run, _ = builder.build(expr, {})
        value = run({}, [None] * builder.slots)
        return _MISSING if isinstance(value, Unknown) else value

    def _constant(self, value: object) -> str:
        if value is None or value is True or value is False:
            return str(value)
        if type(value) is int:
            return repr(value) if value >= 0 else f"({value})"
        return self._constants.name(value)

    def _closure(self, expr: Expr, own: dict[str, str]) -> str:
        """A part that is rare or deep runs as its exact closure, and raises where that is unknown."""
        builder = Builder(self._checked, self._checked.reads)
        held = {name: (number, frozenset[str]()) for number, name in enumerate(own)}
        builder.slots = len(own)
        run, reads = builder.build(expr, held)
        needed, names = builder.slots - len(own), sorted(reads)

        def known(*values: object) -> Any:
            facts = dict(zip(names, values[len(held) :], strict=True))
            value = run(facts, [*values[: len(held)], *[None] * needed])
            if isinstance(value, Unknown):
                raise Failure(value.why)
            return value

        return f"{self._constants.name(known)}({', '.join((*own.values(), *(self._slots[name] for name in names)))})"

    def _select(self, expr: Select, own: dict[str, str], depth: int) -> str:
        if has_dyn((self._type(expr.of),)):
            return self._closure(expr, own)
        of, field = self.write(expr.of, own, depth), self._constants.name(expr.field)
        return f"({field} in {of})" if expr.test else f"{of}[{field}]"

    def _call(self, expr: Call, own: dict[str, str], depth: int) -> str:
        if expr.function == KNOWN:
            return "True"
        if has_dyn([self._type(arg) for arg in expr.args]):
            return self._closure(expr, own)
        if expr.function == IN:
            return self._membership(expr, own, depth)
        args = [self.write(arg, own, depth) for arg in expr.args]
        if expr.function in (AND, OR):
            return "(" + (" and " if expr.function == AND else " or ").join(args) + ")"
        if expr.function == NOT:
            return f"(not {args[0]})"
        if expr.function == IF:
            return f"({args[1]} if {args[0]} else {args[2]})"
        return self._overload(expr, args, own)

    def _overload(self, expr: Call, args: list[str], own: dict[str, str]) -> str:
        overload = self._checked.overloads[expr.id]
        if overload is None or expr.function in ("type", "dyn"):
            return self._closure(expr, own)
        if overload.emit and not (expr.function in ("_==_", "_!=_") and not all(_bare(self._type(arg)) for arg in expr.args)):
            return f"({overload.emit.format(*args, fail=self._constants.name(_out_of_range) if '{fail}' in overload.emit else '')})"
        return f"{self._constants.name(overload.run)}({', '.join(args)})"

    def _membership(self, expr: Call, own: dict[str, str], depth: int) -> str:
        item, items = expr.args
        overload = self._checked.overloads[expr.id]
        assert overload is not None
        if not self._reads[items.id] and self._type(items).name == "list" and self._type(items).of[0].name in _HASHABLE:
            value = self._now(items)
            if isinstance(value, list):
                return f"({self.write(item, own, depth)} in {self._constants.name(frozenset(value))})"
        args = (self.write(item, own, depth), self.write(items, own, depth))
        if self._type(items).name == "map" or _bare(self._type(items).of[0]):
            return f"({args[0]} in {args[1]})"
        return f"{self._constants.name(overload.run)}({', '.join(args)})"

    def _each(self, expr: Each, own: dict[str, str], depth: int) -> str:
        over = self.write(expr.over, own, depth)
        if ":=" in over:  # Python allows no assignment in what a comprehension goes over
            over = self._closure(expr.over, own)
        if has_dyn((self._type(expr.over),)):
            return self._closure(expr, own)
        names = [f"_x{expr.id}_{number}" for number in range(len(expr.variables))]
        parts = [self.write(part, {**own, **dict(zip(expr.variables, names, strict=True))}, depth) for part in expr.parts]
        if len(names) == 2:
            over = f"{over}.items()" if self._type(expr.over).name == "map" else f"{self._constants.name(enumerate)}({over})"
        going = f"for {', '.join(names)} in {over}"
        return _EACH[expr.macro](self._constants.name, parts, going, names)


def _out_of_range() -> None:
    raise Failure("range: the result does not fit its type")


_Written = Callable[[Callable[[object], str], list[str], str, list[str]], str]
_EACH: dict[str, _Written] = {
    "all": lambda name, parts, going, _: f"{name(all)}({parts[0]} {going})",
    "exists": lambda name, parts, going, _: f"{name(any)}({parts[0]} {going})",
    "exists_one": lambda name, parts, going, _: f"({name(sum)}({parts[0]} {going}) == 1)",
    "existsOne": lambda name, parts, going, _: f"({name(sum)}({parts[0]} {going}) == 1)",
    "filter": lambda _, parts, going, names: f"[{names[0]} {going} if {parts[0]}]",
    "map": lambda _, parts, going, names: f"[{parts[-1]} {going}{_if(parts)}]",
    "transformList": lambda _, parts, going, names: f"[{parts[-1]} {going}{_if(parts)}]",
    "transformMap": lambda _, parts, going, names: "{" + f"{names[0]}: {parts[-1]} {going}{_if(parts)}" + "}",
}


def _if(parts: list[str]) -> str:
    return f" if {parts[0]}" if len(parts) == 2 else ""


def _bare(type_: Type) -> bool:
    """Say whether Python's own `==` is right for two values of this type."""
    return type_.name == "double" or (type_.name not in _BY_VALUE and all(_deeply_bare(part) for part in type_.of))


def _deeply_bare(type_: Type) -> bool:
    # Python finds a NaN in a list by identity, CEL never does; so doubles inside containers are compared one by one.
    return type_.name not in _BY_VALUE and all(map(_deeply_bare, type_.of))


def read_below(expr: Expr) -> dict[int, bool]:
    """For each node: does it read a fact or a name of a macro? Macros themselves count: their loops do not run while compiling."""
    reads: dict[int, bool] = {}

    def visit(node: Expr) -> bool:
        # Every child is visited, so that each has an entry.
        below = [visit(child) for child in children(node)]
        reads[node.id] = isinstance(node, (Name, Each, Bind)) or any(below)
        return reads[node.id]

    visit(expr)
    return reads
