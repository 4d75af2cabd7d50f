"""From an event to its row: numbers and short words, in the form that DuckDB reads. No text and no raw id is in a row.

The count that an event's id ends with is, since it orders events; but not where it is a customer's, a contact's or an object's number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from ourword.core.event import DECIDED, VERSIONS, Event, fits, rating_in
from ourword.core.time import instant_from_text
from ourword.errors import HomeError
from ourword.outcomes.identity import END, START

if TYPE_CHECKING:
    import duckdb

OBJECTS = 'STRUCT(otype VARCHAR, object BIGINT, "role" VARCHAR)[]'
COLUMNS = {
    "arrival": "BIGINT", "seq": "BIGINT", "tie": "BIGINT", "at": "BIGINT", "subject": "BIGINT", "contact": "BIGINT",
    "type": "VARCHAR", "source": "VARCHAR", "actor": "VARCHAR", "channel": "VARCHAR", "kind": "VARCHAR", "closed_by": "VARCHAR",
    "close_reason": "VARCHAR", "claimed": "BOOLEAN", "said": "VARCHAR", "asks": "BOOLEAN", "version_contract": "VARCHAR",
    "version_prompt": "VARCHAR", "version_model": "VARCHAR", "decision": "VARCHAR", "objects": OBJECTS,
    "question": "VARCHAR", "rating": "INTEGER", "scale": "INTEGER", "discloses": "BOOLEAN", "reasons": "BOOLEAN",
    "answer": "VARCHAR", "changed": "BOOLEAN", "ahead": "BOOLEAN",
}  # fmt: skip
"""A segment's columns. `arrival`, `seq` and `tie` put events in their order, `ahead` says that one had not happened when it came; the rest is
what outcomes read. Segments from before lack some of the last ones: there nobody said so."""
AHEAD = 3_600 * 10**9
"""A time later than our clock by more than this (ns) has not happened: clocks differ by seconds, seldom by minutes."""

REMARKS = ("question", "rating", "scale", "discloses", "reasons", "answer", "changed")
"""What few events say; in a table of their own, so that the many others keep no room for it."""
_PLAIN = ("actor", "channel", "kind", "closed_by", "close_reason", "asks", "decision")
_TAIL = re.compile(r"(\d{1,18})\D*$", re.ASCII)
_LONG = re.compile(r"\d{7,}", re.ASCII)
_SHORT = 10**6
_ANSWERS = {True: "yes", False: "no", "yes": "yes", "no": "no"}


def row_of(event: Event, *, arrival: int, came: int, mark: bytes, subject: int, number: Callable[[str, str], int]) -> dict[str, Any]:
    """Give the row of an event that *came* then (ns), named by its keyed *mark*; *number* turns a contact's or an object's id into its number.

    What does not fit a column is left out; so is the subject of an event that does not say whose it is, whatever number keeps its words: such a
    contact is unmatched.
    """
    data = event.data
    row: dict[str, Any] = {
        "arrival": arrival,
        "seq": event.sequence if event.sequence is not None else number_in(event.id, beside=_names(event)),
        "at": None if event.instant is None else event.instant // 1000,
        "subject": subject if event.matched else None,
        "type": event.type,
        "source": event.source,
    }
    if event.instant is not None and event.instant > came + AHEAD:
        row["ahead"] = True
    if fits("contact", data.get("contact")):
        row["contact"] = number("contact", data["contact"])
    for name in _PLAIN:
        if name in data and fits(name, data[name]):
            row[name] = data[name]
    if fits("claimed_resolved", data.get("claimed_resolved")):
        row["claimed"] = data["claimed_resolved"]
    said = said_of(event)
    if said:
        row["said"] = said
    if fits("versions", data.get("versions")):
        row.update({f"version_{name}": data["versions"][name] for name in VERSIONS if data["versions"].get(name) is not None})
    row.update(remarks_of(event))
    if fits("objects", data.get("objects")):
        row["objects"] = [
            {"otype": each["type"], "object": number(f"object:{each['type']}", each["id"]), "role": each.get("role")} for each in data["objects"]
        ]
    row["tie"] = tie_of(row, mark)
    return row


_FIRST = ("contact.opened", "contact.reopened", "message.in", "human.requested")
_LAST = ("human.queued", "human.joined", "message.out", "question.asked", "question.answered", "feedback.given", "customer.left", "contact.closed")
_RANKS = {name: rank for rank, name in enumerate((*_FIRST, "decision", "action.executed", "", *_LAST, "complaint", "cancellation"))}
"""How the types of one instant follow from each other: a customer's message, what was decided, our answer, the close."""
_OWN = ("arrival", "subject", "contact", "at", "seq", "ahead", "objects")
"""What a row has otherwise in another home or order of arrival, and what orders before."""


def tie_of(row: dict[str, Any], mark: bytes) -> int:
    """Order events of one instant that their source did not count: as they follow from each other, then by what the row says, then by the mark.

    The first two are the same in every home. A fixed digest of the id would be, too, and let whoever has the file try out ids (`design/0011`).

    >>> asked, replied, closed = ({"type": name} for name in ("message.in", "message.out", "contact.closed"))
    >>> tie_of(asked, bytes(16)) < tie_of(replied, bytes(16)) < tie_of(closed, bytes(16))
    True
    """
    rank = _RANKS.get(row["type"], _RANKS.get(row["type"].partition(".")[0], _RANKS[""]))
    said = sorted((name, value) for name, value in row.items() if name not in _OWN)
    objects = sorted((each["otype"], each["role"] or "") for each in row.get("objects", ()))
    digest = blake2b(msgspec.json.encode((said, objects)), digest_size=3).digest()
    return rank << 56 | int.from_bytes(digest + mark[:4], "big")


def remarks_of(event: Event) -> dict[str, Any]:
    """Give what few events say: a rating, that automation answers here, reasons, the answer of a decision and whether a person changed it.

    >>> remarks_of(Event(id="1", source="s", type="feedback.given", data={"question": "effort", "answer": 6, "scale": 7}))
    {'question': 'effort', 'rating': 6, 'scale': 7}
    """
    data = event.data
    found = {name: data[name] for name in ("discloses", "reasons", "changed") if fits(name, data.get(name))}
    if event.type == "feedback.given" and fits("question", data.get("question")):
        rating = rating_in(data.get("answer"), data.get("scale"))
        if rating is not None:
            found |= {"question": data["question"], "rating": rating[0], "scale": rating[1]}
    if event.type.startswith("decision.") and data.get("answer") in DECIDED:
        found["answer"] = data["answer"]
    return found


def said_of(event: Event) -> str:
    """Give the customer's answer to an explicit question; what is neither a yes nor a no is `other`, and never a yes.

    >>> said_of(Event(id="1", source="s", type="question.answered", data={"answer": "thanks"}))
    'other'
    """
    if fits("said", event.data.get("said")):
        return str(event.data["said"])
    if event.type != "question.answered" or event.data.get("answer") is None:
        return ""
    answer = event.data["answer"]
    if isinstance(answer, str):
        answer = answer.strip().lower()
    return _ANSWERS.get(answer, "other") if isinstance(answer, str | bool) else "other"


def number_in(identity: str, *, beside: Iterable[str] = ()) -> int:
    """Give the last digits of an id: events of one instant are in the order in which their source counted them.

    Of a number of seven digits or more that is also in a name *beside* it, a telephone number say, the last six: the row is no place for it.

    >>> number_in("m-81-3"), number_in("m-81-12b"), number_in("x"), number_in("m-1000000")
    (3, 12, 0, 1000000)
    >>> number_in("call-4930123456", beside=["+4930123456"])
    123456
    """
    found = _TAIL.search(identity[-40:])
    if found is None:
        return 0
    number = int(found[1])
    if number >= _SHORT and any(long in found[1] or found[1] in long for name in beside for long in _LONG.findall(name)):
        return number % _SHORT
    return number


def _names(event: Event) -> Iterator[str]:
    """The ids that an event names: nothing of them may be read off its row."""
    yield event.customer
    if fits("contact", event.data.get("contact")):
        yield event.data["contact"]
    if fits("objects", event.data.get("objects")):
        yield from (each["id"] for each in event.data["objects"])


def identity_of(event: Event) -> tuple[str, int, int, int] | None:
    """Give what an event says about who is who: the other id, since, until and when it was said, in microseconds."""
    if event.type not in ("customer.merged", "customer.id"):
        return None
    said_at = START if event.instant is None else event.instant // 1000
    other = event.data["id"].removeprefix("customer:")
    if event.type == "customer.merged":
        return other, START, END, said_at
    return other, _moment(event.data.get("from"), START), _moment(event.data.get("until"), END), said_at


def _moment(text: str | None, otherwise: int) -> int:
    instant = None if text is None else instant_from_text(text)
    return otherwise if instant is None else instant // 1000


@contextmanager
def troubles_of_duck(place: Path, what: str) -> Iterator[None]:
    """What DuckDB cannot do with files leaves as a `HomeError` (`home.io`) that says *what*: whoever runs it again goes on where it stopped."""
    import duckdb

    try:
        yield
    except duckdb.Error as cause:
        hint = "check the disk and the room on it, then run this again: nothing is lost, and nothing is kept twice"
        raise HomeError("home.io", f"{what} ({cause})", place=str(place), hint=hint) from cause


def write_segment(duck: duckdb.DuckDBPyConnection, file: Path, rows: str = "tail") -> None:
    """Write rows of a connection (a table, or what else may follow `FROM`) as a segment: the layout that every home has."""
    where = str(file).replace("'", "''")
    duck.execute(f"COPY (SELECT * FROM {rows} ORDER BY subject, contact, \"at\", arrival) TO '{where}' (FORMAT parquet, COMPRESSION zstd)")
