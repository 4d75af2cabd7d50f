"""Salesforce's records as Data Loader writes them: names of fields, ids, and kinds of values from the published object reference."""

from __future__ import annotations

from typing import Any

from ourword.demo.company.clock import text as utc

_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHECKS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
CASE, HISTORY, CONTACT, USER, QUEUE, COMMENT, EMAIL = "500", "017", "003", "005", "00G", "00a", "02s"
SESSION, ENTRY, VISITOR = "0Mw", "0En", "0PA"
"""What ids begin with; of the last three that was in no page that we found, and nothing is read from it."""

CASES = (
    *("Id", "IsDeleted", "MasterRecordId", "CaseNumber", "ContactId", "AccountId", "SuppliedEmail", "Type", "Status", "Reason", "Origin", "Subject"),
    *(
        "Description",
        "Priority",
        "IsClosed",
        "ClosedDate",
        "IsEscalated",
        "OwnerId",
        "CreatedDate",
        "CreatedById",
        "LastModifiedDate",
        "Order_Number__c",
    ),
)
CHANGES = ("Id", "IsDeleted", "CaseId", "CreatedById", "CreatedDate", "Field", "DataType", "OldValue", "NewValue")
USERS = ("Id", "Username", "LastName", "FirstName", "Name", "Email", "UserType", "IsActive", "ContactId")
CONTACTS = ("Id", "IsDeleted", "MasterRecordId", "AccountId", "LastName", "FirstName", "Email", "CreatedDate")

COMMENTS = ("Id", "ParentId", "IsPublished", "CommentBody", "CreatedById", "CreatedDate", "SystemModstamp", "IsDeleted")
MAILS = (
    *("Id", "ParentId", "ActivityId", "CreatedById", "CreatedDate", "Incoming", "Status", "MessageDate", "FromAddress", "FromName", "ToAddress"),
    *("Subject", "TextBody", "HtmlBody", "IsDeleted", "IsBounced", "AutomationType"),
)
SESSIONS = (
    *("Id", "Name", "CaseId", "MessagingEndUserId", "EndUserContactId", "ConversationId", "AgentType", "ChannelType", "Status", "StartTime"),
    *("AcceptTime", "EndTime", "CreatedDate", "IsDeleted"),
)
ENTRIES = ("Id", "ConversationId", "ActorId", "ActorName", "ActorType", "EntryType", "EntryTime", "Message")
DESK, NEW, SENT, DRAFT = "help@larkspur.example", "0", "3", "5"
"""Our address, and states of an e-mail."""

ORIGINS = {"chat": "Chat", "app": "Web", "mail": "Email"}
CLOSED, UNSOLVED = "Closed", "Closed - Unsolved"


def id_of(sort: str, number: int) -> str:
    """A record's id in 18 characters: the last three tell which of the others are capital letters.

    >>> id_of("500", 1)
    '500Kj0000000001IAA'
    """
    digits = ""
    while number:
        number, digit = divmod(number, 62)
        digits = _SIGNS[digit] + digits
    plain = f"{sort}Kj{digits.rjust(10, '0')}"
    return plain + "".join(_CHECKS[sum((plain[start + bit].isupper()) << bit for bit in range(5))] for start in (0, 5, 10))


BOT, PROCESS, AGENTS = id_of(USER, 1), id_of(USER, 2), (id_of(USER, 3), id_of(USER, 4), id_of(USER, 5))
NAMES = {BOT: "Larkspur Assistant", PROCESS: "Automated Process", AGENTS[0]: "Jo Berg", AGENTS[1]: "Sam Diaz", AGENTS[2]: "Ada Ito"}
PEOPLE = id_of(QUEUE, 1)
NAMES[PEOPLE] = "People"
GONE = AGENTS[2]
"""An agent who has left: Salesforce deletes no user, it makes one inactive."""


def time(second: int) -> str:
    """A time as Data Loader writes it."""
    return f"{utc(second)[:-1]}.000Z"


def box(ticked: bool) -> str:
    """A box."""
    return "true" if ticked else "false"


def address(name: str) -> str:
    """A customer's address: the same for the account and for whoever only writes mails."""
    return f"customer.{name[2:]}@mail.example"


def user(id_: str, type_: str = "Standard", contact: str = "", name: str = "") -> dict[str, Any]:
    """A user: staff, Salesforce itself, or a customer of the portal."""
    called = name or NAMES[id_]
    mail = f"{called.replace(' ', '.').lower()}@{'portal' if contact else 'larkspur'}.example"
    first, _, last = called.partition(" ")
    return {
        "Id": id_, "Username": mail, "LastName": last or first, "FirstName": first, "Name": called, "Email": mail, "UserType": type_,
        "IsActive": box(id_ != GONE), "ContactId": contact,
    }  # fmt: skip


def comment(case: str, by: str, at: int, words: str, *, shown: bool = True) -> dict[str, Any]:
    """A comment; its id comes later."""
    time_ = time(at)
    return {
        "ParentId": case, "IsPublished": box(shown), "CommentBody": words, "CreatedById": by, "CreatedDate": time_, "SystemModstamp": time_,
        "IsDeleted": "false", "at": at,
    }  # fmt: skip


def mail(case: str, by: str, at: int, *, incoming: bool, whose: str, plain: str = "", html: str = "", **more: str) -> dict[str, Any]:
    """An e-mail; its id comes later. It is saved some seconds after it was written."""
    made = {
        "ParentId": case, "CreatedById": by, "CreatedDate": time(at + 3), "Incoming": box(incoming), "Status": NEW if incoming else SENT,
        "MessageDate": time(at), "FromAddress": whose if incoming else DESK, "ToAddress": DESK if incoming else whose,
        "Subject": "Your order", "TextBody": plain, "HtmlBody": html, "IsDeleted": "false", "IsBounced": "false", "at": at,
    }  # fmt: skip
    return made | more


def entry(session: str, at: int, by: str, words: str, sort: str = "Text") -> dict[str, Any]:
    """An entry of a conversation; its id comes later. Whoever is no user is the visitor."""
    type_ = "EndUser" if by not in NAMES else "Bot" if by == BOT else "System" if by == PROCESS else "Agent"
    return {
        "ConversationId": session, "ActorId": by, "ActorName": NAMES.get(by, "Visitor"), "ActorType": type_, "EntryType": sort,
        "EntryTime": time(at), "Message": words, "at": at,
    }  # fmt: skip


def change(case: str, by: str, at: int, field: str, old: str, new: str, sort: str = "Text") -> dict[str, Any]:
    """A row of the history; its id comes later."""
    return {
        "IsDeleted": "false", "CaseId": case, "CreatedById": by, "CreatedDate": time(at), "Field": field, "DataType": sort, "OldValue": old,
        "NewValue": new, "at": at,
    }  # fmt: skip
