"""The one table of keys. It drives reading, errors about unknown keys, the JSON Schemas, the reference, and the list of keys not read yet.

Each row: a key's name below its prefix, its type (`!`: required), who reads it (`later`: nobody yet), what it means.
The order of keys is the order in which `ourword fmt` writes them. How paths and types are written: `key.py`.
"""

from __future__ import annotations

from ourword.contract.example_keys import example_keys
from ourword.contract.key import Key, tree_of, under
from ourword.contract.phrases import MEANS

TENSIONS = (("speed", "fairness"), ("consistency", "discretion"), ("revenue", "advocacy"), ("efficiency", "trust"))


_READ = {"speed_or_fairness.give_up", "consistency_or_discretion.at_most", "efficiency_or_trust.give_up"}
"""The limits that are held against what happens."""


def _tension(first: str, second: str) -> tuple[Key, ...]:
    name = f"{first}_or_{second}"
    prefix = f"relationship.choices.{name}"
    reader = {key: "choices" if f"{name}.{key}" in _READ else "later" for key in ("give_up", "at_most", "rate")}
    return (
        *under("", (prefix, "map", "check", f"Which comes first when they pull apart: {first} or {second}.")),
        *under(
            f"{prefix}.",
            ("choose", f"word {first} | {second}", "show", "What comes first."),
            ("give_up", "limit", reader["give_up"], "What we accept to give up for it, at most: a time, a share or an amount."),
            ("at_most", "limit", reader["at_most"], "How far the choice goes, at most."),
            ("rate", "limit", reader["rate"], "What one unit of the one is worth in the other."),
            ("open", "map", "check", "Not decided yet."),
        ),
        *under(
            f"{prefix}.open.",
            ("by", "!id", "check", "Who owes the decision."),
            ("until", "!date", "check", "The day by which it must be made; after that day `ourword check` fails on it."),
        ),
    )


CONTRACT: tuple[Key, ...] = (
    *under(
        "",
        ("ourword", "!word 1", "read", "The format's number: always 1."),
        ("contract", "!id", "gate", "The contract's name; the wiring names the same one. The holdout depends on it, so it outlives versions."),
        ("version", "!version", "gate", "This version; every verdict carries it."),
        (
            "status",
            "!word draft | active | deprecated | retired",
            "show",
            "Where its author says that it stands; in force it is once adopted.",
        ),
        ("from", "date", "show", "The day from which it holds."),
        ("zone", "!zone", "gate", "The time zone in which days and desk hours are counted."),
        ("languages", "list of language", "gate", "The languages in which customers are spoken to; every text must exist in each. Without it: `en`."),
        ("phrases", "named language", "gate", "What is said instead of our own phrases; needed in a language that they do not exist in."),
        ("phrases.*", "map", "gate", "The phrases of one language."),
        (
            "keep",
            "span",
            "ledger",
            "How long decisions are kept: `ourword prune` lets go of older ones. The AI Act asks for six months at least.",
        ),
        ("holidays", "holidays", "gate", "Whose public holidays are not working days. Without it, Monday to Friday count."),
        ("relationship", "!map", "read", "What we intend with our customers, decided once, binding every decision."),
        ("people", "!list", "check", "The people and desks that this contract names."),
        ("people[]", "map", "check", "A person or a desk."),
        ("answerable", "!map", "check", "Who answers when something went wrong, by its cause. Every cause ends in a name."),
        ("incentives", "list", "check", "Who is paid for what; a metric that is paid for needs one that guards it."),
        ("incentives[]", "map", "check", "One incentive."),
        ("changes", "map", "adopt", "Who must agree to a new version."),
        ("work", "map", "check", "How hard work is shared out among people, and what they may do."),
        ("exit", "map", "later", "The way back from automation."),
        ("decisions", "!named id", "gate", "The kinds of decision that automation may propose; any other kind is an error."),
    ),
    *under("phrases.*.", *((key, "line", "gate", means) for key, means in MEANS.items())),
    *under(
        "relationship.",
        ("intent", "list", "check", "Sentences we mean, each with the keys that carry it; the rest print as words only."),
        ("intent[]", "map", "show", "One sentence."),
        ("choices", "!map", "check", "The four tensions. Each is decided, or left open with a name and a date."),
        ("person", "!map", "check", "The way to a person."),
        ("tell", "map", "gate", "What every customer is told."),
        ("segments", "list of id", "check", "The groups by which customers are compared; the wiring says where each comes from."),
        ("fairness", "map", "later", "How unlike the answers to two groups may be."),
        (
            "holdout",
            "share",
            "gate",
            "The share of customers whose decisions people take, in kinds that `explore`, so that automation can be compared.",
        ),
    ),
    *(key for tension in TENSIONS for key in _tension(*tension)),
    *under(
        "relationship.intent[].",
        ("say", "!text", "show", "The sentence."),
        ("carried_by", "list of dotted", "check", "The keys of this contract that make it true, such as `decisions.refund.never`."),
    ),
    *under(
        "relationship.person.",
        ("steps", "!count", "check", "Within how many steps a customer reaches a person."),
        ("wait", "span", "show", "How long a customer waits for a person, at most."),
        ("desk", "!id", "check", "The desk that customers reach."),
    ),
    *under(
        "relationship.tell.",
        ("automated", "word before the first answer", "gate", "When customers learn that automation answers (AI Act, article 50(1))."),
        ("reasons", "count", "gate", "How many reasons are told, at most; without it, 1."),
        ("what_would_change", "bool", "gate", "Whether customers are told what would have changed the answer."),
        ("cannot", "text", "gate", "What automation cannot see or do: told where it refuses, or hands over for want of a fact that it needs."),
    ),
    *under(
        "relationship.fairness.",
        ("measure", "!word ratio | difference", "later", "The lower rate over the higher one, or the distance between them."),
        ("at_least", "number", "later", "For a ratio: at least this."),
        ("at_most", "number", "later", "For a difference: at most this."),
        ("because", "line", "later", "Why this bound."),
    ),
    *under(
        "people[].",
        ("id", "!id", "check", "The short name used elsewhere in the contract; the ledger stores it, never the person's name."),
        ("name", "line", "show", "The person's name."),
        ("role", "!word owner | desk", "check", "Either a person who answers for something (`owner`), or a team that customers reach (`desk`)."),
        ("contact", "line", "show", "How to reach the person."),
        ("hours", "hours", "gate", "When the desk works, in the contract's zone; without it, always."),
    ),
    *under(
        "answerable.",
        ("data", "id", "check", "Who answers for wrong or stale facts."),
        ("model", "id", "check", "Who answers for what a model did."),
        ("prompt", "id", "check", "Who answers for instructions."),
        ("contract", "id", "check", "Who answers for this contract."),
        ("unclear", "id", "check", "Who answers while nobody knows."),
    ),
    *under(
        "incentives[].",
        ("who", "!line", "show", "Who is paid."),
        ("paid_for", "!id", "check", "The metric that earns the money."),
        ("rate", "line", "show", "How much, for how much of it."),
        ("guarded_by", "id", "check", "The target metric that shows when the paid one is reached at the customer's cost."),
    ),
    *under(
        "changes.",
        ("need", "list of id", "adopt", "Whose consent every change needs."),
        ("against_customers_also", "list of id", "adopt", "Whose consent a change against the customer needs as well."),
        ("review", "word weekly | monthly | quarterly | yearly", "adopt", "How often the contract is read again."),
    ),
    *under(
        "work.",
        ("hard_in_a_row", "count", "later", "After how many hard conversations in a row a person gets an easy one."),
        (
            "may",
            "named id",
            "gate",
            "Up to which amount a person at a desk may depart from a clause, by kind of decision; above it, the owner decides.",
        ),
        ("trained_for", "list of fact", "gate", "Facts that call for a trained person; such customers are never in the holdout."),
    ),
    *under(
        "work.may.",
        ("*", "money", "gate", "The amount."),
    ),
    *under(
        "exit.",
        ("back_to_people_in", "span", "later", "How fast every decision could be taken by people again."),
        ("desk_can_take", "share", "later", "The share of decisions that the desk could take."),
        ("last_drill", "date", "later", "The day on which that was last tried."),
    ),
    *under(
        "decisions.",
        ("*", "map", "gate", "One kind of decision."),
    ),
    *under(
        "decisions.*.",
        ("question", "!text", "show", "The question that is decided."),
        ("owner", "!id", "check", "The person who answers for this kind."),
        (
            "rights",
            "!word human | propose | autonomous",
            "gate",
            "Who decides: people (`human`), a person on what automation proposes (`propose`), or automation within the clauses (`autonomous`).",
        ),
        ("explore", "bool", "gate", "Whether the holdout applies; never for prices or approvals."),
        ("objective", "text", "show", "What it is for, seen from the customer."),
        ("requires", "list of fact", "gate", "The facts that must be known: an unknown one is asked for, or a person decides."),
        ("table", "file", "gate", "More rules, as a decision table: a CSV file beside the contract, named from there."),
        ("hit", "word collect | any | unique | first", "gate", "How the table's rows go together; without it, `collect`."),
        ("clauses", "list", "gate", "The rules, all of them evaluated; escalate outranks refuse, then ask, amend, allow."),
        ("clauses[]", "map", "gate", "One rule."),
        ("otherwise", "!word allow | refuse | escalate", "gate", "The answer when no clause fired or might have."),
        ("never", "list", "gate", "Boundaries, checked last: one that holds, or may hold, brings a person in."),
        ("never[]", "map", "gate", "One boundary."),
        ("monotone", "list", "prove", "Facts that may pull the answer one way only."),
        ("monotone[]", "map", "prove", "One such fact."),
        ("promises", "list", "gate", "What customers are promised; made by the gate, never by a model."),
        ("promises[]", "map", "gate", "One promise."),
        ("escalation", "!map", "gate", "How a decision reaches a person."),
        ("targets", "list", "check", "What we hold ourselves to; at least one is long-term and on the customer's side."),
        ("targets[]", "map", "check", "One target."),
        ("examples", "list", "test", "Decisions with the answer we expect; `ourword test` runs them."),
        ("examples[]", "map", "test", "One example."),
    ),
    *under(
        "decisions.*.clauses[].",
        ("id", "!id", "gate", "Its name in verdicts and in the ledger, unique in its kind."),
        ("say", "!text", "gate", "The reason as customers hear it."),
        ("when", "!condition", "gate", "When it applies."),
        ("then", "!word allow | refuse | escalate", "gate", "What it answers: `allow`, `refuse`, `escalate`, `{ask: […]}` or `{amend: {…}}`."),
        ("final", "bool", "gate", "For a refusal that even a person at the desk cannot lift; it needs `basis` and `owner`."),
        ("basis", "line", "check", "The law or duty that makes a refusal final."),
        ("owner", "id", "check", "Who answers for the final refusal."),
        ("contest", "span", "show", "How long the customer can contest it."),
    ),
    *under(
        "decisions.*.clauses[].then.",
        ("ask", "list of fact", "gate", "The facts that the customer is asked for."),
        ("amend", "named fact", "gate", "The facts of the proposal that change."),
    ),
    *under(
        "decisions.*.clauses[].then.amend.",
        ("*", "expression", "gate", "The new value; money is rounded towards the customer."),
    ),
    *under(
        "decisions.*.never[].",
        ("id", "!id", "gate", "Its name, unique in its kind."),
        ("say", "!text", "show", "The boundary in words, for staff."),
        ("when", "!condition", "gate", "What must never be; it may read `answer`, and cannot forbid `escalate`."),
    ),
    *under(
        "decisions.*.monotone[].",
        ("fact", "!fact", "check", "The fact."),
        ("up", "!word stricter | milder", "prove", "Which way the answer may go when the fact grows."),
    ),
    *under(
        "decisions.*.promises[].",
        ("id", "!id", "gate", "Its name, unique in its kind."),
        ("when", "!condition", "gate", "For which answers it is made; it may read `answer`."),
        ("say", "!text", "gate", "What the customer is told; `{amount}` stands for a fact."),
        ("kept_by", "!dotted", "ledger", "The event that keeps it."),
        ("amount", "word equals | at_least", "ledger", "Whether the event's amount must equal the promised one, or reach it."),
        ("within", "!span", "gate", "The time until it is due."),
        ("working", "id", "gate", "The desk whose hours count."),
        ("repair", "map", "ledger", "What the customer gets when it is broken: itself a promise."),
    ),
    *under(
        "decisions.*.promises[].repair.",
        ("credit", "money", "ledger", "The amount credited."),
        ("within", "!span", "ledger", "The time until the repair is due."),
    ),
    *under(
        "decisions.*.escalation.",
        ("to", "!id", "gate", "The desk or person it reaches."),
        (
            "carry",
            "list of word facts | reasons | conversation | promises",
            "later",
            "What the person is given: facts, reasons, conversation, promises.",
        ),
        ("if_nobody", "list", "check", "Who is next when nobody answers."),
        ("if_nobody[]", "map", "check", "One step."),
    ),
    *under(
        "decisions.*.escalation.if_nobody[].",
        ("after", "!span", "later", "After how long."),
        ("to", "!id", "check", "The desk or person who is next."),
    ),
    *under(
        "decisions.*.targets[].",
        ("metric", "!id", "check", "What is measured."),
        ("within", "!span", "check", "The time after the decision in which it is measured."),
        ("at_least", "share", "report", "The least share that meets it."),
        ("at_most", "share", "report", "The greatest share that meets it."),
        ("not_below_holdout_by", "share", "report", "How far it may lie below customers whose decisions people took."),
    ),
    *example_keys("decisions.*.examples[]."),
)

WIRING: tuple[Key, ...] = (
    *under(
        "",
        ("ourword", "!word 1", "read", "The format's number: always 1."),
        ("contract", "!id", "check", "The contract that this file wires."),
        ("types", "named fact", "read", "Records: named fields, each with its type."),
        ("facts", "!named fact", "gate", "The only names that conditions may use."),
        ("segments", "named id", "check", "Where each segment of customers comes from."),
        ("sources", "list", "check", "Where proposals and events come from."),
        ("sources[]", "map", "check", "A tool that proposes decisions, or an event that keeps promises."),
    ),
    *under(
        "types.",
        ("*", "named fact", "read", "One record."),
    ),
    *under(
        "types.*.",
        ("*", "type", "read", "The field's type."),
    ),
    *under(
        "facts.",
        ("*", "map", "gate", "One fact."),
    ),
    *under(
        "facts.*.",
        (
            "type",
            "!type",
            "gate",
            "Its type: bool, int, uint, double, string, bytes, timestamp, duration, `money(EUR)`, `enum(a, b)`, `list(…)`, `map(…, …)`, or a record.",
        ),
        (
            "from",
            "path",
            "gate",
            "Where it comes from: a path in the system's words, or `history`. A duration from a timestamp is the time since then.",
        ),
        ("is", "condition", "gate", "For a derived fact: an expression over other facts, instead of `from`."),
        ("fresh_within", "span", "gate", "How old a value may be; an older one counts as unknown."),
        ("stated_by", "word customer", "gate", "The customer states it: what is missing is asked for."),
        ("tell", "word never", "gate", "No customer-facing text depends on it or names it."),
        ("signed", "bool", "gate", "Whether a money or duration fact may be negative."),
        ("paid_by", "word customer", "gate", "The customer pays this money: it is rounded down. Without it the customer receives it: rounded up."),
        ("say", "text", "gate", "How customers hear the fact named; without it, its name in words."),
        ("values", "named dotted", "gate", "How customers hear each value of an enum; without it, the value in words."),
        ("values.*", "text", "gate", "One value."),
        ("count", "id", "gate", "From history: the kind of decision that is counted."),
        ("answers", "list of word allow | amend | ask | escalate | refuse", "gate", "From history: the answers that count; without it, all."),
        ("per", "word customer", "gate", "From history: whose decisions are counted."),
        ("within", "span", "gate", "From history: how far back."),
    ),
    *under(
        "segments.",
        ("*", "path", "later", "The path."),
    ),
    *under(
        "sources[].",
        ("tool", "id", "adapters", "The tool's name as the agent calls it."),
        ("decision", "id", "check", "The kind of decision that a call of the tool proposes."),
        ("facts", "named fact", "adapters", "Which facts the call states."),
        ("event", "dotted", "ledger", "The event's type."),
        ("by", "line", "show", "Who sends it."),
        ("heard_within", "span", "ledger", "After a longer silence of this source its promises are unknown, not broken."),
    ),
    *under(
        "sources[].facts.",
        ("*", "path", "adapters", "The path in the call."),
    ),
)

CONTRACT_SHAPE = tree_of(CONTRACT, "the contract")
WIRING_SHAPE = tree_of(WIRING, "the wiring")
