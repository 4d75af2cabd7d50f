"""A draw and its answers are entries: what they say cannot be chosen afterwards, and the log holds nothing that a customer said to a caller."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourword.cli.log import entry_words
from ourword.core.canonical import canonical
from ourword.errors import HomeError
from ourword.ledger.entry import SampleAnswered, SampleDrawn, entry_bytes, entry_from_bytes, instant_text
from ourword.ledger.samples import Said, answered_entry, named, place_of
from ourword.ledger.samples import samples as fold
from ourword.ledger.store import Entry
from ourword.outcomes.lots import Frame, frame_of
from ourword.stores.home import Home, open_home
from ourword.stores.samples import ANSWERS_MAX, answer_sample, draw_sample, drawn_of, notes_of, samples, spoken
from ourword.stores.samples import frame_of as kept_frame

AT = 1_795_600_000 * 10**9
SECOND = 10**9
said = st.sampled_from(list(Said))
FRAME = frame_of((contact, contact // 2) for contact in range(1, 1001))


def drawn(size: int = 40, seed: int = 7, at: int = AT) -> SampleDrawn:
    time = instant_text(at)
    return SampleDrawn(
        time=time, method="", seed=seed, size=size, contacts=0, customers=0, frame="", as_of=time, window_days=7, handled_by="automation"
    )


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with open_home(tmp_path / "home") as opened:
        yield opened


def draw_one(home: Home, *, size: int = 40, frame: Frame = FRAME) -> int:
    number = draw_sample(home, frame, drawn(size), seen=home.last_seq())
    assert number is not None
    return number


# ---- the fold ----


@given(st.lists(st.tuples(st.integers(1, 5), said), max_size=30))
def test_the_first_answer_that_says_something_stands(answers: list[tuple[int, Said]]) -> None:
    """Who was not reached may be reached tomorrow; who has said no does not say yes because somebody typed it later."""
    entries = [Entry(1, entry_bytes(drawn(5)))]
    entries += [Entry(2 + i, entry_bytes(answered_entry(1, [each], time="2026-11-26T10:00:00Z", notes={}))) for i, each in enumerate(answers)]
    (sample,) = fold(entries)

    for place in range(1, 6):
        theirs = [each for at, each in answers if at == place]
        definite = [each for each in theirs if each is not Said.NO_ANSWER]
        expected = definite[0] if definite else Said.NO_ANSWER if theirs else None
        assert expected == (sample.answers[place].said if place in sample.answers else None)


@given(st.dictionaries(st.integers(1, 2000), said, max_size=60))
def test_an_entry_of_answers_is_canonical_and_read_back(answers: dict[int, Said]) -> None:
    """The bytes that will be hashed are the same whoever writes them."""
    notes = dict.fromkeys(list(answers)[:3], "ab" * 32)
    written = entry_bytes(answered_entry(7, answers.items(), time="2026-11-26T10:00:00Z", notes=notes))
    read = entry_from_bytes(written)

    assert canonical(json.loads(written)) == written == entry_bytes(read)
    assert isinstance(read, SampleAnswered)
    assert len(answers) == len(read.yes) + len(read.no) + len(read.partly) + len(read.no_answer)


def test_what_came_later_was_not_known_then() -> None:
    """A report as of Tuesday does not know what was said on Wednesday."""
    entries = [Entry(1, entry_bytes(drawn())), Entry(2, entry_bytes(answered_entry(1, [(1, Said.YES)], time="2026-11-26T10:00:00Z", notes={})))]

    assert [1] == [each.answered for each in fold(entries)]
    assert [0] == [each.answered for each in fold(entries, until=AT)]
    assert [] == fold(entries, until=AT - SECOND)


@given(st.integers(1, 10**12), st.integers(1, 10**6))
def test_a_question_has_a_name_of_its_own(seq: int, place: int) -> None:
    """And it is no date, whatever a spreadsheet thinks."""
    assert (seq, place) == place_of(named(seq, place))
    assert place_of(named(seq, place) + "-1") is place_of(f"ask-0-{place}") is None


# ---- in a home ----


def test_a_draw_can_be_made_again_from_what_is_kept(home: Home) -> None:
    """Which contacts, from how many, when, by which seed: all of it is in the record."""
    number = draw_one(home)
    (sample,) = samples(home)
    frame = kept_frame(home, sample)

    assert (number, FRAME, AT) == (sample.seq, frame, sample.at)
    assert (1000, 501, 40, 7, "sha256-1") == tuple(getattr(sample.drawn, name) for name in ("contacts", "customers", "size", "seed", "method"))
    assert drawn_of(sample, frame) == drawn_of(sample, FRAME)


def test_a_frame_that_was_changed_is_found_out(home: Home) -> None:
    """Whoever drops the contacts that went badly, after the draw, does not get a number."""
    draw_one(home)
    other = draw_one(home, frame=frame_of((contact, contact) for contact in range(500)))
    with apsw.Connection(str(home.path / "ledger.sqlite")) as connection:
        connection.execute("UPDATE reason SET sealed = (SELECT sealed FROM reason WHERE seq = ?)", (other,))

    with pytest.raises(HomeError) as told:
        kept_frame(home, samples(home)[0])
    assert "home.damaged" == told.value.code


def test_two_who_draw_at_once_draw_one_after_the_other(home: Home) -> None:
    """Else the second would not know that somebody was asked already."""
    seen = home.last_seq()

    assert draw_sample(home, FRAME, drawn(), seen=seen) is not None
    assert draw_sample(home, FRAME, drawn(), seen=seen) is None
    assert 1 == len(samples(home))


def test_many_answers_are_several_entries_and_none_is_lost(home: Home) -> None:
    """An entry is at most 64 KB, however many were called."""
    draw_one(home, size=2 * ANSWERS_MAX, frame=frame_of((contact, contact) for contact in range(1, 1001)))
    (sample,) = samples(home)
    keys = home.store.subjects({"c-1"})
    notes = dict.fromkeys(range(1, 2 * ANSWERS_MAX + 1), (keys["c-1"].number, "n" * 1000))
    given = [(place, Said.YES) for place in notes]

    assert answer_sample(home, sample, given, notes=notes, now=AT + SECOND, seen=home.last_seq()) is not None
    (after,) = samples(home)
    assert 2 * ANSWERS_MAX == after.answered
    assert set(notes) == set(notes_of(home, after))


def test_a_callers_note_lies_under_the_customers_key_and_not_in_the_log(home: Home) -> None:
    """People write names and illnesses into notes. Who is erased takes theirs along; the answer stays a number."""
    draw_one(home)
    (sample,) = samples(home)
    who = home.store.subjects({"c-1", "c-2"})
    notes = {1: (who["c-1"].number, "asked for Frau Sommer"), 2: (who["c-2"].number, "in hospital")}
    answer_sample(home, sample, [(1, Said.NO), (2, Said.NO_ANSWER)], notes=notes, now=AT + SECOND, seen=home.last_seq())
    (sample,) = samples(home)
    log = b"".join(each.bytes for each in home.log())
    with apsw.Connection(str(home.path / "keys.sqlite")) as connection:
        connection.execute("DELETE FROM subject_key WHERE number = ?", (who["c-2"].number,))

    assert {1: "asked for Frau Sommer"} == notes_of(_reopened(home), sample)
    for text in (b"Sommer", b"hospital"):
        assert text not in log
        assert text not in b"".join(file.read_bytes() for file in home.path.iterdir() if file.is_file())


def _reopened(home: Home) -> Home:
    path = home.path
    home.close()
    return open_home(path, write=False)


def test_a_note_that_was_put_elsewhere_is_found_out(home: Home) -> None:
    """What the log commits to is what was noted, of this question."""
    draw_one(home)
    (sample,) = samples(home)
    who = home.store.subjects({"c-1"})["c-1"].number
    answer_sample(home, sample, [(1, Said.NO)], notes={1: (who, "no")}, now=AT, seen=home.last_seq())
    answer_sample(home, sample, [(2, Said.YES)], notes={2: (who, "yes")}, now=AT, seen=home.last_seq())
    (sample,) = samples(home)
    first, second = (sample.answers[place].seq for place in (1, 2))
    with apsw.Connection(str(home.path / "ledger.sqlite")) as connection:
        connection.execute("UPDATE reason SET sealed = (SELECT sealed FROM reason WHERE seq = ?) WHERE seq = ?", (first, second))

    with pytest.raises(HomeError):
        notes_of(home, sample)


def test_only_who_said_something_speaks(home: Home) -> None:
    """A sample of which nobody was reached yet says nothing of anybody, and no earlier one is forgotten for it."""
    draw_one(home)
    (sample,) = samples(home)
    answer_sample(home, sample, [(1, Said.YES), (2, Said.PARTLY), (3, Said.NO_ANSWER)], notes={}, now=AT, seen=home.last_seq())
    draw_one(home)
    answer_sample(home, samples(home)[1], [(1, Said.NO_ANSWER)], notes={}, now=AT, seen=home.last_seq())
    (speaks,) = spoken(home)

    assert sample.seq == speaks.seq
    assert [True, False, None, None] == [speaks.solved[contact] for contact in drawn_of(sample, FRAME)[:4]]


def test_the_log_tells_it_in_words(home: Home) -> None:
    draw_one(home)
    answer_sample(home, samples(home)[0], [(1, Said.YES), (2, Said.NO_ANSWER)], notes={}, now=AT + SECOND, seen=home.last_seq())
    words = [entry_words({"seq": each.seq, **json.loads(each.bytes)}) for each in home.log()]

    assert words[0].endswith("ask-1: 40 drawn by seed 7 among 1,000 quiet contacts of 501 customers (all kinds, handled by automation)")
    assert words[1].endswith("ask-1 answered: 1 yes, 1 no answer")
