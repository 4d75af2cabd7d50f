"""One approach of a customer, from the first message to the close: what is decided, by whom, and whether it is truly solved."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from ourword.demo.company import stories as S
from ourword.demo.company import texts as T
from ourword.demo.company.bending import tell_the_age
from ourword.demo.company.clock import HOUR, MINUTE, desk_open, due
from ourword.demo.company.closing import close_by_automation, close_by_person, customer_thanks
from ourword.demo.company.contact import Contact
from ourword.demo.company.facts import Wish, wish
from ourword.demo.company.people import Customer
from ourword.demo.company.settle import Due, grant
from ourword.demo.company.talk import Talk, Written


@dataclass(slots=True)
class Matter:
    """What a customer comes about, once or several times."""

    customer: Customer
    kind: str
    order: str
    money_missing: bool = False


def approach(chance: Random, out: Written, matter: Matter, *, contact: str, at: int, share: float, again: bool) -> tuple[Contact, Talk]:
    """Let one customer approach once, about one matter, when *share* of the days has passed."""
    customer = matter.customer
    channel = chance.choices(("chat", "app", "mail"), (55, 25, 20))[0]
    versions = {name: S.version_at(each, share) for name, each in (("contract", S.CONTRACTS), ("prompt", S.PROMPTS), ("model", S.MODELS))}
    subject = customer.mail_id if channel == "mail" and customer.mail_id else customer.id
    talk = Talk(
        chance,
        out,
        contact=contact,
        customer=customer,
        subject=subject,
        order=matter.order,
        at=at,
        channel=channel,
        kind=matter.kind,
        versions=versions,
    )
    true = Contact(
        contact=contact,
        customer=customer.id,
        subject=subject,
        order=matter.order,
        channel=channel,
        kind=matter.kind,
        opened=at,
        returning=again,
        prompt=versions["prompt"],
        model=versions["model"],
        contract=versions["contract"],
        region=customer.region,
        tenure=customer.tenure,
        language=customer.language,
        payment=customer.method,
    )
    _begin(talk, true, matter, share)
    if again and true.reached_a_person:
        _person_joins(talk, true, decision="")
        _person_answers_again(talk, true)
    elif again:
        _words_or_apology(talk, true)
    else:
        _first_proposal(talk, true)
    _end(talk, true)
    true.ended, true.decisions = talk.at, talk.answers
    customer.approaches += 1
    return true, talk


def come_back_to_the_same(true: Contact, talk: Talk, *, at: int) -> None:
    """The customer opens the closed contact again; automation answers with words, and closes again."""
    talk.at, true.reopened = at, True
    talk.event("contact.reopened", "customer")
    talk.customer_says(T.AGAIN)
    talk.automation_says(T.WORDS)
    true.solved = talk.chance.random() < S.SOLVED_BY_WORDS
    true.why = "words helped, the second time" if true.solved else "words only, twice"
    talk.close("automation", "no_reply", claimed=True, after_minutes=60)
    true.claimed, true.closed, true.ended = True, talk.at, talk.at


def _begin(talk: Talk, true: Contact, matter: Matter, share: float) -> None:
    chance = talk.chance
    talk.event("contact.opened", "customer")
    first = T.MONEY_MISSING if matter.money_missing else T.AGAIN if true.returning else T.FIRST[true.kind]
    talk.at += 1
    asks = chance.random() < S.ASKS_FOR_A_PERSON[true.returning]
    knows = asks and chance.random() < S.between(S.PHRASE_KNOWN[talk.customer.approaches > 0], share)
    talk.customer_says(T.COMPLAINT if knows else T.PERSON if asks else first)
    talk.automation_says(T.GREETING, tells="automated")
    if asks:
        reaches = S.PHRASE_REACHES if knows else S.REACHES - S.WORSE_REACHES_LESS * (true.language == S.WORSE_LANGUAGE)
        true.asked_for_a_person, true.wrote_the_phrase, true.reached_a_person = True, knows, chance.random() < reaches
        talk.event("human.requested", "customer")
        if not true.reached_a_person:
            talk.automation_says(T.DEFLECTED)
    talk.customer_says(T.DETAILS)


# ---- deciding ------------------------------------------------------------------------------------------------------


def _first_proposal(talk: Talk, true: Contact) -> None:
    made = wish(true.kind, talk.chance, talk.at, talk.customer.id, asked=true.reached_a_person)
    true.kinds.append(true.kind)
    if made.answer in ("allow", "amend") and talk.chance.random() < S.ASKS_FIRST.get(true.kind, 0):
        decision = talk.ask_first(made)
        talk.automation_says(T.CONFIRM if true.kind == "refund" else T.CODE, decision=decision)
        if talk.chance.random() < 0.06:
            true.ending, true.why = "timer", "did not answer the question"
            return
        talk.customer_says(T.DETAILS)
        talk.at += 3
    true.written = made.decided_by
    decision = talk.decide(made)
    if made.answer == "escalate":
        _escalated(talk, true, made, decision, true.kind)
    elif made.answer == "refuse":
        _refused(talk, true, made, decision)
    else:
        true.dues.append(grant(talk, decision, true.kind, made.minor))
        talk.automation_says(T.granted(true.kind), decision=decision)
        true.solved = _solves(talk, true, S.SOLVED[true.kind])
        true.why = "granted" if true.solved else "granted, and not what was needed"
        if not true.solved and talk.customer.apologies < 2 and talk.chance.random() < 0.25:
            _apology(talk, true)


def _escalated(talk: Talk, true: Contact, made: Wish, decision: str, kind: str) -> None:
    _person_joins(talk, true, decision=decision)
    answer, because = _persons_answer(talk, true, made, kind)
    # Above what the desk may grant, the owner answers.
    by = "mara" if kind == "refund" and made.minor > 20000 else "person"
    granted = talk.decide(made, by=by, answer=answer, because=because, kind=kind)
    if answer != "refuse":
        true.dues.append(grant(talk, granted, kind, made.minor))
    talk.person_says(T.REFUSED if answer == "refuse" else T.granted(kind))
    true.solved = _solves(talk, true, S.SOLVED_REFUSED if answer == "refuse" else S.SOLVED[kind])
    true.why = "refused by a person" if answer == "refuse" and not true.solved else "a person helped" if true.solved else "a person could not help"


def _persons_answer(talk: Talk, true: Contact, made: Wish, kind: str) -> tuple[str, str]:
    """What a person answers, and why; only `too-late` is ever bent."""
    if made.written == "escalate":
        return ("allow", "") if made.minor or talk.chance.random() < 0.7 else ("refuse", "")
    if made.clause == S.BENT_CLAUSE:
        true.persons_on_the_clause, true.bent = True, talk.chance.random() < S.BENDS
        tell_the_age(talk, made, bent=true.bent)
        return ("allow", talk.chance.choice(T.BENT_BECAUSE)) if true.bent else ("refuse", "")
    return made.written, talk.chance.choice(T.APOLOGY_BECAUSE) if kind == "goodwill" else ""


def _refused(talk: Talk, true: Contact, made: Wish, decision: str) -> None:
    talk.automation_says(T.REFUSED, decision=decision)
    wants = true.written == S.BENT_CLAUSE and talk.chance.random() < 0.5
    if not wants:
        true.solved, true.why = _solves(talk, true, S.SOLVED_REFUSED), "refused by the contract"
        return
    talk.customer_says(T.PERSON)
    talk.event("human.requested", "customer")
    true.asked_for_a_person = true.reached_a_person = True
    _person_joins(talk, true, decision="")
    answer, because = _persons_answer(talk, true, made, true.kind)
    second = talk.decide(made, by="person", answer=answer, because=because)
    if true.bent:
        true.dues.append(grant(talk, second, "refund", made.minor))
    talk.person_says(T.granted("refund") if true.bent else T.REFUSED)
    true.solved = _solves(talk, true, S.SOLVED["refund"] if true.bent else S.SOLVED_REFUSED)
    true.why = "a person bent the clause" if true.bent else "refused by a person, too"


def _words_or_apology(talk: Talk, true: Contact) -> None:
    if talk.customer.apologies < 2 and talk.chance.random() < 0.4:
        _apology(talk, true)
    else:
        talk.automation_says(T.WORDS)
        true.solved = _solves(talk, true, S.SOLVED_BY_WORDS)
        true.why = "words helped" if true.solved else "words only"


def _person_answers_again(talk: Talk, true: Contact) -> None:
    talk.person_says(T.GRANTED)
    true.solved = _solves(talk, true, 0.8)
    true.why = "a person helped" if true.solved else "a person could not help"


def _apology(talk: Talk, true: Contact) -> None:
    talk.customer.apologies += 1
    talk.at += 5
    made = wish("goodwill", talk.chance, talk.at, talk.customer.id, asked=False)
    true.kinds.append("goodwill")
    _escalated(talk, true, made, talk.decide(made, kind="goodwill"), "goodwill")


def _person_joins(talk: Talk, true: Contact, *, decision: str) -> None:
    """A person comes: after an escalation there is a promise about when."""
    named = {"decision": decision} if decision else {}
    talk.event("human.queued", "automation", "desk", **named)
    hours = decision and (true.kinds[-1] in ("goodwill", "price_match"))
    ends = due(talk.at, 4, "hour", at_desk=True) if hours else due(talk.at, 15, "minute", at_desk=True)
    begun, late = desk_open(talk.at), talk.chance.random() < 0.03
    came = ends + talk.chance.randint(2 * MINUTE, HOUR) if late else begun + talk.chance.randint(40, 13 * MINUTE)
    came = desk_open(came) if late else min(desk_open(came), ends)
    if decision:
        true.dues.append(Due(decision, "a-person-answers", true.kinds[-1], ends, came))
    talk.at, true.handled_by = came, "person"
    talk.event("human.joined", "person", "desk", **named)
    talk.person_says(T.BY_PERSON)


def _solves(talk: Talk, true: Contact, likely: float) -> bool:
    if true.handled_by == "person":
        return talk.chance.random() < min(likely + S.PERSON_SOLVES_MORE, 0.97)
    worse = S.BAD_PROMPT_SOLVES_LESS * (true.prompt == S.BAD_PROMPT) + S.WORSE_SOLVES_LESS * (true.language == S.WORSE_LANGUAGE)
    return talk.chance.random() < likely - worse


# ---- ending ----------------------------------------------------------------------------------------------------------


def _end(talk: Talk, true: Contact) -> None:
    for each in true.dues:
        if each.promise != "a-person-answers" and (each.done is None or each.done > each.due):
            true.solved, true.why = False, f"{each.promise} was not kept"
    if true.ending == "timer":
        true.claimed = True
        talk.close("timer", "no_reply", claimed=True, after_minutes=45)
        true.closed = talk.at
        return
    believes = true.solved or true.why.endswith("was not kept")  # at the close nobody knows yet that the money will not come
    customer_thanks(talk, true, believes)
    if true.handled_by == "person":
        close_by_person(talk, true, believes)
    else:
        close_by_automation(talk, true, believes)
