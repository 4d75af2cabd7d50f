"""Ourword: the customer contract for automated decisions.

Importing this package loads msgspec and the standard library alone; each name below is loaded when it is first used.

>>> import ourword
>>> ourword.OurwordError.__name__
'OurwordError'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ourword.core.version import VERSION

if TYPE_CHECKING:
    from ourword.app import Ourword
    from ourword.core.answer import Answer
    from ourword.core.proposal import Proposal
    from ourword.errors import ConditionError, ContractError, EventError, HomeError, LineError, OurwordError, UsageError
    from ourword.gate.code import Gate
    from ourword.gate.decide import decide
    from ourword.gate.verdict import Verdict

__version__ = VERSION

__all__ = [
    "Answer",
    "ConditionError",
    "ContractError",
    "EventError",
    "Gate",
    "HomeError",
    "LineError",
    "Ourword",
    "OurwordError",
    "Proposal",
    "UsageError",
    "Verdict",
    "__version__",
    "decide",
]

_PLACES = {
    "Answer": "ourword.core.answer",
    "ConditionError": "ourword.errors",
    "ContractError": "ourword.errors",
    "EventError": "ourword.errors",
    "Gate": "ourword.gate.code",
    "HomeError": "ourword.errors",
    "LineError": "ourword.errors",
    "Ourword": "ourword.app",
    "OurwordError": "ourword.errors",
    "Proposal": "ourword.core.proposal",
    "UsageError": "ourword.errors",
    "Verdict": "ourword.gate.verdict",
    "decide": "ourword.gate.decide",
}


def __getattr__(name: str) -> Any:
    """Load a public name the first time it is used."""
    if name not in _PLACES:
        raise AttributeError(f"module 'ourword' has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_PLACES[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
