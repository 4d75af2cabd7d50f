"""Samples of a home: drawn and answered as entries, the frame and the callers' notes beside them."""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Mapping, Sequence

import msgspec

from ourword.errors import HomeError
from ourword.ledger.entry import SampleAnswered, SampleDrawn, instant_text
from ourword.ledger.samples import Said, Sample, answered_entry, named
from ourword.ledger.samples import samples as fold
from ourword.ledger.seal import NONCE_BYTES, words_again, words_apart
from ourword.outcomes.lots import METHOD, Frame, draw
from ourword.outcomes.quiet import Spoken
from ourword.stores.apart import note_name
from ourword.stores.home import Home

FRAME_BYTES_MAX = 256 * 1024 * 1024
"""Far beyond the frame of any home: what unpacks to more is damaged."""
ANSWERS_MAX = 300
"""In one entry, with their notes' commitments: so it stays below 64 KB."""


class Note(msgspec.Struct, frozen=True):
    """What a caller noted, sealed under a customer's key."""

    place: int
    subject: int
    box: bytes


def samples(home: Home, *, until: int | None = None) -> list[Sample]:
    """Give the samples of a home, the oldest first; with *until* (ns since 1970), as they were known then."""
    return fold(home.store.sample_entries(), until=until)


def draw_sample(home: Home, frame: Frame, drawn: SampleDrawn, *, seen: int) -> int | None:
    """Record a draw; give its entry's number, `None` when somebody else has drawn or answered since entry number *seen*."""
    kept = zlib.compress(msgspec.msgpack.encode(frame), 6)
    committed = msgspec.structs.replace(drawn, frame=frame_digest(kept), contacts=len(frame.contacts), customers=len(frame.theirs), method=METHOD)
    return home.store.append_sampled(committed, seen=seen, beside=kept)


def frame_of(home: Home, sample: Sample) -> Frame:
    """Give the frame that a sample was drawn from; one that its entry does not commit to is an error."""
    kept = home.store.beside(sample.seq)
    if kept is not None and frame_digest(kept) == sample.drawn.frame and sample.drawn.method == METHOD:
        unpacking = zlib.decompressobj()
        return msgspec.msgpack.decode(unpacking.decompress(kept, FRAME_BYTES_MAX), type=Frame)
    what = f"the contacts among which `{sample.id}` was drawn are not those that the log commits to"
    if sample.drawn.method != METHOD:
        what = f"`{sample.id}` was drawn in a way (`{sample.drawn.method[:40]}`) that this ourword does not know"
    raise HomeError("home.damaged", what, place="ledger.sqlite", hint="restore the home from a backup, or use a newer ourword")


def drawn_of(sample: Sample, frame: Frame) -> tuple[int, ...]:
    """Draw again: the contacts of a sample by number, in the order of their places."""
    return draw(frame, size=sample.drawn.size, seed=sample.drawn.seed)


def answer_sample(
    home: Home, sample: Sample, answers: Sequence[tuple[int, Said]], *, notes: Mapping[int, tuple[int, str]], now: int, seen: int
) -> int | None:
    """Record what was said, durably; give the last entry's number, `None` when somebody else was quicker.

    *notes* are, by place, the customer's number and the text. A customer whose key is gone was erased: their note is not kept.
    """
    for start in range(0, len(answers), ANSWERS_MAX):
        some = answers[start : start + ANSWERS_MAX]
        sealed_notes = [each for place, _ in some if (each := _sealed(home, sample, place, *notes.get(place, (0, "")))) is not None]
        commitments = {note.place: commitment for note, commitment in sealed_notes}
        entry = answered_entry(sample.seq, some, time=instant_text(now), notes=commitments)
        boxes = msgspec.msgpack.encode([note for note, _ in sealed_notes]) if sealed_notes else b""
        after = home.store.append_sampled(entry, seen=seen, beside=boxes)
        if after is None:
            return None
        seen = after
    return seen


def notes_of(home: Home, sample: Sample) -> dict[int, str]:
    """Give what callers noted, by place, of customers who are not erased."""
    found: dict[int, str] = {}
    for seq in sorted({each.seq for each in sample.answers.values()}):
        kept = notes_in(home.store.beside(seq))
        entry = home.entries(after=seq - 1, limit=1)[0].value if kept else None
        for note in kept:
            assert isinstance(entry, SampleAnswered)
            text = note_words(home, entry, note)
            if text is not None:
                found[note.place] = text
    return found


def spoken(home: Home, *, until: int | None = None) -> list[Spoken]:
    """Give what the samples of a home say, of those in which somebody said something."""
    found = []
    for sample in samples(home, until=until):
        if sample.answered:
            frame = frame_of(home, sample)
            answers = {place: each.said.solved for place, each in sample.answers.items()}
            solved = {contact: answers.get(place) for place, contact in enumerate(drawn_of(sample, frame), 1)}
            found.append(Spoken(seq=sample.seq, frame=frame, solved=solved))
    return found


def _sealed(home: Home, sample: Sample, place: int, number: int, text: str) -> tuple[Note, str] | None:
    key = home.keys.subject(number) if text else None
    if key is None:
        return None
    box, commitment = words_apart(key, note_name(sample.seq, place), text, nonce=os.urandom(NONCE_BYTES))
    return Note(place, number, box), commitment


def notes_in(kept: bytes | None) -> list[Note]:
    """The notes that lie beside an entry; what are none is an error."""
    try:
        return msgspec.msgpack.decode(kept, type=list[Note]) if kept else []
    except msgspec.MsgspecError as cause:
        what = "what lies beside the answers of a sample are no notes"
        raise HomeError("home.damaged", what, place="ledger.sqlite", hint="restore the home from a backup") from cause


def note_words(home: Home, entry: SampleAnswered, note: Note) -> str | None:
    """Open a note, while its customer's key is there; one that the log does not commit to is an error."""
    key = home.keys.subject(note.subject)
    if key is None:
        return None
    committed = None if entry.notes is msgspec.UNSET else entry.notes.get(str(note.place))
    what = f"the note on `{named(entry.sample, note.place)}` is not the one that the log commits to"
    return words_again(key, note_name(entry.sample, note.place), note.box, committed, what=what)


def frame_digest(kept: bytes) -> str:
    """How an entry commits to a frame as it is kept."""
    return f"sha256:{hashlib.sha256(kept).hexdigest()}"
