"""One layout: stable, with every comment, and never another meaning."""

from __future__ import annotations

import os
import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.contract.larkspur import CONTRACT, FOLDER, TODAY, WIRING, changed
from tests.contract.untidy import untidy

from ourword.contract.check import sound
from ourword.contract.fmt import WIDTH, fmt
from ourword.contract.keys import CONTRACT_SHAPE, WIRING_SHAPE
from ourword.contract.read import read
from ourword.contract.source import Listing, Mapping, Node, Scalar, tree
from ourword.errors import ContractError

EXAMPLES = sorted(path for name in ("contract", "wiring") for path in FOLDER.parent.glob(f"*/{name}.yaml"))
SAMPLES = {"contract": CONTRACT, "wiring": WIRING}


def meaning(contract: str, wiring: str) -> bytes:
    return read(contract.encode(), wiring.encode()).canonical


FEW = settings(max_examples=int(os.environ.get("OURWORD_LAYOUTS", "8")))  # each reads a whole contract several times


# ---- laws ----------------------------------------------------------------------------------------------------------


@FEW
@given(st.sampled_from(sorted(SAMPLES)), st.integers(0, 2**32))
def test_formatting_what_is_formatted_changes_nothing(name, seed):
    """Else two people who format in turn would quarrel for ever."""
    once = fmt(untidy(SAMPLES[name], seed).encode())

    assert fmt(once.encode()) == once


@FEW
@given(st.integers(0, 2**32))
def test_formatting_never_changes_the_meaning(seed):
    """The signature stays good."""
    contract, wiring = untidy(CONTRACT, seed), untidy(WIRING, seed)

    assert meaning(fmt(contract.encode()), fmt(wiring.encode())) == meaning(contract, wiring) == meaning(CONTRACT, WIRING)


@FEW
@given(st.sampled_from(sorted(SAMPLES)), st.integers(0, 2**32))
def test_formatting_keeps_every_comment(name, seed):
    """A comment is somebody's reason."""
    text = untidy(SAMPLES[name], seed)
    comments = re.findall(r"#c[0-9]+", text)

    assert sorted(re.findall(r"#c[0-9]+", fmt(text.encode()))) == sorted(comments)


# ---- examples ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_example_can_be_formatted(path):
    once = fmt(path.read_bytes())

    assert fmt(once.encode()) == once


def test_keys_stand_in_the_order_of_the_reference():
    text = changed(CONTRACT, {"version: 3.2.0\n": "", "keep: 3 years\n": "keep: 3 years\nversion: 3.2.0\n"})

    assert fmt(text.encode()).index("version: 3.2.0") < fmt(text.encode()).index("zone:")


def test_a_line_that_is_too_long_is_opened():
    assert max(len(re.sub(r"  #.*", "", line)) for line in fmt(CONTRACT.encode()).splitlines()) <= WIDTH


def test_a_comment_moves_with_its_key():
    text = changed(CONTRACT, {"version: 3.2.0\n": "", "keep: 3 years\n": "keep: 3 years\n# since the audit\nversion: 3.2.0  # signed\n"})

    assert "contract: larkspur-care\n# since the audit\nversion: 3.2.0  # signed\nstatus:" in fmt(text.encode())


def test_quotes_stay_as_they_were():
    assert "when: '!confirmed'" in fmt(CONTRACT.encode())
    assert 'hours: "Mon-Sun 08:00-22:00"' in fmt(CONTRACT.encode())


def test_a_text_of_several_lines_stays_one():
    text = changed(CONTRACT, {"    objective: A customer": "    objective: |\n      We mean it:\n      a customer"})

    assert "    objective: |\n      We mean it:\n      a customer is made whole" in fmt(text.encode())


@pytest.mark.parametrize("text", [b"a: [", b"ourword: 1\nnothing: here\n", b"\xff\xfe"])
def test_what_does_not_read_is_not_formatted(text):
    with pytest.raises(ContractError):
        fmt(text)


# ---- the digest ----------------------------------------------------------------------------------------------------


def digest(contract: str, wiring: str = WIRING) -> str:
    return sound(read(contract.encode(), wiring.encode()), today=TODAY).digest


def test_the_digest_is_the_hash_of_the_canonical_bytes_of_both_files():
    assert re.fullmatch("sha256:[0-9a-f]{64}", digest(CONTRACT))


@pytest.mark.parametrize(
    ("contract", "wiring"),
    [
        ({"amount > eur(500)": "amount > eur(501)"}, {}),
        ({"You asked for a person.": "You asked for someone."}, {}),
        ({}, {"fresh_within: 1 hour": "fresh_within: 2 hours"}),
    ],
)
def test_another_content_is_another_digest(contract, wiring):
    assert digest(changed(CONTRACT, contract), changed(WIRING, wiring)) != digest(CONTRACT)


@FEW
@given(st.randoms(use_true_random=False))
def test_neither_comments_nor_quotes_nor_the_order_of_keys_change_the_digest(chance: random.Random):
    """What was signed is what it says, not how it looks."""
    shuffled = "\n".join(_written(tree(CONTRACT.encode(), file="c"), chance, 0))

    assert read(shuffled.encode(), WIRING.encode()).canonical == read(CONTRACT.encode(), WIRING.encode()).canonical


def _written(node: Node, chance: random.Random, indent: int) -> list[str]:
    """The tree in block style, keys shuffled, every value in double or single quotes, comments between the lines."""
    space = " " * indent
    if isinstance(node, Scalar):
        text = node.text.replace("'", "''")
        return [f"{space}'{text}'  # {chance.random()}"]
    if isinstance(node, Listing):
        return [line for item in node.items for line in [f"{space}-", *_written(item, chance, indent + 1)]]
    entries = list(node.entries.items())
    chance.shuffle(entries)
    return [line for name, (_, value) in entries for line in [f"{space}# why", f'{space}"{name}":', *_written(value, chance, indent + 1)]]


def test_every_key_of_the_table_stands_where_the_layout_puts_it():
    assert list(CONTRACT_SHAPE.below)[:3] == ["ourword", "contract", "version"]
    assert list(WIRING_SHAPE.below)[:3] == ["ourword", "contract", "types"]
    assert isinstance(tree(WIRING.encode(), file="w"), Mapping)
