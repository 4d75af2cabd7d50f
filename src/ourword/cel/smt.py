"""A checked condition to the solver: the three values of `exact`, said for every customer at once.

Numbers are exact integers whose range is watched, as CEL watches it; money is exact; texts are equal or not. What cannot be
said so (lists of facts, macros, patterns, parts of texts, doubles that are worked out) becomes an *opaque atom*: a free
value of its type, the same for the same text over the same facts. A law in the tests holds this reading and `exact` together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import msgspec

from ourword.cel.arithmetic import SECOND, TIMESTAMP_MAX, TIMESTAMP_MIN
from ourword.cel.check import KNOWN, Checked
from ourword.cel.expr import AND, IF, IN, NEGATE, NOT, OR, Bind, Call, Expr, ListOf, Literal, Name, shape, walk
from ourword.cel.python import exact
from ourword.cel.smt_terms import Amount, Term, Truth, Unsayable, Words, alike, amount_fits, both, either, no, pick, same, solver, truncated, within
from ourword.cel.types import Type
from ourword.cel.unknown import Unknown
from ourword.cel.unparse import unparse
from ourword.cel.values import INT_MAX, INT_MIN, UINT_MAX

WHOLE = frozenset(("int", "uint", "duration", "timestamp"))
SAYABLE = WHOLE | {"bool", "money", "string", "enum", "double"}
"""Types whose values the solver can hold."""
_RANGES: dict[str, tuple[int, int]] = {
    "int": (INT_MIN, INT_MAX),
    "uint": (0, UINT_MAX),
    "duration": (INT_MIN, INT_MAX),
    "timestamp": (TIMESTAMP_MIN, TIMESTAMP_MAX),
}
_ORDER: dict[str, Callable[[Any, Any], Any]] = {
    "_<_": lambda a, b: a < b,
    "_<=_": lambda a, b: a <= b,
    "_>_": lambda a, b: a > b,
    "_>=_": lambda a, b: a >= b,
}
_SUMS: dict[str, Callable[[Any, Any], Any]] = {"_+_": lambda a, b: a + b, "_-_": lambda a, b: a - b, "_*_": lambda a, b: a * b}
_UNITS = {"days": 86400 * SECOND, "hours": 3600 * SECOND, "minutes": 60 * SECOND}
_PARTS = {"getHours": 3600 * SECOND, "getMinutes": 60 * SECOND, "getSeconds": SECOND}

Blame = tuple[bool, bool]
"""Whether facts that the customer states, and facts from elsewhere, are to blame."""


class Facts(msgspec.Struct, frozen=True):
    """The facts of one customer, as terms; and of each name, whose fault it is where something goes wrong with it."""

    terms: Mapping[str, Term]
    blame: Mapping[str, Blame]


class Atom(msgspec.Struct, frozen=True):
    """An opaque part of a condition: what it says, the facts it reads, and the free value that stands for it."""

    text: str
    type: Type
    reads: frozenset[str]
    term: Term
    checked: Checked


class Speech:
    """What is shared by all conditions that are held together: the numbers of texts, and the opaque atoms."""

    def __init__(self, words: Words | None = None, *, tag: str = "") -> None:
        self.words = words or Words()
        self.atoms: dict[object, Atom] = {}
        self.tag = tag
        """Tells the atoms of one speech from those of another that the same solver hears."""

    def term(self, checked: Checked, facts: Facts) -> Term:
        """Say a condition over these facts."""
        return _Sayer(self, checked, facts).say(checked.expr, {})

    def constant(self, type_: Type, value: Any) -> Term:
        """Say a value that is known; `Unsayable` for one that is not."""
        if isinstance(value, Unknown):
            return Term(False, zero(type_))
        return Term(True, self._constant(type_, value))

    def _constant(self, type_: Type, value: Any) -> Any:
        match type_.name:
            case "bool":
                return bool(value)
            case "int" | "uint" | "duration" | "timestamp":
                return int(value)
            case "money":
                return (Fraction(value).numerator, Fraction(value).denominator)
            case "string" | "enum":
                return self.words.number(value)
            case "double" if value == value and abs(value) != float("inf"):
                return solver().RealVal(Fraction(value))
            case "list":
                return tuple(self._constant(type_.of[0], item) for item in value)
        raise Unsayable


def zero(type_: Type) -> Any:
    """Any value of a type, for a term that is not known."""
    if type_.name not in SAYABLE:
        raise Unsayable
    match type_.name:
        case "bool":
            return False
        case "money":
            return (0, 1)
        case "double":
            return solver().RealVal(0)
    return 0


def variable(type_: Type, name: str) -> Any:
    """A free value of a type."""
    z3 = solver()
    match type_.name:
        case "bool":
            return z3.Bool(name)
        case "double":
            return z3.Real(name)
        case "money":
            return (z3.Int(name), 1)
        case _ if type_.name in SAYABLE:
            return z3.Int(name)
    raise Unsayable


_Own = Mapping[str, tuple[Term, frozenset[str]]]


class _Sayer:
    """Walks one condition, bottom up."""

    def __init__(self, speech: Speech, checked: Checked, facts: Facts) -> None:
        self._speech, self._checked, self._facts = speech, checked, facts

    def say(self, expr: Expr, own: _Own) -> Term:
        """Give the term of a node; what has no words becomes an atom at the first node that has a type for it."""
        try:
            return self._said(expr, own)
        except Unsayable:
            # A macro's own name has no meaning outside it: the atom is made further up.
            if self._type(expr).name not in SAYABLE or any(isinstance(node, Name) and node.name in own for node in walk(expr)):
                raise
            return self._atom(expr)

    def _type(self, expr: Expr) -> Type:
        return self._checked.types[expr.id]

    def _reads(self, expr: Expr, own: _Own) -> frozenset[str]:
        names: set[str] = set()
        for node in walk(expr):
            if isinstance(node, Name):
                names |= own[node.name][1] if node.name in own and not node.absolute else {node.name} & self._checked.reads
        return frozenset(names)

    def _said(self, expr: Expr, own: _Own) -> Term:
        match expr:
            case Name(name=name, absolute=absolute) if name in own and not absolute:
                return own[name][0]
            case Name(name=name) if name in self._checked.reads:
                if name not in self._facts.terms:
                    raise Unsayable
                return self._facts.terms[name]
            case Bind(name=name, value=value, body=body):
                return self.say(body, {**own, name: (self.say(value, own), self._reads(value, own))})
            case Call(function=function, receiver=False, args=(Name(name=name),)) if function == KNOWN:
                return Term(True, self._facts.terms[name].known if name in self._facts.terms else self._known_atom(name))
            case Literal() | Call() | ListOf() if not own and not self._reads(expr, own) and _plain(expr):
                return self._constant(expr)
            case ListOf(items=items, optional=()):
                return self._strict(expr, own, [self.say(item, own) for item in items], lambda *values: values)
            case Call():
                return self._call(expr, own)
        raise Unsayable

    def _constant(self, expr: Expr) -> Term:
        value = exact(msgspec.structs.replace(self._checked, expr=expr, type=self._type(expr), reads=frozenset()))({})
        return self._speech.constant(self._type(expr), value)

    def _call(self, expr: Call, own: _Own) -> Term:
        if expr.function in (AND, OR):
            return _decided([self.say(arg, own) for arg in expr.args], by=expr.function == OR)
        if expr.function == IF:
            condition, then, otherwise = (self.say(arg, own) for arg in expr.args)
            return _chosen(condition, then, otherwise, self._type(expr))
        if self._checked.overloads.get(expr.id) is None and expr.function != NOT:
            raise Unsayable
        types = [self._type(arg) for arg in expr.args]
        function = _function(expr.function, types, self._type(expr))
        return self._strict(expr, own, [self.say(arg, own) for arg in expr.args], function)

    def _strict(self, expr: Expr, own: _Own, args: list[Term], function: Callable[..., Any]) -> Term:
        """Known if every argument is, and if nothing fails; what fails blames all that it reads."""
        given = both(*(arg.known for arg in args))
        made = function(*(arg.value for arg in args))
        value, holds = made if isinstance(made, _Watched) else (made, True)
        stated, outside = self._fault(self._reads(expr, own)) if holds is not True else (False, False)
        blamed = [*args, Term(no(given), value, stated, outside)] if holds is not True else args
        return Term(both(given, holds), value, *_blame(blamed))

    def _fault(self, reads: frozenset[str]) -> Blame:
        blames = [self._facts.blame.get(name, (False, False)) for name in reads]
        return any(stated for stated, _ in blames), any(outside for _, outside in blames)

    # ---- what has no words ----

    def _atom(self, expr: Expr) -> Term:
        reads = self._reads(expr, {})
        # The same facts, by identity: an amended copy of a fact may give another value.
        key = (shape(expr), tuple((name, id(self._facts.terms.get(name))) for name in sorted(reads)))
        if key not in self._speech.atoms:
            z3, number = solver(), f"{self._speech.tag}{len(self._speech.atoms)}"
            stated, outside = self._fault(reads)
            surely = all(name in self._facts.terms and self._facts.terms[name].known is True for name in reads)
            free = (stated and outside) or self._fails_by_itself(expr)
            term = Term(
                True if surely else z3.Bool(f"atom {number} known"),
                variable(self._type(expr), f"atom {number}"),
                z3.Bool(f"atom {number} stated") if free and stated else stated,
                z3.Bool(f"atom {number} outside") if free and outside else outside,
            )
            part = msgspec.structs.replace(self._checked, expr=expr, type=self._type(expr), reads=reads)
            self._speech.atoms[key] = Atom(unparse(expr), self._type(expr), reads, term, part)
        return self._speech.atoms[key].term

    def _fails_by_itself(self, expr: Expr) -> bool:
        """Whether a part that reads no fact fails, as `1 / 0` does: then no fact is to blame."""
        return any(isinstance(node, Call) and _plain(node) and self._constant_fails(node) for node in walk(expr))

    def _constant_fails(self, expr: Expr) -> bool:
        return isinstance(exact(msgspec.structs.replace(self._checked, expr=expr, type=self._type(expr), reads=frozenset()))({}), Unknown)

    def _known_atom(self, name: str) -> Truth:
        return solver().Bool(f"known {name}")


class _Watched(tuple[Any, Truth]):
    """A value, and whether working it out does not fail."""

    __slots__ = ()


def _plain(expr: Expr) -> bool:
    return all(isinstance(node, Literal | Call | ListOf) and not getattr(node, "optional", ()) for node in walk(expr))


def _decided(terms: list[Term], *, by: bool) -> Term:
    """`&&` is false if one part is, `||` true: whatever the others are, even unknown."""
    sure = either(*(both(term.known, term.value if by else no(term.value)) for term in terms))
    return Term(
        either(sure, both(*(term.known for term in terms))),
        sure if by else no(sure),
        *_blame(terms),
    )


def _blame(parts: list[Term]) -> tuple[Truth, Truth]:
    """Whose facts are to blame where some of these are not known; where all could only blame the same, it is said once."""
    unsure = [part for part in parts if part.known is not True]
    return _united(unsure, [part.stated for part in unsure]), _united(unsure, [part.outside for part in unsure])


def _united(parts: list[Term], blames: list[Truth]) -> Truth:
    if not blames or (isinstance(blames[0], bool) and all(blame is blames[0] for blame in blames)):
        return blames[0] if blames else False
    return either(*(both(no(part.known), blame) for part, blame in zip(parts, blames, strict=True)))


def _chosen(condition: Term, then: Term, otherwise: Term, type_: Type) -> Term:
    def of(one: Truth, yes: Truth, other: Truth) -> Truth:
        return pick(condition.known, pick(condition.value, yes, other), one)

    return Term(
        both(condition.known, pick(condition.value, then.known, otherwise.known)),
        chosen_value(condition.value, then.value, otherwise.value, type_),
        of(condition.stated, then.stated, otherwise.stated),
        of(condition.outside, then.outside, otherwise.outside),
    )


def chosen_value(condition: Truth, then: Any, otherwise: Any, type_: Type) -> Any:
    """One of two values of a type."""
    if type_.name == "money":
        one, other, below = alike(then, otherwise)
        return (pick(condition, one, other), below)
    if type_.name not in SAYABLE:
        raise Unsayable
    return pick(condition, then, otherwise)


def equal_values(one: Any, other: Any, type_: Type) -> Truth:
    """Two values of a type are equal."""
    if type_.name == "money":
        a, b, _ = alike(one, other)
        return same(a, b)
    return same(one, other)


# ---- functions -----------------------------------------------------------------------------------------------------


def _function(name: str, types: list[Type], result: Type) -> Callable[..., Any]:
    """The function that works a call out over values of these types, or `Unsayable`."""
    kinds = {"string" if type_.name == "enum" else type_.name for type_ in types}
    kind = kinds.pop() if len(kinds) == 1 else ""
    if name == NOT:
        return no
    if name in ("_==_", "_!=_") and kind in SAYABLE:
        return (lambda a, b: equal_values(a, b, types[0])) if name == "_==_" else (lambda a, b: no(equal_values(a, b, types[0])))
    if name in _ORDER and kind in WHOLE | {"money", "double"}:
        return _ordered(_ORDER[name], kind)
    if name == IN and types[1].name == "list" and types[1].of[0].name in SAYABLE | {"never"}:
        return lambda item, items: either(*(equal_values(item, each, types[0]) for each in items))
    if name == "size" and types[0].name == "list":
        return len
    if name == "sum" and types[0].name == "list":
        return _total(result)
    if result.name == "money":
        return _money(name, types)
    if result.name in WHOLE:
        return _whole(name, types, result)
    raise Unsayable


def _ordered(holds: Callable[[Any, Any], Any], kind: str) -> Callable[..., Any]:
    if kind == "money":
        return lambda a, b: holds(*alike(a, b)[:2])
    return holds


def _in_range(type_: Type, value: Any) -> _Watched:
    return _Watched((value, within(value, *_RANGES[type_.name])))


def _whole(name: str, types: list[Type], result: Type) -> Callable[..., Any]:
    if name in _SUMS and len(types) == 2:
        return lambda a, b: _in_range(result, _SUMS[name](a, b))
    if name == NEGATE:
        return lambda a: _in_range(result, -a)
    if name in ("_/_", "_%_") and all(type_.name in ("int", "uint") for type_ in types):
        return lambda a, b: _quotient(a, b, result, remainder=name == "_%_")
    if name in _UNITS and types[0].name == "int":
        return lambda count: _in_range(result, count * _UNITS[name])
    if name in _PARTS and types[0].name == "duration" and len(types) == 1:
        return lambda value: truncated(value, _PARTS[name])
    raise Unsayable


def _quotient(a: Any, b: Any, result: Type, *, remainder: bool) -> _Watched:
    quotient = truncated(a, b)
    value = a - b * quotient if remainder else quotient
    return _Watched((value, both(no(same(b, 0)), within(quotient, *_RANGES[result.name]))))


def _money(name: str, types: list[Type]) -> Callable[..., Any]:
    def fitting(amount: Amount, also: Truth = True) -> _Watched:
        return _Watched((amount, both(also, amount_fits(amount))))

    def added(a: Amount, b: Amount) -> _Watched:
        one, other, below = alike(a, b)
        return fitting((_SUMS[name](one, other), below))

    def times(a: Any, b: Any) -> _Watched:
        (numerator, below), count = (a, b) if types[0].name == "money" else (b, a)
        return fitting((numerator * count, below))

    def divided(a: Amount, b: Any) -> _Watched:
        if isinstance(b, int):
            return fitting((a[0] if b > 0 else -a[0], a[1] * abs(b)), True) if b else _Watched(((0, 1), False))
        return fitting((pick(b > 0, a[0], -a[0]), a[1] * pick(b > 0, b, pick(b < 0, -b, 1))), no(same(b, 0)))

    if name in ("_+_", "_-_"):
        return added
    if name == "_*_":
        return times
    if name == "_/_":
        return divided
    if name == NEGATE:
        return lambda a: fitting((-a[0], a[1]))
    raise Unsayable


def _total(result: Type) -> Callable[..., Any]:
    if result.name == "money":

        def summed(items: tuple[Amount, ...]) -> _Watched:
            total: Amount = (0, 1)
            for item in items:
                one, other, below = alike(total, item)
                total = (one + other, below)
            return _Watched((total, amount_fits(total)))

        return summed
    if result.name in WHOLE:
        return lambda items: _in_range(result, sum(items))
    raise Unsayable
