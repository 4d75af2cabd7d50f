"""One family of errors: every one says what is wrong, where, and what to do next.

```
OurwordError             code, what, place, hint
├── ContractError        the contract or its wiring cannot be read, or does not hold together   exit 3
├── ConditionError       a condition (CEL) cannot be parsed or is ill-typed                     exit 3
├── LineError            one proposal handed in cannot be decided as it stands                  exit 2
│   └── EventError       one event handed in cannot be read as it stands                        exit 2
├── HomeError            the home folder cannot be opened, read or written                      exit 4
├── LogError             a log's key, checkpoint or proof does not read as one, or was not signed    exit 1
├── UsageError           the command or the call does not fit its interface                     exit 64
└── OutputError          what was worked out cannot be handed on: a mail server takes no mail   exit 74
```

A `refuse` is no error: an expected answer is a value, and only the unexpected is raised.
"""

from __future__ import annotations


class OurwordError(Exception):
    """Something is wrong, at a place, and there is a next step.

    >>> error = OurwordError("contract.no-owner", "`refund` has no owner", place="contract.yaml:14:3", hint="add `owner:` below it")
    >>> print(error)
    contract.yaml:14:3: `refund` has no owner
      hint: add `owner:` below it
    """

    exit_code = 1

    def __init__(self, code: str, what: str, *, place: str, hint: str) -> None:
        self.code = code
        self.what = what
        self.place = place
        self.hint = hint
        super().__init__(f"{place}: {what}\n  hint: {hint}")

    def as_dict(self) -> dict[str, str]:
        """Give the four parts under the names that JSON, HTTP and the docs use."""
        return {"code": self.code, "what": self.what, "place": self.place, "hint": self.hint}


class ContractError(OurwordError):
    """The contract or its wiring cannot be read, or does not hold together."""

    exit_code = 3


class ConditionError(ContractError):
    """A condition (CEL) cannot be parsed or is ill-typed."""


class LineError(OurwordError):
    """One proposal handed in cannot be decided as it stands."""

    exit_code = 2


class EventError(LineError):
    """One event handed in cannot be read as it stands."""


class HomeError(OurwordError):
    """The home folder cannot be opened, read or written."""

    exit_code = 4


class LogError(OurwordError):
    """A log's key, checkpoint or proof does not read as one, or was not signed by whom it should be."""


class UsageError(OurwordError):
    """The command or the call does not fit its interface."""

    exit_code = 64


class OutputError(OurwordError):
    """What was worked out cannot be handed on."""

    exit_code = 74
