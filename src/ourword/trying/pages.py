"""A file of cases as lines: what a person wrote into it stays, to the letter, when our own cases are written anew."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec

from ourword.contract.cases import Kept, KeptKind
from ourword.errors import ContractError

ANSWERS = ("answer", "decided_by", "amended", "asked", "promises")
"""What is written anew; `name` and `given` stay."""
_OURS = {"name", "given", *ANSWERS}
_MADE = re.compile(r"[\w.-]+: .+, with \w+ \S.*")
_QUOTED = re.compile(r""" "(?:[^"\\\\]|\\\\.)*" | '(?:[^']|'')*' """, re.VERBOSE)


class Block(msgspec.Struct, frozen=True):
    """A case, and its lines: the comments above it first."""

    case: Kept
    above: tuple[str, ...]
    lines: tuple[str, ...]

    @property
    def whole(self) -> tuple[str, ...]:
        """All of it."""
        return (*self.above, *self.lines)

    @property
    def is_ours(self) -> bool:
        """Whether nothing in it but the facts may be a person's: it is called as we call them, and has no comment and no key more."""
        commented = any(_comment(line) for line in self.lines) or any(each.strip() for each in self.above)
        return self.is_renewed and not commented

    @property
    def is_renewed(self) -> bool:
        """Whether its answers are ours to write: it is called as we call them, and asks nobody at no other time."""
        return _MADE.fullmatch(self.case.name) is not None and set(self.case.keys) <= _OURS


class Part(msgspec.Struct, frozen=True):
    """A kind's lines: the comments above it, its name, its cases."""

    of: KeptKind
    head: tuple[str, ...]
    blocks: tuple[Block, ...]


class Page(msgspec.Struct, frozen=True):
    """A file of cases."""

    head: tuple[str, ...] = ()
    """Down to `cases:`."""
    parts: tuple[Part, ...] = ()
    foot: tuple[str, ...] = ()
    """Comments below the last case."""


def page_of(text: str, kinds: Sequence[KeptKind]) -> Page:
    """Cut a file into its cases. Raises `ContractError` where they do not stand one below the other, so that no line can be kept for itself."""
    lines = text.splitlines()
    marks: list[tuple[int, KeptKind, Kept | None]] = []
    for kind in kinds:
        marks += [(kind.line, kind, None), *((case.line, kind, case) for case in kind.cases)]
    for at, kind, case in marks:
        line = lines[at - 1].split("#")[0].strip()
        fits = line.startswith("-") if case else line.rstrip().endswith(":") or line.replace(" ", "").endswith(":[]")
        if not fits or sum(other == at for other, _, _ in marks) > 1:
            what, hint = (
                "this does not stand on a line of its own, and what you wrote beside it would be lost",
                "write each case as an item of its own",
            )
            raise ContractError("contract.cases", what, place=f"{kind.place.rsplit(':', 2)[0]}:{at}:1", hint=hint)
    if not marks:
        return Page(tuple(lines))
    starts = [_above(lines, at - 1) for at, _, _ in marks]
    ends = [*starts[1:], _above(lines, len(lines))]
    parts: list[Part] = []
    for (at, kind, case), start, end in zip(marks, starts, ends, strict=True):
        above, rest = tuple(lines[start : at - 1]), tuple(lines[at - 1 : end])
        if case is None:
            parts.append(Part(kind, (*above, *rest), ()))
        else:
            parts[-1] = msgspec.structs.replace(parts[-1], blocks=(*parts[-1].blocks, Block(case, above, rest)))
    return Page(tuple(lines[: starts[0]]), tuple(parts), tuple(lines[ends[-1] :]))


def renewed(block: Block, answers: Iterable[tuple[str, str]]) -> list[str]:
    """A block with other answers: each key on the line where it was, with its comment; what is new below these."""
    said = dict(answers)
    found = [*block.above]
    first = block.case.line
    starts = sorted((line, key) for key, line in block.case.keys.items())
    if len({line for line, _ in starts}) < len(starts):
        return list(block.whole)  # `{name: …, answer: …}` on one line was written by a person
    last = "decided_by" if "decided_by" in block.case.keys else "answer"
    indent = " " * (len(block.lines[0]) - len(block.lines[0].lstrip(" -")))
    for (line, key), (end, _) in zip(starts, [*starts[1:], (first + len(block.lines), "")], strict=True):
        lines = block.lines[line - first : end - first]
        if key not in ANSWERS:
            found += lines
            continue
        comments = [each for each in map(_comment, lines) if each]
        if key in said:
            beside = f"  {comments.pop(0)}" if comments and _comment(lines[0]) else ""
            found.append(f"{lines[0][: len(indent)]}{key}: {said.pop(key)}{beside}")
        found += [f"{indent}{each}" for each in comments]
        if key == last:
            found += [f"{indent}{name}: {value}" for name in ANSWERS if name not in block.case.keys and (value := said.pop(name, None)) is not None]
    return found


def aside(block: Block) -> list[str]:
    """A case that does not fit any more, as comments with the reason: what a person wrote is not thrown away."""
    assert block.case.flaw is not None
    why = " ".join(block.case.flaw.what.split())
    return [*block.above, f"    # put aside, since {why}:", *(f"    # {line}" for line in block.lines if line.strip())]


def _above(lines: Sequence[str], at: int) -> int:
    """Where the comments begin that stand right above a line."""
    while at > 0 and (not lines[at - 1].strip() or lines[at - 1].lstrip().startswith("#")):
        at -= 1
    return at


def _comment(line: str) -> str:
    """The comment on a line of YAML, if there is one.

    >>> _comment('answer: "a # b"  # why'), _comment("a: b#c")
    ('# why', '')
    """
    masked = _QUOTED.sub(lambda match: "x" * len(match[0]), line)
    found = re.search(r"(?:^|\s)#", masked)
    return line[found.start() :].strip() if found else ""
