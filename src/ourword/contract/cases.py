"""Cases kept beside a contract: examples that a program chose and people read, in a file of their own that nobody signs."""

from __future__ import annotations

from ourword.contract import build
from ourword.contract.check_examples import example_flaws
from ourword.contract.example_keys import example_keys
from ourword.contract.flaws import People
from ourword.contract.key import tree_of, under
from ourword.contract.model import Draft, Example
from ourword.contract.read import typed_example
from ourword.contract.source import tree
from ourword.contract.walk import Walk
from ourword.contract.words import meant, shown
from ourword.errors import ContractError

CASES_SHAPE = tree_of(
    (
        *under(
            "",
            ("ourword", "!word 1", "read", "The format's number: always 1."),
            ("contract", "!id", "test", "The contract whose cases these are."),
            ("cases", "!named id", "test", "The cases of each kind of decision."),
        ),
        *under("cases.", ("*", "list", "test", "Cases of one kind."), ("*[]", "map", "test", "One case: the keys of an example.")),
        *example_keys("cases.*[]."),
    ),
    "the file of cases",
)


def cases(text: bytes, draft: Draft, *, place: str = "cases.yaml") -> dict[str, tuple[Example, ...]]:
    """Read the cases of a contract, by kind; what cannot be read, or does not fit the contract, raises `ContractError`."""
    walk = Walk(draft.languages)
    found, _ = walk.read(tree(text, file=place), CASES_SHAPE, "")
    if found["contract"] != draft.name:
        what, hint = f"these are cases of {shown(found['contract'])}, and the contract is `{draft.name}`", "name another file with `--cases`"
        raise ContractError("contract.cases", what, place=walk.places["contract"], hint=hint)
    people = People(draft)
    read: dict[str, tuple[Example, ...]] = {}
    for name, each in found["cases"].items():
        if name not in draft.kinds:
            what, hint = f"there is no kind of decision {shown(name)}", meant(name, draft.kinds, "take its cases out")
            raise ContractError("contract.cases", what, place=walk.places[f"cases.{name}"], hint=hint)
        read[name] = tuple(build.example(typed_example(case, draft.wiring)) for case in each)
        for index, example in enumerate(read[name]):
            for flaw in example_flaws(example, draft.kinds[name], draft, people, f"cases.{name}[{index}]", walk.places):
                if flaw.level == "error":
                    hint = f"{flaw.hint} (where the contract has changed, take the case out)"
                    raise ContractError(flaw.code, flaw.what, place=flaw.place, hint=hint)
    return read
