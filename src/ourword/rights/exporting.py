"""Everything that a home holds on one customer, for the customer: as JSON values, with the words beside the records."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from ourword.deciding.explaining import why
from ourword.deciding.told import told
from ourword.figures.settling import promises, row_as_dict
from ourword.kept import draft_of
from ourword.ledger.entry import Hold, instant_text
from ourword.ledger.samples import named
from ourword.ledger.signal_words import as_dict
from ourword.outcomes.identity import END, START
from ourword.rights.holding_back import reason_of
from ourword.signals.signalling import signals
from ourword.stores.erasing import was_erased
from ourword.stores.events import EventStore
from ourword.stores.gone import let_go
from ourword.stores.samples import drawn_of, frame_of, notes_of, samples
from ourword.stores.theirs import Alias, aliases_of, attributes_of, decisions_of, events_of, names_of, one_person

if TYPE_CHECKING:
    from ourword.core.event import Event
    from ourword.stores.home import Home
    from ourword.stores.people import People

FORMAT = 1
_RECORDED, _HEARD = ("decisions", "promises", "signals", "called_back", "holds"), ("events", "attributes", "names")


def export(home: Home, customer: str, *, now: int) -> dict[str, Any]:
    """Give all that is held on a customer, and on the ids that are one person with them (`ids`); *now* in ns since 1970.

    `held` is false where nothing is; `erased` is true where this id was erased, whatever has come of it since. `let_go` says up to
    where decisions of anybody are past retention and gone (`LetGo`), or is `None`: whether some of theirs were among them nobody can tell.
    """
    number = home.store.number_of(customer)
    head = {"format": FORMAT, "home": home.id, "customer": customer, "written": instant_text(now)}
    head |= {"held": number is not None, "erased": was_erased(home, customer)}
    head |= {"let_go": msgspec.to_builtins(let_go(home.store))}
    if number is None:
        return head | {each: [] for each in ("ids", *_RECORDED, *_HEARD)}
    if not home.has_events:
        return head | {"ids": [{"id": customer}]} | _recorded(home, [number], now) | {each: [] for each in _HEARD}
    with EventStore(home, write=False) as store:
        numbers = one_person(store.people, number)
        ids = [{"id": store.people.customer(each) or customer} for each in numbers]
        ids += [_alias(each) for every in numbers for each in aliases_of(store.people, every) if not each.always]
        return head | {"ids": ids} | _recorded(home, numbers, now, store.people) | _told_of_them(store.people, numbers)


# ---- what was decided --------------------------------------------------------------------------------------------------


def _recorded(home: Home, numbers: list[int], now: int, people: People | None = None) -> dict[str, Any]:
    ids = dict.fromkeys(decisions_of(home, numbers))
    return {
        "decisions": [_decision(home, each) for each in ids],
        "promises": [row_as_dict(row) for row in promises(home) if row.decision in ids],
        "signals": [as_dict(each) | {"decisions": theirs} for each in signals(home, now=now) if (theirs := [d for d in each.decisions if d in ids])],
        "called_back": _called_back(home, numbers, people) if people is not None else [],
        "holds": list(_holds(home, numbers)),
    }


def _decision(home: Home, decision_id: str) -> dict[str, Any]:
    """The record as `ourword why --json` gives it, and what `ourword why` makes of it."""
    record = why(home, decision_id)
    draft = draft_of(home.path, record["entry"]["lineage"]["contract"])
    words = msgspec.to_builtins(told(record, draft))
    return record | {"words": {name: value for name, value in words.items() if name not in record and value not in ("", [], (), 0, False)}}


def _holds(home: Home, numbers: list[int]) -> Iterator[dict[str, Any]]:
    """What was said of holding or releasing what is kept on them, in order, and why."""
    keys = {key.sub: key for number in numbers if (key := home.keys.subject(number)) is not None}
    for entry in home.store.hold_entries():
        value = entry.value
        if isinstance(value, Hold) and value.sub in keys:
            more = {name: given for name, given in (("of", value.of), ("until", value.until)) if given is not msgspec.UNSET}
            said = {"entry": entry.seq, "time": value.time, "standing": value.standing, "by": value.by, **more}
            yield said | {"because": reason_of(home, entry, keys[value.sub])}


def _called_back(home: Home, numbers: list[int], people: People) -> list[dict[str, Any]]:
    """The calls by lot that were about one of their contacts: when it was drawn, what was said, what the caller noted."""
    found = []
    for sample in samples(home):
        notes: dict[int, str] | None = None
        for place, contact in enumerate(drawn_of(sample, frame_of(home, sample)), 1):
            if people.whose(contact) not in numbers:
                continue
            notes = notes_of(home, sample) if notes is None else notes
            answer = sample.answers.get(place)
            said = {} if answer is None else {"solved": answer.said.value, "answered": instant_text(answer.at)}
            found.append(
                {"id": named(sample.seq, place), "contact": people.name(contact), "drawn": instant_text(sample.at), **said, "note": notes.get(place)}
            )
    return found


# ---- what happened -----------------------------------------------------------------------------------------------------


def _told_of_them(people: People, numbers: Iterable[int]) -> dict[str, Any]:
    events, attributes, names = [], [], []
    for number in numbers:
        events += [_event(arrival, each) for arrival, each in events_of(people, number)]
        attributes += [{"name": each.name, "value": each.value, "since": instant_text(each.since * 1000)} for each in attributes_of(people, number)]
        names += names_of(people, number)
    return {"events": sorted(events, key=lambda each: int(each["arrival"])), "attributes": attributes, "names": names}


def _event(arrival: int, event: Event) -> dict[str, Any]:
    """As it was handed in, with the number of its arrival."""
    time = {} if event.instant is None else {"time": instant_text(event.instant)}
    more = {} if event.sequence is None else {"sequence": event.sequence}
    return {
        "arrival": arrival,
        "id": event.id,
        "source": event.source,
        "type": event.type,
        **time,
        **more,
        "subject": event.subject,
        "data": event.data,
    }


def _alias(alias: Alias) -> dict[str, Any]:
    times = (("from", alias.since, START), ("until", alias.until, END))
    return {"id": alias.id, **{name: instant_text(at * 1000) for name, at, open_ended in times if at != open_ended}}


def written(exported: dict[str, Any]) -> str:
    """As JSON that people can read."""
    return json.dumps(exported, ensure_ascii=False, indent=2) + "\n"
