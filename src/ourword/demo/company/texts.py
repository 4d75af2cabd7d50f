"""What customers, automation and people write: a few phrasings each; who thanks is not always helped."""

from __future__ import annotations

from random import Random

FIRST = {
    "refund": ("Hi, I would like to return order {order}.", "My parcel {order} arrived broken.", "I want my money back for {order}."),
    "cancel_order": ("Please cancel order {order}.", "I ordered {order} by mistake, can you stop it?", "Cancel {order}, it is not needed any more."),
    "goodwill": ("Order {order} came days too late.", "I waited all week for {order}!", "{order} was late, again. What do you offer?"),
    "account_access": ("I cannot get into my account.", "My login does not work any more.", "I changed my phone and am locked out."),
    "price_match": (
        "I have seen {order} cheaper elsewhere.",
        "Do you match prices? It is about {order}.",
        "The shop next door sells it for less, see {order}.",
    ),
}
AGAIN = ("I wrote to you about {order} already.", "Still no answer that helps, it is about {order}.", "Same as last time: {order}. It is not solved.")
MONEY_MISSING = (
    "Where is my money for {order}?",
    "You said five working days. Nothing has come for {order}.",
    "The refund of {order} is still not here.",
)
PERSON = ("Can I speak to a person?", "I want to talk to somebody.", "A human, please.", "Agent.")
COMPLAINT = ("This is a formal complaint.", "I am making a formal complaint. Please confirm.", "Take this as a formal complaint!")
DETAILS = ("It is the one from last week.", "As I said above.", "Yes, that order.", "The small one. I can send a photo.")
THANKS = ("Thanks.", "ok thank you", "Thank you!", "Thanks anyway.", "Alright, thanks.")
UNANSWERED = ("But it did not work?", "Hello?", "And what about the other half?", "That is not what I asked.")
GREETING = (
    "Hello! You are writing with Larkspur's automatic assistant. Which order is it about?",
    "Hi, this is Larkspur's automatic assistant. Can you tell me a little more?",
)
DEFLECTED = ("Let me try to help you first.", "I can surely help you with that myself.")
GRANTED = ("That is done. You will hear from us.", "I have arranged that for you.", "Done! It is on its way.")
MONEY_GRANTED = (
    "That is done. The money is on your account within 5 working days.",
    "I have arranged that for you: the money comes back within 5 working days.",
    "Done! It is on its way, and on your account within 5 working days.",
)
"""For what the contract promises so: a promise in words is one that a drafted contract finds."""
REFUSED = ("I am sorry, we cannot do that. You can contest this.", "Sorry, our terms do not allow it. You can contest this.")
WORDS = (
    "Your matter is being worked on. We get back to you within 2 working days.",
    "You find the steps in our help pages.",
    "It should be settled within a few days.",
)
CONFIRM = ("Shall I go ahead?", "May I do this for you now?")
CODE = ("Please enter the code that we have sent you. Have you got it?", "We have sent you a code. Can you type it here?")
IMPLICIT = ("Is there anything else?", "Did that answer your question?", "Can I do anything else for you?")
EXPLICIT = ("Did this solve it?", "Is your matter solved now?")
SORRY = ("I am sorry to hear that. I have noted it.", "That is a pity. Your answer is noted.")
WELCOME = ("You are welcome.", "With pleasure.")
BY_PERSON = (
    "Hello, this is Jo from Larkspur. I have read what you wrote.",
    "Good day, Sam here. I look after this now, and you hear from me within 4 hours.",
)
BENT_BECAUSE = ("Was in hospital and could not send it earlier.", "Our own letter named another date.", "A good customer for years; two days over.")
APOLOGY_BECAUSE = ("The delay was ours.", "They waited, and were kind about it.")


def granted(kind: str) -> tuple[str, ...]:
    """What is said when something is granted: of money, when it comes.

    >>> granted("refund") is MONEY_GRANTED, granted("account_access") is GRANTED
    (True, True)
    """
    return MONEY_GRANTED if kind in ("refund", "cancel_order", "price_match") else GRANTED


def pick(chance: Random, texts: tuple[str, ...]) -> str:
    """Draw one phrasing."""
    return texts[int(chance.random() * len(texts))]
