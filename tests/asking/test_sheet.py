"""The sheet is written for people with a spreadsheet, and comes back as spreadsheets write it: read strictly, row by row."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourword.calling.sheet import NOTE_MAX, Row, read, written
from ourword.core.cells import safe_cell
from ourword.errors import LineError
from ourword.ledger.samples import Said, named

words = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), max_size=30)
HEAD = "id,contact,solved,note\n"
HINT = "write yes, no, partly or no answer (ja, nein, oui, non, sí are read too); leave the cell empty where nobody has called yet"


def row(place: int, **more: str) -> Row:
    return Row(id=named(12, place), **{"contact": f"k-{place}", "customer": "c-1", "kind": "refund", "ended": "2026-11-09", **more})


def cells(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@given(words)
def test_no_cell_begins_a_formula_and_none_loses_a_letter(text: str) -> None:
    """A customer who writes `=HYPERLINK(…)` runs nothing on the computer of whoever opens the sheet."""
    cell = safe_cell(text)

    assert cell.lstrip()[:1] not in ("=", "+", "-", "@", "＝", "＋", "－", "＠")
    assert cell[:1] not in ("\t", "\r", "\n")
    assert cell.removeprefix("'") == text.removeprefix("'")


@pytest.mark.parametrize("encoding", ["windows-1252", "utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("above", ["", "sep=;\r\n"])
def test_a_sheet_is_read_as_a_german_spreadsheet_saves_it(encoding: str, above: str) -> None:
    """One ü in a note, saved as plain CSV, and an afternoon of calls was refused; exports in that form are read."""
    text = f"{above}id;contact;solved;note\r\nask-12-1;k-81;ja;Frau Müller grüßt\r\nask-12-2;k-82;vielleicht;\r\n".encode(encoding)
    (given_,), (wrong,) = read(text, place="ask.csv")

    assert ("Frau Müller grüßt", Said.YES) == (given_.note, given_.said)
    assert wrong.place == f"ask.csv:{3 + bool(above)}: solved"


@pytest.mark.parametrize("text", ["=1+1", "+49 30 1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1", "\u00a0=1"])
def test_what_spreadsheets_reckon_gets_an_apostrophe(text: str) -> None:
    assert f"'{text}" == safe_cell(text)


@given(st.lists(st.tuples(words, words, st.sampled_from(list(Said))), max_size=8), st.sampled_from([",", ";", "\t"]), st.sampled_from(["\n", "\r\n"]))
def test_a_sheet_comes_back_as_it_was_filled_in(calls: list[tuple[str, str, Said]], delimiter: str, ends: str) -> None:
    """Whatever a spreadsheet does to separators, line ends and the mark at the beginning; whatever customers have said."""
    out = written(row(place, customer_said=theirs, we_said=ours) for place, (theirs, ours, _) in enumerate(calls, 1))
    filled = cells(out)
    for line, (_, _, said) in zip(filled[1:], calls, strict=True):
        line[filled[0].index("solved")] = said.value.upper()
    saved = io.StringIO()
    csv.writer(saved, delimiter=delimiter, lineterminator=ends).writerows(filled)
    found, wrong = read(b"\xef\xbb\xbf" + saved.getvalue().encode(), place="ask.csv")

    assert ([], [(12, place, said) for place, (_, _, said) in enumerate(calls, 1)]) == (wrong, [(each.sample, each.at, each.said) for each in found])


@given(st.binary(max_size=300) | words.map(lambda text: (HEAD + text).encode()))
def test_whatever_comes_is_read_or_told(text: bytes) -> None:
    """No sheet ends in a traceback, and every error has its place and a hint."""
    try:
        found, wrong = read(text, place="ask.csv")
    except LineError as error:
        found, wrong = [], [error]

    assert all(error.place.startswith("ask.csv") and error.hint for error in wrong)
    assert len({(each.sample, each.at) for each in found}) == len(found)


def test_rows_without_an_answer_are_calls_to_be_made() -> None:
    """A sheet may come back as often as there is something new in it."""
    assert ([], []) == read((HEAD + "ask-12-1,k-1,,\n,,,\n\n").encode(), place="ask.csv")


def test_each_wrong_row_is_told_with_its_line_and_what_to_do() -> None:
    """Lines are those that the spreadsheet shows, also below a cell of several lines."""
    text = HEAD + 'ask-12-1,k-1,yes,"two\nlines"\nask-12-2,k-2,jes,\nask-12-3,k-3,,called twice\nk-4,k-4,no,\nask-12-1,k-1,yes,\n,k-6,no,\n'
    found, wrong = read((text + f"ask-12-7,k-7,no,{'n' * (NOTE_MAX + 1)}\n").encode(), place="ask.csv")

    assert [1] == [each.at for each in found]
    assert [
        ("ask.solved", "ask.csv:4: solved", "did you mean `yes`?"),
        (
            "ask.solved",
            "ask.csv:5: solved",
            HINT,
        ),
        ("ask.id", "ask.csv:6: id", "leave the cell as `ourword ask --out` wrote it, such as ask-12-7"),
        ("ask.double", "ask.csv:7: id", "leave one row for each call, with the answer that was given"),
        ("ask.id", "ask.csv:8: id", "leave the cell as `ourword ask --out` wrote it, such as ask-12-7"),
        ("ask.note", "ask.csv:9: note", "at most 1,000 are kept; put the rest where your work is planned"),
    ] == [(each.code, each.place, each.hint) for each in wrong]


@given(st.lists(st.tuples(st.integers(1, 3), st.sampled_from(list(Said))), max_size=8))
def test_an_answer_is_taken_where_all_rows_of_its_call_agree(rows: list[tuple[int, Said]]) -> None:
    """An answer that was taken stands: of a yes and a no for one call the first was taken, and the other one told as if it were a copy."""
    text = HEAD + "".join(f"ask-12-{at},k-{at},{said.value},\n" for at, said in rows)
    found, wrong = read(text.encode(), place="ask.csv")
    answers = {at: {said for each, said in rows if each == at} for at, _ in rows}

    assert {each.at: each.said for each in found} == {at: next(iter(said)) for at, said in answers.items() if len(said) == 1}
    assert len(found) + len(wrong) == len(rows)
    assert {each.place for each in wrong if "neither is taken" in each.what} == {
        f"ask.csv:{line}: solved" for line, (at, _) in enumerate(rows, 2) if len(answers[at]) > 1
    }


def test_two_answers_for_one_call_name_each_other() -> None:
    found, wrong = read((HEAD + "ask-12-1,k-1,yes,\nask-12-2,k-2,no,\nask-12-1,k-1,nein,\n").encode(), place="ask.csv")

    assert [2] == [each.at for each in found]
    assert [
        "`ask-12-1` has two answers: yes here, and no at ask.csv:4; neither is taken",
        "`ask-12-1` has two answers: no here, and yes at ask.csv:2; neither is taken",
    ] == [each.what for each in wrong]


@pytest.mark.parametrize(
    ("word", "said"),
    [
        *((each, Said.YES) for each in ("yes", "Ja", "OUI", "sí", "Si")),
        *((each, Said.NO) for each in ("no", "Nein", "non")),
        *((each, Said.PARTLY) for each in ("partly", "teilweise", "en partie")),
        *((each, Said.NO_ANSWER) for each in ("no answer", "Keine  Antwort", "pas de réponse", "sin respuesta")),
    ],
)
def test_whoever_calls_writes_as_they_speak(word: str, said: Said) -> None:
    """A desk in Lyon writes `oui`: refusing it would lose an afternoon of calls."""
    found, wrong = read((HEAD + f"ask-12-1,k-1,{word},\n").encode(), place="ask.csv")

    assert ([said], []) == ([each.said for each in found], wrong)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "ask.columns"),
        (b"id,contact,answer\n", "ask.columns"),
        (b"id,contact,solved,solved\n", "ask.columns"),
        (b"id,contact,solved\nask-12-1,k-\x81\xfc,yes\n", "ask.text"),
        (b'id,contact,solved\nask-12-1,k-1,"yes', "ask.table"),
        (b"id,contact,solved\n" + b"x" * 200_000, "ask.table"),
    ],
)
def test_what_is_no_such_sheet_is_refused_whole(text: bytes, code: str) -> None:
    with pytest.raises(LineError) as told:
        read(text, place="ask.csv")
    assert code == told.value.code
