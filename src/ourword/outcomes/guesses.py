"""Which column is likely to be what: by the words of its name, and by what its values look like. Every guess says why.

The words below are English; those of other languages become these in `elsewhere`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from ourword.outcomes.elsewhere import in_english
from ourword.outcomes.profile import Column
from ourword.outcomes.ratings import answers_in
from ourword.outcomes.written import DAY, MONTH, Written, first_in, turned, written

CUSTOMERS = (
    "customer",
    "client",
    "user",
    "requester",
    "account",
    "member",
    "subscriber",
    "visitor",
    "buyer",
    "guest",
    "patient",
    "caller",
    "shopper",
    "reporter",
    "email",
)
CONTACTS = (
    "ticket",
    "case",
    "conversation",
    "dialogue",
    "dialog",
    "chat",
    "session",
    "thread",
    "contact",
    "interaction",
    "incident",
    "issue",
    "call",
    "inquiry",
)
KINDS = ("category", "topic", "kind", "intent", "reason", "queue", "department", "tag", "type", "subject", "product")
AUTHORS = ("author", "role", "sender", "speaker", "direction", "actor", "agent", "by", "from", "who", "participant")
TEXTS = ("text", "content", "body", "message", "utterance", "comment", "description")
RATINGS = ("csat", "satisfaction", "rating", "survey", "stars")
_SPOKEN = (*TEXTS, "turn", "dialog", "dialogue", "conversation", "chat", "transcript", "thread", "part", "post", "replie", "line", "event")
STATES = ("status", "state", "disposition", "outcome", "resolution", "completion", "level", "resolved", "solved", "result")
_WHETHER = ("resolved", "solved")
ACTIVITIES = ("activity", "event", "action", "step", "task", "type", "name", "status", "state")
TIMES = ("time", "timestamp", "ts", "date", "created", "create", "at", "sent", "opened", "start", "started", "unix", "when", "received", "complete")
CLOSINGS = ("solved", "resolved", "closed", "close", "completed", "finished", "ended", "end")
"""Those first that say when help ended: many helpdesks close a ticket days later, by a timer."""
_THINGS = ("order", "purchase", "booking", "reservation", "invoice", "shipment", "parcel", "subscription")
THING = re.compile(
    rf"\b({'|'.join(_THINGS)})s?(?:[ _-]*(?:id|no|nr|number|code|reference|ref)\.?|[ _-]*#)?\s*$",
    re.IGNORECASE,
)
"""What is called one thing that a customer has with the company: an order by its number, an invoice. Two contacts about one are about the same."""
LEAVINGS = ("churn", "churned", "cancelled", "canceled", "left", "attrition", "exited", "unsubscribed")
_SAID = 5
"""A column of which a person said what it is stands before all that sound like it."""
_OFTEN_ELSE = ("subject", "type", "tag", "product")
"""Words that name a kind in many tables, and something else in others."""
_ABOUT_RATINGS = ("date", "time", "at", "comment", "reason", "text", "url", "link", "id", "sent", "nps", "effort", "offered", "requested")
_OTHERS = ("agent", "assignee", "operator", "wizard", "staff", "employee", "bot", "system", "group", "team")
_COUNTS = ("interactions", "replies", "count", "messages", "rating", "satisfaction", "domain", "external", "organization", "zone")
_OUGHT = (
    *("due", "target", "expected", "deadline", "estimated", "estimate", "eta", "planned", "plan", "scheduled", "promised", "goal", "sla"),
    *("breach", "should", "until", "expiry", "expires"),
)
"""Words of a time at which something ought to happen, or was said to."""
_LATER = ("updated", "update", "modified", "birth", *_OUGHT, "response", "reply", "assigned", "viewed", "last", *CLOSINGS)

SAYS_CUSTOMER = (
    "user",
    "customer",
    "client",
    "requester",
    "visitor",
    "end-user",
    "enduser",
    "inbound",
    "incoming",
    "caller",
    "guest",
    "patient",
    "consumer",
)
SAYS_AUTOMATION = ("assistant", "bot", "ai", "automation", "virtual", "chatbot", "ivr", "model", "auto")
SAYS_US = (
    "agent",
    "human",
    "admin",
    "staff",
    "operator",
    "teammate",
    "outbound",
    "outgoing",
    "support",
    "wizard",
    "representative",
    "rep",
    "employee",
)
SAYS_NOTHING = ("system", "tool", "function", "developer")
OPENING_WORDS = ("open", "opened", "new", "created", "create", "insert", "submitted", "received", "start", "started")
CLOSING_WORDS = ("closed", "close", "resolved", "resolve", "solved", "solve", "done", "completed", "complete", "finished")
REOPENING_WORDS = ("reopened", "reopen")


class Guess(msgspec.Struct, frozen=True):
    """A column and why it was taken."""

    column: Column
    why: str


class TimeGuess(msgspec.Struct, frozen=True):
    """A column of times, and how they are written."""

    column: Column
    written: Written


def customer(columns: Iterable[Column], *, contact: Guess | None = None) -> Guess | None:
    """The column that names the customer: an id by its name, with several rows each, or one for every row.

    Some helpdesks call their customers contacts: a column so called that is not the ticket's own is taken when there is no better one. An
    account is none: it is a company, of which many are customers.
    """
    others = [each for each in columns if contact is None or each.path != contact.column.path]
    best = _best(others, CUSTOMERS, against=(*_OTHERS, *_COUNTS), id_like=True)
    if contact is None or (best is not None and "account" not in best.column.words):
        return best
    called = _best(others, ("contact",), against=(*_OTHERS, *_COUNTS, "channel", "reason", "type", "time", "date", "name"), id_like=True)
    return called or best


def contact(columns: Iterable[Column]) -> Guess | None:
    """The column that names the ticket or conversation."""
    against = ("agent", "channel", "type", "time", "date", "status", "subject", "reason", "user", "customer", "client", "method", "count")
    return _best(columns, CONTACTS, against=against, id_like=True, bare_id=True)


def kind(columns: Iterable[Column]) -> Guess | None:
    """What it is about: short words that come again and again; under a name that means nothing else, in a table of eight rows too."""
    few = [each for each in columns if each.said or (1 < each.distinct <= 60 and _repeats(each) and not each.long and _clock(each) is None)]
    return _best(few, KINDS, against=("id", "document", "agent", "payment", "ticket", "action"))


def _repeats(column: Column) -> bool:
    """Whether values come again: three times on average; where nothing but a kind is called so, once is enough."""
    called = bool(column.words) and all(word in KINDS and word not in _OFTEN_ELSE for word in column.words)
    return column.distinct < column.filled if called else column.distinct * 3 <= column.filled


def rating(columns: Iterable[Column]) -> Guess | None:
    """How content customers said they were, where its values can be understood."""
    return _best((each for each in called_ratings(columns) if answers_in(each)), RATINGS, otherwise=True)


def called_ratings(columns: Iterable[Column]) -> list[Column]:
    """Columns that are called so, whatever they hold."""
    return [each for each in columns if _score(each, RATINGS, _ABOUT_RATINGS) > 0]


def assignee(columns: Iterable[Column]) -> Guess | None:
    """Whose name stands beside a ticket: an agent rather than a group. It does not say who answered."""
    return _best(columns, ("agent", "assignee", "operator", "owner", "group", "team"), against=("id", "time", "interactions", "date", "count"))


def thing(columns: Iterable[Column]) -> Guess | None:
    """The order, booking or invoice that it is about: a column whose name ends so, with ids and not one for all."""
    named = [each for each in columns if each.distinct > 1 and not each.long and THING.search(each.english) and _clock(each) is None]
    best = max(named, key=lambda each: (bool(each.said), each.share), default=None)
    return None if best is None else Guess(best, "what you said" if best.said else "its name")


def author(columns: Iterable[Column]) -> Guess | None:
    """Who speaks: a handful of values, of which one looks like a customer or like us."""
    known = {*SAYS_CUSTOMER, *SAYS_AUTOMATION, *SAYS_US}
    few = (
        each
        for each in columns
        if (each.distinct <= 12 and any(in_english(value.strip()) in known for value in each.values)) or _names_the_customer(each)
    )
    return _best(few, AUTHORS, against=("id",), otherwise=True)


def speaks(name: str) -> bool:
    """Whether a list is called as what people say: `messages`, `chat_turns`.

    >>> speaks("messages"), speaks("chatTurns"), speaks("attachments")
    (True, True, False)
    """
    return any(word.rstrip("s") in _SPOKEN for word in Column(path=(name,)).words)


def _names_the_customer(column: Column) -> bool:
    """Whether a good part of a column is a word for the customer: then the other names in it, be they many, are our people's."""
    return 10 * sum(count for value, count in column.values.items() if in_english(value.strip()) in SAYS_CUSTOMER) >= max(1, column.filled)


def text(columns: Iterable[Column]) -> Guess | None:
    """The words themselves: the longest of the columns that are called so."""
    named = [each for each in columns if _score(each, TEXTS, ()) > 0 and each.filled and each.characters / each.filled > 2]
    best = max(named, key=lambda each: each.characters / each.filled * each.share, default=None)
    return None if best is None else Guess(best, "its name, and the longest texts")


def state(columns: Iterable[Column]) -> Guess | None:
    """How it ended: a few words."""
    few = (each for each in columns if each.said or (1 <= each.distinct <= 20 and _clock(each) is None))
    return _best(few, STATES, against=("id", "previous", "payment", "delivery", "marital", "sla", *CUSTOMERS, *_THINGS))


def asks_whether(column: Column) -> bool:
    """Whether a column of states asks one thing, whether it was solved: by its name, and since it has a yes, a no, or nothing.

    >>> marks = {"1": 40, "0": 20}; asks_whether(Column(path=("is_resolved",), values=marks)), asks_whether(Column(path=("level",), values=marks))
    (True, False)
    """
    return column.distinct <= 2 and any(word in _WHETHER for word in column.words)


def activity(columns: Iterable[Column]) -> Guess | None:
    """What happened, in an event log: up to sixty short names."""
    few = (each for each in columns if 2 <= each.distinct <= 60 and not each.long and each.share > 0.9 and _clock(each) is None)
    return _best(few, ACTIVITIES, against=("id", "user", "agent", "product", "payment", "customer"))


def left(columns: Iterable[Column]) -> Guess | None:
    """Whether the customer left: two values."""
    return _best((each for each in columns if each.distinct == 2), LEAVINGS, against=("reason", "date"))


def times(columns: Iterable[Column]) -> list[TimeGuess]:
    """Columns of times, the likeliest to be the row's own first; a day of birth is none, and proves nothing of how other dates are written."""
    found = []
    for each in columns:
        if _is_birth(each):
            continue
        how, named = _clock(each), _score(each, TIMES, ())
        if how is not None:
            found.append((named - 2 * any(word in _LATER for word in each.words) + each.share, each, how))
    found.sort(key=lambda each: -each[0])
    return [TimeGuess(column, how) for _, column, how in found]


def _is_birth(column: Column) -> bool:
    return any(word in ("dob", "born", "birthday", "birthdate", "birth", "dateofbirth") for word in column.words)


def called_times(columns: Iterable[Column]) -> list[Column]:
    """Columns that are called so, whatever they hold."""
    return [each for each in columns if each.filled and _score(each, (*TIMES, *CLOSINGS), ()) > 0 and not _is_birth(each)]


def _clock(column: Column) -> Written | None:
    """How a column's times are written; numbers are times only where its name says so, or an order of ten digits would be one."""
    return written(column, numbers=_score(column, (*TIMES, *CLOSINGS), ()) > 0)


def in_order(found: list[TimeGuess], first: str = "") -> list[TimeGuess]:
    """The same times with day and month in one order: the one that is given, else the one that a value in any of them proves."""
    proven = [
        order for each in found if turned(each.written.unit) for order in {first_in(text) for text in each.column.values} if order in (DAY, MONTH)
    ]
    order = first or (proven[0] if len(set(proven)) == 1 else "")
    return [_ordered(each, order) if order and turned(each.written.unit) else each for each in found]


def _ordered(each: TimeGuess, order: str) -> TimeGuess:
    how = each.written
    return TimeGuess(each.column, Written(turned(how.unit, order), how.share, how.zoned))


def closing(found: list[TimeGuess]) -> TimeGuess | None:
    """When it was closed, in a table of tickets: the last time of it, and rather when it was solved than when it was put away.

    When it ought to be closed says nothing of whether it was.
    """
    named = [each for each in found if any(word in CLOSINGS for word in each.column.words) and not any(word in _OUGHT for word in each.column.words)]
    return min(named, key=_how_late, default=None)


def _how_late(each: TimeGuess) -> tuple[bool, int]:
    words = each.column.words
    return "first" in words, min(CLOSINGS.index(word) for word in words if word in CLOSINGS)


def _best(
    columns: Iterable[Column],
    words: tuple[str, ...],
    *,
    against: tuple[str, ...] = (),
    id_like: bool = False,
    bare_id: bool = False,
    otherwise: bool = False,
) -> Guess | None:
    scored = [(_score(each, words, against), each) for each in columns if each.filled]
    if id_like:
        scored = [(score + _is_id(each) * (0.75 if score > 0 or (bare_id and each.words == ["id"]) else 0), each) for score, each in scored]
        scored = [(score, each) for score, each in scored if each.distinct > 1 or each.rows == 1]
    score, best = max(scored, key=lambda each: (each[0], each[1].share), default=(0.0, None))
    if best is None or (score < 0.75 and not otherwise):
        return None
    return Guess(best, "what you said" if best.said else "its name" if score >= 0.75 else "its values")


def _is_id(column: Column) -> bool:
    return any(word in ("id", "ids", "number", "no", "nr", "key", "uuid", "email", "mail") for word in column.words)


def _score(column: Column, words: tuple[str, ...], against: tuple[str, ...]) -> float:
    """The earlier in the list, the likelier; a word that speaks against it takes away more than any gives."""
    named = [word.rstrip("s") for word in column.words] + column.words
    scores = [2 - words.index(word) / len(words) for word in named if word in words]
    return (
        (max(scores) + _SAID * bool(column.said) if scores else 0.0)
        - 3 * any(word in against for word in column.words)
        - 0.1 * (len(column.path) - 1)
    )


ROLES = {
    "ticket": "ticket id",
    "customer": "customer id",
    "created": "created at",
    "closed": "solved at",
    "status": "status",
    "kind": "category",
    "order": "order id",
    "agent": "agent",
    "text": "text",
    "rating": "satisfaction rating",
}
"""What a person may say that a column is, and the name by which it is then guessed."""
