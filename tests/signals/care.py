"""A small contract named `care`, with one kind and the targets that a test gives it."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
from tests.blocks import ROOT

from ourword.contract.model import Draft, Target
from ourword.contract.read import read
from ourword.core.span import span_from_text

LARKSPUR = ROOT / "examples" / "larkspur-refund"


@cache
def larkspur() -> Draft:
    return read((LARKSPUR / "contract.yaml").read_bytes(), (LARKSPUR / "wiring.yaml").read_bytes())


def draft(*targets: dict[str, Any], **changed: Any) -> Draft:
    """Larkspur's contract under the name `care`, with these targets: `{metric, within, BOUND: LIMIT}`."""
    kind = msgspec.structs.replace(larkspur().kinds["refund"], targets=tuple(_target(each) for each in targets))
    return msgspec.structs.replace(larkspur(), **{"name": "care", "kinds": {"refund": kind}, **changed})


def _target(of: dict[str, Any]) -> Target:
    within = span_from_text(of["within"])
    assert within is not None
    bounds = {key: value for key, value in of.items() if key not in ("metric", "within")}
    return Target(metric=of["metric"], within=within, bounds=bounds, place="test")
