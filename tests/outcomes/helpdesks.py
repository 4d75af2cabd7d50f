"""Ticket exports as five helpdesks write them, by their headers: what each calls the customer, the ticket, its beginning and its end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

TICKETS = 60


class Export(NamedTuple):
    """A header, how its times are written, its states (those of a ticket that is over last), and what a person would read from it."""

    header: str
    written: str
    states: tuple[str, ...]
    over: int
    customers: tuple[str, ...]
    contact: str
    opened: str
    closed: str
    unused: tuple[str, ...]


EXPORTS: dict[str, Export] = {
    "zendesk": Export(
        "Summation column,Id,Requester,Requester id,Requester external id,Requester email,Requester domain,Submitter,Assignee,"
        "Group,Subject,Tags,Status,"
        "Priority,Via,Ticket type,Created at,Updated at,Assigned at,Organization,Due date,Initially assigned at,Solved at,Resolution time,"
        "Satisfaction Score,Group stations,Assignee stations,Reopens,Replies,First reply time in minutes",
        "%Y-%m-%d %H:%M",
        ("New", "Open", "Pending", "Hold", "Solved", "Closed"),
        2,
        ("Requester id", "Requester email"),
        "Id",
        "Created at",
        "Solved at",
        ("Group", "Updated at"),
    ),
    "freshdesk": Export(
        "Ticket ID,Subject,Description,Status,Priority,Source,Type,Agent,Group,Created time,Due by Time,Resolved time,"
        "Closed time,Last update time,"
        "Initial response time,Time tracked,First response time (in hrs),Resolution time (in hrs),Agent interactions,Customer interactions,"
        "Resolution status,First response status,Tags,Survey results,Full name,Email,Time zone,Language,Contact ID",
        "%Y-%m-%d %H:%M:%S",
        ("Open", "Pending", "Waiting on Customer", "Resolved", "Closed"),
        2,
        ("Email", "Contact ID"),
        "Ticket ID",
        "Created time",
        "Resolved time",
        ("Group", "Closed time"),
    ),
    "jira": Export(
        "Summary,Issue key,Issue id,Issue Type,Status,Project key,Project name,Priority,Resolution,Assignee,Reporter,Creator,"
        "Created,Updated,Last Viewed,"
        "Resolved,Due date,Description,Custom field (Satisfaction rating)",
        "%d/%b/%y %I:%M %p",
        ("Waiting for support", "Waiting for customer", "In Progress", "Resolved", "Closed"),
        2,
        ("Reporter",),
        "Issue key",
        "Created",
        "Resolved",
        ("Assignee", "Updated", "Description"),
    ),
    "hubspot": Export(
        "Ticket ID,Ticket name,Ticket description,Pipeline,Ticket status,Create date,Close date,Priority,Ticket owner,Source,Category,"
        "Time to close (HH:mm:ss),Associated Contact IDs,Associated Contact,Last modified date,First agent email response date",
        "%Y-%m-%d %H:%M",
        ("New", "Waiting on contact", "Waiting on us", "Closed"),
        1,
        ("Associated Contact IDs",),
        "Ticket ID",
        "Create date",
        "Close date",
        ("Ticket owner", "Last modified date"),
    ),
    "intercom": Export(
        "Conversation ID,Conversation started at,Conversation state,Channel,User ID,User email,Teammate assigned,"
        "Teammate replies,User replies,"
        "First closed at,Last closed at,Conversation rating,Fin AI Agent resolution state,Topic",
        "%Y-%m-%d %H:%M:%S",
        ("open", "snoozed", "closed"),
        1,
        ("User ID", "User email"),
        "Conversation ID",
        "Conversation started at",
        "Last closed at",
        ("Teammate assigned", "First closed at"),
    ),
    "salesforce, a report": Export(
        "Case Number,Account Name,Contact Name,Contact Email,Case Owner,Status,Priority,Case Origin,Case Reason,Subject,Date/Time Opened,"
        "Date/Time Closed,Closed,Escalated",
        "%m/%d/%Y %I:%M %p",
        ("New", "Working", "Escalated", "Closed"),
        1,
        ("Contact Email",),
        "Case Number",
        "Date/Time Opened",
        "Date/Time Closed",
        ("Case Owner", "Escalated"),
    ),
    "salesforce, data loader": Export(
        "ID,ISDELETED,CASENUMBER,CONTACTID,ACCOUNTID,TYPE,STATUS,REASON,ORIGIN,SUBJECT,PRIORITY,ISCLOSED,CLOSEDDATE,ISESCALATED,OWNERID,"
        "CREATEDDATE,LASTMODIFIEDDATE",
        "%Y-%m-%dT%H:%M:%S.000Z",
        ("New", "Working", "Escalated", "Closed"),
        1,
        ("CONTACTID",),
        "CASENUMBER",
        "CREATEDDATE",
        "CLOSEDDATE",
        ("OWNERID", "LASTMODIFIEDDATE"),
    ),
}

_WORDS = {
    "Group": ("Support", "Billing"), "Via": ("Mail", "Web"), "Source": ("Email", "Portal", "Chat"), "Priority": ("Low", "Normal", "High"),
    "Ticket type": ("Question", "Problem", "Incident"), "Type": ("Question", "Refund", "Delivery"),
    "Issue Type": ("Service Request", "Incident"),
    "Category": ("Billing issue", "Product question"), "Topic": ("Delivery", "Refund"),
    "Channel": ("Chat", "Email"), "Pipeline": ("Support Pipeline",),
    "Satisfaction Score": ("Offered", "Good", "Bad", "Not Offered"), "Resolution status": ("Within SLA", "SLA Violated"),
    "First response status": ("Within SLA", "SLA Violated"), "Resolution": ("Done", "Won't Do"), "Agent": ("Ada King", "Bo Li"),
    "Assignee": ("Ada King", "Bo Li"), "Ticket owner": ("Ada King", "Bo Li"), "Teammate assigned": ("Ada King", "Bo Li"),
    "Submitter": ("Ada King", "Bo Li"), "Survey results": ("Happy", "Unhappy"), "Time zone": ("Berlin",),
    "Language": ("en", "de"), "Tags": ("vip", "-"),
    "Fin AI Agent resolution state": ("Confirmed", "Assumed", "Escalated"), "Conversation rating": ("5", "3", "1"),
    "Custom field (Satisfaction rating)": ("5", "4", "1"), "Project key": ("CARE",),
    "Case Owner": ("Ada King", "Queue Tier 1"), "Case Origin": ("Email", "Web", "Phone"), "Case Reason": ("Refund", "Delivery"),
    "Closed": ("0", "1"),
    "Escalated": ("0", "1"), "TYPE": ("Problem", "Question"), "REASON": ("Refund", "Delivery"), "ORIGIN": ("Email", "Web"),
    "PRIORITY": ("Low", "High"),
    "ISDELETED": ("false",), "ISCLOSED": ("false", "true"), "ISESCALATED": ("false", "true"), "OWNERID": ("0053t000008AbCdAAK", "00G3t000008AbCdAAK"),
    "Account Name": ("Acme", "Bolt"),
    "Project name": ("Customer care",), "Organization": ("Larkspur", "-"),
}  # fmt: skip
_COUNTS = ("Replies", "Reopens", "interactions", "replies", "stations", "in minutes", "in hrs", "Resolution time", "Time tracked", "Summation column")
_TEXTS = ("Subject", "SUBJECT", "Description", "Summary", "Ticket name", "Ticket description")


def rows(export: Export) -> list[dict[str, str]]:
    """Tickets of twenty customers, one after the other, some of them over; an empty cell is no value."""
    return [{name: value for name in export.header.split(",") if (value := _value(export, name, number))} for number in range(TICKETS)]


def is_over(export: Export, number: int) -> bool:
    return number % len(export.states) >= len(export.states) - export.over


def when(export: Export, name: str, number: int) -> datetime | None:
    """What a column of times says of a ticket."""
    began = datetime(2026, 3, 1, 8) + timedelta(hours=7 * number)
    after = {
        export.opened: 0, export.closed: 5, "Closed time": 77, "First closed at": 3, "Updated at": 80, "Last update time": 80, "Updated": 80,
        "LASTMODIFIEDDATE": 80,
        "Last modified date": 80, "Assigned at": 1, "Initially assigned at": 1, "Due date": 48, "Due by Time": 48, "Initial response time": 2,
        "First agent email response date": 2, "Last Viewed": 90,
    }  # fmt: skip
    ends = name in (export.closed, "Closed time", "First closed at")
    return None if name not in after or (ends and not is_over(export, number)) else began + timedelta(hours=after[name])


def _value(export: Export, name: str, number: int) -> str:
    moment = when(export, name, number)
    if moment is not None:
        return moment.strftime(export.written)
    if name in _WORDS:
        return _WORDS[name][number % len(_WORDS[name])]
    if name in ("Status", "Ticket status", "Conversation state", "STATUS"):
        return export.states[number % len(export.states)]
    if name in _TEXTS:
        return f"Where is my parcel, number {number}? I wait."
    if any(word in name for word in _COUNTS):
        return str(number % 6)
    who = number % 20
    if name in export.customers or name in ("Requester", "Full name", "Creator", "Associated Contact", "Requester external id"):
        return f"c{who}@example.org" if "mail" in name.lower() else f"Customer {who}" if name in ("Requester", "Full name") else f"50{who:02}"
    if name in ("ID", "ACCOUNTID", "Contact Name"):
        return {"ID": f"5003t00002AbC{number:03}AA", "ACCOUNTID": f"0013t0000{who // 2:02}AA"}.get(name, f"Customer {who}")
    if name == export.contact or name == "Issue id":
        return f"CARE-{number}" if name == "Issue key" else str(1000 + number)
    return "example.org" if name == "Requester domain" else ""
