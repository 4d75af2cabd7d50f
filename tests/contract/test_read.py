"""Reading: any bytes give a draft or one error with a place and a hint; a value is read by its key, never guessed."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.contract.larkspur import CONTRACT, WIRING, draft, unread

from ourword.cel.types import list_of, money
from ourword.contract.model import Draft
from ourword.contract.read import read
from ourword.core.answer import Answer
from ourword.core.span import Span
from ourword.errors import ContractError

# ---- laws ----------------------------------------------------------------------------------------------------------


def is_whole(result: Draft | ContractError) -> bool:
    """A draft, or an error that says what, where and what next."""
    return isinstance(result, Draft) or bool(result.what and result.hint and result.place.count(":") == 2)


def outcome(contract: bytes, wiring: bytes = WIRING.encode()) -> Draft | ContractError:
    try:
        return read(contract, wiring)
    except ContractError as error:
        return error


@given(st.binary(max_size=400))
@example(b"\xff\xfe")
@example(b"a: \x00")
@example(b"!!python/object/apply:os.system ['true']")
@example(b'a: "\\UFFFFFFFF"')
@example(b"%YAML 9999999999999.1\n---\na: 1")
def test_any_bytes_are_a_draft_or_one_error_with_place_and_hint(data: bytes):
    """A contract arrives by mail, by merge, by mistake: never a traceback."""
    assert is_whole(outcome(data))


PIECES = st.sampled_from(
    [*"{}[],:-?&*!|>'\"%@`#\n\t ", ": ", "\n  - ", "'", "null", "answer", "&a", "*a", "<<", "---\n", "\r\n", "é", "\u202e", "9" * 40]
)


@given(st.lists(st.tuples(st.integers(0, len(CONTRACT)), st.integers(0, 30), PIECES), min_size=1, max_size=4))
def test_a_contract_damaged_anywhere_is_a_draft_or_one_error(damages):
    """Mostly well-formed text reaches further than random bytes do."""
    text = CONTRACT
    for at, length, piece in damages:
        text = text[:at] + piece + text[at + length :]

    assert is_whole(outcome(text.encode()))


@given(st.lists(st.tuples(st.integers(0, len(WIRING)), st.integers(0, 30), PIECES), min_size=1, max_size=4))
def test_a_wiring_damaged_anywhere_is_a_draft_or_one_error(damages):
    text = WIRING
    for at, length, piece in damages:
        text = text[:at] + piece + text[at + length :]

    assert is_whole(outcome(CONTRACT.encode(), text.encode()))


@given(st.text(st.characters(exclude_categories=["Cc", "Cf", "Zl", "Zp", "Cs", "Cn", "Co"]), min_size=1, max_size=40).filter(str.strip))
def test_what_a_clause_says_is_kept_as_written(said: str):
    """Whatever the words look like in YAML (`NO`, `1e3`, `~`, `- x`), they are words."""
    quoted = "'" + said.replace("'", "''") + "'"

    assert draft({"say: It was our mistake.": f"say: {quoted}"}).kinds["refund"].clauses[4].say == {"en": said}


# ---- the sample ----------------------------------------------------------------------------------------------------


def test_the_sample_reads_as_it_is_written():
    sample = draft()
    refund = sample.kinds["refund"]

    assert (sample.name, sample.version, sample.zone, sample.keep) == ("larkspur-care", "3.2.0", "Europe/Berlin", Span(3, "year"))
    assert [clause.id for clause in refund.clauses][:3] == ["asked-for-a-person", "confirm-first", "above-limit"]
    assert refund.clauses[1].then.ask == ("confirmed",)
    assert refund.clauses[6].then.amend[0][1].text == "amount * 80 / 100"
    assert refund.clauses[3].contest == Span(30, "day")
    assert refund.escalation.if_nobody == ((Span(4, "hour"), "mara"),)
    assert sample.work_may["refund"].minor == 20_000
    assert sample.relationship.holdout == 0.02


def test_the_wiring_of_the_sample_reads_as_it_is_written():
    wiring = draft().wiring

    assert wiring.facts["amount"].type == money("EUR")
    assert wiring.facts["items"].type == list_of(wiring.types["item"])
    assert wiring.facts["refunds_90d"].history.answers == (Answer.ALLOW, Answer.AMEND)
    assert wiring.facts["refunds_90d"].source == ""
    assert wiring.facts["vulnerable"].tell == "never"
    assert wiring.sources[1].heard_within == Span(1, "day")


def test_an_examples_facts_have_the_form_of_a_proposals():
    """An example can be decided as it stands."""
    given_facts = draft().kinds["refund"].examples[0].given

    assert given_facts["amount"] == "500.00 EUR"
    assert given_facts["confirmed"] is True


@pytest.mark.parametrize("word", ["NO", "off", "1e3", "~", "null", "0x1f", "2026-11-01", "1:30"])
def test_a_word_under_a_text_key_is_that_word(word):
    """Elsewhere Norway is false."""
    assert draft({"say: It was our mistake.": f"say: {word}"}).kinds["refund"].clauses[4].say == {"en": word}


def test_keys_that_nobody_reads_yet_are_listed_once_with_their_place():
    unread_keys = {each.key: each.place for each in draft().unread}

    assert unread_keys["exit"] == "contract.yaml:33:1"
    assert "exit.last_drill" not in unread_keys
    assert not any(each.changes_answer for each in draft().unread)


def test_a_condition_knows_where_its_text_begins():
    refund = draft().kinds["refund"]

    assert refund.clauses[0].when.place == "contract.yaml:44:70"
    assert refund.clauses[1].when.place == "contract.yaml:45:60"


# ---- errors of the form --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "place", "what", "hint"),
    [
        ({"rights:": "rigths:"}, "39:5", "there is no key `rigths` in `decisions`", "did you mean `rights`?"),
        ({"rights: autonomous": "rights: autonomus"}, "39:13", "`autonomus` cannot stand in `decisions.rights`", "did you mean `autonomous`?"),
        ({"explore: true": "explore: yes"}, "40:14", "`yes` is not `true` or `false`", "write `true`"),
        ({"steps: 2": "steps: two"}, "19:19", "`two` is not a whole number from 0 to 10,000", "write a whole number"),
        ({"wait: 15 minutes": "wait: soon"}, "19:28", "`soon` is not a time such as", "write a time such as"),
        ({"zone: Europe/Berlin": "zone: Europe/Berln"}, "7:7", "`Europe/Berln` is not a time zone", "write a time zone"),
        ({"from: 2026-11-01": "from: 2026-11-31"}, "6:7", "`2026-11-31` is not a date", "write year-month-day"),
        ({"holdout: 2%": "holdout: 200%"}, "23:12", "`200%` is not a share", "write a share"),
        ({"may: {refund: 200 EUR}": "may: {refund: 200 EURO}"}, "32:40", "`200 EURO` is not an amount", "write an amount"),
        ({"version: 3.2.0\n": ""}, "2:1", "the contract has no `version`", "add `version:`"),
        ({"    owner: mara\n": ""}, "36:3", "`decisions` has no `owner`", "add `owner:`"),
        ({"    otherwise: escalate\n": "    otherwise:\n"}, "52:5", "`decisions.otherwise` has no value", "write `allow`"),
        ({"then: {ask: [confirmed]}": "then: ask"}, "45:79", "`ask` cannot stand in `decisions.clauses.then`", "`{ask: …}`"),
        ({"then: {ask: [confirmed]}": "then: {ask: []}"}, "45:73", "`then` names nothing under `ask`", "name at least one fact"),
        ({"then: {ask: [confirmed]}": "then: {ask: [confirmed], amend: {amount: amount}}"}, "45:73", "`then` has both", "write `ask:` or `amend:`"),
        ({"then: {ask: [confirmed]}": "then: {}"}, "45:73", "`then` has neither", "write `ask:` or `amend:`"),
        ({"clauses:\n": "clauses: []\n    was:\n"}, "44:5", "there is no key `was`", "the keys here are"),
        (
            {"say: It was our mistake.": "say: Sorry, it was ours, truly."},
            "48:37",
            "there is no key `it was ours`",
            'put it in quotes, `say: "Sorry, it was ours, truly."`',
        ),
        ({"say: It was our mistake.": 'say: "It was ours.", finall'}, "48:46", "there is no key `finall`", "did you mean `final`?"),
        ({"say: It was our mistake.": 'say: "It was ours.", truly'}, "48:46", "there is no key `truly`", "the keys here are"),
        ({"owner: mara\n": "owner: mara\n    owner: omar\n"}, "39:5", "the key `owner` is written twice", "the first is on line 38"),
        ({"languages: [en]": "languages: en"}, "8:12", "`languages` is a list", "write `- `"),
        ({"name: Mara Lind": "name: [Mara]"}, "26:22", "`people.name` is one value, not a list", "write one line"),
        ({"say: It was our mistake.": "say: ''"}, "48:30", "`decisions.clauses.say` says nothing", "write what is said"),
        ({"  refund:\n": "  refund it:\n"}, "36:3", "`refund it` cannot be a name in `decisions`", "write a short name"),
    ],
)
def test_an_error_names_the_place_quotes_what_was_given_and_offers_the_next_step(change, place, what, hint):
    error = unread(change)

    assert error.place == f"contract.yaml:{place}"
    assert what in error.what
    assert hint in error.hint


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("a: &x 1\nb: *x\n", "an anchor `&x`"),
        ("a: *x\n", "alias"),
        ("a: !!str 1\n", "a tag"),
        ("a: !custom {}\n", "a tag"),
        ("a: 1\n---\nb: 2\n", "a second document"),
        ("%YAML 1.2\n---\na: 1\n", "a `%` directive"),
        ("<<: {a: 1}\n", "a merge key `<<`"),
        ("? {a: 1}\n: b\n", "a key that is not one word"),
        ("[a, b]\n", "the file is not a mapping"),
        ("just text\n", "the file is not a mapping"),
        ("", "there is nothing in this file"),
        ("# only a comment\n", "there is nothing in this file"),
        ("a: b: c\n", "a second `: ` on one line"),
        ("a: 'b\n", "a quote that is not closed"),
        ("a: {b: 1\n", "a `{` that is not closed"),
        ("a: [b\n", "a `[` that is not closed"),
        ("\ta: b\n", "this character cannot begin a value"),
        ("a: b\n c\n  : d\n", "indentation fits none of the lines above"),
        ("a:\n  : d\n", "a value without a key"),
    ],
)
def test_yaml_that_could_surprise_is_an_error_in_plain_words(text, what):
    error = outcome(text.encode())

    assert isinstance(error, ContractError)
    assert what in error.what


@pytest.mark.parametrize(
    ("data", "place", "what"),
    [
        ("ourword: 1".encode("utf-16"), "1:1", "the file is UTF-16"),
        (b"ourword: 1\nname: caf\xe9", "2:10", "byte 0xe9 is not UTF-8"),
        (b"ourword: 1\nsay: a\x1bb", "2:7", "U+001B"),
        ("ourword: 1\nsay: a\u202eb".encode(), "2:7", "U+202E"),
        (b'ourword: 1\nsay: "a\\u202eb"', "2:6", "U+202E"),
        (b'ourword: 1\nsay: "\\ud800"', "2:6", "U+D800"),
    ],
)
def test_what_print_would_not_show_is_refused_at_its_place(data, place, what):
    """Who signs the printed text must see all that is decided."""
    error = outcome(data)

    assert isinstance(error, ContractError)
    assert error.place == f"contract.yaml:{place}"
    assert what in error.what


def test_a_byte_order_mark_is_no_matter():
    assert isinstance(outcome(b"\xef\xbb\xbf" + CONTRACT.encode()), Draft)


def test_lines_may_end_as_on_windows():
    assert outcome(CONTRACT.replace("\n", "\r\n").encode()).canonical == draft().canonical


# ---- wiring --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("type_", "what"),
    [
        ("money", "`money` needs its parts"),
        ("money(EURO)", "`EURO` is no currency"),
        ("money(eur)", "`eur` is no currency"),
        ("'enum()'", "an enum without words"),
        ("'enum(a, a)'", "names one word twice"),
        ("list", "`list` needs its parts"),
        ("list(itm)", "`itm` is not a type"),
        ("'list(int, int)'", "`list` with 2 parts"),
        ("'map(double, int)'", "cannot be looked up by double"),
        ("strng", "`strng` is not a type"),
        ("list(int", "a `(` that is not closed"),
        ("'int)'", "after the type int"),
        ("bool(int)", "`bool` takes no parts"),
        ("'in t'", "`in` is not a type"),
        ("'{}'", "is not a type"),
        ("list(list(list(list(list(list(list(list(list(int)))))))))", "more than 8 types"),
    ],
)
def test_a_type_that_cannot_be_is_an_error_with_its_place(type_, what):
    error = unread({}, {"type: bool, from: conversation.asked_human": f"type: {type_}, from: conversation.asked_human"})

    assert error.place == "wiring.yaml:12:23"
    assert what in error.what


def test_records_are_read_whatever_their_order():
    wiring = draft({}, {"types:\n": "types:\n  order: {first: item, all: list(item)}\n"}).wiring

    assert wiring.types["order"].field("first") == wiring.types["item"]


def test_a_record_does_not_contain_itself():
    assert "contains itself (item → item)" in unread({}, {"item_id: string": "item_id: list(item)"}).what


def test_records_that_double_at_every_level_are_refused():
    """A page of them would be a type of 2^60 parts."""
    levels = "".join(f"  r{number}: {{a: r{number + 1}, b: r{number + 1}}}\n" for number in range(60)) + "  r60: {a: int}\n"

    assert "holds more than 2,000 fields" in unread({}, {"types:\n": f"types:\n{levels}"}).what


@pytest.mark.parametrize("name", ["answer", "in", "true", "9lives", "a-b", "import"])
def test_a_fact_has_a_name_that_conditions_can_use(name):
    assert "cannot be a name in `facts`" in unread({}, {"  asked_human:": f"  {name}:"}).what


@pytest.mark.parametrize(
    ("fact", "what"),
    [
        ("{type: bool}", "has neither of `from` and `is`"),
        ("{type: bool, from: a.b, is: 'true'}", "has both of `from` and `is`"),
        ("{type: int, from: history, per: customer}", "counts history without `count` and `within`"),
        ("{type: int, from: a.b, count: refund}", "does not come from history"),
    ],
)
def test_a_fact_comes_from_one_place(fact, what):
    assert what in unread({}, {"{type: bool, from: conversation.asked_human}": fact}).what


def test_a_source_is_a_tool_or_an_event():
    assert "a source has neither" in unread({}, {"{event: payment.refunded, by": "{by"}).what
