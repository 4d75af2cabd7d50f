"""One contract for each kind of decision: which contracts of another name stand in the way of one that is to be signed.

The signers of a contract answer for the kinds that it decides. Were another name enough, whoever wants a kind without them would
write it into a contract of their own. So a contract that decides such a kind takes the place of the one that does, whole, and
needs the signatures that this one asks for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from ourword.contract.model import Draft
from ourword.contract.words import listed
from ourword.errors import LineError
from ourword.ledger.adoption import FOREVER, Adoption
from ourword.ledger.adoption_words import named
from ourword.stores.contracts import draft_of


class Beside(msgspec.Struct, frozen=True):
    """Contracts of another name that are, or will be, in force beside one that is to be signed."""

    replaced: tuple[Adoption, ...] = ()
    """Those that decide some of its kinds, and nothing else: it takes their place."""
    lost: tuple[Adoption, ...] = ()
    """Those whose files the home has lost: nobody can tell what they decide, so whoever had to sign them is asked."""

    @property
    def digests(self) -> tuple[str, ...]:
        """The digests of those whose place it takes, as an entry names them."""
        return tuple(each.digest for each in self.replaced)


def beside(home: Path, known: Sequence[Adoption], draft: Draft, begins: int) -> Beside:
    """Find what of another name decides the kinds of a contract at any time from *begins* on (ns since 1970).

    Raises `LineError` (`adopt.kind`) where one of them decides something more, which nobody would decide any longer.
    """
    replaced, lost = [], []
    for each in known:
        if each.contract == draft.name or each.begins is None or (FOREVER if each.ends is None else each.ends) <= begins:
            continue
        other = draft_of(home, each.digest)
        if other is None:
            lost.append(each)
        elif shared := [kind for kind in draft.kinds if kind in other.kinds]:
            _whole(draft, other, shared)
            replaced.append(each)
    return Beside(tuple(replaced), tuple(lost))


def _whole(draft: Draft, other: Draft, shared: Sequence[str]) -> None:
    more = [kind for kind in other.kinds if kind not in draft.kinds]
    if more:
        what = (
            f"{_kinds(shared)} {'is' if len(shared) == 1 else 'are'} decided by {other.name} {other.version}, and a kind of decision has one contract"
        )
        hint = f"let {draft.name} decide {_kinds(more)} too, and take its place; or sign a {other.name} without {_kinds(shared)} first"
        raise LineError("adopt.kind", what, place=draft.kinds[shared[0]].place, hint=hint)


def _kinds(names: Sequence[str]) -> str:
    return listed(f"`{each}`" for each in names)


def governing(home: Path, known: Sequence[Adoption], kind: str, at: int) -> list[Adoption]:
    """Give the contracts in force at a moment that decide a kind: one, or none; more in a home where both were signed before this was asked."""
    return [each for each in known if each.in_force(at) and (draft := draft_of(home, each.digest)) is not None and kind in draft.kinds]


def doubled(home: Path, known: Sequence[Adoption], at: int) -> Iterator[str]:
    """Say of each kind that more than one contract in force decides."""
    by: dict[str, list[str]] = {}
    for each in known:
        if each.in_force(at) and (draft := draft_of(home, each.digest)) is not None:
            for kind in draft.kinds:
                by.setdefault(kind, []).append(named(each))
    for kind, names in by.items():
        if len(names) > 1:
            yield f"`{kind}` is decided by {listed(names)}, which are both in force: sign the one that is to take the place of the other."


def governor(home: Path, known: Sequence[Adoption], contract: str, digest: str) -> Draft | None:
    """Give the contract whose people answer for what was decided under another: of its name, else one that decides its kinds, adopted last.

    What nobody signed names whom it likes, so it is not asked who answers for it.
    """
    lasting = [each for each in known if each.begins is not None and each.ends is None]
    held = [draft for each in reversed(lasting) if (draft := draft_of(home, each.digest)) is not None]
    own = draft_of(home, digest)
    kinds = set(own.kinds) if own is not None else set()
    return next((each for each in held if each.name == contract), None) or next((each for each in held if kinds & set(each.kinds)), None)


def gave_way(known: Sequence[Adoption], at: int) -> set[str]:
    """The names of contracts whose place one of another name has taken by a moment, and of which none is in force again."""
    begun = {digest for each in known if each.begins is not None and each.begins <= at for digest in each.instead_of}
    return {each.contract for each in known if each.digest in begun} - {each.contract for each in known if each.in_force(at)}
