"""How much of the CEL standard each Python engine keeps: the cases of the conformance suite, by file.

    python -m benchmarks.conformance DIR [--json]

DIR holds the suite in its plain JSON form (as `python -m ourword.cel.conformance` reads it). Every engine that this Python can
import is run, each in its best case: with all extensions that it ships, variables declared where it takes types. A case
counts where the value that comes out is the one that is wanted, as far as Python's values tell (an unsigned 1 passes for 1, an
instant is compared to the microsecond), or where an error is wanted and there is one. The cases of `type_deductions` ask for
static types, which only ours and Google's give; elsewhere only their values count. This module imports nothing of ours, so it
runs in a virtual environment that holds the others alone; our own figure there is `missing`.
"""

from __future__ import annotations

import argparse
import base64
import importlib
import json
import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

Test = dict[str, Any]
Run = Callable[[Test, dict[str, Any]], Any]
"""Runs a case with its variables: gives a value, or raises."""

_TYPE_NAMES = {"null": "null_type", "timestamp": "google.protobuf.timestamp", "duration": "google.protobuf.duration"}


def plain(given: dict[str, Any]) -> Any:
    """A value as the suite writes it, as a plain Python one."""
    ((kind, value),) = given.items()
    match kind:
        case "null":
            return None
        case "int" | "uint":
            return int(value)
        case "double":
            return float(value)
        case "bytes_base64":
            return base64.b64decode(value)
        case "list":
            return [plain(item) for item in value]
        case "map":
            return {plain(key): plain(item) for key, item in value}
        case "timestamp":
            return _instant(value)
        case "duration":
            return _span(value)
        case "type":
            return _type_name(value)
    return value


def _instant(text: str) -> Any:
    try:
        return datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text).replace("Z", "+00:00")).astimezone(UTC)
    except ValueError:
        return text


def _span(text: str) -> Any:
    whole, _, part = text.rstrip("s").partition(".")
    sign = -1 if whole.startswith("-") else 1
    try:
        return timedelta(seconds=int(whole), microseconds=sign * int((part or "0").ljust(9, "0")[:6]))
    except (ValueError, OverflowError):
        return text


def _type_name(text: str) -> str:
    name = text.strip("'\"").lower().partition("<")[0]
    return f"type {_TYPE_NAMES.get(name, name)}"


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same, and as Python sees it of one kind: true is not 1, 1 is not 1.0."""
    if isinstance(one, bool) or isinstance(other, bool):
        return isinstance(one, bool) and isinstance(other, bool) and one == other
    if isinstance(one, float) or isinstance(other, float):
        return isinstance(one, float) and isinstance(other, float) and (one == other or (math.isnan(one) and math.isnan(other)))
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return len(one) == len(other) and all(key in other and same(value, other[key]) for key, value in one.items())
    return bool(one == other)


# ---- the engines ---------------------------------------------------------------------------------------------------


def cel_cpp() -> Run:
    """Google's own CEL (C++)."""
    cel = importlib.import_module("cel_expr_python.cel")
    modules = [importlib.import_module(f"cel_expr_python.ext.ext_{name}") for name in ("bindings", "encoders", "math", "optional", "strings")]
    extensions = [value() for module in modules for name, value in vars(module).items() if name.startswith("Ext") and isinstance(value, type)]

    def type_of(given: Any) -> Any:
        if isinstance(given, str):
            return getattr(cel.Type, given.upper(), cel.Type.DYN)
        ((kind, of),) = given.items()
        return cel.Type.List(type_of(of)) if kind == "list" else cel.Type.Map(*map(type_of, of)) if kind == "map" else cel.Type.DYN

    def run(test: Test, values: dict[str, Any]) -> Any:
        types = {name: type_of(type_) for name, type_ in test.get("types", {}).items()}
        config = cel.NewEnvConfigFromYaml("extensions:\n- name: two-var-comprehensions\n  version: latest\n")
        environment = cel.NewEnv(config=config, variables=types, extensions=extensions, container=test.get("container") or None)
        given = environment.compile(test["expr"]).eval(data=values)
        if given.type() == cel.Type.ERROR:
            raise ValueError("error")
        return read(given.plain_value())

    def read(value: Any) -> Any:
        if isinstance(value, cel.Type):
            return _type_name(value.name())
        if isinstance(value, bytearray):
            return bytes(value)
        if isinstance(value, list):
            return [read(item) for item in value]
        return {key: read(item) for key, item in value.items()} if isinstance(value, dict) else value

    return run


def cel_rust() -> Run:
    """cel-rust through common-expression-language."""
    cel = importlib.import_module("cel")
    stdlib = importlib.import_module("cel.stdlib")

    def run(test: Test, values: dict[str, Any]) -> Any:
        context = cel.Context(variables=values)
        stdlib.add_stdlib_to_context(context)
        given = cel.evaluate(test["expr"], context)
        return _type_name(given) if "type" in test.get("value", {}) and isinstance(given, str) else given  # a type is a text there

    return run


def cel_python() -> Run:
    """cel-python (celpy)."""
    celpy = importlib.import_module("celpy")
    types = celpy.celtypes

    def run(test: Test, values: dict[str, Any]) -> Any:
        environment = celpy.Environment(package=test.get("container") or None)
        unsigned = {name for name, type_ in test.get("types", {}).items() if type_ == "uint"}
        variables = {name: types.UintType(value) if name in unsigned else celpy.json_to_cel(value) for name, value in values.items()}
        given = environment.program(environment.compile(test["expr"])).evaluate(variables)
        if isinstance(given, Exception):
            raise given
        return read(given)

    def read(value: Any) -> Any:
        match value:
            case types.BoolType():
                return bool(value)
            case types.IntType() | types.UintType():
                return int(value)
            case types.DoubleType():
                return float(value)
            case types.StringType():
                return str(value)
            case types.BytesType():
                return bytes(value)
            case types.ListType():
                return [read(item) for item in value]
            case types.MapType():
                return {read(key): read(item) for key, item in value.items()}
            case type():
                return _type_name(value.__name__.removesuffix("Type"))
        return value

    return run


ENGINES: dict[str, Callable[[], Run]] = {"cel-expr-python": cel_cpp, "common-expression-language": cel_rust, "cel-python": cel_python}


def passes(run: Run, test: Test) -> bool:
    """Whether an engine does what a case wants; whatever it raises is its error."""
    try:
        values = {name: plain(value) for name, value in test.get("bindings", {}).items()}
        given = run(test, values)
    except Exception:
        return "error" in test
    except BaseException as panic:  # a panic of Rust's is no Exception
        if isinstance(panic, (KeyboardInterrupt, SystemExit)):
            raise
        return False
    return "error" not in test and (test.get("check_only", False) or same(plain(test.get("value", {"bool": True})), given))


def ours(suites: list[dict[str, Any]]) -> list[int]:
    """How many of each file's cases ours keeps, by its own runner, which compares kinds and static types too."""
    outcome = importlib.import_module("ourword.cel.conformance").outcome
    return [sum(not outcome(test) for test in suite["tests"]) for suite in suites]


def measure(folder: Path) -> dict[str, Any]:
    """Run every engine over every file."""
    suites = [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))]
    found: dict[str, Any] = {}
    try:
        found["ourword"] = ours(suites)
    except ImportError:
        found["ourword"] = None
    for name, make in ENGINES.items():
        try:
            run = make()
        except ImportError:
            found[name] = None
            continue
        found[name] = [sum(passes(run, test) for test in suite["tests"]) for suite in suites]
    return {"files": [(suite["file"], bool(suite.get("core")), len(suite["tests"])) for suite in suites], "passed": found}


def table(told: dict[str, Any]) -> str:
    """The figures as the README has them."""
    names = list(told["passed"])
    lines = [f"| file | cases | {' | '.join(names)} |", f"|---|---|{'---|' * len(names)}"]
    columns = [told["passed"][name] for name in names]
    for at, (file, core, cases) in enumerate(told["files"]):
        lines.append(f"| {file}{' (core)' if core else ''} | {cases} | {' | '.join(str(each[at]) if each else 'missing' for each in columns)} |")
    for what, chosen in (("core", [core for _, core, _ in told["files"]]), ("all", [True] * len(told["files"]))):
        cases = sum(count for (_, _, count), counts in zip(told["files"], chosen, strict=True) if counts)
        sums = [str(sum(n for n, counts in zip(each, chosen, strict=True) if counts)) if each else "missing" for each in columns]
        lines.append(f"| **{what}** | {cases} | {' | '.join(sums)} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    given = parser.parse_args()
    told = measure(given.folder)
    print(json.dumps(told) if given.json else table(told))


if __name__ == "__main__":
    main()
