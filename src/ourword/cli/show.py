"""`ourword show`: what a contract is, in the form that is asked for."""

from __future__ import annotations

import sys
from collections.abc import Sized
from pathlib import Path
from typing import Any

from ourword.cli.check import checked
from ourword.cli.out import json_line, line, safe, usage
from ourword.contract.files import draft_of
from ourword.contract.model import Contract, Draft
from ourword.core.language import matched, spoken
from ourword.errors import ContractError


def run(
    contract: Path | None, wiring: Path | None, *, prose: bool, python: bool, sql: str, schema: str, table: str = "", as_json: bool, lang: str
) -> int:
    """Print one view of a contract; without an option the short one: digest, kinds, owners."""
    if sum((prose, python, bool(sql), bool(schema), bool(table))) > 1:
        raise usage("show", "one view at a time", place="ourword show", hint="choose one of --prose, --python, --sql, --table, --schema")
    if schema:
        return _schema(schema)
    if sql not in ("", "duckdb", "spark"):
        raise usage("dialect", f"there is no dialect `{sql[:60]}`", place="--dialect", hint="choose duckdb or spark")
    if contract is None or wiring is None:
        raise usage("show", "both files are needed", place="ourword show", hint="ourword show contract.yaml wiring.yaml")
    sound = _sound(draft_of(contract, wiring))
    if lang and not matched(lang, sound.draft.languages):
        raise usage("lang", f"the contract has no `{lang}`", place="--lang", hint=f"it speaks: {', '.join(sound.draft.languages)}")
    lang = spoken(sound.draft.languages, lang)
    if python:
        _python(sound)
    elif table:
        _table(sound, table, as_json=as_json)
    elif sql:
        _sql(sound, sql, as_json=as_json)
    elif prose and not as_json:
        _prose(sound, lang)
    elif as_json:
        json_line(_short(sound, lang, prose=prose))
    else:
        _words(sound, lang)
    return 0


def _schema(which: str) -> int:
    from ourword.contract.schema import contract_schema, wiring_schema

    schemas = {"contract": contract_schema, "wiring": wiring_schema}
    if which not in schemas:
        raise usage("schema", f"there is no schema `{which}`", place="--schema", hint="contract or wiring")
    json_line(schemas[which]())
    return 0


def _sound(draft: Draft) -> Contract:
    sound, flaws = checked(draft)
    if sound is None:
        first = flaws[0]
        raise ContractError(first.code, first.what, place=first.place, hint=first.hint)
    return sound


def _prose(sound: Contract, lang: str) -> None:
    from ourword.contract.prose import prose

    sys.stdout.write(safe(prose(sound, lang)))


def _python(sound: Contract) -> None:
    """The generated functions, as they run: every name and text of the contract's is a bound identifier."""
    from ourword.gate.compile import compile_gate

    for name, kind in compile_gate(sound).kinds.items():
        line(f"# {name}: gives the mask of the clauses that hold, the first clause in the lowest bit; -1 where a fact is not known")
        line(kind.python)


def _table(sound: Contract, name: str, *, as_json: bool) -> None:
    """The clauses of a kind that have the form of a decision table, as CSV; on standard error those that have not."""
    from ourword.contract.table_print import printed

    kind = sound.draft.kinds.get(name)
    if kind is None:
        hint = f"it decides: {', '.join(sound.draft.kinds)}"
        raise usage("kind", f"`{name[:60]}` is not a kind of decision in this contract", place="--table", hint=hint)
    told = printed(sound, kind)
    if as_json:
        json_line({"kind": name, "csv": told.csv, "others": [{"id": id_, "why": why} for id_, why in told.others]})
        return
    sys.stdout.write(safe(told.csv))
    for id_, why in told.others:
        sys.stderr.write(safe(f"not in the table: `{id_}`: {why}") + "\n")


def _sql(sound: Contract, dialect: str, *, as_json: bool) -> None:
    """Each condition as a database reads it, its facts by their own names; or why it has no form there."""
    from ourword.gate.compile import compile_gate
    from ourword.gate.sql import column_types, listed

    gate = compile_gate(sound)
    told = {name: (column_types(gate, name, dialect=dialect), listed(gate, name, dialect=dialect)) for name in gate.kinds}
    if as_json:
        kinds = [
            {
                "kind": name,
                "columns": columns,
                "conditions": [
                    {"of": what, "id": id_, "sql": text} if isinstance(text, str) else {"of": what, "id": id_, "refused": text.as_dict()}
                    for what, id_, text in conditions
                ],
            }
            for name, (columns, conditions) in told.items()
        ]
        json_line({"dialect": dialect, "kinds": kinds})
        return
    for name, (columns, conditions) in told.items():
        line(f"-- {name}, columns: {', '.join(f'{column} {type_}' for column, type_ in columns.items())}")
        for what, id_, text in conditions:
            line(f"-- {what} {id_}")
            line(text if isinstance(text, str) else f"-- {text.place}: {text.what}")


def _short(sound: Contract, lang: str, *, prose: bool) -> dict[str, Any]:
    draft = sound.draft
    told: dict[str, Any] = {
        "contract": draft.name,
        "version": draft.version,
        "status": draft.status,
        "digest": sound.digest,
        "languages": draft.languages,
        "kinds": [
            {
                "kind": kind.name,
                "question": kind.question[lang],
                "owner": kind.owner,
                "rights": kind.rights,
                "clauses": len(kind.clauses),
                "boundaries": len(kind.never),
                "promises": len(kind.promises),
            }
            for kind in draft.kinds.values()
        ],
    }
    if prose:
        from ourword.contract.prose import prose as written

        told["prose"] = written(sound, lang)
    return told


def _words(sound: Contract, lang: str) -> None:
    draft = sound.draft
    names = {person.id: person.name or person.id for person in draft.people}
    line(f"{draft.name} {draft.version}, {draft.status}")
    line(sound.digest)
    wide = max(len(name) for name in draft.kinds)
    for kind in draft.kinds.values():
        line()
        line(f"{kind.name:<{wide}}  {kind.question[lang]}")
        counts = ", ".join([_counted(kind.clauses, "clauses"), _counted(kind.never, "boundaries"), _counted(kind.promises, "promises")])
        line(f"{'':<{wide}}  {kind.rights}, owned by {names.get(kind.owner, kind.owner)}: {counts}")


def _counted(items: Sized, words: str) -> str:
    one = {"clauses": "clause", "boundaries": "boundary", "promises": "promise"}[words]
    return f"{len(items) or 'no'} {one if len(items) == 1 else words}"
