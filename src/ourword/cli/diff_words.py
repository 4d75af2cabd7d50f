"""What a comparison is in words: for a terminal, and for the Markdown of a pull request."""

from __future__ import annotations

from ourword.changing.found import Answered, Change, Part, Settled, Witness
from ourword.changing.order import Direction
from ourword.changing.told import Compared
from ourword.contract.words import listed
from ourword.deciding.past import Moved, Past

ORDER = (Direction.AGAINST, Direction.TOWARDS, Direction.ARGUABLE, Direction.NEUTRAL)


def change_words(change: Change) -> str:
    """What changes, with what it was and what it is."""
    what = f"{change.kind}: {change.what}" if change.kind else change.what
    return f"{what}: {change.was} → {change.now}" if change.was != change.now else what


def gate_words(answered: Answered) -> str:
    """What one gate answered, and by what."""
    # An ask carries what it would change, so that the customer confirms that: `ask to paid 1000.00 EUR` said neither.
    become = ", ".join(f"{name} becomes {value}" for name, value in (answered.amended or {}).items())
    amended = f" ({'once confirmed, ' if answered.answer == 'ask' else ''}{become})" if become else ""
    proposed = f" (proposed: {answered.proposed})" if answered.proposed else ""
    promised = f"; promised: {', '.join(f'`{each}`' for each in answered.promises)}" if answered.promises else ""
    where = f" ({answered.place})" if answered.place else ""
    return f"{answered.answer}{amended}{proposed}, decided by `{answered.decided_by}`{where}{promised}"


def witness_words(met: Witness) -> list[tuple[str, str]]:
    """The customer, and both answers."""
    return [("customer", met.words), ("old", gate_words(met.old)), ("new", gate_words(met.new))]


def shown(change: Change) -> tuple[Witness, ...]:
    """The customers who show it: of what is only possible the gates showed none, and the solver's guess would only puzzle."""
    return () if change.possible else change.customers


LEANING_MAX = 3


def leaning_words(change: Change) -> list[str]:
    """What the solver could not look into, the first of it."""
    told = [f"`{' '.join(atom.split())}`" for atom in change.leans_on[:LEANING_MAX]]
    more = len(change.leans_on) - LEANING_MAX
    return [*told, f"{more} more such parts (`--json` lists them)"] if more > 0 else told


def title_words(told: Compared) -> str:
    """Which versions are compared; both names, where they differ."""
    old = f"{told.old[0]} {told.old[1]}"
    return f"{old} → {told.new[1] if told.new[0] == told.old[0] else f'{told.new[0]} {told.new[1]}'}"


def part_words(part: Part) -> str:
    """What was touched, and what that is for those whom it decides."""
    ways = listed(part.directions) if part.directions else "automation answers nobody otherwise where it decides"
    return f"{part.kind}: {part.what}: {ways}{'' if part.proved else '; not all of it is proved'}"


def settled_words(settled: Settled) -> str:
    """A kind of decision as a whole."""
    rest = "proved" if settled.proved else "not proved"
    if not settled.directions:
        return f"{settled.kind}: nobody is answered otherwise: {rest}"
    return f"{settled.kind}: {listed(settled.directions)}; nobody else is answered otherwise: {rest}"


def counted_words(told: Compared) -> str:
    """How many changes of each direction."""
    counts = [f"{len(told.of(way))} {way}" for way in ORDER if told.of(way)]
    possible = sum(each.possible for each in told.changes)
    counts += [f"{possible} possible"] if possible else []
    counts += [f"{len(told.not_proved)} not proved"] if told.not_proved else []
    return ", ".join(counts) or "nothing changes"


def version_words(told: Compared) -> str:
    """What the version should be."""
    advised = told.version
    if not advised.least:
        return f"version: {told.old[1]} is not MAJOR.MINOR.PATCH; this is a {advised.step} change"
    because = {
        "major": "something is against customers, or others must change something too",
        "minor": "something is changed or added, and nothing is against customers",
        "patch": "only words are changed",
        "none": "nothing is changed",
    }[advised.step]
    small = "" if advised.enough else f"; {advised.given} is too small"
    return f"version: {advised.least} or higher, since {because}{small}"


# ---- the past ------------------------------------------------------------------------------------------------------

GROUPS_MAX = 6


def past_words(past: Past) -> list[str]:
    """A kind's past in lines, the sum first."""
    if not past.n:
        told = [f"{past.kind}: no data: no decision that both contracts could decide again"]
    else:
        ways = ", ".join(f"{count:,} {way} ({count / past.n:.1%})" for way, count in _ways(past) if count) or "none is answered otherwise"
        told = [f"{past.kind}: {past.n:,} decisions decided again by both: {ways}"]
    told += [f"{each.n:,} {each.old} → {each.new}: {each.direction} (`{'`, `'.join(each.decisions)}`{_more(each)})" for each in past.moved]
    told += _group_words(past)
    for each in (each for each in past.promises if each.lost or each.won):
        told.append(f"`{each.promise}`: promised {each.old:,} times → {each.new:,}: {each.lost:,} lost, {each.won:,} won")
    if past.cannot_be_told:
        names = ", ".join(f"`{name}`" for name in past.not_recorded)
        told.append(f"{past.cannot_be_told:,} more cannot be told: they rest on what nobody recorded ({names})")
    beside = [f"{count:,} {what}" for count, what in ((past.by_people, "taken by people"), (past.erased, "of customers who were erased")) if count]
    return [*told, f"not looked at: {', '.join(beside)}"] if beside else told


def _ways(past: Past) -> tuple[tuple[str, int], ...]:
    return (("against", past.against), ("towards", past.towards), ("arguable", past.arguable))


def _more(moved: Moved) -> str:
    return " …" if moved.n > len(moved.decisions) else ""


def _group_words(past: Past) -> list[str]:
    """The groups in which most is against, by share; those where nothing is known come last."""
    told = []
    for segment in dict.fromkeys(each.segment for each in past.segments):
        groups = [each for each in past.segments if each.segment == segment]
        if all(each.value is None for each in groups):
            told.append(f"by {segment}: no data")
            continue
        ranked = sorted(groups, key=lambda each: (each.value is None, -each.against / each.n, -each.n))
        shown = [f"{each.value or 'not known'} {each.against:,} against, {each.towards:,} towards of {each.n:,}" for each in ranked[:GROUPS_MAX]]
        rest = f"; {len(ranked) - GROUPS_MAX} groups more" if len(ranked) > GROUPS_MAX else ""
        told.append(f"by {segment}: {'; '.join(shown)}{rest}")
    return told
