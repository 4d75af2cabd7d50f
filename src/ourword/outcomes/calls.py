"""The tool calls of one transcript, each with its result, and what was known and said when it was made."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from ourword.outcomes.looking import look, run
from ourword.outcomes.sayings import says_yes
from ourword.outcomes.tools import Tools

CALLS_MAX = 97
"""In one message; what is beyond is told as skipped."""
_SHORTEST = 3
_FAILING_WORDS = ("error", "exception", "traceback", "failed:", "failure:")


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A call as it stands in the transcript; numbers count messages from 1."""

    item: int
    number: int
    """Which of the calls in its message."""
    tool: str
    args: dict[str, Any]
    answered: int = 0
    """The message that holds its result; 0 when none does."""
    result: str = ""
    value: Any = None
    """The result read as JSON, else its text."""
    failed: bool = False

    @property
    def done(self) -> bool:
        """Whether the tool said that it was done."""
        return self.answered > 0 and not self.failed


def calls_of(items: list[Any], tools: Tools) -> list[Call]:
    """Give a transcript's calls in order, each with the first result after it that answers its id."""
    calls: list[Call] = []
    open_: dict[str, int] = {}
    for item, message in enumerate(items, 1):
        if not isinstance(message, Mapping):
            continue
        for result in _parts(message, tools.results):
            answers = look(tools.answers, result, {})
            at = open_.pop(str(answers), None) if answers is not None else None
            if at is not None:
                calls[at] = _answered(calls[at], item, look(tools.result, result, {}), tools)
        for number, part in enumerate(_parts(message, tools.calls), 1):
            name = look(tools.name, part, {})
            if isinstance(name, str) and name:
                open_[str(look(tools.id, part, {}))] = len(calls)
                calls.append(Call(item=item, number=number, tool=name, args=_args(look(tools.args, part, {}))))
    return calls


def _parts(message: Mapping[str, Any], at: Any) -> list[Mapping[str, Any]]:
    if at is None:
        return [message]
    found = look(at, message, {})
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def _args(given: object) -> dict[str, Any]:
    value = read_json(given) if isinstance(given, str) else given
    return value if isinstance(value, dict) else {}


def _answered(call: Call, item: int, given: object, tools: Tools) -> Call:
    text = text_of(given)
    value = read_json(text) if not isinstance(given, Mapping) else given
    told = {"result": text, "value": value, "tool": call.tool, "args": call.args}
    failed = failed_by_its_words(text, value) if tools.failed is None else run(tools.failed, told, {}) is True
    return msgspec.structs.replace(call, answered=item, result=text, value=value, failed=failed)


def read_json(text: str) -> Any:
    """Give a text as the JSON it is, else as it is.

    >>> read_json('{"a": 1}'), read_json("Done")
    ({'a': 1}, 'Done')
    """
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return text


def text_of(content: object) -> str:
    """Give the words of a message: its text, or those of its parts, a line each.

    >>> text_of([{"type": "text", "text": "One"}, {"type": "image"}, {"type": "text", "text": "two"}])
    'One\\ntwo'
    """
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(text_of(each.get("text") if isinstance(each, Mapping) else each) for each in content if text_of_part(each))
    return "" if content is None or isinstance(content, Mapping) else str(content)


def text_of_part(part: object) -> bool:
    """Whether a part of a message holds words."""
    return isinstance(part, str) or (isinstance(part, Mapping) and isinstance(part.get("text"), str))


def failed_by_its_words(text: str, value: object) -> bool:
    """Whether a result says that nothing was done: it begins like an error, or is an object that says so.

    >>> failed_by_its_words("Error: order not found", None), failed_by_its_words("{}", {"success": False}), failed_by_its_words("ok", "ok")
    (True, True, False)
    """
    if isinstance(value, Mapping):
        said = value.get("error") or value.get("isError") or value.get("is_error") or value.get("errors")
        return bool(said) or value.get("success") is False or value.get("ok") is False or value.get("status") in ("error", "failed", "failure")
    return text.lstrip().lower().startswith(_FAILING_WORDS)


# ---- what was known and said -----------------------------------------------------------------------------------------


class Talk:
    """What a conversation has shown so far: accepted results, the records in them, and who said what last."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self.results: list[dict[str, Any]] = []
        self.known: dict[str, dict[str, Any]] = {name: {} for name in tools.known}
        self.asked, self.said = "", ""
        self._speaking = ""
        self._all_said = ""

    def answered(self, call: Call) -> None:
        """An accepted result is known from here on; a refused one tells nothing."""
        if not call.done:
            return
        told = {"tool": call.tool, "args": call.args, "result": call.value}
        self.results.append({"tool": call.tool, "args": call.args, "value": call.value})
        if isinstance(call.value, Mapping):
            for name, path in self._tools.known.items():
                key = look(path, told, {})
                if key is not None and not isinstance(key, Mapping | list):
                    self.known[name][str(key)] = call.value

    def spoke(self, words: str, *, customer: bool) -> None:
        """Somebody said something; what we say while we act ("one moment, I am cancelling it") takes no yes back."""
        if not words.strip():
            return
        if not customer:
            self._speaking = words
            return
        if self._speaking:
            self.asked, self.said, self._speaking = self._speaking, "", ""
        self.said = f"{self.said}\n{words}".strip()
        self._all_said = f"{self._all_said}\n{words}"[-50_000:]

    def context(self, call: Call) -> dict[str, Any]:
        """What expressions about a call may name."""
        return {
            "tool": call.tool, "args": call.args, "results": self.results, "known": self.known,
            "asked": self.asked, "said": self.said, "yes": self.said_yes,
        }  # fmt: skip

    @property
    def said_yes(self) -> bool:
        """Whether the customer's last words are an explicit yes to something that we said."""
        return bool(self.asked) and says_yes(self.said)

    def confirmed(self, args: dict[str, Any]) -> tuple[dict[str, Any] | None, tuple[str, ...]]:
        """Give what the customer said yes to, argument by argument, and the arguments of which the words show nothing."""
        if not self.said_yes:
            return None, ()
        return shown_in(args, asked=f"{self.asked}\n{self.said}", said=self._all_said)


def shown_in(args: dict[str, Any], *, asked: str, said: str) -> tuple[dict[str, Any] | None, tuple[str, ...]]:
    """Give a call's arguments as the words show them, and the names of those that the words do not show.

    An argument is shown when each value in it is written in the question or in what the customer said. One that is not,
    where the question writes exactly one other value of its form (`#W12345`, `paypal_1`), was shown as that one.

    >>> shown_in({"order": "#W12", "to": "card_9", "note": "x1y2"}, asked="Refund #W12 to card_8?", said="")
    ({'order': '#W12', 'to': 'card_8'}, ('note',))
    """
    words = f"{asked}\n{said}"
    used = {str(leaf) for each in args.values() for leaf in _leaves(each)}
    found: dict[str, Any] = {}
    for name, value in args.items():
        leaves = [str(leaf) for leaf in _leaves(value)]
        if leaves and all(_stands_in(leaf, words) for leaf in leaves):
            found[name] = value
        elif isinstance(value, str) and not _stands_in(value, words):
            others = {word for word in _tokens(asked) if word not in used and _form(word) == _form(value)}
            if len(others) == 1 and any(character.isdigit() for character in value):
                found[name] = others.pop()
    return (found, tuple(name for name in args if name not in found)) if found else (None, ())


def _stands_in(leaf: str, words: str) -> bool:
    """Whether a value is written there as a word of its own: `#W1` is not in `#W12`."""
    return len(leaf) >= _SHORTEST and re.search(rf"(?<!\w){re.escape(leaf)}(?!\w)", words, re.IGNORECASE) is not None


def _leaves(value: object) -> list[object]:
    if isinstance(value, Mapping):
        return [leaf for each in value.values() for leaf in _leaves(each)]
    if isinstance(value, list):
        return [leaf for each in value for leaf in _leaves(each)]
    return [] if value is None else [value]


def _tokens(text: str) -> list[str]:
    return [word.strip(".,;:!?()[]{}\"'*`") for word in text.split()]


def _form(word: str) -> str:
    """Letters as they are up to the first digit, then how many digits and letters: two ids of one sort have one form."""
    head = word.rstrip("0123456789")
    return f"{head}{len(word) - len(head)}" if len(word) - len(head) > 4 else head
