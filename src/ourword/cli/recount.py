"""`ourword recount`: what each vendor's rule would call resolved, beside what became of it; and the bill."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from ourword.app import Ourword
from ourword.cli.out import home_of_events, json_line, known_words, line, option, usage
from ourword.cli.report import write_page
from ourword.cli.words import wrapped
from ourword.figures.summary import chosen, known_count, percent, recount_words, recounted, spoken_of, why_none
from ourword.http.pages.one_page import file
from ourword.http.pages.recount import WORDS, WORDS_ALONE, Given, given
from ourword.http.then import told
from ourword.outcomes.asked import as_of_from, asked_from
from ourword.outcomes.bill import UNSAID, Assumed, Bill, bill, contradicted
from ourword.outcomes.recount import Recounted
from ourword.outcomes.vendors import vendor_rule, vendor_rules
from ourword.stores.terms import NO_TERMS, Terms, terms_of


def run(
    home: Path, *, as_json: bool = False, html: str = "", rule: str = "", as_of: str = "", window_days: int = 7, assume: Sequence[str] = ()
) -> int:
    """Print the recount: a JSON line for each rule and kind, or a table and a bill that takes *assume* for granted.

    *html* names a file for the one page to forward (`-` prints it), *rule* the rule that is spoken of.
    """
    if as_json and html:
        raise usage("arguments", "`--json` and `--html` exclude each other", place="ourword recount", hint="leave one away")
    if rule:
        vendor_rule(rule, place="--rule")
    then = as_of_from(as_of, "--as-of")
    terms = terms_of(home) if then.entry is None else NO_TERMS  # the ledger knows of no bill
    given = given_from(assume, terms)
    asked = asked_from(window_days=window_days, as_of=then, place=option)
    with home_of_events(), Ourword.open_home(home, create=False, write=False, as_of=then.known) as word:
        found = word.board(asked)
        if html:
            with told(word.home):
                return write_page(html, file(found, word.contracts(), given, word.adopting.versions(), rule=rule, terms=terms), "The recount")
        known = known_words(word)
    rows, assumed = found.recounted, given.assumed
    if as_json:
        for row in (row for row in rows if rule in ("", row.rule)):
            json_line(row, indent=False)
    else:
        said = chosen(rows, rule) if rule else spoken_of(rows, terms.rule)
        for text in (*known, *words(rows, assumed, said=said, sentence=recount_words(found, said), unseen=found.unseen)):
            line(text)
    return 0


def given_from(texts: Sequence[str], terms: Terms = NO_TERMS) -> Given:
    """Read what a bill shall take for granted: `NAME=AMOUNT`, or `NAME=LOW..HIGH`; the rest is as was said of the home.

    >>> given_from(["saving_a_contact=3.50..4", "customers_lost=12"]).assumed.saving_a_contact
    (350, 400)
    """
    query: dict[str, str] = {}
    for text in texts:
        name, sign, amount = text.partition("=")
        if not sign or name not in (*WORDS, *WORDS_ALONE):
            hint = "NAME=LOW..HIGH with one of " + ", ".join((*WORDS, *WORDS_ALONE))
            raise usage("assume", f"`{text[:60]}` is nothing that the bill takes for granted", place="--assume", hint=hint)
        low, _, high = amount.partition("..")
        query |= {name: amount} if name in WORDS_ALONE else {f"{name}_low": low, f"{name}_high": high or low}
        if not amount.strip():
            raise usage("assume", f"`{name}` has no amount", place="--assume", hint=f"{name}=4.00, or leave it away")
    found = given(query, terms)
    if found.wrong:
        raise usage("assume", found.wrong[0], place="--assume", hint="amounts in the bill's currency, a count for `customers_lost`")
    return found


def words(
    rows: Sequence[Recounted], assumed: Assumed = UNSAID, *, said: Recounted | None = None, sentence: str = "", unseen: Collection[str] = ()
) -> Iterator[str]:
    """A *sentence*, a line for each rule over all kinds, and the bill of the rule that is *said*; within 80 columns.

    A rule that claims none says why; what could not be seen here (*unseen*) is no number.
    """
    whole = [row for row in rows if row.kind == "*"]
    if not any(row.n for row in whole):
        yield "No data: no contact's window is over."
        return
    first = said or chosen(rows)
    yield from wrapped(sentence or recounted(first))
    yield ""
    yield f"{'rule':<10} {'claimed':>7} {'confirmed':>9} {'quiet':>6} {'back':>6} {'gave up':>7} {'late/broken':>11}  not contradicted"
    for row in whole:
        yield from _counts(row, unseen)
    if any(row.claimed and known_count(row, name, unseen) is None for row in whole for name in _COLUMNS):
        yield f"{NOT_KNOWN}: not known, since nothing here could show it"
    if first is not None and first.claimed:
        yield ""
        yield from bill_words(first, assumed)
    yield ""
    yield from rule_words()


_COLUMNS = {"confirmed": 9, "quiet": 6, "came_back": 6, "gave_up": 7, "promise_broken": 11}
NOT_KNOWN = "–"


def _counts(row: Recounted, unseen: Collection[str]) -> Iterator[str]:
    if not row.claimed:
        yield from wrapped(f"{row.rule:<10} claims none: {why_none(row)}", then=" " * 11)
        return
    known = ((known_count(row, name, unseen), width) for name, width in _COLUMNS.items())
    counts = " ".join(f"{NOT_KNOWN if count is None else count:>{width}}" for count, width in known)
    kept = "no data" if row.low is None else f"{percent(row.low)} to {percent(row.high)}"
    yield f"{row.rule:<10} {row.claimed:>7} {counts}  {kept}"


def rule_words() -> Iterator[str]:
    """Whose rules these are, as published and read when, and where: a vendor changes its definition without asking anybody."""
    yield "Whose rules these are, as read when, and where:"
    for rule in vendor_rules():
        yield f"  {rule.id:<9} {rule.dated}" + ("" if rule.is_own else f"; to be read again by {rule.review_by}")
        yield from wrapped(rule.source, first=" " * 4, then=" " * 4)


def bill_words(row: Recounted, assumed: Assumed = UNSAID) -> Iterator[str]:
    """The bill, a line an amount, low to high, with what it rests on below it; and what must be said for the sum."""
    found = bill(row, assumed)
    of = f", in {found.currency}" if found.currency else ""
    yield f"The bill by the rule `{row.rule}`{of}; only its counts are measured:"
    for each in found.lines:
        yield f"  {each.id.replace('_', ' '):<16} {_amount(each.low):>12} to {_amount(each.high):>12}   {each.count}"
        yield from wrapped(each.assumption if each.known else f"assumed: {each.assumption}", first=" " * 6, then=" " * 6)
    if found.back is not None:
        yield f"  {'of that, for contradicted ones':<32} {_amount(found.back):>12}   {contradicted(row)}"
    if found.if_billed:
        yield from wrapped(f"{found.if_billed[:1].upper()}{found.if_billed[1:]}.", first="  ", then="  ")
    if found.low is not None and found.high is not None:
        yield f"  {'worth':<16} {_amount(found.low):>12} to {_amount(found.high):>12}"
    else:
        yield from wrapped(unsaid_words(found))


def unsaid_words(found: Bill) -> str:
    """What must be said for the sum, and how."""
    missing = " ".join(f"--assume {name}={'AMOUNT' if name in ('price', 'invoice') else 'LOW..HIGH'}" for name in found.unsaid)
    return f"What it was worth takes your own amounts: {missing}; `ourword recount --help` names the others."


def _amount(minor: int) -> str:
    return f"{minor / 100:,.2f}"
