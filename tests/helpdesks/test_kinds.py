"""What a company calls its kinds, in any script: an id that a contract knows, readable, one for each label, and people see their own word."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from ourword.contract.check import check
from ourword.contract.read import read
from ourword.core.letters import short_id
from ourword.helpdesks.shape import Look
from ourword.helpdesks.telling import KINDS_MAX, kind_id, kind_in
from ourword.http.start.app import close, make
from ourword.starting.proposing import Filled, KindFound, Proposal, write
from ourword.starting.run import Start

labels = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=80).filter(str.strip)
hostile = st.sampled_from(
    [
        "no",
        "null",
        "true",
        "on",
        "~",
        "*",
        "&a",
        "!x",
        "a: b",
        "- x",
        "#",
        "a #b",
        "{",
        "'",
        '"',
        "a\nb: c",
        "\u2028x: y",
        "\x85",
        "\x00",
        "=1+1",
        "<b>",
        "2",
        "-",
    ]
)


@given(st.lists(labels | hostile, min_size=1, max_size=30, unique=True))
@example(["Größe", "Groesse", "groesse", "GROESSE", "groesse-2", "Grösse"])
@example(["返品", "返金", "b6ab92", "k_b6ab92"])
def test_two_labels_never_fall_into_one_id(some: list[str]) -> None:
    """Figures of two kinds in one are figures of neither. Labels that a person reads alike, blanks apart, are one."""
    look = Look()
    found = {" ".join(unicodedata.normalize("NFC", each).split()): kind_in(look, each) for each in some}

    assert len(set(found.values())) == len(found)
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,63}", each) for each in found.values())
    assert found == {label: kind_in(look, label) for label in reversed(found)}
    assert {each: label for label, each in found.items()} == look.kinds_called
    assert all(kind_id(each) == each for each in found.values() if len(each) <= 60)


def test_of_very_many_labels_each_still_has_its_own() -> None:
    """Where a column of free words is taken for the kind, memory stays bounded, and no two meet."""
    look = Look()
    some = [f"Größe {number}" for number in range(KINDS_MAX + 500)]

    assert len({kind_in(look, each) for each in some}) == len(some)
    assert [kind_in(look, each) for each in some[-9:]] == [kind_in(look, each) for each in some[-9:]]
    assert len(look.kinds_called) == KINDS_MAX


@pytest.mark.parametrize(
    ("label", "id"),
    [
        ("Rückgabe", "rueckgabe"),
        ("Größe", "groesse"),
        ("Réclamation à l'envoi", "reclamation_a_l_envoi"),
        ("Devolución", "devolucion"),
        ("Zwrot pieniędzy", "zwrot_pieniedzy"),
        ("Возврат денег", "vozvrat_deneg"),
        ("Επιστροφή", "epistrofi"),
        ("İade", "iade"),
    ],
)
def test_letters_stay_readable(label: str, id: str) -> None:
    """`r_ckgabe` in a contract is a word that nobody signs."""
    assert id == kind_id(label)


@given(labels)
def test_whatever_no_rule_can_write_is_told_apart_by_a_digest(label: str) -> None:
    """Chinese, Arabic, Hindi: the id cannot be read, and is still one of its own, for a person too."""
    found = short_id(label, gap="-", most=40, otherwise="p")

    assert re.fullmatch(r"[a-z][a-z0-9-]{0,40}", found)
    assert short_id(label + "語", gap="-", most=40, otherwise="p") != found


@given(st.lists(labels | hostile, min_size=1, max_size=8, unique=True))
def test_any_kinds_give_a_contract_that_says_what_the_data_calls_them(some: list[str]) -> None:
    """A label is a customer's or an agent's typing: no quotation mark, no line of it becomes a line of the contract."""
    look = Look()
    kinds = {kind_in(look, each): each for each in some}
    proposal = Proposal(
        kinds=tuple(KindFound(id=each, seen=label, contacts=1, stayed=None, came_back=None) for each, label in kinds.items()),
        more_kinds=0,
        promises=(),
        open_until=date(2027, 1, 24),
    )
    filled = Filled(signer="Mara", owners=dict.fromkeys(kinds, "Ömer"), open_until="2027-01-24", at_most=dict.fromkeys(kinds, "7"))
    written = write(proposal, filled, today=date(2026, 11, 25))
    sound, flaws = check(read(written.contract.encode(), written.wiring.encode()), today=date(2026, 11, 25))

    assert [] == [each for each in flaws if each.level == "error"]
    assert sound is not None
    assert set(kinds) == set(sound.draft.kinds)


def test_people_see_their_own_word(tmp_path: Path) -> None:
    """On every page and in the draft stands what the company says, in the figures the id that the contract knows."""
    rows = [f"{n},a{n}@mail.example,Solved,2026-09-{n:02} 10:00,2026-09-{n:02} 12:00,{('Rückgabe', 'Größe')[n % 2]}" for n in range(1, 21)]
    file = tmp_path / "tickets.csv"
    file.write_text("\n".join(["Ticket ID,Requester,Status,Created at,Solved at,Category", *rows]), encoding="utf-8")
    start = Start(tmp_path / "f")
    start.add(file)
    start.read()
    app = make(start)
    with TestClient(app, base_url="http://127.0.0.1:8080") as caller:
        page, form = caller.get("/").text, caller.get("/start/contract").text
        filled = {"signer": "Ömer Ş.", "open_until": "2099-01-01", "steps": "2"}
        filled |= {f"{field}_{each}": value for each in ("rueckgabe", "groesse") for field, value in (("owner", "Ömer Ş."), ("at_most", "20"))}
        caller.post("/start/contract", data=filled)
    close(app)
    contract = (start.folder / "contract.yaml").read_text(encoding="utf-8")

    for text in (page, form):
        assert "Rückgabe" in text
        assert "Größe" in text
    assert "  rueckgabe:  # the data calls it 'Rückgabe'" in contract
    assert '{id: oemer-s, name: "Ömer Ş."' in contract
    assert "What do we do about this (Größe)?" in contract
