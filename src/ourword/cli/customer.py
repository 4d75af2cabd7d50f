"""`ourword export`, `ourword erase`, `ourword hold`: everything that is held on one customer, that it is gone, that it may not go."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ourword.app import Ourword
from ourword.cli.out import complain, json_line, line, safe, usage
from ourword.cli.words import wrapped
from ourword.contract.words import listed, many
from ourword.errors import HomeError, LineError
from ourword.ledger.entry import instant_text
from ourword.signals.waiving import day_from
from ourword.stores.gone import let_go_in_words

if TYPE_CHECKING:
    from ourword.ledger.holds import Held
    from ourword.rights.forgetting import Erased


def run_export(customer: str, home: Path, *, out: Path | None = None) -> int:
    """Print what is held on a customer, or write it to a file that only its owner can read."""
    with Ourword.open_home(home, create=False, write=False) as ourword:
        exported = ourword.customers.export(customer)
    if out is None:
        json_line(exported)
        if not exported["held"]:
            _note(_sentence(exported, out))
        return 0
    _write(out, exported)
    line(_sentence(exported, out))
    return 0


def run_erase(customer: str, home: Path, *, as_json: bool = False) -> int:
    """Erase a customer, and say what that did and what it could not do."""
    with Ourword.open_home(home, create=False) as ourword:
        erased = ourword.customers.erase(customer)
        gone = let_go_in_words(ourword.home) if ourword.home and not erased.known else ""
    if as_json:
        json_line(erased)
    else:
        for text in _told(erased):
            for each in wrapped(text):
                line(each)
    if not erased.known:
        hint = "give their own id, as proposals and events have it; `ourword export --customer ID` says what is held"
        ever = "whether anything was, nobody can tell any more" if gone else "nothing ever was"
        hint = f"{gone} {hint[0].upper()}{hint[1:]}" if gone else hint
        return complain(LineError("erase.nobody", f"nothing is held on `{customer}`, and {ever}", place="customer", hint=hint))
    if erased.unlisted:
        place, _, what = erased.unlisted.rpartition(": the list")
        hint = "a backup that is older brings them back until it lists them: let it be written there, and run this again"
        return complain(HomeError("home.erasures", f"the list{what}", place=place, hint=hint))
    return 0


def run_hold(customer: str, home: Path, *, by: str, because: str = "", until: str = "", release: bool = False, of: str = "") -> int:
    """Hold what is kept on a customer, or release it."""
    if release and until:
        raise usage("until", "a release has no last day", place="--until", hint="leave --until out")
    if of and not release:
        raise usage("of", "a hold is placed in one's own name", place="--of", hint="leave --of out; with --release it names whose hold ends")
    with Ourword.open_home(home, create=False) as ourword:
        if release:
            before = ourword.customers.release(customer, by=by, because=because, of=of)
            left = ourword.customers.standing(customer)
            done = f"{by.strip()} has released what {before.by} held since {_day(before.since)}."
            said = [f"{customer} may not be erased yet: {_holders(left)}. {done}" if left else f"{customer} may be erased again: {done}"]
        else:
            before_it = ourword.customers.standing(customer)
            held = ourword.customers.hold(customer, by=by, because=because, until=day_from(until) if until else None)
            said = list(_placed(customer, held, before_it, until))
            _note_unnamed(ourword, held.by)
    for text in said:
        for each in wrapped(text):
            line(each)
    return 0


def _placed(customer: str, held: Held, before: Sequence[Held], until: str) -> Iterator[str]:
    """What a new hold is, and what becomes of those that stood before it: of one's own it takes the place, others stand on."""
    end = "it is released" if held.until is None else f"{until} is over"
    yield f"{customer} may not be erased until {end}: {held.by} says so, entry {held.seq}."
    yield from (f"It takes the place of what {_since(each)}: one hold of a role stands." for each in before if each.by == held.by)
    if others := [each for each in before if each.by != held.by]:
        yield f"Beside it, {_holders(others)}."


def _note_unnamed(ourword: Ourword, by: str) -> None:
    """A slip of the pen is seen; a lawyer whom no contract names may hold all the same, since what is erased does not come back."""
    people = sorted({person.id for draft in ourword.contracts().values() for person in draft.people})
    if people and by not in people:
        _note(f"no contract that decides here names `{by}`, but {listed(people)}: the hold stands all the same, and `--by {by}` releases it")


def _note(text: str) -> None:
    sys.stderr.write(f"note: {safe(text)}\n")


def _holders(holds: Iterable[Held]) -> str:
    return " and ".join(_since(each) for each in holds)


def _since(hold: Held) -> str:
    until = "" if hold.until is None else f" until {_day(hold.until)}"
    return f"{hold.by} holds since {_day(hold.since)}{until}"


def _day(instant: int) -> str:
    return instant_text(instant)[:10]


def _told(erased: Erased) -> Iterator[str]:
    if erased.finished:
        yield f"The erasure of {many(erased.finished, 'customer')} had been broken off; it is finished now."
    if not erased.known:
        return
    if not erased.new:
        yield f"Nothing is held on {erased.customer}. They were erased."
        yield from _left(erased)
        return
    also = f" ({', '.join(erased.ids[1:])}: the same person, erased too)" if len(erased.ids) > 1 else ""
    of = f"{many(erased.decisions, 'decision')} and {many(erased.events, 'event')}"
    yield f"{erased.customer} is erased{also}: key, personal data, texts and raw ids of {of}."
    yield "What was decided and promised stays in the record, and names nobody; their contacts are in no figure any more."
    if erased.reasons:
        went = "that your own people had given went with them: they name the customer, or are about nobody else"
        yield f"{many(erased.reasons, 'reason')} {went}."
    if erased.others:
        yield f"Theirs for a while, and not erased: {', '.join(erased.others)}."
    if erased.speaking:
        decisions = many(len(erased.speaking), "decision")
        yield f"{decisions} with an id of theirs in its own, which stays in the record: {', '.join(erased.speaking[:5])}."
    yield "Not reached from here: files that were read in, sheets and reports that were written, backups; `ourword restore` erases again."
    yield from _left(erased)


def _left(erased: Erased) -> Iterator[str]:
    """A command for whoever runs the database a line."""
    yield from (f"For whoever runs the database: {each}." for each in erased.left)


def _write(out: Path, exported: dict[str, Any]) -> None:
    from ourword.rights.exporting import written

    try:
        with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(written(exported))
    except FileExistsError as error:
        raise usage("out", "the file is there already", place=str(out), hint="give another name, or delete it first") from error
    except OSError as error:
        raise usage("out", f"the file cannot be written: {error.strerror}", place=str(out), hint="check the path") from error


def _sentence(exported: dict[str, Any], out: Path | None) -> str:
    """What was written, counted; and what may have been there, and is past retention."""
    gone = f" {_let_go(exported['let_go'])}" if exported["let_go"] else ""
    if not exported["held"]:
        again = "They were erased." if exported["erased"] else "They may never have been here, under this id."
        return f"Nothing is held on {exported['customer']}. {again}{gone}"
    counts = ", ".join(many(len(exported[f"{word}s"]), word) for word in ("decision", "promise", "event", "attribute"))
    since = " What was held before was erased; they came back since." if exported["erased"] else ""
    return f"{out} holds what is held on {exported['customer']}: {counts}.{since}{gone} Send it by a safe way, and delete it then."


def _let_go(gone: dict[str, Any]) -> str:
    before = f"decisions older than {gone['bound'][:10]} are past retention and were let go of on {gone['time'][:10]}"
    return f"Of everybody {before}, up to entry {gone['upto']:,}, as entry {gone['entry']:,} says."
