"""Files made to hurt: each ends, soon, in a draft or in one error that says where and what next."""

from __future__ import annotations

import time

import pytest
from tests.contract.larkspur import CONTRACT, TODAY, WIRING, changed

from ourword.contract.check import sound
from ourword.contract.read import read
from ourword.contract.source import tree
from ourword.errors import ContractError

MEGABYTE = 1_000_000
SECONDS_MAX = 30  # of the processor: a hang, not a slow machine; each takes at most a few seconds

LAUGHS = "a0: &a0 [lol, lol]\n" + "".join(f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]\n" for level in range(1, 20))

HOSTILE = {
    "brackets": "[" * MEGABYTE,
    "braces": "{" * MEGABYTE,
    "open lists": "a: " + "[" * MEGABYTE,
    "dashes": "- " * (MEGABYTE // 2),
    "questions": "? " * (MEGABYTE // 2),
    "stairs": "".join(" " * depth + "a:\n" for depth in range(1400)),
    "billion laughs": LAUGHS,
    "one long tag": "!" + "a" * MEGABYTE,
    "one long anchor": "&" + "a" * MEGABYTE,
    "one long key": "a" * MEGABYTE + ": b",
    "one long word": "a" * MEGABYTE,
    "one long comment": "#" * MEGABYTE,
    "many documents": "---\n" * (MEGABYTE // 4),
    "many directives": "%FOO bar\n" * (MEGABYTE // 9),
    "many keys": "".join(f"k{number}: v\n" for number in range(90_000)),
    "many values": "a: [" + "b," * (MEGABYTE // 2) + "]",
    "many empty lists": "a: [" + "[]," * (MEGABYTE // 3) + "]",
    "an endless quote": 'a: "' + "\n" * MEGABYTE,
    "blank lines": "\n" * MEGABYTE,
    "zeros": "\0" * MEGABYTE,
    "too long": "a" * 3 * MEGABYTE,
    "a misspelt key of a megabyte": "ourword: 1\n? " + "x" * MEGABYTE + "\n: 1\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_ends_in_one_error(name):
    began = time.process_time()
    with pytest.raises(ContractError) as caught:
        read(HOSTILE[name].encode(), WIRING.encode())

    assert caught.value.place.startswith("contract.yaml:")
    assert len(str(caught.value)) < 1000
    assert time.process_time() - began < SECONDS_MAX


def test_a_contract_of_ten_thousand_clauses_is_read_and_checked():
    clauses = "".join(
        f"      - {{id: c{each}, say: Sentence {each}., when: amount > eur({each}) && !opened, then: escalate}}\n" for each in range(10_000)
    )
    text = changed(CONTRACT, {"    otherwise: escalate": clauses + "    otherwise: escalate"})

    assert len(sound(read(text.encode(), WIRING.encode()), today=TODAY).draft.kinds["refund"].clauses) == 10_007


def test_two_million_bytes_are_read_and_not_one_more():
    text = b"a: 1\n" + b"#" * (2 * MEGABYTE - 5)

    assert tree(text, file="a.yaml").entries["a"][1].text == "1"
    with pytest.raises(ContractError, match="2,000,001 bytes"):
        tree(text + b"#", file="a.yaml")


def test_sixty_four_levels_are_read_and_not_one_more():
    assert tree(b"a: " + b"[" * 63 + b"]" * 63, file="a.yaml")
    with pytest.raises(ContractError, match="more than 64 levels"):
        tree(b"a: " + b"[" * 64 + b"]" * 64, file="a.yaml")


@pytest.mark.parametrize("text", ["__import__('os').system('true')", "{{7*7}}", "'); DROP TABLE", "\\", "`", "%s %d", "\u00e9\U0001f600"])
def test_hostile_words_are_only_words(text):
    quoted = "'" + text.replace("'", "''") + "'"
    contract = changed(CONTRACT, {"say: It was our mistake.": f"say: {quoted}", "name: Mara Lind": f"name: {quoted}"})

    assert sound(read(contract.encode(), WIRING.encode()), today=TODAY).draft.people[0].name == text
