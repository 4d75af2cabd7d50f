"""A drafted contract: what the figures can propose, what only people can fill in, and the two files that come of both.

Nothing is decided here for anybody: owners are blank, choices are open with a date, targets stand where today's figures meet them or are left
open with the reason, and every kind of decision goes to a person until somebody writes the first clause.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import msgspec

from ourword.contract.check import check
from ourword.contract.model import Flaw
from ourword.contract.prose import prose
from ourword.contract.read import read
from ourword.core.letters import short_id
from ourword.errors import ContractError
from ourword.figures.board import Board
from ourword.helpdesks.telling import kind_id
from ourword.outcomes.contacts import Asked
from ourword.outcomes.metrics import Row
from ourword.outcomes.promised_words import Said

KINDS_MAX = 40
PROMISES_MAX = 20
OPEN_DAYS = 60
LEAST_MIN, MOST_MAX = 0.01, 0.5
"""A bound below the first, or from the second on, is left open: it would promise customers nothing that anybody notices. Both are ours."""
MONTH = Asked(window_days=30)
"""How long a contact is watched for the bound on those who come back."""
CHOICES = {
    "speed_or_fairness": ("speed", "fairness"),
    "consistency_or_discretion": ("consistency", "discretion"),
    "revenue_or_advocacy": ("revenue", "advocacy"),
    "efficiency_or_trust": ("efficiency", "trust"),
}
"""The four tensions; a third answer is to leave one open until a day."""
KEPT_BY = {"an answer": "human.joined", "money": "payment.refunded", "a delivery": "parcel.delivered", "something else": "promise.done"}
_GRANTED = 'answer in ["allow", "amend"]'
_WHEN = {"an answer": 'answer == "escalate"'}
_WORDS = {"an answer": "An answer", "money": "The money", "a delivery": "The delivery", "something else": "It is done"}
WITHOUT_A_KIND = "contact"


class KindFound(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of contact that was seen, and its figures of today."""

    id: str
    """As a contract may call it."""
    seen: str
    """As the data calls it; where the two differ, the data must be renamed for figures to meet the contract."""
    contacts: int
    stayed: Row | None
    came_back: Row | None
    """Within thirty days, which is what a contract has to bound."""
    confirmed: Row | None = None
    """The low end of those who stayed resolved: all that proves a target for them."""
    at_least: str = ""
    """The target that is proposed for `stayed_resolved`: what today's figures prove, in percent; empty where they prove nothing."""
    at_most: str = ""
    why_no_least: str = ""
    """Why no target is proposed for those who stayed resolved."""
    why_no_most: str = ""


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """What a form can be filled with before anybody says a word."""

    kinds: tuple[KindFound, ...]
    more_kinds: int
    promises: tuple[Said, ...]
    open_until: date
    read_of: int = 0
    """How many events were looked through for promises; of all."""
    without_kind: int = 0
    """Closed contacts of no kind, beside others that have one: no part of the contract speaks of them."""


class Filled(msgspec.Struct, frozen=True, kw_only=True):
    """What people filled in."""

    name: str = ""
    signer: str = ""
    contact: str = ""
    zone: str = "UTC"
    holidays: str = ""
    desk: str = "Care"
    steps: str = "2"
    owners: dict[str, str] = {}
    """By kind id, a person's name."""
    choices: dict[str, str] = {}
    """By tension, one side; `open` or nothing leaves it open."""
    open_until: str = ""
    at_least: dict[str, str] = {}
    at_most: dict[str, str] = {}
    """By kind id, in percent; empty for no such target."""
    adopted: dict[str, str] = {}
    """Promise id to the kind that makes it."""


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """The two files, and what `check` says of them."""

    contract: str
    wiring: str
    flaws: tuple[Flaw, ...] = ()
    prose: str = ""


def propose(board: Board, month: Board, said: Sequence[Said], *, today: date, read_of: int = 0, called: Mapping[str, str] | None = None) -> Proposal:
    """Say what the figures of a home propose: its board, and the one that watches each contact for `MONTH`; *called* has the files' own labels."""
    kinds = [each for each in board.kinds if each != "(none)"] or ["(none)"]
    found = sorted((_kind(board, month, each, called or {}) for each in kinds), key=lambda each: (-each.contacts, each.id))
    unique = list({each.id: each for each in reversed(found)}.values())[::-1]
    nameless = board.row("stayed_resolved", "(none)") if kinds != ["(none)"] else None
    return Proposal(
        kinds=tuple(unique[:KINDS_MAX]),
        more_kinds=max(0, len(unique) - KINDS_MAX),
        promises=tuple(said[:PROMISES_MAX]),
        open_until=today + timedelta(days=OPEN_DAYS),
        read_of=read_of,
        without_kind=nameless.n if nameless is not None else 0,
    )


def _kind(board: Board, month: Board, seen: str, called: Mapping[str, str]) -> KindFound:
    confirmed, stayed, back = board.row("confirmed", seen), board.row("stayed_resolved", seen), month.row("came_back", seen)
    at_least, why_no_least = least_of(confirmed)
    at_most, why_no_most = most_of(back)
    return KindFound(
        id=WITHOUT_A_KIND if seen == "(none)" else kind_id(seen),
        seen=called.get(seen, seen),
        contacts=stayed.n if stayed is not None else 0,
        stayed=stayed,
        came_back=back,
        confirmed=confirmed,
        at_least=at_least,
        at_most=at_most,
        why_no_least=why_no_least,
        why_no_most=why_no_most,
    )


def least_of(confirmed: Row | None) -> tuple[str, str]:
    """The target for those who stayed resolved that today's figures prove, in percent, or why there is none. Only what customers said proves it."""
    if confirmed is None or confirmed.low is None:
        return "", "these files cannot prove any: none says that a customer called it solved. Comments or conversations can"
    if confirmed.low < LEAST_MIN:
        return "", f"the files prove no more than {confirmed.low * 100:.1f} % of {confirmed.n:,}: those who said that it was solved"
    return f"{int(confirmed.low * 100)}", ""


def most_of(back: Row | None) -> tuple[str, str]:
    """The bound on those who come back that today's figures prove, in percent, or why there is none that is worth signing."""
    if back is None or back.high is None:
        return "", "no contact that is over has been watched for 30 days, or no return would be seen"
    if back.high >= MOST_MAX:
        most = f"“at most {back.high * 100:.0f} %”"
        return "", f"with {back.n:,} contacts no more is proved than {most}, which is nothing to sign. Write what you stand by"
    return f"{-int(-back.high * 100 // 1)}", ""


# ---- what is missing -------------------------------------------------------------------------------------------------------


def missing(proposal: Proposal, filled: Filled, *, today: date) -> list[str]:
    """What keeps the form from being written as a contract, each in one sentence."""
    found = []
    if not _seen(filled.signer):
        found.append("Nobody signs: write the name of the person who answers for this contract.")
    found += [f"“{each.seen}” has no owner: write a person's name." for each in proposal.kinds if not _seen(filled.owners.get(each.id, ""))]
    if not filled.steps.isdecimal() or not 0 < int(filled.steps) < 100:
        found.append(f"“{filled.steps[:20]}” steps to a person: write a whole number from 1 to 99.")
    if any(filled.choices.get(each, "open") == "open" for each in CHOICES):
        until = _date(filled.open_until)
        if until is None or until <= today:
            found.append(f"“{filled.open_until[:20]}” is no day after today: choices stay open until a day such as {proposal.open_until}.")
    for each in proposal.kinds:
        for words, bound in (("stayed resolved", filled.at_least.get(each.id, "")), ("came back", filled.at_most.get(each.id, ""))):
            if bound.strip() and _share(bound) is None:
                found.append(f"“{bound[:20]}” for “{each.seen}”, {words}: write a number from 0 to 100, in percent.")
        if _share(filled.at_most.get(each.id, "")) is None:
            found.append(f"“{each.seen}” needs a bound for those who come back within 30 days: how many of 100, at most?")
    return found


_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs")


def _seen(text: str) -> bool:
    """Whether anything of a name can be seen.

    >>> _seen("Mara"), _seen(" \\u202e ")
    (True, False)
    """
    return any(unicodedata.category(each) not in _UNSEEN for each in text)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _share(text: str) -> float | None:
    try:
        share = float(text.strip().replace(",", ".").rstrip("% "))
    except ValueError:
        return None
    return share if 0 <= share <= 100 else None


# ---- the files -------------------------------------------------------------------------------------------------------------


def write(proposal: Proposal, filled: Filled, *, today: date) -> Written:
    """Write contract and wiring of a form in which nothing is missing; `check` looks at both as it does at any."""
    contract, wiring = _contract(proposal, filled), _wiring(proposal, filled)
    try:
        sound, flaws = check(read(contract.encode(), wiring.encode()), today=today)
    except ContractError as error:
        raise ContractError(error.code, error.what, place=error.place, hint=f"{error.hint}; nothing was written") from error
    return Written(contract=contract, wiring=wiring, flaws=flaws, prose=prose(sound) if sound is not None else "")


def person_id(name: str) -> str:
    """A short name for a person.

    >>> person_id("Mara Lind"), person_id("Ömer Ş."), person_id("42")
    ('mara-lind', 'oemer-s', 'p42')
    """
    return short_id(name, gap="-", most=40, otherwise="p")


def _contract(proposal: Proposal, filled: Filled) -> str:
    people = dict.fromkeys([filled.signer.strip(), *(filled.owners[each.id].strip() for each in proposal.kinds)])
    desk = person_id(filled.desk or "Care") + "-desk"
    ids = _ids(list(people), taken=[desk])
    signer = ids[filled.signer.strip()]
    lines = [
        "# Drafted by Ourword from what your helpdesk exported. Figures of today stand beside what was made of them.",
        "# Every decision goes to a person until you write the first clause: see the guide “Gate a refund”.",
        "ourword: 1",
        f"contract: {person_id(filled.name or 'our-word')}",
        "version: 0.1.0",
        "status: draft",
        f"zone: {_text(filled.zone)}",
        *([f"holidays: {_text(filled.holidays)}"] if filled.holidays.strip() else []),
        "languages: [en]",
        "keep: 3 years",
        "",
        "relationship:",
        "  choices:",
        *(f"    {name}: {_choice(filled, name, signer)}" for name in CHOICES),
        f"  person: {{steps: {int(filled.steps)}, desk: {desk}}}",
        "  tell: {automated: before the first answer, reasons: 2, what_would_change: true}",
        "",
        "people:",
        *(f"  - {{id: {ids[name]}, name: {_text(name)}, role: owner{_reached(filled, name)}}}" for name in people),
        f"  - {{id: {desk}, name: {_text(filled.desk or 'Care')}, role: desk}}",
        f"answerable: {{data: {signer}, model: {signer}, prompt: {signer}, contract: {signer}, unclear: {signer}}}",
        f"changes: {{need: [{signer}]}}",
        "",
        "decisions:",
    ]
    for kind in proposal.kinds:
        lines += _decision(kind, ids[filled.owners[kind.id].strip()], desk, filled, proposal)
    return "\n".join(lines) + "\n"


def _ids(names: Sequence[str], *, taken: Sequence[str] = ()) -> dict[str, str]:
    """One short name for each person, also where two names shorten alike, or as one that is taken does."""
    found: dict[str, str] = {}
    for name in names:
        short, number = person_id(name), 1
        while short in (*found.values(), *taken):
            number += 1
            short = f"{person_id(name)}-{number}"
        found[name] = short
    return found


def _reached(filled: Filled, name: str) -> str:
    return f", contact: {_text(filled.contact.strip())}" if name == filled.signer.strip() and filled.contact.strip() else ""


def _choice(filled: Filled, name: str, signer: str) -> str:
    side = filled.choices.get(name, "open")
    if side in CHOICES[name]:
        return f"{{choose: {side}}}"
    return f"{{open: {{by: {signer}, until: {_date(filled.open_until)}}}}}"


def _decision(kind: KindFound, owner: str, desk: str, filled: Filled, proposal: Proposal) -> list[str]:
    adopted = [each for each in proposal.promises if filled.adopted.get(each.id) == kind.id]
    lines = [
        f"  {kind.id}:" + (f"  # the data calls it {kind.seen[:100]!r}" if kind.id != kind.seen else ""),
        f"    question: {_text(f'What do we do about this ({kind.seen})?')}",
        f"    owner: {owner}",
        "    rights: propose",
        "    clauses:",
        "      - {id: asked-for-a-person, say: You asked for a person., when: asked_human, then: escalate}",
        "    otherwise: escalate",
    ]
    if adopted:
        lines.append("    promises:")
        for each in adopted:
            lines += [
                f"      # said {each.said:,} times to {each.contacts:,} contacts; {kept_words(each)}",
                f"      - {{id: {person_id(each.id)}, when: {_text(_WHEN.get(each.about, _GRANTED))}, "
                f"say: {_text(f'{_WORDS[each.about]} within {each.within}')}, kept_by: {KEPT_BY[each.about]}, within: {each.within}}}",
            ]
    lines += [f"    escalation: {{to: {desk}}}", "    targets:"]
    at_least = _share(filled.at_least.get(kind.id, ""))
    if at_least is not None:
        lines += [f"      # {_today_band(kind)}", f"      - {{metric: stayed_resolved, within: 7 days, at_least: {_fraction(at_least)}}}"]
    at_most = _share(filled.at_most[kind.id])
    assert at_most is not None
    lines += [f"      # {_today(kind.came_back)}", f"      - {{metric: came_back, within: 30 days, at_most: {_fraction(at_most)}}}", ""]
    return lines


def _fraction(percent: float) -> str:
    """A share as YAML writes a number: never in powers of ten.

    >>> _fraction(85.0), _fraction(0.001), _fraction(0), _fraction(100)
    ('0.85', '0.00001', '0', '1')
    """
    return f"{percent / 100:.6f}".rstrip("0").rstrip(".")


def kept_words(said: Said) -> str:
    """How often it was kept, where that can be told.

    >>> from ourword.core.span import Span
    >>> kept_words(Said(about="money", within=Span(5, "day"), said=9, contacts=9))
    'whether it was kept, these files cannot tell'
    """
    if not said.due:
        return "whether it was kept, these files cannot tell"
    return f"kept {said.kept / said.due:.0%} of the {said.due:,} times where it can be told"


def _today_band(kind: KindFound) -> str:
    """How those who stayed resolved stand today: what is proved, and the most that it can be."""
    most, least = kind.stayed, kind.confirmed
    if most is None or most.value is None or most.high is None:
        return "today: no data"
    if least is None or least.value is None or least.low is None:
        return f"today at most {most.value:.2f} (up to {most.high:.2f}), n = {most.n:,}; how many at least, these files cannot prove"
    return f"today at least {least.value:.2f} and at most {most.value:.2f} ({least.low:.2f} to {most.high:.2f}), n = {most.n:,}"


def _today(row: Row | None) -> str:
    if row is None or row.value is None or row.low is None or row.high is None:
        return "today: no data"
    return f"today {row.value:.2f} ({row.low:.2f} to {row.high:.2f}), n = {row.n:,}"


def _wiring(proposal: Proposal, filled: Filled) -> str:
    events = sorted({KEPT_BY[each.about] for each in proposal.promises if each.id in filled.adopted})
    lines = [
        "# The engineer's half: where facts come from. Drafted by Ourword.",
        "ourword: 1",
        f"contract: {person_id(filled.name or 'our-word')}",
        "facts:",
        "  asked_human: {type: bool, from: conversation.asked_human}",
    ]
    if events:
        lines += ["sources:", *(f"  - {{event: {each}, by: helpdesk, heard_within: 1 day}}" for each in events)]
    return "\n".join(lines) + "\n"


def _text(text: str) -> str:
    """A text as YAML has it, whatever was typed: one line, in double quotes, without what cannot be seen in print."""
    seen = "".join(each if each.isprintable() else " " for each in text)
    return msgspec.json.encode(" ".join(seen.split())[:300]).decode()
