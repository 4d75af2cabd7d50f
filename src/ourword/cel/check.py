"""Types before running: a misspelt fact, a wrong unit or an impossible word is an error here, because elsewhere it would silently allow."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from ourword.cel import hints
from ourword.cel.expr import AND, IF, NOT, OR, Bind, Call, Each, Expr, ListOf, Literal, MapOf, Message, Name, Select
from ourword.cel.functions import candidates
from ourword.cel.overload import NEVER, Overload, chosen, joined
from ourword.cel.parse import too_deep
from ourword.cel.place import wrong
from ourword.cel.resolve import resolved
from ourword.cel.text import RE2_HINT, RE2_MISSING, pattern
from ourword.cel.types import BOOL, BYTES, DOUBLE, DYN, INT, NULL, STRING, TYPE, UINT, Type, list_of, map_of
from ourword.cel.values import TYPE_NAMES, Failure, Uint
from ourword.core.money import CURRENCIES
from ourword.errors import ConditionError

_LITERALS: dict[type, Type] = {bool: BOOL, int: INT, Uint: UINT, float: DOUBLE, str: STRING, bytes: BYTES, type(None): NULL}
_MONEY_FUNCTIONS = frozenset(code.lower() for code in CURRENCIES)
_CONVERSIONS = frozenset(("timestamp", "duration", "int", "uint", "double", "bool", *_MONEY_FUNCTIONS))
_CONDITIONS = frozenset(("all", "exists", "exists_one", "existsOne", "filter"))
KNOWN = "known"


class Checked(msgspec.Struct, frozen=True):
    """A condition with its types: of the whole, of each node by number, and the chosen overload of each call."""

    expr: Expr
    type: Type
    reads: frozenset[str]
    types: dict[int, Type]
    overloads: dict[int, Overload | None]
    """`None`: the values decide, because an argument is `dyn`."""


def check(expr: Expr, names: Mapping[str, Type], *, want: Type | None = None, place: str = "condition") -> Checked:
    """Type a condition strictly: no number mixes with another kind, no name is unknown, no word lies outside its enum.

    Raises `ConditionError` with a hint; *place* is moved to the offending column when it ends in line and column.

    >>> from ourword.cel.parse import parse
    >>> from ourword.cel.types import money
    >>> str(check(parse("amount * 80 / 100"), {"amount": money("EUR")}).type)
    'money(EUR)'
    """
    checker = Checker(names, place=place, loose=False)
    try:
        checked = checker.checked(resolved(expr, names))
    except RecursionError:
        raise too_deep(place) from None
    if want is not None:
        checker.wanted(checked.expr, checked.type, want)
    return checked


def deduce(expr: Expr, names: Mapping[str, Type], *, container: str = "", place: str = "condition") -> Checked:
    """Type a condition as standard CEL does: unlike items make `dyn`, and `dyn` fits everywhere."""
    return Checker(names, place=place, loose=True).checked(resolved(expr, names, container=container))


class Checker:
    """Walks a tree once, bottom up, with the types of the names that macros bring."""

    def __init__(self, names: Mapping[str, Type], *, place: str, loose: bool) -> None:
        self._names = names
        self._place = place
        self._loose = loose
        self._types: dict[int, Type] = {}
        self._overloads: dict[int, Overload | None] = {}
        self._reads: set[str] = set()

    def checked(self, expr: Expr) -> Checked:
        """Type the whole."""
        type_ = self._type(expr, {})
        return Checked(expr, type_, frozenset(self._reads), self._types, self._overloads)

    def wanted(self, expr: Expr, given: Type, want: Type) -> None:
        """Fail unless the whole gives what its reader needs."""
        if want.name == "enum" and given.name in ("enum", "string"):
            if given.name == "string" or not set(given.members) <= set(want.members):
                self._only_members(expr, want, closed=True)
            return
        if given == want or (want == STRING and given.name == "enum") or (given != DYN and joined(want, given, loose=False) == want):
            return
        hint = "write a question, such as amount > eur(500)" if want == BOOL else hints.ill_typed("_==_", (want, given))[1]
        raise self._error("type", f"this gives {given} where {want} is needed", hint, expr)

    def _error(self, code: str, what: str, hint: str, expr: Expr) -> ConditionError:
        return wrong(code, what, hint, place=self._place, line=expr.line, col=expr.col)

    def _type(self, expr: Expr, own: dict[str, Type]) -> Type:
        type_ = self._inferred(expr, own)
        self._types[expr.id] = type_
        return type_

    def _inferred(self, expr: Expr, own: dict[str, Type]) -> Type:
        match expr:
            case Literal(value=value):
                return _LITERALS[type(value)]
            case Name():
                return self._name(expr, own)
            case Select():
                return self._select(expr, own)
            case Call():
                return self._call(expr, own)
            case ListOf(items=items):
                return list_of(self._common(items, own, "the items of this list"))
            case MapOf(entries=entries):
                keys = self._common(tuple(key for key, _ in entries), own, "the keys of this map")
                self._key(keys, expr)
                return map_of(keys, self._common(tuple(value for _, value in entries), own, "the values of this map"))
            case Each():
                return self._each(expr, own)
            case Bind(name=name, value=value, body=body):
                return self._type(body, {**own, name: self._type(value, own)})
            case Message(name=name):
                raise self._error("message", f"`{name}{{…}}`: there are no protobuf messages", "declare a record under `types:` in the wiring", expr)

    def _name(self, expr: Name, own: dict[str, Type]) -> Type:
        if expr.name in own and not expr.absolute:
            return own[expr.name]
        if expr.name in self._names:
            self._reads.add(expr.name)
            return self._names[expr.name]
        if expr.name in TYPE_NAMES:
            return TYPE
        raise self._error("name", f"`{expr.name}` is not declared", hints.nearest(expr.name, {*self._names, *own}), expr)

    def _select(self, expr: Select, own: dict[str, Type]) -> Type:
        of = self._type(expr.of, own)
        if expr.optional:
            raise self._error("optional", "optional values (`.?`) are not supported yet in conditions", "ask has(record.field) first", expr)
        type_ = self._field(expr, of)
        return BOOL if expr.test else type_

    def _field(self, expr: Select, of: Type) -> Type:
        if of.name == "record":
            type_ = of.field(expr.field)
            if type_ is None:
                raise self._error("field", f"`{of}` has no field `{expr.field}`", hints.nearest(expr.field, (name for name, _ in of.fields)), expr)
            return type_
        if of.name == "map" and (of.of[0] in (STRING, NEVER, DYN) or self._loose):
            return of.of[1]
        if of in (DYN, NEVER):
            return DYN
        raise self._error("field", f"{of} has no fields, so not `{expr.field}`", "only records and maps with text keys have fields", expr)

    def _common(self, parts: tuple[Expr, ...], own: dict[str, Type], what: str) -> Type:
        common = NEVER
        for part in parts:
            type_ = self._type(part, own)
            joint = joined(common, type_, loose=self._loose)
            if joint is None:
                raise self._error("mixed", f"{what} mix {common} and {type_}", "items of one list need one type", part)
            common = joint
        return common

    def _key(self, keys: Type, expr: Expr) -> None:
        if not self._loose and keys.name not in ("bool", "int", "uint", "string", "enum", "never"):
            raise self._error("key", f"{keys} cannot be a key", "keys are text, int, uint or bool", expr)

    # ---- calls ----

    def _call(self, expr: Call, own: dict[str, Type]) -> Type:
        if expr.function == KNOWN and not expr.receiver:
            return self._known(expr, own)
        args = [self._type(arg, own) for arg in expr.args]
        if expr.function in (AND, OR, NOT):
            return self._logic(expr, args)
        if expr.function == IF:
            return self._choice(expr, args)
        found = chosen(candidates(expr.function, receiver=expr.receiver), args, loose=self._loose)
        if found is None and expr.function in self._names:
            return self._declared(expr)
        if found is None or (not self._loose and self._hides_mixture(expr, args)):
            what, hint = hints.ill_typed(expr.function, args)
            raise self._error("type", what, hint, expr)
        self._overloads[expr.id] = found[0]
        if not self._loose:
            self._members(expr, args)
            self._literal(expr, args, found[0])
        return found[1]

    def _declared(self, expr: Call) -> Type:
        """A function that the caller declares by its result; only the suite does, to see types deduced."""
        declared = self._names[expr.function]
        if declared.name != "function":
            raise self._error("type", f"`{expr.function}` is a fact of type {declared}, not a function", "write it without brackets", expr)
        return declared.of[0]

    def _hides_mixture(self, expr: Call, args: list[Type]) -> bool:
        # An amount beside a value of no declared type may be cents beside euros; an enum never equals an enum of other words.
        if DYN in args and any(arg.name == "money" for arg in args):
            return True
        enums = [arg for arg in args if arg.name == "enum"]
        return expr.function in ("_==_", "_!=_") and len(enums) == 2 and not set(enums[0].members) & set(enums[1].members)

    def _known(self, expr: Call, own: dict[str, Type]) -> Type:
        if len(expr.args) != 1 or not isinstance(expr.args[0], Name) or expr.args[0].name in own:
            raise self._error("known", "`known` asks about one fact", "write known(amount)", expr)
        self._type(expr.args[0], own)
        self._overloads[expr.id] = None
        return BOOL

    def _logic(self, expr: Call, args: list[Type]) -> Type:
        for part, type_ in zip(expr.args, args, strict=True):
            if type_ != BOOL and type_ not in (DYN, NEVER):
                raise self._error("type", f"`{hints.sign(expr.function)}` needs true or false, not {type_}", "compare it with something", part)
        self._overloads[expr.id] = None
        return BOOL

    def _choice(self, expr: Call, args: list[Type]) -> Type:
        if args[0] not in (BOOL, DYN, NEVER):
            raise self._error("type", f"`?` needs true or false before it, and this is {args[0]}", "compare it with something", expr.args[0])
        joint = joined(args[1], args[2], loose=self._loose)
        if joint is None:
            raise self._error("mixed", f"the two results of `?` are {args[1]} and {args[2]}", "both need the same type", expr)
        self._overloads[expr.id] = None
        return joint

    def _each(self, expr: Each, own: dict[str, Type]) -> Type:
        over = self._type(expr.over, own)
        key, item = self._ranges(expr, over)
        inner = dict(zip(expr.variables, (key, item) if len(expr.variables) == 2 else (key if over.name == "map" else item,), strict=True))
        parts = [self._type(part, {**own, **inner}) for part in expr.parts]
        conditions = parts if expr.macro in _CONDITIONS else parts[:-1]
        for part, type_ in zip(expr.parts, conditions, strict=False):
            if type_ not in (BOOL, DYN, NEVER):
                raise self._error("type", f"`{expr.macro}` needs true or false for each item, and this is {type_}", "compare it with something", part)
        return self._gathered(expr, key, inner[expr.variables[0]], parts[-1])

    def _ranges(self, expr: Each, over: Type) -> tuple[Type, Type]:
        if over.name == "list" and expr.macro not in ("optMap", "optFlatMap"):
            return INT, over.of[0]
        if over.name == "map":
            return over.of[0], over.of[1]
        if over in (DYN, NEVER):
            return DYN, DYN
        raise self._error("type", f"`{expr.macro}` goes over a list or a map, and this is {over}", "apply it to a list fact, such as items", expr)

    def _gathered(self, expr: Each, key: Type, first: Type, last: Type) -> Type:
        if expr.macro == "filter":
            return list_of(first)
        if expr.macro in _CONDITIONS:
            return BOOL
        if expr.macro == "transformMap":
            return map_of(key, last)
        if expr.macro == "transformMapEntry":
            if last.name != "map" and last != DYN:
                raise self._error("type", f"`transformMapEntry` needs a map for each item, not {last}", "write {key: value}", expr.parts[-1])
            return last
        return list_of(last)

    # ---- literals ----

    def _members(self, expr: Call, args: list[Type]) -> None:
        if expr.function not in ("_==_", "_!=_", "@in"):
            return
        for one, other in ((0, 1), (1, 0)):
            type_ = args[one].of[0] if args[one].name in ("list", "map") and args[one].of else args[one]
            if type_.name == "enum":
                self._only_members(expr.args[other], type_, closed=False)

    def _only_members(self, expr: Expr, enum: Type, *, closed: bool) -> None:
        match expr:
            case Literal(value=str(word)):
                if word not in enum.members:
                    raise self._error("member", f"{word!r} is none of {enum}", hints.nearest(word, enum.members), expr)
            case ListOf(items=parts) | Call(function="_?_:_", args=(_, *parts)):
                for part in parts:
                    self._only_members(part, enum, closed=closed)
            case _:
                given = self._types[expr.id]
                if closed and not (given.name == "enum" and set(given.members) <= set(enum.members)):
                    raise self._error("type", f"this gives {given} where {enum} is needed", "write one of its words in quotes", expr)

    def _literal(self, expr: Call, args: list[Type], overload: Overload | None) -> None:
        """Fail now for what would fail on every run: `timestamp('soon')`, `eur(0.001)`, `matches('(')`."""
        values = [arg.value for arg in expr.args if isinstance(arg, Literal)]
        if expr.function in _MONEY_FUNCTIONS and not values and args[0] != INT:
            raise self._error("money", f"`{expr.function}` takes an amount as written", f"write {expr.function}(12.50)", expr)
        try:
            if expr.function == "matches":
                pattern(str(values[-1]) if isinstance(expr.args[-1], Literal) else "")
            elif expr.function in _CONVERSIONS and len(values) == 1 == len(args) and overload is not None:
                overload.run(*values)
        except Failure as failure:
            hint = RE2_HINT if str(failure) == RE2_MISSING else "correct the value"
            raise self._error("value", str(failure), hint, expr) from None
