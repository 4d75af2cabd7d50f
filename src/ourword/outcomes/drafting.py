"""A draft of a mapping from the first rows of a file: every guess with its reason, and `# ?` where only a person can say."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import combinations
from textwrap import wrap
from typing import Any, NamedTuple

from ourword.outcomes import guesses
from ourword.outcomes.calls import Call
from ourword.outcomes.draftcalls import calls_in, customer_in, tools_lines
from ourword.outcomes.draftrows import customer_rules, log_rules, rating_rules, says_when
from ourword.outcomes.draftwords import (
    among,
    constant,
    counts,
    expression,
    full,
    looked,
    path_text,
    plain,
    rule,
    said,
    short,
    why,
    worked_out,
)
from ourword.outcomes.elsewhere import in_english
from ourword.outcomes.guesses import THING, Guess, TimeGuess
from ourword.outcomes.looking import look
from ourword.outcomes.mapping import mapping_from_yaml
from ourword.outcomes.nothing import mangled
from ourword.outcomes.profile import Column, Profile, profile
from ourword.outcomes.speakers import Answered, by_actor
from ourword.outcomes.values import Path

ROWS = 2_000
"""So many rows are looked at."""
UNUSED_MAX = 60
ACTORS_MAX = 12
"""So many authors are told one by one in a draft that somebody reads."""
Rows = Sequence[Mapping[str, Any]]
_NO_CUSTOMER = "# ? no customer found, so that every contact is unmatched: nobody can come back. If a column names them: customer: COLUMN"


class Same(NamedTuple):
    """By what a draft tells that two contacts are about the same: what an event says of it, and what the draft says about that."""

    emit: Mapping[str, str]
    lines: list[str]


MATTER, ANY = "matter", "any"
"""The type of the object that stands for a contact's kind, where nothing better tells what it is about; and its id where nothing at all does."""


def draft(rows: Rows, *, name: str, encoding: str = "", answered: Answered | None = None) -> str:
    """Write a mapping for a file of this name by looking at its first rows; it can be read as it is.

    >>> print(draft([{"who": "c-1", "at": "2026-11-01T10:00:00Z", "customer": "c-1"}], name="a.csv").splitlines()[3])
    rows: .
    """
    rows = each_once(rows)
    seen = profile(rows, said=answered.said if answered is not None else None)
    path = list_in(seen)
    source = re.sub(r"[^A-Za-z0-9._-]+", "-", name.split(".")[0])[:60].strip("-._") or "import"
    lines = [
        f"# Drafted by `ourword init` from the first {seen.rows:,} rows of {short(name)}.",
        "# Read every line: each guess says what it was guessed from, and `# ?` marks what only you can say.",
        "",
    ]
    if path is None:
        lines.append("rows: .")
    else:
        lines += [f"# guessed: {seen.lists[path].rows:,} items in {seen.rows:,} rows", f"each: {path_text(path)}"]
    lines += [f"source: {plain(source)}", "# stands before ids, so that two exports that count alike do not meet", f"ids: {plain(source + '-')}"]
    if encoding:
        lines += ["# ? guessed from the bytes", f"encoding: {encoding}"]
    if path is not None:
        return "\n".join([*lines, *_document(rows, seen, path, answered)]) + "\n"
    text = "\n".join([*lines, *_rows(seen, answered)]) + "\n"
    return text + _not_used(seen, {each.name for each in mapping_from_yaml(text.encode()).columns})


def _not_used(seen: Profile, used: Collection[str]) -> str:
    """Name the columns that the draft leaves out, so that nobody takes them for read."""
    left = [each.name for each in seen.columns.values() if not any(each.name == name or each.name.startswith(f"{name}.") for name in used)]
    if not left:
        return ""
    shown = ", ".join(short(name) for name in left[:UNUSED_MAX]) + (f" and {len(left) - UNUSED_MAX:,} more" if len(left) > UNUSED_MAX else "")
    return "\n".join(wrap(f"not used: {shown}", 120, initial_indent="# ", subsequent_indent="#   ")) + "\n"


def list_in(seen: Profile) -> tuple[str, ...] | None:
    """The list to take apart: the one whose items look like messages, else the one with the most items; a list of other things is none."""

    def score(path: tuple[str, ...]) -> tuple[bool, int]:
        columns = seen.lists[path].columns.values()
        return guesses.author(columns) is not None, seen.lists[path].rows

    return max((path for path in seen.lists if _are_messages(path, seen.lists[path])), key=score, default=None)


def _are_messages(path: tuple[str, ...], items: Profile) -> bool:
    """Whether somebody speaks in a list: its items name who, or it is called so and holds words; attachments, notes and custom fields are none."""
    columns = items.columns.values()
    if not items.rows or guesses.author(columns) is not None:
        return items.rows > 0
    text = guesses.text(columns)
    worded = text is not None and 2 * sum(n for value, n in text.column.values.items() if " " in value.strip()) > text.column.filled
    return worded and guesses.speaks(path[-1])


# ---- documents with messages -----------------------------------------------------------------------------------------


def _document(rows: Rows, seen: Profile, path: tuple[str, ...], answered: Answered | None) -> list[str]:
    inside, around = seen.lists[path], seen.columns.values()
    items = inside.columns.values()
    shape, calls = calls_in(rows, path, inside)
    contact = _contact(rows, around)
    lines = [*contact, *_customer(guesses.customer(around), calls)]
    about = guesses.kind(around)
    if about is not None:
        lines += [why(about), f"kind: {path_text(('parent', *about.column.path))}"]
    first = answered.first if answered is not None else ""
    lines += _time(guesses.in_order(guesses.times(items), first), answered, around=guesses.in_order(guesses.times(around), first))
    lines += tools_lines(shape, calls)
    same = _same(around, about, answered, within=("parent",))
    messages = _messages(guesses.author(items), guesses.text(items), answered, same)
    return [*lines, "rules:", *messages, *_at_end(guesses.state(around), answered)]


def _contact(rows: Rows, around: Collection[Column]) -> list[str]:
    guess = guesses.contact(around)
    if guess is not None:
        return [why(guess), f"contact: {path_text(('parent', *guess.column.path))}"]
    short_ones = [each for each in around if each.share == 1 and not each.long][:12]
    for size in (1, 2, 3):
        for some in combinations(short_ones, size):
            if len({tuple(str(look(Path(each.path), row, {})) for each in some) for row in rows}) == len(rows) > 1:
                together = ' + "/" + '.join(f"string({expression(('parent', *each.path))})" for each in some)
                return [f"# guessed: different in each of {len(rows):,} rows", f"contact: {worked_out(together)}"]
    return ["# ? nothing names the conversation", "contact: parent.id"]


def _customer(guess: Guess | None, calls: list[Call]) -> list[str]:
    if guess is not None and guess.column.share > 0.5:
        return [why(guess), f"customer: {path_text(('parent', *guess.column.path))}"]
    found = customer_in(calls)
    if found:
        asked = "do the same test customers play in several runs? then put the run before the id: or somebody comes back who never came"
        return [f"# guessed from tool results. ? {asked}", f"customer: {worked_out(found)}"]
    return [_NO_CUSTOMER]


def _messages(author: Guess | None, text: Guess | None, answered: Answered | None, same: Same) -> list[str]:
    words = {"text": looked(text.column.path)} if text is not None else {}
    incoming = {"type": "message.in", "actor": "customer", **words, **same.emit}
    if author is None:
        return [*same.lines, *rule(incoming, asked="nothing says who speaks")]
    asks = {"asks": worked_out(expression(text.column.path) + '.endsWith("?")')} if text is not None else {}
    lines = [f"  {why(author)}", f"  # {counts(author.column)}", *same.lines]
    worded = ""
    if text is not None and text.column.share < 1:
        worded = f' && {expression(text.column.path)} != null && {expression(text.column.path)} != ""'
    by = by_actor(author.column, answered)
    if answered is None and sum(map(len, by.values())) <= ACTORS_MAX:
        groups = [(actor, [value]) for value in author.column.values for actor, values in by.items() if value in values]
    else:
        groups = list(by.items())
    for actor, values in groups:
        when = among(author.column, values) + worded
        if actor == "customer":
            lines += rule(incoming, when=when)
        elif actor in ("automation", "person"):
            if actor == "person" and answered is not None and by["customer"]:  # whoever is not the customer is ours, also whom no row showed yet
                none = ", ".join(constant(author.column, each) for each in (*by["customer"], *by["automation"], *by[""]) if each)
                when = f'!({expression(author.column.path)} in [null, "", {none}])' + worded
            elif not values:
                continue
            asked = "automation or person: only you know" if actor == "person" else ""
            lines += rule({"type": "message.out", "actor": actor, **words, **asks}, when=when, asked=asked)
        else:
            for value in values:
                machine = in_english(value) in guesses.SAYS_NOTHING
                lines.append(f"  # `{short(value)}` gives no event" + ("" if machine else "    # ? does it speak to the customer"))
    return lines if any(line.startswith("  - ") for line in lines) else [*lines, *rule(incoming, asked="whose words are these")]


def _at_end(state: Guess | None, answered: Answered | None) -> list[str]:
    if state is None:
        return ["# ? nothing says how a conversation ended. If you know: at_end: [{emit: {type: contact.closed, closed_by: automation}}]"]
    claim = worked_out(among(state.column, _claimed(state.column, answered), within=("parent",)))
    emit = {"type": "contact.closed", "closed_by": "automation", "claimed_resolved": claim}
    return [why(state), f"# {counts(state.column)}", "at_end:", *rule(emit, asked="who closes, and which value do you call solved")]


def _claimed(column: Column, answered: Answered | None) -> tuple[str, ...]:
    """The values that were said to mean solved; else those that sound like success, else the most usual one."""
    if answered is not None:
        return answered.solved
    success = (*guesses.CLOSING_WORDS, "yes", "true", "success")
    return tuple(value for value in column.values if in_english(value) in success) or (column.example,)


# ---- rows --------------------------------------------------------------------------------------------------------------


def _rows(seen: Profile, answered: Answered | None) -> list[str]:
    columns = seen.columns.values()
    contact, about = guesses.contact(columns), guesses.kind(columns)
    customer = guesses.customer(columns, contact=contact)
    found = guesses.in_order(guesses.times(columns), answered.first if answered is not None else "")
    author, text = guesses.author(columns), guesses.text(columns)
    several = contact is not None and _come_again(contact.column)
    happened = guesses.activity(columns)
    lines = _who(customer, contact, columns)
    if about is not None and not (happened is not None and several and about.column.path == happened.column.path):
        lines += [why(about), f"kind: {path_text(about.column.path)}"]
    closed = guesses.closing(found)
    tickets = contact is not None and not several and closed is not None and closed.column.path != found[0].column.path
    lines += [*_time(found, answered, rows_follow=several or contact is None), "rules:"]
    if author is not None and text is not None and author.column.share > 0.5 and author.column.path != text.column.path and not tickets:
        return [*lines, *_messages(author, text, answered, _same(columns, about, answered))]
    if several and happened is not None:
        return [*lines, *log_rules(happened)]
    if contact is not None:
        tickets_ = _tickets(guesses.state(columns), closed, found, answered, _same(columns, about, answered))
        return [*lines, *tickets_, *([] if several else rating_rules(guesses.rating(columns), closed if tickets else None, answered))]
    return [*lines, *customer_rules(columns, customer)]


def each_once(rows: Rows) -> list[Mapping[str, Any]]:
    """Rows without those that are an earlier one again: one doubled row does not make a log of a table of tickets."""
    return list({repr(row): row for row in rows}.values())


def _come_again(contact: Column) -> bool:
    """Whether a ticket has several rows, as in a log or a list of messages: more than one in ten, since an export may hold a few of them twice."""
    own = {value: count for value, count in contact.values.items() if not mangled(value)}
    return 10 * sum(count - 1 for count in own.values()) > sum(own.values())


def _who(customer: Guess | None, contact: Guess | None, columns: Collection[Column]) -> list[str]:
    if customer is not None:
        lines = [why(customer), f"customer: {path_text(customer.column.path)}"]
    elif contact is not None:
        lines = [_NO_CUSTOMER]
    else:
        first = next(iter(columns), None)
        lines = ["# ? nothing looks like a customer", f"customer: {path_text(first.path) if first else 'id'}"]
    return lines if contact is None else [*lines, why(contact), f"contact: {path_text(contact.column.path)}"]


def _tickets(state: Guess | None, closed: TimeGuess | None, found: list[TimeGuess], answered: Answered | None, same: Same) -> list[str]:
    """One row a ticket: opened, and closed when a column says so; where only its state says it, nobody knows when."""
    lines = [*same.lines, *rule({"type": "contact.opened", "actor": "customer", **same.emit})]
    # An engineer is asked who closes; where nobody is asked, nobody is said to have.
    emit = {"type": "contact.closed"} | ({"closed_by": "person"} if answered is None else {})
    solved = ""
    if state is not None:
        lines += [f"  {why(state)}", f"  # {counts(state.column)}"]
        solved = among(state.column, _claimed(state.column, answered))
        emit["claimed_resolved"] = worked_out(solved)
    if closed is not None:
        if closed.column.path != found[0].column.path:
            emit["time"] = looked(closed.column.path)
        other = "" if closed.written.unit == found[0].written.unit else f"; its time is written otherwise than `time:` ({closed.written.unit})"
        when = says_when(closed.column, answered) + (f" || {solved}" if solved not in ("", "false") else "")
        return [*lines, *rule(emit, when=when, asked=f"who closes, and which value do you call solved{other}")]
    if state is not None:
        emit["time"] = "null"  # or it would be closed at the moment at which it was opened, and nobody could come back before
        lines += rule(emit, when=solved, asked="who closes, and which value do you call solved; nothing says when")
    return lines


def _same(columns: Collection[Column], kind: Guess | None, answered: Answered | None, *, within: tuple[str, ...] = ()) -> Same:
    """By what two contacts of a customer are told to be about the same."""
    thing, same = guesses.thing(columns), answered.same if answered is not None else ""
    if thing is not None:
        called = THING.search(thing.column.english)
        type_ = called[1].lower() if called else "order"
        if kind is not None and same == "kind":
            return _else(type_, (*within, *thing.column.path), (*within, *kind.column.path))
        return Same({"objects": _about(type_, (*within, *thing.column.path))}, [f"  # the same matter is the same {type_}: {why(thing)[2:]}"])
    if same == "customer":
        any_ = f"[{{type: {MATTER}, id: {ANY}, role: about}}]"
        return Same({"objects": any_}, ["  # every contact of a customer counts as the same matter, which counts far too many"])
    if kind is None or same == "object":
        return Same({}, ["  # ? no column names an order or a kind: nobody can see who came back on the same matter"] if kind is None else [])
    asked = "  # ? no column names an order: two of one kind count as the same matter, which counts too many. An order's number is better"
    return Same({"objects": _about(MATTER, (*within, *kind.column.path))}, [asked])


def _else(type_: str, thing: tuple[str, ...], kind: tuple[str, ...]) -> Same:
    """By the order where a row names one, else by the kind: an id that is empty names nothing."""
    there = f"{said(thing[-1])} in {expression(thing[:-1]) if thing[1:] else 'row'}"  # an empty cell is no cell
    instead = worked_out(f'{there} && !({expression(thing)} in [null, ""]) ? "" : {expression(kind)}')
    objects = f"[{{type: {type_}, id: {looked(thing)}, role: about}}, {{type: {MATTER}, id: {instead}, role: about}}]"
    return Same(
        {"objects": objects}, [f"  # ? the same matter is the same {type_} and, where a row names none, the same kind, which counts too many"]
    )


def _about(type_: str, path: tuple[str, ...]) -> str:
    return f"[{{type: {type_}, id: {looked(path)}, role: about}}]"


# ---- times -------------------------------------------------------------------------------------------------------------


def _time(found: list[TimeGuess], answered: Answered | None, *, around: Sequence[TimeGuess] = (), rows_follow: bool = True) -> list[str]:
    if not found and not around:
        return ['# ? no column of times was found: events keep their order, and everything that measures time says "no data"']
    guess = found[0] if found else around[0]
    path = guess.column.path if found else ("parent", *guess.column.path)
    lines, keys = [f"# guessed from its name and values; {full(guess.column)}"], [f"from: {path_text(path)}"]
    others = [short(each.column.name) for each in (*found, *around) if each is not guess][:4]
    if others:
        lines.append(f"# other times: {', '.join(others)}")
    if guess.written.unit != "text":
        keys.append(f"unit: {plain(guess.written.unit)}")
    if guess.written.either:
        lines.append(f"# ? {guess.written.either} fits as well: which comes first, day or month")
    if not guess.written.zoned:
        keys.append(f"zone: {answered.zone if answered else 'UTC'}")
        lines.append("# ? the file names no zone: write yours, such as Europe/Berlin")
    if found and guess.column.share < 1 and rows_follow:  # a ticket without a time has none: the one before is another customer's
        keys.append("missing: previous")
    return [*lines, f"time: {{{', '.join(keys)}}}"]
