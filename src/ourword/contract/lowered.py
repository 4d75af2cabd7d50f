"""The clauses of decision tables, put among a contract's own: after them, in the table's order, each with its place in the table's file."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from ourword.contract import model
from ourword.contract.keys import CONTRACT_SHAPE
from ourword.contract.table import table
from ourword.contract.walk import Branch, Walk
from ourword.errors import ContractError

Tables = Callable[[str, str], tuple[bytes, str]]
"""A table's name and the place where it is named -> the bytes of its file, and what the file is called in errors."""
_ROW = CONTRACT_SHAPE.below["decisions"].below["*"].below["clauses"].below["[]"]


def no_tables(name: str, place: str) -> tuple[bytes, str]:
    """For texts that come alone: no file lies beside them."""
    raise ContractError(
        "contract.table", f"the table `{name}` is not at hand", place=place, hint="open the contract as a file, with the table beside it"
    )


def lowered(contract: Branch, form: dict[str, Any], wiring: model.Wiring, walk: Walk, tables: Tables) -> dict[str, bytes]:
    """Add each table's rows to its kind's clauses, and to the canonical form with the digest of the file; give the files."""
    files: dict[str, bytes] = {}
    for name, kind in contract["decisions"].items():
        path = f"decisions.{name}"
        if "table" not in kind:
            _clauses_alone(kind, walk, path)
            continue
        data, called = tables(kind["table"], walk.places[f"{path}.table"])
        files[kind["table"]] = data
        hit = kind.get("hit", "collect")
        trees, read = table(data, file=kind["table"], place=called, hit=hit, facts=wiring.facts, zone=contract["zone"])
        own, own_form = kind.setdefault("clauses", []), form["decisions"][name].setdefault("clauses", [])
        for index, tree in enumerate(trees, len(own)):
            walk.places[f"{path}.clauses[{index}]"] = str(tree.start)
            value, written = walk.read(tree, _ROW, f"{path}.clauses[{index}]")
            own.append(value)
            own_form.append(written)
        form["decisions"][name]["table"] = {"file": kind["table"], "sha256": sha256(_plain(data)).hexdigest()}
        kind["table"] = read
    return files


def _clauses_alone(kind: Branch, walk: Walk, path: str) -> None:
    if "clauses" not in kind:
        raise ContractError("contract.missing", f"`{path}` has no `clauses`", place=kind.place, hint="add `clauses:`, or `table:` with a CSV file")
    if "hit" in kind:
        raise ContractError("contract.table", "`hit` without a table", place=walk.places[f"{path}.hit"], hint="add `table:`, or take `hit` out")


def _plain(data: bytes) -> bytes:
    """A file that only its line ends tell apart is the same: they change on the way from one machine to another."""
    return data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
