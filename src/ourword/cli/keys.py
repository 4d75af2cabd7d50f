"""`ourword keys`: how the keys of a home lie, and what may be done about it."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from ourword.cli.out import json_line, line, usage
from ourword.cli.words import wrapped as broken
from ourword.contract.words import many
from ourword.stores.home import KEYS, open_home
from ourword.stores.rotating import rotate_log_key
from ourword.stores.wrapped import PASSPHRASE_BYTES_MIN, PASSPHRASE_FILE, UNWRAP_COMMAND, by_command, by_passphrase, passphrase_in
from ourword.stores.wrapping import Making, Told, rotate, told_of, unwrap, wrap

_PLACE = "ourword keys"
_OPENED_BY = {"passphrase": f"the file that {PASSPHRASE_FILE} names", "command": f"the command in {UNWRAP_COMMAND}"}


def run(home: Path, action: str, *, passphrase_file: Path | None, commands: tuple[str, str], log: bool, wrapping: bool, as_json: bool) -> int:
    """Do what was asked for, then tell how the keys lie."""
    by = _by(passphrase_file, commands)
    wants = (action == "wrap") or (action == "rotate" and wrapping)
    if action not in ("", "wrap", "unwrap", "rotate"):
        raise usage("arguments", f"`{action}` is nothing that can be done with keys", place=_PLACE, hint="`wrap`, `unwrap` or `rotate`")
    if (log and wrapping) or (action == "rotate") != (log or wrapping):
        hint = "ourword keys rotate --log --home DIR, or ourword keys rotate --wrapping --home DIR with what to wrap by"
        raise usage("arguments", "it must be said what to rotate: one of two things", place=_PLACE, hint=hint)
    if wants != (by is not None):
        what = "it must be said what to wrap the keys by" if wants else "a passphrase or a command is given where nothing is wrapped"
        hint = "`--passphrase-file FILE`, or `--wrap-command CMD` with `--unwrap-command CMD`, to wrap or to rotate the wrapping"
        raise usage("arguments", what, place=_PLACE, hint=hint)
    left: tuple[str, ...] = ()
    if action == "wrap" and by is not None:
        left = wrap(home, by)
    elif action == "rotate" and by is not None:
        left = rotate(home, by)
    elif action == "unwrap":
        left = unwrap(home)
    elif log:
        return _rotate_log(home, as_json=as_json)
    told = told_of(home)
    if as_json:
        json_line(msgspec.structs.asdict(told) | ({"left": left} if action else {}))
        return 0
    for each in _said(home, told, action):
        line(each)
    for what in left:
        for each in broken(f"For whoever runs the database: {what}."):
            line(each)
    return 0


def _rotate_log(home: Path, *, as_json: bool) -> int:
    with open_home(home, create=False) as opened:
        done = rotate_log_key(opened)
    if as_json:
        json_line(msgspec.structs.asdict(done))
        return 0
    line(f"Entry {done.entry:,} gives the log of {home} another key, and the old one has signed that. It signs no more, and is gone.")
    line("Whoever verifies the log from now on needs this key; hand it out by another way than the log:")
    line(f"  {done.new}")
    for each in broken("Who has the old one may keep it: it leads to the new one, and receipts made so far hold with it."):
        line(each)
    return 0


def _by(passphrase_file: Path | None, commands: tuple[str, str]) -> Making | None:
    if passphrase_file is not None and not any(commands):
        passphrase = passphrase_in(passphrase_file)
        if len(passphrase) < PASSPHRASE_BYTES_MIN:
            what = f"the passphrase is shorter than {PASSPHRASE_BYTES_MIN} characters: whoever has the disk tries all of them"
            raise usage("passphrase", what, place=str(passphrase_file), hint="take six words drawn by lot, or 20 random characters")
        return lambda place, home: by_passphrase(passphrase, chance=os.urandom)
    if all(commands) and passphrase_file is None:
        return lambda place, home: by_command(*commands, home=home, place=place, chance=os.urandom)
    if not any(commands) and passphrase_file is None:
        return None
    hint = "`--passphrase-file FILE`, or `--wrap-command CMD` with `--unwrap-command CMD`"
    raise usage("arguments", "keys are wrapped by a passphrase, or by a command and the one that undoes it", place=_PLACE, hint=hint)


def _said(home: Path, told: Told, action: str) -> list[str]:
    if action:
        how = f"are wrapped by a {told.wrapped}" if told.wrapped else "lie in the clear"
        said = f"The keys of {home} {how}."
        if told.wrapped:
            said += f" Whoever opens this home needs {_OPENED_BY[told.wrapped]}; without it nobody can read it again, you included."
        if action == "wrap":
            said += " Backups made before hold the keys in the clear: destroy them, or keep them as you kept the keys."
        return broken(said)
    in_file = told.place == KEYS
    where = "the file" if in_file else f"the schema {told.place}"
    by = f"wrapped by a {told.wrapped}: opened by {_OPENED_BY[told.wrapped]}" if told.wrapped else f"in the clear: whoever can read {where} has them"
    lines = [
        f"keys       {by}",
        f"customers  {many(told.keys, 'key', 'keys')}{', those made ahead included' if in_file else ''}",
        f"reasons    {many(told.reasons, 'key', 'keys')}",
    ]
    if told.log_key:
        since = f"since entry {told.since:,}" if told.since else "since the first entry"
        lines.append(f"log        signed {since} by {told.log_key}; signed so far: {many(told.log_size, 'entry', 'entries')}")
    else:
        lines.append("log        nothing is signed yet")
    owner = "" if in_file else ", as the role that owns its tables,"
    if told.rotating:
        lines += broken(
            f"Warning: another key is about to sign the log. Whoever publishes next{owner} goes on with that; until then nothing is signed."
        )
    if told.unwiped:
        lines += broken(f"Warning: older forms of the keys may still lie in {where}; whoever opens the home next for writing{owner} wipes them.")
    return lines
