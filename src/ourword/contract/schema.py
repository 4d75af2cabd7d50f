"""The table of keys as JSON Schemas (2020-12), so that editors complete and underline while one writes."""

from __future__ import annotations

from typing import Any

from ourword.contract.key import Shape
from ourword.contract.keys import CONTRACT_SHAPE, WIRING_SHAPE
from ourword.contract.scalars import KINDS

_TEXT: dict[str, Any] = {"type": ["string", "number", "boolean"]}


def contract_schema() -> dict[str, Any]:
    """The JSON Schema of `contract.yaml`.

    >>> contract_schema()["required"][:2]
    ['ourword', 'contract']
    """
    return _whole(CONTRACT_SHAPE, "A customer contract of Ourword")


def wiring_schema() -> dict[str, Any]:
    """The JSON Schema of `wiring.yaml`."""
    return _whole(WIRING_SHAPE, "The wiring of a customer contract of Ourword")


def _whole(shape: Shape, title: str) -> dict[str, Any]:
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title, **_map(shape)}


def _node(shape: Shape) -> dict[str, Any]:
    return {"description": shape.key.doc, **_typed(shape)}


def _typed(shape: Shape) -> dict[str, Any]:
    type_ = shape.key.type
    if type_ == "map":
        return _map(shape)
    if type_.startswith("named "):
        names = KINDS[type_.removeprefix("named ")].schema
        return {"type": ["object", "null"], "propertyNames": names, "additionalProperties": _node(shape.below["*"])}
    if type_.startswith("list"):
        return {"type": "array", "items": _node(shape.below["[]"])}
    if type_ == "text":
        return {"anyOf": [_TEXT, {"type": "object", "propertyNames": KINDS["language"].schema, "additionalProperties": _TEXT}]}
    if type_ == "value":
        return {}
    return _words(shape) if type_.startswith("word ") else dict(KINDS[type_].schema)


def _map(shape: Shape) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {name: _node(below) for name, below in shape.below.items()},
        "additionalProperties": False,
    }
    required = [name for name, below in shape.below.items() if below.key.required]
    return {**schema, "required": required} if required else schema


def _words(shape: Shape) -> dict[str, Any]:
    words: list[Any] = list(shape.key.type.removeprefix("word ").split(" | "))
    # An editor's YAML reader turns `1` into a number; ours reads it by its key.
    words += [int(word) for word in words if word.isdigit()]
    return {"anyOf": [{"enum": words}, _map(shape)]} if shape.below else {"enum": words}
