"""Gate a function: it runs only if the contract allows it, and with what the contract made of it."""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

import msgspec

from ourword.app import Ourword
from ourword.core.answer import Answer
from ourword.errors import UsageError
from ourword.gate.verdict import Verdict

Result = TypeVar("Result")


class Gated(msgspec.Struct, Generic[Result], frozen=True):
    """What became of a call: the verdict, whether the function ran, and what it returned."""

    verdict: Verdict
    done: bool
    result: Result | None = None


def gated(
    ourword: Ourword,
    kind: str,
    *,
    customer: str = "customer",
    decision_id: str = "decision_id",
    facts: Mapping[str, str] | None = None,
    more: Callable[..., Mapping[str, Any]] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decide each call before it happens; return a `Gated` instead of the bare result. Works for `def` and `async def`.

    *customer* and *decision_id* name the parameters that hold them (the latter may be missing). *facts* maps facts to
    parameters of other names; parameters named like facts of the kind are facts anyway. *more* is called with all arguments
    by name and gives further facts, such as what your order system knows. On amend the function is called with the amended
    arguments. A call under a `decision_id` that was decided before gets the first verdict, and runs again if that was an
    allowance: what the function does must bear repeating. In observe mode it always runs as called.
    """
    if kind not in ourword.gate.kinds:
        raise UsageError(
            "usage.unlisted-kind",
            f"`{kind}` is not a kind of decision in this contract",
            place="kind",
            hint=f"one of: {', '.join(ourword.gate.kinds)}",
        )

    def wrap(function: Callable[..., Any]) -> Callable[..., Any]:
        call = _Call(ourword, kind, inspect.signature(function), customer, decision_id, facts, more)
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def waiting(*args: Any, **kwargs: Any) -> Gated[Any]:
                bound, verdict = await asyncio.to_thread(call.decided, args, kwargs)
                if not call.may_run(verdict):
                    return Gated(verdict, False)
                return Gated(verdict, True, await function(*bound.args, **bound.kwargs))

            return waiting

        @functools.wraps(function)
        def running(*args: Any, **kwargs: Any) -> Gated[Any]:
            bound, verdict = call.decided(args, kwargs)
            if not call.may_run(verdict):
                return Gated(verdict, False)
            return Gated(verdict, True, function(*bound.args, **bound.kwargs))

        return running

    return wrap


class _Call:
    """Knows which argument is what, and turns a call into a line for the gate."""

    def __init__(
        self,
        ourword: Ourword,
        kind: str,
        signature: inspect.Signature,
        customer: str,
        decision_id: str,
        facts: Mapping[str, str] | None,
        more: Callable[..., Mapping[str, Any]] | None,
    ) -> None:
        names = signature.parameters
        facts = {**{name: name for name in ourword.gate.kinds[kind].facts if name in names}, **(facts or {})}
        for name in (customer, *facts.values()):
            if name not in names:
                raise UsageError("usage.no-parameter", f"the function has no parameter `{name}`", place="gated", hint=f"it has: {', '.join(names)}")
        amended = {fact for clause in ourword.gate.kinds[kind].kind.clauses for fact, _ in clause.then.amend}
        for fact in sorted(amended - facts.keys()):
            what = f"a clause may amend `{fact}`, and no parameter holds it"
            raise UsageError("usage.amended-elsewhere", what, place="gated", hint=f'name its parameter: facts={{"{fact}": …}}')
        self.ourword, self.kind, self.signature, self.more = ourword, kind, signature, more
        self.customer, self.facts = customer, facts
        self.decision_id = decision_id if decision_id in names else ""

    def decided(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[inspect.BoundArguments, Verdict]:
        """Decide the call; give the arguments to call with, amended where the verdict amends them."""
        bound = self.signature.bind(*args, **kwargs)
        bound.apply_defaults()
        given = {fact: bound.arguments[name] for fact, name in self.facts.items()}
        if self.more is not None:
            given = {**self.more(**bound.arguments), **given}
        line = {"kind": self.kind, "customer": bound.arguments[self.customer], "facts": given}
        if self.decision_id and bound.arguments[self.decision_id]:
            line["decision_id"] = bound.arguments[self.decision_id]
        verdict = self.ourword.decide(line)
        if verdict.answer is Answer.AMEND and self.ourword.mode == "enforce":
            self._amend(bound, verdict)
        return bound, verdict

    def may_run(self, verdict: Verdict) -> bool:
        return self.ourword.mode == "observe" or not verdict.stopped

    def _amend(self, bound: inspect.BoundArguments, verdict: Verdict) -> None:
        written = verdict.amended()
        for fact, value in (verdict.amendments or {}).items():
            name = self.facts[fact]
            # Whole minor units stay whole minor units; text stays text.
            bound.arguments[name] = value if isinstance(bound.arguments[name], int) else written[fact]
