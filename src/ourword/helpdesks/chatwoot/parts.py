"""What Chatwoot's things are, and single values of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ourword.helpdesks.shape import Row
from ourword.helpdesks.telling import text_of
from ourword.helpdesks.values import ident, items, seconds, text, when, word

CONVERSATION, MESSAGE, REPORT, RATING, RATINGS_TABLE, CONTACT = "conversation", "message", "report", "rating", "ratings_table", "contact"
INCOMING, OUTGOING, ACTIVITY, TEMPLATE = "incoming", "outgoing", "activity", "template"
_SORTS = {"0": INCOMING, "1": OUTGOING, "2": ACTIVITY, "3": TEMPLATE}
_STATUSES = {"0": "open", "1": "resolved", "2": "pending", "3": "snoozed"}
MACHINES = ("agent_bot", "captain_assistant")
_CHANNELS = {
    "webwidget": "chat",
    "email": "email",
    "whatsapp": "whatsapp",
    "twiliosms": "sms",
    "sms": "sms",
    "facebookpage": "facebook",
    "api": "api",
}
RATED = ("agent name", "rating", "feedback comment", "link to the conversation", "recorded date")

_RESOLVED = re.compile(r"Conversation was marked resolved by (?P<who>.{1,200}?)(?P<why> due to .*inactivity| \(.*\)|: .*)?", re.DOTALL)
_BY_CONTACT = re.compile(r"Conversation was resolved by .{1,200}")
_OPENED = re.compile(
    r"Conversation was (?:reopened|marked open|marked as pending) (?:by|automatically) .{1,200}|System reopened the conversation .{1,100}"
)
_HANDED = re.compile(r"Conversation was marked open by (?P<who>.{1,200})")
RULE, SYSTEM = "Automation System", "system"
WHOLE, LAST = "whole", "last"
BEGINS_WITHIN = 5
"""Seconds: a conversation is made with its first message."""
_LINKED = re.compile(r"\[([^\[\]\n]{1,200})\]\([^()\s]{1,500}\)")
_STRESSED = re.compile(r"(?<![\w*])(\*{1,3}|_{1,3})(?=[^\s*_])(.{1,300}?)(?<=[^\s*_])\1(?![\w*])")
_LINK = re.compile(r"/conversations/(\d{1,18})(?:\D|$)")


def what(row: Row) -> str:
    """The sort of thing a row is, by the keys that only this sort has; empty when it is none of ours."""
    if "message_type" in row and "conversation_id" in row and "content" in row:
        return MESSAGE
    if "event_start_time" in row and "event_end_time" in row and "conversation_id" in row and "name" in row:
        return REPORT
    if "rating" in row and "feedback_message" in row and "conversation_id" in row:
        return RATING
    if "inbox_id" in row and "status" in row and ("can_reply" in row or "agent_last_seen_at" in row or "contact_last_seen_at" in row):
        return CONVERSATION
    if "phone_number" in row and "id" in row and "email" in row and ("availability_status" in row or "contact_inboxes" in row or "identifier" in row):
        return CONTACT
    return RATINGS_TABLE if is_ratings_table(row) else ""


def is_ratings_table(row: Row) -> bool:
    """Whether a row stands under the columns of the CSAT report."""
    return len(row) < 100 and {"rating", "link to the conversation", "recorded date"} <= {str(name).strip("\ufeff ").lower() for name in row}


def payload_of(row: Row) -> list[Row] | None:
    """The things on a page, `None` for what is no page: `{"data": {"payload": […]}}`, `{"payload": […]}`, one thing in `{"payload": {…}}`."""
    inner = row.get("data")
    found: Any = inner.get("payload") if isinstance(inner, Mapping) else row.get("payload")
    if isinstance(found, Mapping):
        found = [found["contact"]] if isinstance(found.get("contact"), Mapping) else [found]
    return list(items(found)) if isinstance(found, list) else None


def things(row: Row) -> Iterator[Row]:
    """The things in a row; a conversation is followed by the messages that it carries, which then know whose they are."""
    found = None if what(row) else payload_of(row)
    meta = row.get("meta") if found is not None else None
    for each in [row] if found is None else found:
        yield _with_contact(each, meta) if isinstance(meta, Mapping) and what(each) == MESSAGE else each
        if what(each) == CONVERSATION:
            yield from carried(each)


def carried(conversation: Row) -> Iterator[Row]:
    """The messages in a conversation, where it carries all; a list's carries the last one, and the last that is no activity.

    Of these two an activity is told, and a customer's message with which it all began: whatever else came last, what it answers is not there.
    """
    some = [each for each in items(conversation.get("messages")) if "message_type" in each]
    if len(some) > 1:
        yield from (_carried(each, conversation, WHOLE) for each in some)
        return
    yield from (_carried(each, conversation, LAST) for each in some if sort_of(each) == ACTIVITY)
    said = _began_with(conversation)
    if said is not None and sort_of(said) == INCOMING:
        yield _carried(said, conversation, WHOLE)


def _began_with(conversation: Row) -> Row | None:
    """The last that was said in a conversation, where that is how it began."""
    said = conversation.get("last_non_activity_message")
    begun = seconds(when(conversation.get("created_at")))
    at = seconds(when(said.get("created_at"))) if isinstance(said, Mapping) else 0
    return said if isinstance(said, Mapping) and begun and 0 <= at - begun <= BEGINS_WITHIN else None


def is_campaign(conversation: Row) -> bool:
    """Whether a list shows that a conversation is a campaign's message, and nothing that was said after it."""
    said = _began_with(conversation)
    return said is not None and sort_of(said) == OUTGOING and is_ruled(said)


def _carried(message: Row, conversation: Row, how: str) -> Row:
    return {"content": None, **message, "conversation_id": conversation.get("id"), "_carried": how}


def _with_contact(message: Row, meta: Row) -> Row:
    """A page of messages says whose they are beside them; older ones only by number."""
    person = meta.get("contact")
    return {**message, "_contact": person if isinstance(person, Mapping) else {"id": meta.get("contact_id")}}


def sort_of(message: Row) -> str:
    """`incoming`, `outgoing`, `activity` or `template`, written as a number or as a word."""
    found = word(message.get("message_type"))
    return _SORTS.get(found, found)


def status_of(conversation: Row) -> str:
    """How a conversation stands."""
    found = word(conversation.get("status"))
    return _STATUSES.get(found, found)


def sender_of(message: Row) -> tuple[str, Row]:
    """Who wrote, as `agent_bot:3` (ids of bots and of people are counted apart), and what is told of them; empty where nobody is named."""
    sender = message.get("sender")
    sender = sender if isinstance(sender, Mapping) else {}
    kind = word(sender.get("type")) or word(message.get("sender_type")).replace("::", "_").replace("agentbot", "agent_bot")
    id_ = ident(sender.get("id")) or ident(message.get("sender_id"))
    return (f"{kind or 'user'}:{id_}" if id_ else ""), sender


def words_of(message: Row) -> str:
    """What a message says; nothing where it was deleted."""
    told = message.get("content_attributes")
    if isinstance(told, Mapping) and told.get("deleted") is True:
        return ""
    plain = text(message.get("content"))
    return unmarked(text_of(plain) if "<" in plain and ">" in plain else plain).strip()


def unmarked(words: str) -> str:
    """Words without the Markdown in which agents' messages are kept: a question in bold is the same question.

    >>> unmarked("Done. **Did [this](https://shop.example/o_1) solve it?** See order L_1_2.")
    'Done. Did this solve it? See order L_1_2.'
    """
    return _STRESSED.sub(r"\2", _LINKED.sub(r"\1", words)) if "*" in words or "_" in words or "](" in words else words


def is_said(message: Row) -> bool:
    """Whether a message is one that the other side sees: no note, nothing that could not be delivered."""
    return message.get("private") is not True and word(message.get("status")) not in ("failed", "3")


def is_ruled(message: Row) -> bool:
    """Whether an automation rule or a campaign sent it."""
    for name, key in (("content_attributes", "automation_rule_id"), ("additional_attributes", "campaign_id")):
        found = message.get(name)
        if isinstance(found, Mapping) and ident(found.get(key)):
            return True
    return False


def closing(words: str) -> tuple[str, str] | None:
    """What an activity says of a close: whose name stands there, and `timer`, `customer`, `rule`, `machine` or nothing yet; `None` for others.

    >>> closing("Conversation was marked resolved by system due to 3 days of inactivity"), closing("Conversation was marked resolved by Jo")
    (('system', 'timer'), ('Jo', ''))
    >>> closing("Jo self-assigned this conversation")
    """
    found = _RESOLVED.fullmatch(words[:1_000])
    if found is None:
        return ("", "customer") if _BY_CONTACT.fullmatch(words[:1_000]) else None
    who, why = found["who"], found["why"] or ""
    if why.endswith("inactivity"):
        return who, "timer"
    if who == RULE:
        return who, "rule"
    return who, "machine" if why else ""


def opens(words: str) -> bool:
    """Whether an activity says that a conversation is open (again)."""
    return bool(_OPENED.fullmatch(words[:1_000]))


def handed_by(words: str) -> str:
    """Who put a conversation on people's desk, by name; empty for other activities."""
    found = _HANDED.fullmatch(words[:1_000])
    return found["who"] if found else ""


def channel_of(conversation: Row) -> str:
    """The inbox's channel in one word.

    >>> channel_of({"meta": {"channel": "Channel::WebWidget"}}), channel_of({})
    ('chat', '')
    """
    meta = conversation.get("meta")
    found = word(meta.get("channel")) if isinstance(meta, Mapping) else word(conversation.get("channel"))
    found = found.rpartition("::")[2]
    return _CHANNELS.get(found, found)


def customer_of(conversation: Row) -> Row:
    """The contact of a conversation."""
    meta = conversation.get("meta")
    found = meta.get("sender") if isinstance(meta, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def assignee_of(conversation: Row) -> str:
    """Whose desk it is on, as senders are named."""
    meta = conversation.get("meta")
    found = meta.get("assignee") if isinstance(meta, Mapping) else None
    return f"user:{ident(found.get('id'))}" if isinstance(found, Mapping) and ident(found.get("id")) else ""


def conversation_in(link: object) -> str:
    """The conversation that a link leads to.

    >>> conversation_in("https://app.example/app/accounts/1/conversations/71")
    '71'
    """
    found = _LINK.search(text(link)[:1_000])
    return found.group(1) if found else ""
