"""The first run as an app: its own pages below `/start`, and all other pages from the home that was read last."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from ourword.http import server
from ourword.http.guard import Guard
from ourword.http.links import CALLED, STARTED, ZONE
from ourword.http.render import style
from ourword.http.start import ask, contract, guides, pages
from ourword.http.start.work import Work
from ourword.starting.run import Start
from ourword.stores.home import Home, open_home


class Behind:
    """The pages of the home that was read last; before there is one, the way to the first page."""

    def __init__(self, start: Start) -> None:
        self._start = start
        self._lock = threading.Lock()
        self._opened: tuple[Path, Home, Starlette] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a call on."""
        app = self.app()
        answer: ASGIApp = app if app is not None else RedirectResponse("/start", status_code=303)
        await answer(scope, receive, send)

    def app(self) -> Starlette | None:
        """The app of the home of now; an older one is closed, and its folder goes."""
        with self._lock:
            place = self._start.home
            if self._opened is not None and self._opened[0] != place:
                self._close()
            if self._opened is None and place is not None:
                self._start.tidy()
                home = open_home(place, create=False)
                self._opened = place, home, server.make(None, home=home)
                self._opened[2].state.site.drafting = self._start.drafts
            return self._opened[2] if self._opened is not None else None

    def close(self) -> None:
        """Close what is open."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._opened is not None:
            _, home, app = self._opened
            self._opened = None
            server.close(app)
            home.close()


def make(start: Start, *, example: Callable[[str, Start], None] | None = None) -> Starlette:
    """Make the app for a folder; *example* gives the export of a fictional shop, by the vendor's name."""
    app = Starlette(
        routes=[
            Route("/start", pages.files, methods=["GET"]),
            Route("/start/files", pages.add, methods=["POST"]),
            Route("/start/remove", pages.remove, methods=["POST"]),
            Route("/start/example", pages.example, methods=["POST"]),
            Route("/start/guides/{name:str}", guides.page, methods=["GET"]),
            Route("/start/look", pages.look, methods=["POST"]),
            Route("/start/questions", pages.questions, methods=["GET", "POST"]),
            Route("/start/progress", pages.progress, methods=["GET"]),
            Route("/start/stop", pages.stop, methods=["POST"]),
            Route("/start/found", pages.found, methods=["GET"]),
            Route("/start/contract", contract.page, methods=["GET", "POST"]),
            Route("/start/contract/written", contract.written, methods=["GET"]),
            Route("/start/ask", ask.page, methods=["GET"]),
            Route("/start/ask", ask.draw, methods=["POST"]),
            Route("/start/ask/sheet", ask.sheet, methods=["GET"]),
            Route("/start/ask/answers", ask.answers, methods=["POST"]),
            Route("/style.css", _style_sheet),
            Mount("/", app=Behind(start)),
        ],
        middleware=[Middleware(Guard), Middleware(_Started, start=start)],
        exception_handlers=server.HANDLERS,
    )
    app.state.start, app.state.work, app.state.example = start, Work(), example
    app.state.behind = app.routes[-1].app  # type: ignore[attr-defined]
    return app


def close(app: Starlette) -> None:
    """Stop what is being worked out, and close what is open."""
    app.state.work.close()
    app.state.behind.close()


class _Started:
    """Says to every page that it is one of a first run, what its files call each kind, and in which clock its times are."""

    def __init__(self, app: ASGIApp, *, start: Start) -> None:
        self.app, self.start = app, start

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        token, called, zone = STARTED.set(True), CALLED.set(self.start.kept.called), ZONE.set(self.start.said_zone or "UTC")
        try:
            await self.app(scope, receive, send)
        finally:
            STARTED.reset(token)
            CALLED.reset(called)
            ZONE.reset(zone)


async def _style_sheet(request: object) -> Response:
    return Response(style(), media_type="text/css", headers={"cache-control": "max-age=300"})
