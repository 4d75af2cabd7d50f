"""`ourword verify`, `ourword receipt` and `ourword publish`: the log as outsiders and customers see it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from ourword.cli.out import complain, json_line, line, usage
from ourword.cli.receipt import receipt_words
from ourword.contract.words import many
from ourword.errors import HomeError, LogError, UsageError
from ourword.stores.home import open_home
from ourword.stores.publishing import KEY
from ourword.tlog.checkpoint import PROOF_BYTES_MAX, PROOF_HEAD
from ourword.tlog.note import NOTE_BYTES_MAX, Verifier, base64_text, read_note, verifier_from
from ourword.verifying.flaws import Verified
from ourword.verifying.log import verify_home, verify_log
from ourword.verifying.receipt import receipt, verify_receipt, verify_receipt_in

HOLDS, HOLDS_NOT, UNREADABLE = 0, 1, 2
_SHOWN_MAX = 20


def run(
    log: Path | None, *, home: Path | None, key: Path | None, full: bool, old: Sequence[Path], receipt: Path | None, as_json: bool = False
) -> int:
    """Verify a log, a home, or a receipt; print what does not hold."""
    asked = [each for each in (log, home, receipt) if each is not None]
    both = log is not None and receipt is not None and home is None  # a receipt made under another key of that log
    if (len(asked) != 1 and not both) or (home is None and key is None):
        hint = "ourword verify --home DIR, ourword verify LOGDIR --key FILE, or ourword verify --receipt FILE --key FILE"
        raise usage("arguments", "it must be said what to verify, and with which key", place="ourword verify", hint=hint)
    if receipt is not None and (full or old):
        hint = "leave out what belongs to a log or a home: `--full`, `--old`"
        raise usage("arguments", "a receipt is verified whole, by itself", place="--receipt", hint=hint)
    try:
        if receipt is not None:
            assert key is not None
            return _receipt(receipt, _key(key), as_json, log)
        kept = [(str(each), _checkpoint(each)) for each in old]
        if home is not None:
            with open_home(home, create=False, write=False) as opened:
                found = verify_home(opened, known=_key(key) if key else None, old=kept, full=full)
        else:
            assert log is not None
            assert key is not None
            _no_receipt(log, key)
            found = verify_log(log, _key(key), old=kept, full=full)
    except (HomeError, UsageError, LogError) as error:
        complain(error)
        return UNREADABLE
    except BrokenPipeError:  # who reads the output went away: no disk is bad
        raise
    except OSError as error:
        complain(HomeError("log.io", f"it cannot be read: {error}", place=str(asked[0]), hint="check the disk, and who may read it"))
        return UNREADABLE
    _print(found, [str(each) for each in old], as_json)
    return HOLDS if found.holds else HOLDS_NOT


def run_receipt(decision: str, home: Path, *, out: str) -> int:
    """Write the receipt of a decision; what is not published yet is published first."""
    if out != "-":
        _left_alone(Path(out))
    with open_home(home, create=False, write=False) as opened:
        found = opened.find(decision)
        behind = found is not None and found.seq > opened.published_size()
    if behind:
        with open_home(home, create=False) as opened:
            opened.publish()
    with open_home(home, create=False, write=False) as opened:
        written = receipt(opened, decision)
    if out == "-":
        sys.stdout.write(written.decode())
        return 0
    try:
        Path(out).write_bytes(written)
    except OSError as error:
        raise UsageError("usage.file", f"the receipt cannot be written: {error.strerror}", place=out, hint="check the path") from error
    line(f"The receipt of {decision} is in {out}. Whoever checks it needs the key of the log too: `ourword publish` prints it.")
    return 0


def _left_alone(path: Path) -> None:
    """Refuse to write over what is no receipt: a slip of the shell's completion, and a signed contract would be gone."""
    try:
        with path.open("rb") as file:
            before = file.read(len(PROOF_HEAD))
    except OSError:
        return  # it is not there; or it cannot be read, which is said when it is written
    if before and before != PROOF_HEAD.encode():
        what, hint = f"`{path}` is there already and no receipt, and would be lost", "name another file, ending in `.tlog-proof`"
        raise UsageError("usage.output", what, place="--out", hint=hint)


def run_publish(home: Path, *, as_json: bool) -> int:
    """Publish, and print what an outsider needs: the key, and how long the log is."""
    with open_home(home, create=False) as opened:
        checkpoint = opened.publish()
        key = opened.log_key()
    assert key is not None
    if as_json:
        roots = {"root": checkpoint.root.hex(), "root_base64": base64_text(checkpoint.root)}
        json_line({"origin": checkpoint.origin, "size": checkpoint.size, **roots, "key": key.text, "log": str(home / "log")})
        return 0
    line(f"{checkpoint.size:,} {'entry is' if checkpoint.size == 1 else 'entries are'} published in {home / 'log'}")
    line("Whoever verifies it needs this key; hand it out by another way than the log:")
    line(f"  {key.text}")
    return 0


def _receipt(path: Path, known: Verifier, as_json: bool, log: Path | None) -> int:
    written = _bytes(path, PROOF_BYTES_MAX)
    try:
        held = verify_receipt(written, known) if log is None else verify_receipt_in(log, written, known)
    except LogError as error:
        if error.code in ("log.none", "log.other"):
            place = str(path) if log is None else error.place
            raise LogError(error.code, error.what, place=place, hint=error.hint) from error
        if as_json:
            json_line({"holds": False, "what": error.what})
        else:
            line(f"The receipt does not hold: {error.what}", style="bold red")
            if error.code == "log.note" and log is None:  # perhaps it is of before the key was replaced
                line(f"  hint: give the log's folder too, `ourword verify LOGDIR --receipt {path} --key FILE`, or the key of that time")
        return HOLDS_NOT
    if as_json:
        json_line({"holds": True, "entry": held.number, "log": held.origin, "size": held.size, "decision": held.decision, "personal": held.personal})
    else:
        for each in receipt_words(held):
            line(each)
    return HOLDS


def _no_receipt(log: Path, key: Path) -> None:
    """Somebody gave a receipt where a log's folder is expected: say what to type. Raises `UsageError`."""
    try:
        with log.open("rb") as file:
            begins = file.read(len(PROOF_HEAD))
    except OSError:
        return  # a folder; or it is not there, which is said when it is read
    if begins == PROOF_HEAD.encode():
        hint = f"ourword verify --receipt {log} --key {key}"
        raise UsageError("usage.receipt", "this is a receipt, and no folder of a log", place=str(log), hint=hint)


def _print(found: Verified, old: Sequence[str], as_json: bool) -> None:
    if as_json:
        json_line({"holds": found.holds, **msgspec.structs.asdict(found)})
        return
    if found.holds:
        line(f"The log {found.origin} holds: {many(found.size, 'entry', 'entries')}, none missing, none changed.", style="bold green")
    else:
        line(f"The log {found.origin} does not hold: {many(found.flaws_count, 'flaw', 'flaws')}.", style="bold red")
        for flaw in found.flaws[:_SHOWN_MAX]:
            line(f"  {flaw.place}{f', entry {flaw.entry:,}' if flaw.entry else ''}: {flaw.what}")
        if found.flaws_count > _SHOWN_MAX:
            line(f"  and {found.flaws_count - _SHOWN_MAX:,} more")
    if found.unpublished:
        what = f"{many(found.unpublished, 'entry is', 'entries are')} recorded and not signed yet"
        line(f"Warning: {what}; what is changed in them now is not found. `ourword publish` signs them.", style="yellow")
    for each in _beside(found, old):
        line(f"  {each}")


def _beside(found: Verified, old: Sequence[str]) -> list[str]:
    said = [f"root {found.root}"] if found.root else []
    if ours := max(found.checkpoints - len(old), 0):
        said.append(f"held against {many(ours, 'checkpoint')} that this home kept")
    said += [f"held against the checkpoint in {each}" for each in old if found.checkpoints]
    if found.pruned:
        said.append(f"{many(found.pruned, 'entry is', 'entries are')} past retention and gone, as a signed entry says; their hashes hold")
    if found.segments:
        said.append(f"held {many(found.segments, 'file of events', 'files of events')} against what was sealed")
    if found.words or found.words_erased:
        erased = f"; {found.words_erased:,} went with an erasure" if found.words_erased else ""
        said.append(f"held {many(found.words, 'reason, note or draw', 'reasons, notes and draws')} beside the log against their entries{erased}")
    if found.opened or found.erased:
        said.append(f"opened the personal data of {many(found.opened, 'decision', 'decisions')}; of {found.erased:,} it is erased")
    for each in found.rotations:
        said.append(f"entry {each.entry:,} gives it another key, which {verifier_from(each.old).short} has signed: {each.new}")
    return [*said, *found.notes]


def _checkpoint(path: Path) -> bytes:
    """What somebody kept; whether it is genuine is another question than whether it is a checkpoint at all. Raises `UsageError`."""
    note = _bytes(path, NOTE_BYTES_MAX)
    try:
        read_note(note)
    except LogError:
        hint = "give a copy of a log's file `checkpoint`, as it was published"
        raise UsageError("usage.checkpoint", "this is no checkpoint of a log, so nothing was verified", place=str(path), hint=hint) from None
    return note


def _key(path: Path) -> Verifier:
    text = _bytes(path, NOTE_BYTES_MAX)
    try:
        return verifier_from(text.decode(errors="replace"))
    except LogError as error:
        raise UsageError("usage.key", error.what, place=str(path), hint=f"{error.hint}; a log's folder holds it as `{KEY}`") from error


def _bytes(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(most + 1)
    except OSError as error:
        raise UsageError("usage.file", f"the file cannot be read: {error.strerror}", place=str(path), hint="check the path") from error
