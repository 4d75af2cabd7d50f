"""What Salesforce's things are, and single values of them, read without trust."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from ourword.helpdesks.shape import Row
from ourword.helpdesks.values import ident, items, seconds, text, when, word

CASE, HISTORY, EMAIL, COMMENT, USER, CONTACT = "case", "history", "email", "comment", "user", "contact"
SESSION, ENTRY, OTHER = "session", "entry", "other"
_NAMED: tuple[tuple[str, str, frozenset[str]], ...] = (
    (HISTORY, "", frozenset({"caseid", "field", "createddate"})),
    (CASE, "", frozenset({"id", "casenumber", "status", "createddate"})),
    (CASE, "500", frozenset({"id", "status", "createddate"})),
    (ENTRY, "", frozenset({"id", "conversationid", "actortype", "entrytype", "entrytime"})),
    (SESSION, "", frozenset({"id", "messagingenduserid", "createddate"})),
    (EMAIL, "02s", frozenset({"id", "parentid", "incoming"})),
    (COMMENT, "00a", frozenset({"id", "parentid", "ispublished", "createddate"})),
    (USER, "005", frozenset({"id", "username"})),
    (CONTACT, "003", frozenset({"id", "lastname"})),
)
"""A row is of the first sort all of whose names it has, and whose ids begin like its own: only names of fields that are never empty, as empty
cells are not there."""

_NAMES_MAX = 2_000
_RECORD = re.compile(r"[0-9A-Za-z]{15}(?:[A-Z0-5]{3})?", re.ASCII)
_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d", re.ASCII)
_BASE62 = {each: number for number, each in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")}
_QUEUE, _USER, _CUSTOM = "00G", "005", "a"
"""What the ids of queues, of users and of a company's own objects begin with."""
_KEPT_BY_ALL = frozenset({"createdbyid", "systemmodstamp", "lastmodifiedbyid"})
"""Fields of every object."""
OWNERS = ("owner", "ownerassignment", "owneraccepted", "ownerescalated")
TEXT, ESCALATED, IDLE = "text", "botescalated", "chatbotclosedidlesession"
"""Sorts of entries in a conversation that say something of the customer."""
STAFF = ("standard", "csnonly")
CUSTOMERS = ("cspliteportal", "customersuccess", "powercustomersuccess", "guest")
PROCESS = "automatedprocess"
"""The type of the user under which flows and rules run."""


def called(row: Row) -> dict[str, Any]:
    """A row's values by the names of the API in small letters, as Data Loader's files may have them in capitals.

    >>> called({"CASENUMBER": "00001026", "Order_Number__c": "L-7"})
    {'casenumber': '00001026', 'order_number__c': 'L-7'}
    """
    return {_plain(str(name)[:200]): value for name, value in row.items()} if len(row) <= _NAMES_MAX else {}


@lru_cache(maxsize=2_000)
def _plain(name: str) -> str:
    return name.strip("\ufeff ").lower()


def what(row: Row) -> str:
    """The sort of thing a row is; empty when it is none of ours: a report's columns have labels, not these names.

    A whole export holds accounts, tasks and a hundred sorts more. Each is known for what it is, so that no table of accounts is taken for one of
    tickets; an object of the company's own may be one of tickets, and stays a table.

    >>> what({"Id": "001Kj0000000001IAA", "Name": "Acme", "SystemModstamp": "2026-11-09T10:22:00.000Z"})
    'other'
    >>> what({"ID": "500", "CASENUMBER": "1026", "STATUS": "New", "CREATEDDATE": ""}), what({"Case Number": "1026", "Status": "New"})
    ('case', '')
    """
    found = called(row)
    id_ = ident(found.get("id"))
    known = next((sort for sort, begins, wanted in _NAMED if wanted <= found.keys() and id_.startswith(begins)), "")
    return known or (OTHER if record(id_) and not id_.startswith(_CUSTOM) and found.keys() & _KEPT_BY_ALL else "")


def things(row: Row) -> Iterator[Row]:
    """The records in a row: an answer to a query (`{"totalSize": 2, "done": true, "records": […]}`) holds many, a table's row is one."""
    records = row.get("records")
    if isinstance(records, list) and "done" in row:
        yield from items(records)
    else:
        yield row


def record(value: object) -> str:
    """A record's id in its 15 characters, whether it is written with 15 or 18; empty for anything else.

    >>> record("500Kj00000AbCdE"), record("500Kj00000AbCdEIAV"), record("Jo Berg"), record(None)
    ('500Kj00000AbCdE', '500Kj00000AbCdE', '', '')
    """
    found = ident(value)
    return found[:15] if _RECORD.fullmatch(found) else ""


def is_user(id_: str) -> bool:
    """Whether an id is a user's, not a queue's."""
    return id_.startswith(_USER)


def is_owner(id_: str) -> bool:
    """Whether an id can own a case: a user's or a queue's."""
    return id_.startswith((_USER, _QUEUE))


def serial(id_: str) -> int:
    """A record's place among those of its sort: the last characters count upwards.

    >>> serial("500Kj00000AbCdF") - serial("500Kj00000AbCdE")
    1
    """
    number = 0
    for each in id_[-9:]:
        number = number * 62 + _BASE62.get(each, 0)
    return number


def is_true(value: object) -> bool:
    """A box that is ticked: `true` of Data Loader, `1` of the weekly export.

    >>> is_true("true"), is_true("1"), is_true(True), is_true("0"), is_true(None)
    (True, True, True, False, False)
    """
    return value is True or word(value) in ("true", "1")


def moment(value: object, zone: str = "UTC") -> str | None:
    """A time in ISO as RFC 3339 in UTC; one that names no zone is of *zone*; `None` for a date alone, and for a report's `11/9/2026`.

    >>> moment("2026-11-09T10:22:00.000+0000"), moment("2026-11-09 11:22:00", "Europe/Berlin"), moment("11/9/2026 10:22 AM"), moment("2026-11-09")
    ('2026-11-09T10:22:00Z', '2026-11-09T10:22:00Z', None, None)
    """
    return when(value, zone) if _ISO.match(text(value).strip()[:40]) else None


def second(value: object) -> int:
    """The second of a time, for comparing those of one export; 0 where there is none."""
    return seconds(moment(value))


def titled(row: Row) -> list[tuple[str, Any]]:
    """A company's own fields, by the words of their names.

    >>> titled({"Order_Number__c": "L-7", "Subject": "Lamp"})
    [('Order Number', 'L-7')]
    """
    own = [(str(name)[:200].strip("\ufeff "), value) for name, value in row.items() if str(name)[-3:].lower() == "__c"]
    return [(" ".join(name[:-3].replace("_", " ").split()), value) for name, value in own]


def customer_of(found: Mapping[str, Any]) -> str:
    """Whose case it is: the contact, else the address from which it was written."""
    return record(found.get("contactid")) or word(found.get("suppliedemail"))
