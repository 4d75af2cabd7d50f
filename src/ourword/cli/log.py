"""`ourword log`: the entries of a home, one a line, in the order in which they were recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ourword.app import Ourword
from ourword.cli.out import json_line, line
from ourword.deciding.told import moment
from ourword.outcomes.asked import as_of_from


def run(home: Path, *, as_json: bool = False, after: int = 0, limit: int | None = None, as_of: str = "") -> int:
    """Print the entries numbered above *after*."""
    with Ourword.open_home(home, create=False, write=False, as_of=as_of_from(as_of, "--as-of")) as ourword:
        for entry in ourword.log(after=after, limit=limit):
            json_line(entry, indent=False) if as_json else line(entry_words(entry))
    return 0


def entry_words(entry: dict[str, Any]) -> str:
    """One entry on one line: its number, time, what it is and what it names.

    >>> entry_words({"seq": 7, "time": "2026-11-23T10:00:00.5Z", "type": "promise", "promise": "money-back", "due": "2026-11-30T10:00:00Z",
    ...              "standing": "made", "decision_id": "d-1", "kind": "refund"})
    '     7  2026-11-23 10:00:00 UTC  promise   refund  d-1  money-back, due 2026-11-30 10:00:00 UTC'
    """
    if entry["type"] == "segment-sealed":
        return f"{entry['seq']:>6}  {moment(entry['time'])}  segment   {entry['file']}, {entry['rows']:,} events, {entry['digest']}"
    if entry["type"].startswith("sample-"):
        return f"{entry['seq']:>6}  {moment(entry['time'])}  sample    {_sampled(entry)}"
    if entry["type"] == "contract-signed":
        return f"{entry['seq']:>6}  {moment(entry['time'])}  signed    {_signed(entry)}"
    if entry["type"] == "segment-resealed":
        anew = f"{entry['file']} instead of {entry['before']}, {entry['rows']:,} events, {entry['new']}"
        return f"{entry['seq']:>6}  {moment(entry['time'])}  segment   {anew}"
    if entry["type"] == "erasure":
        return f"{entry['seq']:>6}  {moment(entry['time'])}  erasure   customer {entry['sub'][:16]}…"
    if entry["type"] == "pruned":
        what = f"decisions up to entry {entry['upto']:,}, older than {moment(entry['bound'])}; {entry['stay']:,} entries stay"
        return f"{entry['seq']:>6}  {moment(entry['time'])}  pruned    {what}"
    if entry["type"] == "key-rotated":
        return f"{entry['seq']:>6}  {moment(entry['time'])}  key       {entry['new']} signs the log from now on"
    if entry["type"] == "hold":
        until = f", until {moment(entry['until'])}" if "until" in entry else ""
        return f"{entry['seq']:>6}  {moment(entry['time'])}  hold      customer {entry['sub'][:16]}… {entry['standing']} by {entry['by']}{until}"
    return f"{entry['seq']:>6}  {moment(entry['time'])}  {entry['type']:<8}  {entry['kind']}  {entry.get('decision_id', '-')}  {_what(entry)}"


def _signed(entry: dict[str, Any]) -> str:
    what = f"{entry['contract']} {entry['version']} by {entry['by']}"
    if entry.get("again"):
        return f"{what}, who has read it again, {entry['digest']}"
    start = f", from {moment(entry['effective'])}" if "effective" in entry else ""
    return f"{what} (needs {', '.join(entry['needs']) or 'anybody'}){start}, {entry['digest']}"


def _sampled(entry: dict[str, Any]) -> str:
    if entry["type"] == "sample-answered":
        counts = ", ".join(f"{len(entry[word])} {word.replace('_', ' ')}" for word in ("yes", "no", "partly", "no_answer") if entry[word])
        return f"ask-{entry['sample']} answered: {counts}"
    of = f"{entry.get('kind', 'all kinds')}, handled by {entry.get('handled_by', 'anybody')}"
    among = f"{entry['contacts']:,} quiet contacts of {entry['customers']:,} customers"
    return f"ask-{entry['seq']}: {entry['size']:,} drawn by seed {entry['seed']} among {among} ({of})"


def _what(entry: dict[str, Any]) -> str:
    by = f" by {entry['by']}" if "by" in entry else ""
    match entry["type"]:
        case "decision":
            observed = ", observed only" if entry.get("mode") == "observe" else ""
            return f"{entry['answer']}{by} ({entry['decided_by']}){observed}"
        case "promise" if entry["standing"] != "made":
            return f"{entry['promise']} {entry['standing']}" + (f", {moment(entry['settled'])}" if "settled" in entry else "")
        case "promise":
            return f"{entry['promise']}, due {moment(entry['due'])}"
        case "bend":
            return f"{entry['answer']}{by}, against {', '.join(entry['clauses'])}"
        case "signal" if entry["standing"] == "answered":
            return f"s-{entry['signal']} answered{by}: {entry['said']}"
        case "signal" if entry["standing"] == "waived":
            return f"s-{entry['signal']} waived{by}, until {moment(entry['until'])}"
        case "signal" if entry["standing"] == "recurred":
            return f"s-{entry['signal']} recurred, for {entry['owner']}"
        case "signal":
            return f"{entry['about']}: {', '.join(entry['clauses'])}, for {entry['owner']}"
        case _:
            return ""
