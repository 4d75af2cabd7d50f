"""A recorded decision in words, for people who answer for it: what the command line prints and the pages show."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from ourword.contract.model import Draft, Kind
from ourword.contract.words import listed
from ourword.core.language import spoken

HEADLINES = {
    "allow": "Allowed",
    "amend": "Allowed with a change",
    "ask": "The customer was asked first",
    "refuse": "Refused",
    "escalate": "Handed to a person",
}

_SHORTLY = {
    "requires": "Something needed to decide was not known.",
    "otherwise": "No clause says anything about this.",
    "rights": "Automation may not decide this alone.",
    "holdout": "Taken by people, for comparison.",
    "work.may": "More than the desk may grant.",
    "person": "A person's own answer.",
}


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """One fact as it was handed in, and what there is to know about it."""

    name: str
    value: str
    at: str = ""
    notes: tuple[str, ...] = ()


class Clause(msgspec.Struct, frozen=True):
    """A clause that held: its id, what it says, what it answers."""

    id: str
    say: str
    answer: str


class Promised(msgspec.Struct, frozen=True):
    """A promise that was made: its id, its words, when it is due."""

    id: str
    what: str
    due: str


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One decision, ready to be read."""

    seq: int
    decision_id: str
    time: str
    kind: str
    owner: str
    contract: str
    digest: str
    in_force: str = ""
    """Who had signed that contract, in a home where anybody has signed one."""
    question: str = ""
    customer: str = ""
    by: str = "automation"
    answer: str = ""
    headline: str = ""
    decided_by: str = ""
    because: str = ""
    observed: bool = False
    erased: bool = False
    clauses: tuple[Clause, ...] = ()
    reasons: tuple[str, ...] = ()
    tell: str = ""
    near: tuple[str, ...] = ()
    may_add: tuple[str, ...] = ()
    amended: tuple[tuple[str, str], ...] = ()
    promises: tuple[Promised, ...] = ()
    facts: tuple[Fact, ...] = ()
    missing: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()
    lineage: tuple[tuple[str, str], ...] = ()
    objects: tuple[str, ...] = ()
    contact: str = ""
    confirmed: tuple[tuple[str, str], ...] = ()
    options: tuple[str, ...] = ()
    gate: str = ""
    counter: int = 0


def told(record: Mapping[str, Any], draft: Draft | None, lang: str = "") -> Told:
    """Put a record as `app.why` gives it into words; the contract's own words are there only with its *draft*."""
    entry = record["entry"]
    names = _Names(draft, entry["kind"], lang)
    common: dict[str, Any] = {
        "seq": record["seq"],
        "decision_id": record["decision_id"],
        "time": moment(record["time"]),
        "kind": entry["kind"],
        "question": names.question,
        "owner": names.person(entry["owner"]),
        "by": names.person(entry.get("by", "automation")),
        "answer": entry["answer"],
        "headline": headline(entry["answer"], entry.get("mode", "enforce")),
        "observed": entry.get("mode") == "observe",
        "decided_by": entry["decided_by"],
        "clauses": tuple(Clause(each, names.say(each), names.answers(each)) for each in entry["clauses"]),
        "contract": f"{entry['contract']} {draft.version}" if draft else entry["contract"],
        "digest": entry["lineage"]["contract"] or "",
        "in_force": _in_force(record, names),
        "gate": entry["gate"],
        "counter": entry["counter"],
        "lineage": tuple((key, str(value)) for key, value in entry["lineage"].items() if value is not None and key != "contract"),
    }
    if record.get("erased"):
        due = tuple(Promised(each["id"], "", moment(each["due"])) for each in entry["promises"])
        return Told(**common, because=names.because(entry["decided_by"], {}), promises=due, erased=True)
    return Told(**common, **_personal(record, record["verdict"], names))


def _persons_own(record: Mapping[str, Any], verdict: Mapping[str, Any]) -> str:
    """What a person answered and why, where it did not stand: the owner who takes over must not have to ask again."""
    if record["entry"].get("by", "automation") == "automation" or not verdict.get("proposed"):
        return ""
    return f" A person answered: {verdict['proposed']}." + (f" Their reason: {record['because']}" if record.get("because") else "")


def _personal(record: Mapping[str, Any], verdict: Mapping[str, Any], names: _Names) -> dict[str, Any]:
    return {
        "customer": record["customer"],
        "because": names.because(verdict["decided_by"], verdict) + _persons_own(record, verdict),
        "reasons": tuple(each["text"] for each in verdict["reasons"]),
        "tell": verdict["tell"],
        "near": tuple(_near(each) for each in verdict["near"]),
        "may_add": tuple(names.label(each) for each in verdict["may_add"]),
        "amended": tuple((names.label(name), plain(value)) for name, value in (verdict["amended"] or {}).items()),
        "promises": tuple(Promised(each["id"], each["what"], moment(each["due"])) for each in verdict["promises"]),
        "facts": tuple(_facts(record, verdict, names)),
        "missing": tuple(f"{name} ({why})" if (why := verdict.get("unfit", {}).get(name)) else name for name in verdict["missing"]),
        "unread": tuple(verdict["unread"]),
        "signals": tuple(_signal(each, names) for each in verdict["signals"]),
        "objects": tuple(", ".join(f"{key} {value}" for key, value in each.items()) for each in record.get("objects") or ()),
        "contact": record.get("contact") or "",
        "options": tuple(_option(each) for each in record.get("options") or ()),
        "confirmed": tuple((name, plain(value)) for name, value in (record.get("confirmed_args") or {}).items()),
    }


def clause_words(draft: Draft | None, kind: str, decided_by: str) -> str:
    """What decided, in a few words for a list."""
    return _SHORTLY.get(decided_by) or _Names(draft, kind, "").say(decided_by) or decided_by


def headline(answer: str, mode: str = "enforce") -> str:
    """The answer as a heading.

    >>> headline("escalate"), headline("refuse", "observe")
    ('Handed to a person', 'Observed only: refused')
    """
    words = HEADLINES.get(answer, answer)
    return words if mode == "enforce" else f"Observed only: {words[:1].lower()}{words[1:]}"


def moment(text: str) -> str:
    """RFC 3339 in UTC as people read it.

    >>> moment("2026-11-23T10:00:00.25Z")
    '2026-11-23 10:00:00 UTC'
    """
    return f"{text[:10]} {text[11:19]} UTC"


def plain(value: object) -> str:
    """A fact's value as it was handed in, short enough to read."""
    if isinstance(value, str):
        return value
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 300 else f"{text[:300]}…"


def _near(near: Mapping[str, Any]) -> str:
    changes = ", ".join(f"{each['fact']}: {plain(each['to'])} instead of {plain(each['was'])}" for each in near["changes"])
    return f"{near['text'] or changes} ({near['answer']})"


def _option(option: Mapping[str, Any]) -> str:
    """An option in words.

    >>> _option({"id": "repair", "customer_value": "30.00 EUR", "shown": False})
    'repair: worth 30.00 EUR to the customer, not shown'
    """
    said = [f"{words} {option[key]}{end}" for key, words, end in _AMOUNTS if key in option]
    said += [words if option[key] else f"not {words}" for key, words in (("shown", "shown"), ("chosen", "chosen")) if key in option]
    return f"{option['id']}: {', '.join(said)}" if said else str(option["id"])


_AMOUNTS = (("customer_value", "worth", " to the customer"), ("margin", "earns", ""))


def _facts(record: Mapping[str, Any], verdict: Mapping[str, Any], names: _Names) -> list[Fact]:
    found = []
    for name, given in [*record["facts"].items(), *record["history"].items()]:
        value, at = given, ""
        if isinstance(given, dict) and "value" in given and given.keys() <= {"value", "at"}:
            value, at = given["value"], str(given.get("at") or "")
        notes = names.notes(name)
        if name in record["history"]:
            notes.append("counted from our own record")
        if name in verdict["missing"]:
            why = verdict.get("unfit", {}).get(name)
            notes.append(f"could not be used: {why}" if why else "could not be used")
        if name in verdict["unread"]:
            notes.append("nothing reads it")
        found.append(Fact(name=name, value=plain(value), at=at, notes=tuple(notes)))
    found += [Fact(name=name, value="not known", notes=(*names.notes(name), "missing")) for name in verdict["missing"] if name not in record["facts"]]
    return found


def _signal(signal: Mapping[str, Any], names: _Names) -> str:
    match signal["signal"]:
        case "bend":
            return f"A person departed from `{signal['id']}` ({signal.get('written', '')}): {signal.get('because', '')}"
        case "boundary":
            return f"A signal asks {names.owner} how this came to be proposed (`{signal['id']}`)."
        case _:
            unsure = "" if signal.get("certain", True) else "perhaps "
            return f"For the person who decides: {unsure}against a boundary: {signal.get('text') or names.say(signal['id'])} (`{signal['id']}`)"


def _in_force(record: Mapping[str, Any], names: _Names) -> str:
    if "in_force" not in record:
        return ""
    held = record["in_force"]
    if held is None:
        return f"not in force at that time: {_why_not(record['not_in_force'], names)}"
    return f"in force since {moment(held['since'])}, signed by {listed(names.person(each) for each in held['signed'])}"


def _why_not(told: Mapping[str, Any], names: _Names) -> str:
    signed = f"signed by {listed(names.person(each) for each in told['signed'])}"
    match told["why"]:
        case "waits":
            return f"{signed}, it waited for {listed(names.person(each) for each in told['waits_for'])}"
        case "to come":
            return f"{signed}, it was to begin {moment(told['begins'])}"
        case "lapsed":
            return f"{signed}, another version was adopted while it waited"
        case "followed":
            return f"{signed}, {listed(told.get('instead', ())) or 'another version'} had followed it"
    also = f"; {listed(told['instead'])} was the contract for this kind" if told.get("instead") else ""
    return f"nobody had signed this version{also}"


class _Names:
    """The contract's own words for the ids of one kind; the ids themselves where there is no contract."""

    def __init__(self, draft: Draft | None, kind: str, lang: str) -> None:
        self.draft = draft
        self.kind: Kind | None = draft.kinds.get(kind) if draft else None
        self.lang = spoken(draft.languages, lang) if draft else ""

    @property
    def question(self) -> str:
        return self._text(self.kind.question) if self.kind else ""

    @property
    def owner(self) -> str:
        """Who answers for this kind."""
        return self.person(self.kind.owner) if self.kind else "the owner"

    def person(self, identity: str) -> str:
        """A name with its id; a desk or an unknown one is its id."""
        if identity == "person":
            return "a person"
        name = next((each.name for each in self.draft.people if each.id == identity), "") if self.draft else ""
        return f"{name} ({identity})" if name else identity

    def say(self, identity: str) -> str:
        """What a clause or boundary says."""
        if self.kind is None:
            return ""
        said = {each.id: each.say for each in self.kind.clauses} | {each.id: each.say for each in self.kind.never}
        return self._text(said[identity]) if identity in said else ""

    def answers(self, identity: str) -> str:
        """What a clause answers."""
        return next((each.then.answer.value for each in self.kind.clauses if each.id == identity), "") if self.kind else ""

    def label(self, name: str) -> str:
        """How a fact is named to customers."""
        fact = self.draft.wiring.facts.get(name) if self.draft else None
        return self._text(fact.say) if fact is not None and fact.say else name.replace("_", " ")

    def notes(self, name: str) -> list[str]:
        """What the wiring says of a fact."""
        fact = self.draft.wiring.facts.get(name) if self.draft else None
        if fact is None:
            return []
        return [*(["the customer says so"] if fact.stated_by else []), *(["never told to the customer"] if fact.tell == "never" else [])]

    def because(self, decided_by: str, verdict: Mapping[str, Any]) -> str:
        """Who or what decided, in a sentence for staff."""
        missing = ", ".join(verdict.get("missing", ()))
        proposed = verdict.get("proposed")
        match decided_by:
            case "requires":
                return f"Not known, and needed to decide: {missing}." if missing else "Something needed to decide was not known."
            case "otherwise":
                return "No clause says anything about this."
            case "rights":
                only = "people alone decide this" if self.kind and self.kind.rights == "human" else "automation may only propose here"
                return f"{only[0].upper()}{only[1:]}" + (f"; it proposed: {proposed}." if proposed else ".")
            case "holdout":
                share = f"{self.draft.relationship.holdout:.2%}".rstrip("0%").rstrip(".") + " %" if self.draft else "few"
                return f"This customer is among the {share} whose decisions people take, so that automation can be compared with people."
            case "work.may":
                return "This is more than the desk may grant: it goes to the owner."
            case "person":
                return "A person's own answer."
        if self.kind and any(each.id == decided_by for each in self.kind.never):
            certainly = any(each.get("id") == decided_by and each.get("certain", True) for each in verdict.get("signals", ()))
            held = "A boundary held" if certainly else f"A boundary may have held, as it is not known: {missing}"
            return f"{held}: {self.say(decided_by)} (`{decided_by}`)" + (
                f" The answer would have been: {proposed}." if proposed and verdict.get("by") == "automation" else ""
            )
        unknown = "fired" in verdict and decided_by not in verdict["fired"] and missing
        says = f"{self.say(decided_by)} (`{decided_by}`)" if self.say(decided_by) else f"`{decided_by}`"
        clause = next((each for each in self.kind.clauses if each.id == decided_by), None) if self.kind else None
        if clause is not None and verdict.get("answer") == "escalate" and clause.then.amend and (unfit := verdict.get("unfit")):
            makes = "; ".join(f"{name}: {why}" for name, why in unfit.items())
            return f"What it would change cannot be so ({makes}), and a person looks. {says}"
        return f"It cannot be known whether this applies, as it is not known: {missing}. {says}" if unknown else says

    def _text(self, text: Mapping[str, str]) -> str:
        return text.get(self.lang) or next(iter(text.values()), "")
