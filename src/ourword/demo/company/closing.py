"""How a contact ends, and whether it is called resolved: in three of the ways customers give up, and in one of those it counts as resolved."""

from __future__ import annotations

from ourword.demo.company import stories as S
from ourword.demo.company import texts as T
from ourword.demo.company.contact import Contact
from ourword.demo.company.talk import Talk


def customer_thanks(talk: Talk, true: Contact, believes: bool) -> None:
    """Customers thank politely, nearly as often when nothing is solved."""
    true.thanked = talk.chance.random() < (0.6 if believes else 0.45)
    if not true.thanked:
        return
    talk.customer_says(T.THANKS)
    if true.handled_by == "person":
        talk.person_says(T.WELCOME)
    else:
        talk.automation_says(T.WELCOME)


def close_by_person(talk: Talk, true: Contact, believes: bool) -> None:
    """A person asks now and then, and closes."""
    if talk.chance.random() < 0.45 and _asked(talk, true, believes, actor="person", answers=0.55):
        if true.said == "no":
            talk.person_says(T.SORRY)
        _closed(talk, true, "person", "confirmed" if true.said == "yes" else "no_reply", claimed=true.said == "yes")
        return
    _closed(talk, true, "person", "no_reply", claimed=believes or talk.chance.random() < 0.5, after_minutes=30)


def close_by_automation(talk: Talk, true: Contact, believes: bool) -> None:
    """Automation asks, lets a timer ask for it, leaves a message unanswered, or just closes."""
    chance, bad = talk.chance, true.prompt == S.BAD_PROMPT
    roll = chance.random()
    timer = S.TIMER_CLOSES[true.prompt]
    if not believes and roll > 0.94:
        true.ending = "unanswered"
        talk.customer_says(T.UNANSWERED)
    elif not believes and roll > 0.88:
        true.ending = "left"
        talk.wait(60, 200)
        _closed(talk, true, "customer", "left", claimed=False)
    elif roll < timer:
        true.ending = "timer"
        talk.automation_says(T.IMPLICIT)
        _closed(talk, true, "timer", "no_reply", claimed=True, after_minutes=20)
    elif roll < timer + (0.22 if bad else 0.38):
        _close_after_asking(talk, true, believes, bad)
    else:
        claimed = bad or believes or chance.random() < 0.45
        _closed(talk, true, "automation", "refused" if "refused" in true.why else "no_reply", claimed=claimed, after_minutes=90)


def _close_after_asking(talk: Talk, true: Contact, believes: bool, bad: bool) -> None:
    """A yes is a yes; a no is answered with words; and a timer takes no answer for a yes."""
    if not _asked(talk, true, believes, actor="automation", answers=0.75):
        true.ending = "timer"
        _closed(talk, true, "timer", "no_reply", claimed=True, after_minutes=60)
    elif true.said == "yes":
        _closed(talk, true, "automation", "confirmed", claimed=True)
    else:
        talk.automation_says(T.SORRY)
        _closed(talk, true, "automation", "no_reply", claimed=bad and talk.chance.random() < 0.6, after_minutes=30)


def _asked(talk: Talk, true: Contact, believes: bool, *, actor: str, answers: float) -> bool:
    chance = talk.chance
    talk.at += 5
    talk.event("question.asked", actor, asks=True, question=T.pick(chance, T.EXPLICIT))
    true.ending = "asked_silent"
    if chance.random() > answers:
        return False
    honest = chance.random() < 0.95
    true.said = "yes" if believes == honest else "no"
    true.ending = f"asked_{true.said}"
    talk.wait(20, 200)
    talk.event("question.answered", "customer", said=true.said)
    return True


def _closed(talk: Talk, true: Contact, by: str, reason: str, *, claimed: bool, after_minutes: int = 0) -> None:
    true.ending = true.ending or "closed"
    true.claimed = claimed
    talk.close(by, reason, claimed=claimed, after_minutes=after_minutes)
    true.closed = talk.at
    if talk.chance.random() < 0.09:
        good = true.solved if talk.chance.random() < 0.85 else not true.solved
        talk.at += talk.chance.randint(60, 7000)
        talk.event(
            "feedback.given", "customer", question="satisfaction", answer=talk.chance.randint(4, 5) if good else talk.chance.randint(1, 3), scale=5
        )
