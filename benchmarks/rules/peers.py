"""The same 30 rules in other engines, each compiled once, each as its own manual would have it.

Every contender gets the facts as a Python dict and gives which rules hold, as a mask. Where an engine takes many rules at
once it is given them at once, since crossing into it 30 times would measure the crossing.
"""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from benchmarks.rules.contract import BOOLS, CLAUSES, ENUMS, INTS, MONEY, NAMES

Facts = Mapping[str, Any]
_NAMED = re.compile(rf"\b({'|'.join(NAMES)})\b(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)")
"""A fact's name outside quotes."""


class Peer(msgspec.Struct, frozen=True):
    """An engine under test: `run` is timed, `mask` reads what it gave."""

    name: str
    run: Callable[[Facts], Any]
    mask: Callable[[Any], int]
    cannot_say: Sequence[str]


def conditions() -> list[str]:
    """The rules in plain CEL: money as bare minor units, since no other engine knows money."""
    return [re.sub(r"eur\((\d+)\)", lambda found: str(int(found[1]) * 100), when) for _, when, _ in CLAUSES]


def _bits(held: Sequence[bool]) -> int:
    return sum(1 << at for at, each in enumerate(held) if each)


_NO_MONEY = "money with its currency: amounts are bare minor units, EUR and USD would add up"
_NO_UNKNOWN = "a fact that is missing: it is an error of the whole evaluation, not an unknown that some rules can do without"
_NO_TYPES = "types of the facts: an ill-typed or negative amount is compared all the same, or fails in mid-evaluation"
_NO_ORDER = "which answer wins, ask and amend: the caller works that out from the rules that hold"


def cedar() -> Peer:
    """Cedar (Rust) through cedarpy: a permit a rule, a schema that checks the facts' types."""
    cedarpy = importlib.import_module("cedarpy")
    policies = cedarpy.PolicySet.from_str("\n".join(f"permit (principal, action, resource) when {{ {_cedar(when)} }};" for when in conditions()))
    typed = {**dict.fromkeys((*MONEY, *INTS), "Long"), **dict.fromkeys(ENUMS, "String"), **dict.fromkeys(BOOLS, "Bool")}
    context = ", ".join(f"{name}: {type_}" for name, type_ in typed.items())
    schema = cedarpy.Schema.from_str(f"entity C; action refund appliesTo {{ principal: C, resource: C, context: {{ {context} }} }};")
    entities = cedarpy.Entities.from_json_str("[]")

    def run(facts: Facts) -> Any:
        request = {"principal": 'C::"c"', "action": 'Action::"refund"', "resource": 'C::"c"', "context": json.dumps(facts)}
        return cedarpy.is_authorized(request, policies, entities, schema=schema)

    def mask(result: Any) -> int:
        return sum(1 << int(reason.removeprefix("policy")) for reason in result.diagnostics.reasons)

    return Peer("cedarpy", run, mask, (_NO_MONEY, _NO_UNKNOWN, "enumerations of words: any string passes", "five answers: only permit and forbid"))


def _cedar(when: str) -> str:
    when = re.sub(r"(\w+) in (\[[^\]]*\])", r"\2.contains(\1)", when)
    return _NAMED.sub(r"context.\1", when)


def zen() -> Peer:
    """zen-engine (Rust): one expression that gives the list of what holds."""
    engine = importlib.import_module("zen")
    program = engine.compile_expression("[" + ", ".join(_zen(when) for when in conditions()) + "]")
    return Peer(
        "zen-engine",
        lambda facts: program.evaluate(facts),
        _bits,
        (_NO_MONEY, _NO_UNKNOWN, _NO_TYPES, "64-bit overflow: sums are decimals", _NO_ORDER),
    )


def _zen(when: str) -> str:
    when = when.replace("&&", "and").replace("||", "or")
    return "(" + re.sub(r"!(?!=)", "not ", when) + ")"


def _listed() -> str:
    return "[" + ", ".join(conditions()) + "]"


def cel_cpp() -> Peer:
    """Google's own CEL (C++) through cel-expr-python: the facts' types declared, one expression that gives the list."""
    cel = importlib.import_module("cel_expr_python.cel")
    types = {**dict.fromkeys((*MONEY, *INTS), cel.Type.INT), **dict.fromkeys(ENUMS, cel.Type.STRING), **dict.fromkeys(BOOLS, cel.Type.BOOL)}
    program = cel.NewEnv(variables=types).compile(_listed())
    return Peer(
        "cel-expr-python (C++)",
        lambda facts: program.eval(data=facts).plain_value(),
        _bits,
        (_NO_MONEY, _NO_UNKNOWN, "that true is no number (Python's True passes as 1), the range of a fact, enumerations of words", _NO_ORDER),
    )


def cel_rust() -> Peer:
    """cel-rust through common-expression-language: one expression that gives the list."""
    cel = importlib.import_module("cel")
    program = cel.compile(_listed())
    return Peer("common-expression-language (Rust)", lambda facts: program.execute(facts), _bits, (_NO_MONEY, _NO_UNKNOWN, _NO_TYPES, _NO_ORDER))


def cel_python() -> Peer:
    """cel-python (celpy): one expression that gives the list."""
    celpy = importlib.import_module("celpy")
    environment = celpy.Environment()
    program = environment.program(environment.compile(_listed()))
    return Peer("cel-python", lambda facts: program.evaluate(celpy.json_to_cel(facts)), _bits, (_NO_MONEY, _NO_UNKNOWN, _NO_TYPES, _NO_ORDER))


PEERS: Mapping[str, Callable[[], Peer]] = {
    "cedarpy": cedar,
    "zen-engine": zen,
    "cel-expr-python (C++)": cel_cpp,
    "common-expression-language (Rust)": cel_rust,
    "cel-python": cel_python,
}
