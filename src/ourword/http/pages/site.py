"""What every page asks of the served application: its home, its figures, the contracts that decide now."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import HTMLResponse

from ourword.app import Ourword
from ourword.clock import now
from ourword.contract.model import Draft
from ourword.http.figures import Figures
from ourword.http.render import error_page
from ourword.kept import deciding
from ourword.known import clock_of

if TYPE_CHECKING:
    from ourword.starting.drafts import Drafts
    from ourword.stores.home import Home


class Site:
    """A served home and, where there is one, the contract at work in it."""

    def __init__(self, ourword: Ourword | None, home: Home | None) -> None:
        self.word = ourword if ourword is not None else Ourword(None, home=home, clock=clock_of(home) if home is not None else now)
        """The door behind all pages."""
        self.ourword = self.word if self.word.decides else None
        """The same where a contract is at work."""
        self.home = self.word.home
        self.figures = Figures(self.word) if self.home is not None else None
        self.looking_back = threading.Lock()
        """One look back at a time: each lays its own tables."""
        self.drafting: Drafts | None = None
        """The drafts of a first run, whose contract nothing decides by yet."""

    @property
    def contract(self) -> str:
        """The contract's name and version, for the bar at the top."""
        if self.ourword is not None:
            return f"{self.ourword.contract.draft.name} {self.ourword.contract.draft.version}"
        return named(self.word.holding())

    def drafts(self) -> dict[str, Draft]:
        """The contracts that decide in this home now, by name; the one that is served among them before its first decision."""
        return self.word.contracts()

    def deciding(self) -> dict[str, Draft]:
        """Those of them under which something was decided: only their targets are judged."""
        return deciding(self.home) if self.home is not None else {}

    def drafted(self) -> Draft | None:
        """The contract that was drafted for this home, where none decides."""
        found = self.drafting.latest(today=datetime.now(UTC).date()) if self.drafting is not None else None
        return found.draft if found is not None else None

    def close(self) -> None:
        """Close what the pages opened."""
        if self.figures is not None:
            self.figures.close()
        self.word.let_go()


def site_of(request: Request) -> Site:
    """The site that answers a request."""
    site: Site = request.app.state.site
    return site


def no_home(site: Site) -> HTMLResponse:
    """What a page says when nothing is recorded."""
    hint = "Start it again with --home DIR to record what is decided. POST /v1/decisions answers all the same."
    return HTMLResponse(error_page("Nothing is recorded", "Ourword was started without a home.", hint, contract=site.contract))


def named(drafts: Mapping[str, Draft]) -> str:
    """Contracts by name and version."""
    return ", ".join(f"{draft.name} {draft.version}" for draft in drafts.values())


def owner_of(drafts: Mapping[str, Draft], kind: str) -> str:
    """The name of who answers for a kind; an id without a name is shown as it is, an unknown kind has none."""
    for draft in drafts.values():
        if kind in draft.kinds:
            return name_of(drafts, draft.kinds[kind].owner)
    return ""


def name_of(drafts: Mapping[str, Draft], identity: str) -> str:
    """The name behind a role id."""
    people = (person for draft in drafts.values() for person in draft.people if person.id == identity)
    return next((person.name for person in people if person.name), identity)


def wanted_page(request: Request) -> int:
    """The number of the page that is asked for; an unreadable one is the first."""
    number = request.query_params.get("page", "1")
    return max(1, int(number)) if number.isascii() and number.isdigit() and len(number) < 9 else 1
