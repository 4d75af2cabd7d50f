"""Runs the CEL conformance suite in its plain JSON form: `python -m ourword.cel.conformance DIR [--core] [--verbose]`.

A file is `{"file", "core", "tests": [{"section", "name", "expr", "value" | "error", …}]}`; a value is `{"kind": value}`
with integers as text. This module is a command, so it may read files.
"""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from ourword.cel.check import deduce
from ourword.cel.dynamic import dynamic
from ourword.cel.overload import NEVER
from ourword.cel.parse import parse
from ourword.cel.types import BOOL, BYTES, DOUBLE, DURATION, DYN, INT, NULL, STRING, TIMESTAMP, TYPE, UINT, Type, list_of, map_of
from ourword.cel.values import Failure, Map, TypeValue, Uint, kind
from ourword.errors import ConditionError, UsageError

Test = dict[str, Any]

_READ: dict[str, Callable[[Any], object]] = {
    "null": lambda _: None,
    "bool": bool,
    "int": int,
    "uint": lambda value: Uint(int(value)),
    "double": float,
    "string": str,
    "bytes_base64": base64.b64decode,
    "type": TypeValue,
    "list": lambda items: [value_of(item) for item in items],
    "map": lambda entries: Map((value_of(key), value_of(value)) for key, value in entries),
    "timestamp": lambda value: dynamic(parse(f"timestamp('{value}')"), {}),
    "duration": lambda value: dynamic(parse(f"duration('{value}')"), {}),
}
_TYPES = {type_.name: type_ for type_ in (BOOL, INT, UINT, DOUBLE, STRING, BYTES, NULL, TIMESTAMP, DURATION, DYN, TYPE)}


def value_of(given: dict[str, Any]) -> object:
    """Read a value as the suite writes it.

    >>> value_of({"list": [{"int": "1"}, {"bool": True}]})
    [1, True]
    """
    ((kind_, value),) = given.items()
    return _READ[kind_](value)


def type_of(given: Any) -> Type:
    """Read a type as the suite writes it.

    >>> print(type_of({"map": ["string", "int"]}))
    map(string, int)
    """
    if isinstance(given, str):
        return _TYPES.get(given, DYN)
    ((kind_, of),) = given.items()
    if kind_ == "list":
        return list_of(type_of(of))
    return map_of(*map(type_of, of)) if kind_ == "map" else Type(kind_, tuple(type_of(overload["result"]) for overload in of))


def same(one: object, other: object) -> bool:
    """Say whether two values are the same in kind and content: stricter than `==`, so that `1u` does not pass for `1`; NaN is NaN."""
    if kind(one) != kind(other):
        return False
    if isinstance(one, float) and isinstance(other, float):
        return one == other or (one != one and other != other)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, Map) and isinstance(other, Map):
        return len(one) == len(other) and all(key in other and same(value, other[key]) for key, value in one.items())
    return one == other


def outcome(test: Test) -> str:
    """Run one test; an empty text means that it passed, else what came instead."""
    names = {name: type_of(type_) for name, type_ in test.get("types", {}).items()}
    try:
        expr = parse(test["expr"])
        if "deduced_type" in test:
            deduced = deduce(expr, names, container=test.get("container", "")).type
            if _settled(deduced) != type_of(test["deduced_type"]):
                return f"deduced {deduced}"
        if test.get("check_only"):
            return ""
        bindings = {name: value_of(value) for name, value in test.get("bindings", {}).items()}
        wanted = value_of(test.get("value", {"bool": True})) if "error" not in test else "an error"
        value = dynamic(expr, bindings, container=test.get("container", ""))
    except (Failure, ConditionError) as error:
        return "" if "error" in test else f"error: {error}"
    except Exception as crash:  # a case that we cannot even run has failed; the others still count
        return f"crashed: {crash!r}"
    return "" if "error" not in test and same(value, wanted) else f"{value!r} where {wanted!r} was expected"


def _settled(type_: Type) -> Type:
    return DYN if type_ == NEVER else Type(type_.name, tuple(map(_settled, type_.of))) if type_.of else type_


def run_file(suite: dict[str, Any], *, verbose: bool) -> tuple[int, int]:
    """Run one file's tests, print its line; give how many passed and failed."""
    outcomes = [(test, outcome(test)) for test in suite["tests"]]
    failed = [(test, what) for test, what in outcomes if what]
    print(f"{suite['file']:18} {len(outcomes) - len(failed)}/{len(outcomes)}{'  (core)' if suite.get('core') else ''}")
    for test, what in failed if verbose else ():
        print(f"    {test['section']}/{test['name']}: {test['expr']}\n        {what}")
    return len(outcomes) - len(failed), len(failed)


def main(args: list[str]) -> int:
    """Run every file of the folder; give 0 when nothing failed, 1 when something did, 64 for a wrong call."""
    folders = [arg for arg in args if not arg.startswith("--")]
    unknown = set(args) - set(folders) - {"--core", "--verbose"}
    if len(folders) != 1 or unknown or not Path(folders[0]).is_dir():
        hint = "python -m ourword.cel.conformance DIR [--core] [--verbose]"
        print(UsageError("usage.conformance", "one folder of suite files is needed", place="conformance", hint=hint), file=sys.stderr)
        return UsageError.exit_code
    suites = [msgspec.json.decode(path.read_bytes()) for path in sorted(Path(folders[0]).glob("*.json"))]
    results = [run_file(suite, verbose="--verbose" in args) for suite in suites if suite.get("core") or "--core" not in args]
    passed, failed = sum(each[0] for each in results), sum(each[1] for each in results)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
