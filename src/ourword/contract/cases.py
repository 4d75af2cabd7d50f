"""Cases kept beside a contract: examples that a program chose and people read, in a file of their own that nobody signs."""

from __future__ import annotations

import msgspec

from ourword.contract import build
from ourword.contract.check_examples import example_flaws
from ourword.contract.example_keys import example_keys
from ourword.contract.flaws import People
from ourword.contract.key import tree_of, under
from ourword.contract.model import Draft, Example
from ourword.contract.read import typed_example
from ourword.contract.source import Listing, Mapping, tree
from ourword.contract.walk import Branch, Walk
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


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A case as it stands in the file."""

    kind: str
    name: str
    example: Example | None = None
    """`None` where it does not fit the contract: then `flaw` says why."""
    flaw: ContractError | None = None
    line: int
    """Where it begins, counted from 1."""
    keys: dict[str, int] = {}
    """Its keys, each with its line."""


class KeptKind(msgspec.Struct, frozen=True, kw_only=True):
    """The cases of one kind, and on which line the kind is named."""

    name: str
    line: int
    place: str
    cases: tuple[Kept, ...] = ()
    flaw: ContractError | None = None
    """The contract has no such kind."""


def cases(text: bytes, draft: Draft, *, place: str = "cases.yaml") -> dict[str, tuple[Example, ...]]:
    """Read the cases of a contract, by kind; what cannot be read, or does not fit the contract, raises `ContractError`."""
    read: dict[str, tuple[Example, ...]] = {}
    for kind in kept_kinds(text, draft, place=place):
        for flaw in (kind.flaw, *(each.flaw for each in kind.cases)):
            if flaw is not None:
                raise flaw
        read[kind.name] = tuple(each.example for each in kind.cases if each.example is not None)
    return read


def kept_kinds(text: bytes, draft: Draft, *, place: str = "cases.yaml") -> list[KeptKind]:
    """Read the cases of a contract, those too that do not fit it any more; what cannot be read at all raises `ContractError`."""
    walk = Walk(draft.languages)
    root = tree(text, file=place)
    found, _ = walk.read(root, CASES_SHAPE, "")
    if found["contract"] != draft.name:
        what, hint = f"these are cases of {shown(found['contract'])}, and the contract is `{draft.name}`", "name another file with `--cases`"
        raise ContractError("contract.cases", what, place=walk.places["contract"], hint=hint)
    people = People(draft)
    listed = root.entries["cases"][1]
    assert isinstance(listed, Mapping)
    kinds = []
    for name, each in found["cases"].items():
        key, items = listed.entries[name]
        here, gone = walk.places[f"cases.{name}"], None
        if name not in draft.kinds:
            hint = meant(name, draft.kinds, "take its cases out") + _RENEW
            gone = ContractError("contract.cases", f"there is no kind of decision {shown(name)}", place=here, hint=hint)
        read = []
        for index, (case, node) in enumerate(zip(each, items.items if isinstance(items, Listing) else [], strict=True)):
            example, flaw = (None, gone) if gone else _fitting(case, draft, people, f"cases.{name}[{index}]", walk)
            keys = {key: scalar.start.line for key, (scalar, _) in node.entries.items()} if isinstance(node, Mapping) else {}
            read.append(Kept(kind=name, name=case["name"], example=example, flaw=flaw, line=node.start.line, keys=keys))
        kinds.append(KeptKind(name=name, line=key.start.line, place=here, cases=tuple(read), flaw=gone))
    return kinds


_RENEW = "; where the contract has changed, `ourword test --write` writes its own cases anew, and puts yours aside as comments"


def _fitting(case: Branch, draft: Draft, people: People, path: str, walk: Walk) -> tuple[Example | None, ContractError | None]:
    try:
        example = build.example(typed_example(case, draft.wiring))
    except ContractError as flaw:
        return None, flaw
    for each in example_flaws(example, draft.kinds[path.removeprefix("cases.").partition("[")[0]], draft, people, path, walk.places):
        if each.level == "error":
            return None, ContractError(each.code, each.what, place=each.place, hint=each.hint + _RENEW)
    return example, None
