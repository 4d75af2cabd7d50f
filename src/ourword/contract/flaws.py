"""Making flaws: what is wrong with a draft (`error`), what will surprise (`warning`), what is worth knowing (`note`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ourword.contract.model import Draft, Flaw
from ourword.contract.words import listed, meant, shown

ERRORS_MAX = 100


def error(code: str, what: str, place: str, hint: str) -> Flaw:
    """The draft does not hold together: it becomes no contract."""
    return Flaw(code=f"contract.{code}", level="error", what=what, place=place, hint=hint)


def warning(code: str, what: str, place: str, hint: str) -> Flaw:
    """The contract holds, but something in it will surprise."""
    return Flaw(code=f"contract.{code}", level="warning", what=what, place=place, hint=hint)


def note(code: str, what: str, place: str, hint: str) -> Flaw:
    """Something worth knowing."""
    return Flaw(code=f"contract.{code}", level="note", what=what, place=place, hint=hint)


def first_errors(flaws: Iterable[Flaw]) -> Iterator[Flaw]:
    """Give flaws until there are more errors than anyone reads at once; nothing else is left out.

    Looking for what was meant takes time for each error: a file with 10,000 misspelt facts must end, too.
    """
    errors = 0
    for flaw in flaws:
        yield flaw
        errors += flaw.level == "error"
        if errors == ERRORS_MAX:
            return


class People:
    """Who the draft names: people who own (`role: owner`) and desks."""

    def __init__(self, draft: Draft) -> None:
        self.owners = dict.fromkeys(person.id for person in draft.people if person.role == "owner")
        self.desks = dict.fromkeys(person.id for person in draft.people if person.role == "desk")

    def owner(self, name: str, place: str, called: str) -> Iterator[Flaw]:
        """*name* must be a person, not a desk."""
        if name in self.desks:
            yield error("owner", f"{called} is {shown(name)}, a desk", place, f"name a person: {self._some(self.owners)}")
        elif name not in self.owners:
            yield error("owner", f"{called} is {shown(name)}, whom `people` does not name", place, meant(name, self.owners, self._add(name)))

    def desk(self, name: str, place: str, called: str) -> Iterator[Flaw]:
        """*name* must be a desk."""
        if name not in self.desks:
            known = "which is a person, not a desk" if name in self.owners else "which `people` does not name"
            hint = meant(name, self.desks, f"add `{{id: {shown(name)[1:-1]}, role: desk}}` to `people`")
            yield error("desk", f"{called} is {shown(name)}, {known}", place, hint)

    def anyone(self, name: str, place: str, called: str) -> Iterator[Flaw]:
        """*name* must be a desk or a person."""
        if name not in (*self.owners, *self.desks):
            hint = meant(name, [*self.desks, *self.owners], self._add(name))
            yield error("nobody", f"{called} is {shown(name)}, whom `people` does not name", place, hint)

    def _add(self, name: str) -> str:
        return f"add `{{id: {shown(name)[1:-1]}, name: …, role: owner}}` to `people`"

    def _some(self, ids: Iterable[str]) -> str:
        return listed((f"`{each}`" for each in ids), joined="or") or "add one under `people`"


def twice(ids: Iterable[tuple[str, str]], called: str) -> Iterator[Flaw]:
    """Each id once; *ids* are pairs of an id and its place."""
    seen: dict[str, str] = {}
    for name, place in ids:
        if name in seen:
            yield error(
                "twice", f"{called} {shown(name)} stands here a second time", place, f"give one of them another id; the first is at {seen[name]}"
            )
        seen.setdefault(name, place)
