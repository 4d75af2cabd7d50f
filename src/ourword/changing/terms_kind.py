"""What binds in one kind of decision beside its answers: promises, contests, the escalation, targets, who owns it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ourword.changing.compared import Side, added, by_length, moved, removed
from ourword.changing.found import Change
from ourword.changing.order import Direction, together
from ourword.changing.written import parted, plainly
from ourword.contract.model import Clause, Draft, Kind, PromiseRule, Target
from ourword.core.answer import Answer
from ourword.core.money import minor_from_text
from ourword.core.span import Span, span_from_text

AGAINST, TOWARDS, ARGUABLE, NEUTRAL = Direction.AGAINST, Direction.TOWARDS, Direction.ARGUABLE, Direction.NEUTRAL


def kind_terms(old: Draft, new: Draft, name: str) -> Iterator[Change]:
    """Every change of a kind that the gate's answers do not show."""
    side = Side(old, new, name)
    one, other = old.kinds[name], new.kinds[name]
    yield from _promises(side, one, other)
    yield from _clauses(side, one, other)
    yield from _escalation(side, one, other)
    yield from _targets(side, one, other)
    yield from _rest(side, one, other)


def kinds(old: Draft, new: Draft) -> Iterator[Change]:
    """Kinds of decision that one of the two only has."""
    for name in (each for each in old.kinds if each not in new.kinds):
        what = f"`{name}` is not decided any more: its promises and boundaries bind nobody"
        yield Change(direction=AGAINST, about="kind", kind=name, what=what, place=old.kinds[name].place, interface=True)
    for name in (each for each in new.kinds if each not in old.kinds):
        what = f"`{name}` is decided now: nothing was said of it before"
        yield Change(direction=ARGUABLE, about="kind", kind=name, what=what, place=new.kinds[name].place, adds=True)


# ---- promises ------------------------------------------------------------------------------------------------------


def _promises(side: Side, old: Kind, new: Kind) -> Iterator[Change]:
    gone, fresh, kept = parted(old.promises, new.promises, lambda each: each.id)
    for one in gone:
        yield side.change(AGAINST, "promise", f"`{one.id}` is not promised any more", one.within, None, place=one.place)
    for other in fresh:
        yield side.change(TOWARDS, "promise", f"`{other.id}` is promised", None, other.within, place=other.place, adds=True)
    for one, other in kept:
        yield from _promise(side, one, other)


def _promise(side: Side, old: PromiseRule, new: PromiseRule) -> Iterator[Change]:
    called, place = f"`{new.id}`", new.place
    if (old.within, old.working) != (new.within, new.working):
        # Both together say when it is due: more time of the clock may be less than a little time of a desk's hours.
        way = by_length(old.within, new.within, *side.counted(old.working, new.working), if_longer=AGAINST)
        what = {AGAINST: "may be kept later", TOWARDS: "is to be kept sooner", NEUTRAL: "is counted by another desk, to the same time"}
        yield side.change(way, "promise", f"{called} {what.get(way, 'is due by another count')}", _due(old), _due(new), place=place)
    if old.amount != new.amount:
        yield side.change(removed(old.amount, new.amount), "promise", f"{called} binds its amount otherwise", old.amount, new.amount, place=place)
    if old.kept_by != new.kept_by:
        yield side.change(ARGUABLE, "promise", f"{called} is kept by something else", old.kept_by, new.kept_by, place=place, interface=True)
    if plainly(old.repair) != plainly(new.repair):
        yield side.change(_repair(side, old.repair, new.repair), "promise", f"the repair of {called}", old.repair, new.repair, place=place)
    if old.say != new.say:
        other = any(new.say.get(language, text) != text for language, text in old.say.items())
        way = ARGUABLE if other else NEUTRAL  # what customers hear binds us, and no rule reads whether "10 days" became "30 days, perhaps"
        yield side.change(way, "promise", f"{called} is said in other words", _first(old.say), _first(new.say), place=place)


def _due(rule: PromiseRule) -> str:
    return f"{rule.within}, in the hours of `{rule.working}`" if rule.working else str(rule.within)


def _repair(side: Side, old: dict[str, Any] | None, new: dict[str, Any] | None) -> Direction:
    if not old or not new:
        return removed(old, new)
    parts: list[Direction] = []
    for key in dict.fromkeys((*old, *new)):
        before, after = (plainly(each.get(key)) for each in (old, new))
        if before != after:
            parts.append(_repair_part(side, key, before, after))
    return together(parts)


def _repair_part(side: Side, key: str, old: Any, new: Any) -> Direction:
    if old is None or new is None:
        return removed(old, new)
    spans_ = (_span(old), _span(new))
    if spans_[0] is not None and spans_[1] is not None:
        return by_length(spans_[0], spans_[1], *side.counted(), if_longer=AGAINST)
    currency = str(old).rpartition(" ")[2]
    amounts = (minor_from_text(str(old), currency), minor_from_text(str(new), currency)) if str(new).endswith(f" {currency}") else (None, None)
    return ARGUABLE if None in amounts and old != new else moved(*amounts, more=TOWARDS)


def _span(text: object) -> Span | None:
    return span_from_text(text) if isinstance(text, str) else None


def _first(say: dict[str, str]) -> str:
    return next(iter(say.values()), "")


# ---- clauses, beside their answers ---------------------------------------------------------------------------------


def _clauses(side: Side, old: Kind, new: Kind) -> Iterator[Change]:
    for one, other in parted(old.clauses, new.clauses, lambda each: each.id)[2]:
        yield from _clause(side, one, other)
    yield from _contests(side, old, new)
    for before, after in parted(old.never, new.never, lambda each: each.id)[2]:
        if before.say != after.say:
            yield side.change(NEUTRAL, "boundary", f"`{after.id}` is said in other words", _first(before.say), _first(after.say), place=after.place)


def _contests(side: Side, old: Kind, new: Kind) -> Iterator[Change]:
    """Refusals that came, went or have another name: whom they take over nobody asks here, so that another time to contest is arguable."""
    gone, fresh, _ = parted(old.clauses, new.clauses, lambda each: each.id)
    refusals = [[each for each in clauses if each.then.answer is Answer.REFUSE] for clauses in (old.clauses, new.clauses, gone, fresh)]
    pairs = [(one, other) for one in refusals[0] for other in refusals[3]] + [(one, other) for one in refusals[2] for other in refusals[1]]
    for one, other in (each for each in pairs if each[0].contest != each[1].contest):
        what = f"how long a refusal can be contested, if `{other.id}` refuses whom `{one.id}` refused"
        yield side.change(ARGUABLE, "contest", what, one.contest, other.contest, place=other.place)
        return


def _clause(side: Side, old: Clause, new: Clause) -> Iterator[Change]:
    called, place = f"`{new.id}`", new.place
    if old.contest != new.contest:
        if old.contest is None or new.contest is None:
            way = removed(old.contest, new.contest)
        else:
            way = by_length(old.contest, new.contest, *side.counted(), if_longer=TOWARDS)
        yield side.change(way, "contest", f"how long {called} can be contested", old.contest, new.contest, place=place)
    if set(old.then.ask) != set(new.then.ask) and old.then.answer is new.then.answer:
        way = added(set(old.then.ask), set(new.then.ask)).turned
        yield side.change(way, "ask", f"{called} asks the customer for {_more(way)}", old.then.ask, new.then.ask, place=place)
    if old.final != new.final:
        way = AGAINST if new.final else TOWARDS
        yield side.change(way, "final", f"whether a person may still decide where {called} refuses", not old.final, not new.final, place=place)
    if old.say != new.say:
        yield side.change(NEUTRAL, "say", f"{called} is said in other words", _first(old.say), _first(new.say), place=place)
    way = ARGUABLE if old.final or new.final else NEUTRAL  # a final refusal stands on its basis, and nobody but its owner may lift it
    if old.basis != new.basis:
        yield side.change(way, "basis", f"on what {called} rests", old.basis, new.basis, place=place)
    if old.owner != new.owner:
        what = f"who alone may lift what {called} refuses" if way is ARGUABLE else f"whose {called} is"
        yield side.change(way, "owner", what, old.owner, new.owner, place=place)


def _more(way: Direction) -> str:
    return {AGAINST: "more", TOWARDS: "less"}.get(way, "something else")


# ---- escalation, targets, the rest ---------------------------------------------------------------------------------


def _escalation(side: Side, old: Kind, new: Kind) -> Iterator[Change]:
    one, other = old.escalation, new.escalation
    if one is None or other is None:
        if one is not other:
            yield side.change(removed(one, other), "escalation", "the way of what is escalated", one, other)
        return
    if one.to != other.to:
        yield side.change(ARGUABLE, "escalation.to", "who decides what is escalated", one.to, other.to)
    if set(one.carry) != set(other.carry):
        way = added(set(one.carry), set(other.carry))
        what = "the customer has to say more once again" if way is AGAINST else "what goes along to the person"
        yield side.change(way, "escalation.carry", what, one.carry, other.carry)
    if one.if_nobody != other.if_nobody:
        yield side.change(
            _nobody(side, one.if_nobody, other.if_nobody), "escalation.if_nobody", "what happens if nobody answers", one.if_nobody, other.if_nobody
        )


def _nobody(side: Side, old: tuple[tuple[Span, str], ...], new: tuple[tuple[Span, str], ...]) -> Direction:
    if not old or not new:
        return removed(old, new)
    if [to for _, to in old] != [to for _, to in new]:
        return ARGUABLE
    return together([by_length(one, other, *side.counted(), if_longer=AGAINST) for (one, _), (other, _) in zip(old, new, strict=True)])


_BOUND = {"at_least": TOWARDS, "at_most": AGAINST, "not_below_holdout_by": AGAINST}
"""What a higher bound of a target is for the customer."""


def _targets(side: Side, old: Kind, new: Kind) -> Iterator[Change]:
    gone, fresh, kept = parted(old.targets, new.targets, _target)
    for one in gone:
        yield side.change(AGAINST, "target", f"{_target(one)} is no target any more", one.bounds, None, place=one.place)
    for other in fresh:
        yield side.change(TOWARDS, "target", f"{_target(other)} is a target", None, other.bounds, place=other.place, adds=True)
    for one, other in kept:
        if one.bounds != other.bounds:
            same = one.bounds.keys() == other.bounds.keys()
            way = together([moved(one.bounds[each], other.bounds[each], more=_BOUND[each]) for each in one.bounds]) if same else ARGUABLE
            what = {AGAINST: "is loosened", TOWARDS: "is tightened"}.get(way, "is another")
            yield side.change(way, "target", f"the target of {_target(other)} {what}", one.bounds, other.bounds, place=other.place)


def _target(target: Target) -> str:
    return f"{target.metric} within {target.within}"


def _rest(side: Side, old: Kind, new: Kind) -> Iterator[Change]:
    if old.owner != new.owner:
        yield side.change(ARGUABLE, "owner", "who answers for it, and may give more than the desk", old.owner, new.owner)
    if old.explore != new.explore:
        yield side.change(ARGUABLE, "explore", "whether people decide for a share of customers", old.explore, new.explore)
    if old.monotone != new.monotone:
        yield side.change(removed(old.monotone, new.monotone), "monotone", "which facts may pull one way only", old.monotone, new.monotone)
    if plainly(old.examples) != plainly(new.examples):
        yield side.change(NEUTRAL, "examples", "the examples", len(old.examples), len(new.examples))
    tables = [f"{each.file}, {each.hit}" if each is not None else "" for each in (old.table, new.table)]
    if tables[0] != tables[1]:  # its rows are clauses: what they answer is compared with the rest
        yield side.change(NEUTRAL, "table", "the file of its decision table, or how its rows meet", *tables)
    for name in ("question", "objective"):
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield side.change(NEUTRAL, name, f"the {name} is said in other words", before, after)
