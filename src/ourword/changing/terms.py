"""What binds for every kind of decision, key by key: the way to a person, telling, choices, targets of fairness, facts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ourword.changing.compared import Side, added, removed, spans
from ourword.changing.found import Change
from ourword.changing.order import Direction
from ourword.changing.written import parted, plainly, texts_told
from ourword.contract.model import Draft, Fact

AGAINST, TOWARDS, ARGUABLE, NEUTRAL = Direction.AGAINST, Direction.TOWARDS, Direction.ARGUABLE, Direction.NEUTRAL


def terms(old: Draft, new: Draft) -> Iterator[Change]:
    """Every change outside the kinds of decision."""
    side = Side(old, new, "")
    yield from _person(side)
    yield from _telling(side)
    yield from _choices(side)
    yield from _fairness(side)
    yield from _people(side)
    yield from _house(side)
    yield from facts(old, new)


# ---- the relationship ----------------------------------------------------------------------------------------------


def _person(side: Side) -> Iterator[Change]:
    old, new = side.old.relationship.person, side.new.relationship.person
    path = "relationship.person"
    if old is None or new is None:
        if old is not new:
            yield side.change(TOWARDS if old is None else AGAINST, path, "the way to a person", old, new)
        return
    if old.steps != new.steps:
        way = AGAINST if new.steps > old.steps else TOWARDS
        yield side.change(way, f"{path}.steps", "a person is further away" if way is AGAINST else "a person is nearer", old.steps, new.steps)
    yield from spans(side, f"{path}.wait", "the wait for a person", old.wait, new.wait, longer=AGAINST, none=AGAINST)
    if old.desk != new.desk:
        yield side.change(ARGUABLE, f"{path}.desk", "another desk answers", old.desk, new.desk)


def _telling(side: Side) -> Iterator[Change]:
    old, new = side.old.relationship.tell, side.new.relationship.tell
    path = "relationship.tell"
    if old.reasons != new.reasons:
        way = AGAINST if new.reasons < old.reasons else TOWARDS
        yield side.change(way, f"{path}.reasons", f"{'fewer' if way is AGAINST else 'more'} reasons are told", old.reasons, new.reasons)
    if old.what_would_change != new.what_would_change:
        way = TOWARDS if new.what_would_change else AGAINST
        what = f"what would change the answer is {'told' if new.what_would_change else 'not told any more'}"
        yield side.change(way, f"{path}.what_would_change", what, old.what_would_change, new.what_would_change)
    if old.automated != new.automated:
        way = removed(old.automated, new.automated)
        yield side.change(way, f"{path}.automated", "when customers hear that automation decides", old.automated, new.automated)
    if old.cannot != new.cannot:
        yield side.change(ARGUABLE, f"{path}.cannot", "what we say we cannot see", old.cannot, new.cannot)


def _choices(side: Side) -> Iterator[Change]:
    gone, fresh, kept = parted(side.old.relationship.choices, side.new.relationship.choices, lambda each: each.name)
    for one in gone:
        yield side.change(ARGUABLE, f"relationship.choices.{one.name}", f"the choice {_spaced(one.name)} is gone", one, None)
    for other in fresh:
        yield side.change(ARGUABLE, f"relationship.choices.{other.name}", f"the choice {_spaced(other.name)} is new", None, other)
    for one, other in kept:
        before, after = (plainly(each, without=frozenset(("name",))) for each in (one, other))
        if before != after:
            yield side.change(ARGUABLE, f"relationship.choices.{other.name}", f"the choice {_spaced(other.name)} is another", before, after)


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def _fairness(side: Side) -> Iterator[Change]:
    old, new = side.old.relationship, side.new.relationship
    if old.fairness != new.fairness:
        yield side.change(_fairer(old.fairness, new.fairness), "relationship.fairness", "the standard of fairness", old.fairness, new.fairness)
    if old.holdout != new.holdout:
        what = "the share of customers for whom people decide"
        yield side.change(ARGUABLE, "relationship.holdout", what, f"{old.holdout:.1%}", f"{new.holdout:.1%}")
    if set(old.segments) != set(new.segments):
        way = AGAINST if set(new.segments) < set(old.segments) else TOWARDS if set(old.segments) < set(new.segments) else ARGUABLE
        yield side.change(way, "relationship.segments", "the groups that are looked at apart", old.segments, new.segments)
    if plainly(old.intent) != plainly(new.intent):
        yield side.change(NEUTRAL, "relationship.intent", "the sentences of intent", f"{len(old.intent)} of them", f"{len(new.intent)} of them")


def _fairer(old: dict[str, Any] | None, new: dict[str, Any] | None) -> Direction:
    if not old or not new:
        return removed(old, new)
    before, after = ({name: each for name, each in one.items() if name not in ("at_least", "because")} for one in (old, new))
    least, most = old.get("at_least"), new.get("at_least")
    if before != after or not isinstance(least, int | float) or not isinstance(most, int | float):
        return ARGUABLE
    return NEUTRAL if most == least else TOWARDS if most > least else AGAINST


# ---- the house -----------------------------------------------------------------------------------------------------


def _people(side: Side) -> Iterator[Change]:
    gone, fresh, kept = parted(side.old.people, side.new.people, lambda each: each.id)
    for one in gone:
        yield side.change(ARGUABLE if one.role == "desk" else NEUTRAL, "people", f"`{one.id}` is gone", one.role, None, place=one.place)
    for other in fresh:
        yield side.change(NEUTRAL, "people", f"`{other.id}` is new", None, other.role, place=other.place)
    for one, other in kept:
        if one.hours != other.hours:
            yield side.change(ARGUABLE, "people", f"the hours of `{other.id}`", one.hours or "always", other.hours or "always", place=other.place)
        elif plainly(one) != plainly(other):
            yield side.change(NEUTRAL, "people", f"`{other.id}` is described otherwise", one, other, place=other.place)


_WHOLE: dict[str, tuple[str, Direction, str]] = {
    "name": (
        "contract",
        ARGUABLE,
        "the contract's name: the holdout is drawn by it, and it takes the place of the old one with the signatures of both",
    ),
    "status": ("status", NEUTRAL, "the status"),
    "since": ("from", NEUTRAL, "the day from which it holds"),
    "zone": ("zone", ARGUABLE, "the zone in which due times are counted"),
    "holidays": ("holidays", ARGUABLE, "whose holidays are no working days"),
    "keep": ("keep", ARGUABLE, "how long is kept what is known of customers"),
    "answerable": ("answerable", NEUTRAL, "who answers for a cause"),
    "changes": ("changes", ARGUABLE, "who must agree to changes"),
    "work_may": ("work.may", ARGUABLE, "what people at the desk may give by themselves"),
    "hard_in_a_row": ("work.hard_in_a_row", NEUTRAL, "how the desk's work is shared out"),
    "trained_for": ("work.trained_for", ARGUABLE, "who is never handed to chance"),
    "exit": ("exit", ARGUABLE, "the way back to people"),
}


def _house(side: Side) -> Iterator[Change]:
    if set(side.old.languages) != set(side.new.languages):
        way = added(set(side.old.languages), set(side.new.languages))
        yield side.change(way, "languages", "the languages in which customers are told", side.old.languages, side.new.languages)
    elif side.old.languages[:1] != side.new.languages[:1]:
        what = "the language of customers whose own is not known"
        yield side.change(ARGUABLE, "languages", what, side.old.languages[0], side.new.languages[0])
    for name, (path, way, what) in _WHOLE.items():
        old, new = getattr(side.old, name), getattr(side.new, name)
        if plainly(old) != plainly(new):
            yield side.change(way, path, what, old, new)
    if side.old.phrases != side.new.phrases:
        # They tell a customer that a person comes, or until when to disagree: no rule reads whether they still do.
        yield side.change(ARGUABLE, "phrases", "what is said instead of our own phrases", *texts_told(*map(_phrases, (side.old, side.new))))
    if plainly(side.old.incentives) != plainly(side.new.incentives):
        yield side.change(ARGUABLE, "incentives", "what others are paid for", side.old.incentives, side.new.incentives)


def _phrases(draft: Draft) -> dict[tuple[str, str], str]:
    return {(f"`{key}`", language): text for language, said in draft.phrases.items() for key, text in said.items()}


# ---- facts ---------------------------------------------------------------------------------------------------------


def facts(old: Draft, new: Draft) -> Iterator[Change]:
    """Facts that one contract only declares, and those declared otherwise; sources and segments."""
    side = Side(old, new, "")
    before, after = old.wiring.facts, new.wiring.facts
    for name in before.keys() - after.keys():
        yield side.change(
            NEUTRAL, "fact", f"the fact `{name}` is not declared any more", before[name].type, None, place=before[name].place, interface=True
        )
    for name in sorted(after.keys() - before.keys(), key=list(after).index):
        yield side.change(NEUTRAL, "fact", f"the fact `{name}` is new", None, after[name].type, place=after[name].place, adds=True)
    for name in (each for each in after if each in before):
        yield from _fact(side, before[name], after[name])
    if old.wiring.segments != new.wiring.segments:
        yield side.change(ARGUABLE, "segments", "where groups of customers are read", old.wiring.segments, new.wiring.segments, place="wiring")
    if plainly(old.wiring.sources) != plainly(new.wiring.sources):
        yield side.change(
            ARGUABLE, "sources", "where proposals and events come from", len(old.wiring.sources), len(new.wiring.sources), place="wiring"
        )


def _fact(side: Side, old: Fact, new: Fact) -> Iterator[Change]:
    called = f"the fact `{new.name}`"
    parts: tuple[tuple[str, str, Direction, bool], ...] = (
        ("type", "is of another type", ARGUABLE, True),
        ("source", "comes from elsewhere", ARGUABLE, True),
        ("stated_by", "is stated by somebody else", ARGUABLE, True),
        ("signed", "may be negative, or may not any more", ARGUABLE, True),
        ("fresh_within", "counts for another time", ARGUABLE, False),
        ("derived", "is worked out otherwise", ARGUABLE, False),
        ("history", "is counted otherwise", ARGUABLE, False),
        ("paid_by", "is rounded for the other side", ARGUABLE, False),
    )
    for name, what, way, interface in parts:
        before, after = getattr(old, name), getattr(new, name)
        if plainly(before) != plainly(after):
            yield side.change(way, "fact", f"{called} {what}", before, after, place=new.place, interface=interface)
    if old.tell != new.tell:
        way = AGAINST if new.tell else TOWARDS
        yield side.change(way, "fact", f"{called} is {'never told' if new.tell else 'told'}", old.tell or "told", new.tell or "told", place=new.place)
    if (old.say, old.values) != (new.say, new.values):
        way = ARGUABLE if any(_promised(draft, new.name) for draft in (side.old, side.new)) else NEUTRAL
        yield side.change(way, "fact", f"{called} is called otherwise", *texts_told(_called(old), _called(new)), place=new.place)


def _called(fact: Fact) -> dict[tuple[str, str], str]:
    """What a fact and its values are called, by language."""
    values = {(f"`{value}`", language): text for value, said in fact.values.items() for language, text in said.items()}
    return {("", language): text for language, text in (fact.say or {}).items()} | values


def _promised(draft: Draft, name: str) -> bool:
    """Whether what a fact is called stands in words that bind: of a promise, or of what is told."""
    told = [draft.phrases, draft.relationship.tell.cannot, *((rule.say, rule.repair) for kind in draft.kinds.values() for rule in kind.promises)]
    return f"{{{name}}}" in str(told)
