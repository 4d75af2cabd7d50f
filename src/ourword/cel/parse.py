"""Text to a tree: the whole CEL grammar, bounded in size and depth, every error with its column and a next step."""

from __future__ import annotations

from collections.abc import Callable

from ourword.cel.expr import AND, IF, IN, INDEX, NEGATE, NOT, OR, Call, Expr, ListOf, Literal, MapOf, Message, Name, Node, Select, children
from ourword.cel.lex import RESERVED, Lexer, Token
from ourword.cel.macros import NotAName, expanded
from ourword.cel.values import INT_MAX, Uint
from ourword.errors import ConditionError

SIZE_MAX = 1_000_000
"""Characters in one condition."""
DEPTH_MAX = 100
"""Levels of nesting, in the text and in the tree."""

_LEFT: dict[str, tuple[int, str]] = {
    **dict.fromkeys(("<", "<=", ">", ">=", "==", "!="), (4, "")),
    "in": (4, IN),
    **dict.fromkeys(("+", "-"), (5, "")),
    **dict.fromkeys(("*", "/", "%"), (6, "")),
}
_CHAINS = {"||": (2, OR), "&&": (3, AND)}
_IF, _UNARY, _MEMBER = 1, 7, 8
_MACRO_WRONG = {"has": ("`has` needs a field", "has(order.total) asks whether a field is there")}
_CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


def parse(text: str, *, place: str = "condition") -> Expr:
    """Read a condition as a tree.

    Raises `ConditionError` for anything that is not CEL, with the place moved to the offending column.

    >>> parse("amount > 5").function
    '_>_'
    """
    if len(text) > SIZE_MAX:
        what = f"the condition has {len(text):,} characters"
        raise ConditionError("condition.size", what, place=place, hint=f"at most {SIZE_MAX:,}; move long lists into the wiring as facts")
    try:
        return _Parser(text, place).whole()
    except RecursionError:
        raise too_deep(place) from None


def too_deep(place: str) -> ConditionError:
    """The error for a caller who stands so deep already that no stack is left for this condition."""
    return ConditionError("condition.depth", "nested too deep", place=place, hint="name its parts as derived facts (`is:`) in the wiring")


def _needs_a_name(macro: str) -> tuple[str, str]:
    return f"`{macro}` needs a simple name of its own here", "name each item first: items.all(i, i.price > eur(5))"


class _Parser:
    """A Pratt parser: `expression(power)` reads operators that bind at least as tightly as *power*."""

    def __init__(self, text: str, place: str) -> None:
        self._lexer = Lexer(text, place)
        self._tokens = self._lexer.tokens()
        self._token = next(self._tokens)
        self._made = 0
        self._open = 0
        self._depths: dict[int, int] = {}
        self._brackets: dict[str, Callable[[Token], Expr]] = {
            "(": self._group,
            "[": self._list,
            "{": self._map,
            "!": self._not,
            "-": self._minus,
            ".": self._rooted,
        }

    def whole(self) -> Expr:
        expr = self._expression(0)
        if self._token.kind != "end":
            raise self._error(f"{self._shown()} does not fit here", "did an operator (&&, ||, ==, in) or a bracket go missing before it?")
        return expr

    # ---- steps ----

    def _advance(self) -> Token:
        token = self._token
        self._token = token if token.kind == "end" else next(self._tokens)
        return token

    def _is(self, text: str) -> bool:
        return self._token.text == text and self._token.kind in ("op", "name")

    def _accept(self, text: str) -> bool:
        found = self._is(text)
        if found:
            self._advance()
        return found

    def _expect(self, text: str, after: str) -> None:
        if not self._accept(text):
            raise self._error(f"{self._shown()} found where `{text}` should close {after}", f"add `{text}`")

    def _shown(self) -> str:
        text = self._token.text if len(self._token.text) <= 40 else self._token.text[:39] + "…"
        return "the end" if self._token.kind == "end" else f"`{text}`"

    def _error(self, what: str, hint: str, at: Token | Node | None = None) -> ConditionError:
        at = at or self._token
        return self._lexer.error(what, hint, at.line, at.col)

    def _too_deep(self, at: Token | Node) -> ConditionError:
        return self._error(f"nested more than {DEPTH_MAX} levels deep", "name its parts as derived facts (`is:`) in the wiring", at)

    # ---- nodes ----

    def _where(self, token: Token) -> dict[str, int]:
        return {"id": self._next(), "line": token.line, "col": token.col}

    def _next(self) -> int:
        self._made += 1
        return self._made

    def _noted(self, expr: Expr) -> Expr:
        # Left-leaning chains (a.b.c, a + b + c) grow deep without nesting in the text; whoever walks the tree relies on this bound.
        depth = 1 + max((self._depths.get(child.id, 1) for child in children(expr)), default=0)
        if depth > DEPTH_MAX:
            raise self._too_deep(expr)
        self._depths[expr.id] = depth
        return expr

    def _call(self, token: Token, function: str, args: tuple[Expr, ...], *, receiver: bool = False) -> Expr:
        call = Call(**self._where(token), function=function, args=args, receiver=receiver)
        try:
            return self._noted(expanded(call))
        except NotAName as wrong:
            raise self._error(*_MACRO_WRONG.get(wrong.macro, _needs_a_name(wrong.macro)), wrong.given) from None

    # ---- expressions ----

    def _expression(self, power: int) -> Expr:
        self._open += 1
        if self._open > DEPTH_MAX:
            raise self._too_deep(self._token)
        left = self._operand()
        while True:
            grown = self._grown(left, power)
            if grown is None:
                break
            left = grown
        self._open -= 1
        return left

    def _grown(self, left: Expr, power: int) -> Expr | None:
        token = self._token
        if token.kind not in ("op", "name"):
            return None
        if token.text in _LEFT and _LEFT[token.text][0] >= power:
            return self._binary(left)
        if token.text in _CHAINS and _CHAINS[token.text][0] >= power:
            return self._chain(left)
        if token.text == "?" and power <= _IF:
            return self._choice(left)
        if token.text == ".":
            return self._member(left)
        return self._index(left) if token.text == "[" else None

    def _binary(self, left: Expr) -> Expr:
        token = self._advance()
        power, function = _LEFT[token.text]
        return self._call(token, function or f"_{token.text}_", (left, self._expression(power + 1)))

    def _chain(self, left: Expr) -> Expr:
        token = self._token
        power, function = _CHAINS[token.text]
        args = [left]
        while self._accept(token.text):
            args.append(self._expression(power + 1))
        return self._call(token, function, tuple(args))

    def _choice(self, condition: Expr) -> Expr:
        token = self._advance()
        then = self._expression(_IF + 1)
        self._expect(":", "the choice after `?`")
        return self._call(token, IF, (condition, then, self._expression(_IF)))

    def _member(self, of: Expr) -> Expr:
        dot = self._advance()
        optional = self._accept("?")
        token = self._advance()
        field = self._field(token)
        if self._is("(") and token.kind == "name" and not optional:
            return self._call(dot, field, (of, *self._arguments()), receiver=True)
        return self._noted(Select(id=self._next(), line=dot.line, col=dot.col, of=of, field=field, optional=optional))

    def _field(self, token: Token) -> str:
        if token.kind == "quoted":
            return str(token.value)
        if token.kind != "name" or token.text in _CONSTANTS or token.text == "in":
            raise self._error("a field name is missing after `.`", "write order.total, or order.`odd-name` for names with other characters", token)
        return token.text

    def _index(self, of: Expr) -> Expr:
        token = self._advance()
        function = "_[?_]" if self._accept("?") else INDEX
        at = self._expression(0)
        self._expect("]", "the index")
        return self._call(token, function, (of, at))

    # ---- operands ----

    def _operand(self) -> Expr:
        token = self._advance()
        if token.kind in ("literal", "number"):
            return self._literal(token, token.value)
        if token.kind == "name" and token.text != "in":
            return self._named(token, absolute=False)
        handler = self._brackets.get(token.text) if token.kind == "op" else None
        if handler is None:
            shown = "the end" if token.kind == "end" else f"`{token.text}`"
            raise self._error(f"{shown} found where a value should stand", "a value is a fact's name, a number, text in quotes, true or false", token)
        return handler(token)

    def _literal(self, token: Token, value: object) -> Expr:
        if isinstance(value, int) and not isinstance(value, Uint) and value > INT_MAX:
            raise self._error(f"`{token.text}` is too large for a 64-bit integer", f"integers end at {INT_MAX}", token)
        return Literal(**self._where(token), value=value)

    def _named(self, token: Token, *, absolute: bool) -> Expr:
        if token.text in _CONSTANTS and not absolute:
            return self._literal(token, _CONSTANTS[token.text])
        if token.text in RESERVED:
            raise self._error(f"`{token.text}` is a reserved word", "choose another name for the fact in the wiring", token)
        if self._is("("):
            return self._call(token, token.text, self._arguments())
        name = Name(**self._where(token), name=token.text, absolute=absolute)
        return self._qualified(name)

    def _qualified(self, expr: Expr) -> Expr:
        # Only a dotted name can start a message, so the dots are read here, where `{` may follow.
        path = [expr.name] if isinstance(expr, Name) else []
        while self._is(".") or self._is("{"):
            if self._is("{"):
                return self._message(expr, ("." if isinstance(expr, Name) and expr.absolute else "") + ".".join(path))
            expr = self._member(expr)
            if not isinstance(expr, Select) or expr.optional:
                return expr
            path.append(expr.field)
        return expr

    def _rooted(self, token: Token) -> Expr:
        name = self._advance()
        if name.kind != "name" or name.text in _CONSTANTS or name.text == "in":
            raise self._error("a name is missing after `.`", "a leading dot means a name from the very top: .amount", name)
        return self._named(name, absolute=True)

    def _message(self, expr: Expr, name: str) -> Expr:
        token = self._advance()
        fields: list[tuple[str, Expr]] = []
        while not self._is("}"):
            field = self._field(self._advance())
            self._expect(":", "the field's name")
            fields.append((field, self._expression(0)))
            if not self._accept(","):
                break
        self._expect("}", "the message")
        return self._noted(Message(**self._where(token), name=name, fields=tuple(fields)))

    def _arguments(self) -> tuple[Expr, ...]:
        self._advance()
        args: list[Expr] = []
        if not self._is(")"):
            args.append(self._expression(0))
            while self._accept(","):
                args.append(self._expression(0))
        self._expect(")", "the arguments")
        return tuple(args)

    def _group(self, _: Token) -> Expr:
        inner = self._expression(0)
        self._expect(")", "the bracket")
        return inner

    def _list(self, token: Token) -> Expr:
        items: list[Expr] = []
        optional: list[int] = []
        while not self._is("]"):
            if self._accept("?"):
                optional.append(len(items))
            items.append(self._expression(0))
            if not self._accept(","):
                break
        self._expect("]", "the list")
        return self._noted(ListOf(**self._where(token), items=tuple(items), optional=tuple(optional)))

    def _map(self, token: Token) -> Expr:
        entries: list[tuple[Expr, Expr]] = []
        optional: list[int] = []
        while not self._is("}"):
            if self._accept("?"):
                optional.append(len(entries))
            key = self._expression(0)
            self._expect(":", "the key")
            entries.append((key, self._expression(0)))
            if not self._accept(","):
                break
        self._expect("}", "the map")
        return self._noted(MapOf(**self._where(token), entries=tuple(entries), optional=tuple(optional)))

    def _not(self, token: Token) -> Expr:
        return self._call(token, NOT, (self._expression(_UNARY),))

    def _minus(self, token: Token) -> Expr:
        number = self._token
        if number.kind == "number" and not isinstance(number.value, Uint):
            self._advance()
            return Literal(**self._where(token), value=-number.value)  # type: ignore[operator]
        return self._call(token, NEGATE, (self._expression(_UNARY),))
