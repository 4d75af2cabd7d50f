"""The report as one file: *Our word*, *Recount*, *Promises* and every number, with its style inside and no request at all."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from markupsafe import Markup

from ourword.adoption.signing import NOTHING_SIGNED, Versions
from ourword.contract.model import Draft
from ourword.figures.board import Board
from ourword.http.figures import Shown
from ourword.http.guard import inline_policy
from ourword.http.links import Links
from ourword.http.pages import our_word, promises, recount
from ourword.http.pages.shown import contacts_of, dearest
from ourword.http.pages.site import named
from ourword.http.render import render, style
from ourword.ledger.signals import Signal
from ourword.stores.terms import NO_TERMS, Terms

LINKS = Links(
    our_word="#our-word",
    recount="#recount",
    promises="#promises",
    signals="",
    decisions="",
    contract="",
    style="",
    decision=lambda decision_id: "",
    served=False,
)


class Part(msgspec.Struct, frozen=True):
    """A section of the file."""

    id: str
    html: Markup


def html(
    board: Board, drafts: Mapping[str, Draft], signals: tuple[Signal, ...], versions: Versions = NOTHING_SIGNED, *, terms: Terms = NO_TERMS
) -> str:
    """The whole file."""
    shown, css = Shown(board, terms=terms), style()
    kinds, more_kinds = dearest(board.kinds, lambda kind: contacts_of(board, kind))
    parts = (
        ("our-word", our_word.values(shown, drafts, signals, versions, links=LINKS)),
        ("recount", recount.values(shown, recount.given({}, terms))),
        ("promises", {**promises.values(shown), "of": promises.ALL, "listed": promises.NONE}),
    )
    return render(
        "report.html",
        links=LINKS,
        contract=named(drafts),
        policy=inline_policy(css),
        css=Markup(css),
        parts=[Part(name, Markup(render(f"{name}.part.html", links=LINKS, **values))) for name, values in parts],
        rows=[row for row in board.rows if row.version == "*" and row.segment == "*" and row.kind in ("*", *kinds)],
        more_kinds=more_kinds,
    )
