"""A home as it was known, over HTTP: pages say so on top, JSON takes `as_of`, and nothing is taken in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from functools import wraps
from typing import TYPE_CHECKING, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ourword.app import Ourword
from ourword.errors import UsageError
from ourword.http.figures import Figures
from ourword.http.links import THEN
from ourword.http.pages.site import Site, site_of
from ourword.http.problems import Refused, problem
from ourword.known import clock_of, in_words
from ourword.outcomes.asked import AsOf, as_of_from
from ourword.stores.known import no_such_entry

if TYPE_CHECKING:
    from ourword.stores.home import Home

_Found = TypeVar("_Found")
READ = ("GET", "HEAD")


class Then:
    """Serves a home as it was known: what would add to it is refused, and each page knows as of when it is."""

    def __init__(self, app: ASGIApp, *, home: Home) -> None:
        self.app, self.home = app, home

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a call on that only reads."""
        if scope["type"] == "http" and scope["method"] not in READ:
            what = f"this is the home as known at entry {self.home.known_at}: nothing is added to it"
            await problem(Refused(409, "as-known", what, place=scope["path"][:200], hint="serve the home without --as-of"))(scope, receive, send)
            return
        with told(self.home):
            await self.app(scope, receive, send)


@contextmanager
def told(home: Home | None) -> Iterator[None]:
    """Let every page that is made inside say as of when it is; nothing of a home as it is."""
    token = THEN.set((in_words(home), home.clock() if home is not None and home.known_at is not None else 0))
    try:
        yield
    finally:
        THEN.reset(token)


def figures_of(request: Request) -> Figures:
    """The figures of the served home; without one there are none."""
    figures = site_of(request).figures
    if figures is None:
        raise Refused(404, "no-home", "nothing is recorded here", place=request.url.path, hint="start `ourword serve` with --home")
    return figures


def as_served(page: Callable[[Request], Awaitable[Response]], *, moments: bool = False) -> Callable[[Request], Awaitable[Response]]:
    """A page shows the home as it is served: whoever asks one for another past is told so, rather than shown this without a word.

    With *moments* it tells what had happened by a moment. Raises `UsageError` where an entry, or a moment, is asked that it cannot tell.
    """

    @wraps(page)
    async def answer(request: Request) -> Response:
        asked, home = as_of(request), site_of(request).home
        if home is not None and (asked.known if moments else asked):
            raise await run_in_threadpool(_no_past, home, asked, request.query_params["as_of"])
        return await page(request)

    return answer


def _no_past(home: Home, asked: AsOf, text: str) -> UsageError:
    if home.known_at is not None:
        return _again(home)
    if asked.entry is not None and asked.entry > (last := home.last_seq()):
        return no_such_entry(asked.entry, last)
    hint = f"`ourword serve --home DIR --as-of {text[:40]}` shows all pages as of then; calls below `/v1/` take `as_of`"
    return UsageError("as-of.page", "this page shows the home as it is", place="as_of", hint=hint)


def _again(home: Home) -> UsageError:
    what = f"this is the home as known at entry {home.known_at} already"
    return UsageError("as-of.again", what, place="as_of", hint="leave `as_of` away, or serve the home without --as-of")


def as_of(request: Request, *, bare: bool = False) -> AsOf:
    """Read as of when is asked; one that is asked under another name is not overlooked. Raises `UsageError`."""
    for name in request.query_params:
        if name != "as_of" and name.lower().replace("-", "").replace("_", "") == "asof":
            raise UsageError("as-of.name", f"`{name}` is not known here", place=name, hint="here it is called `as_of`")
    return as_of_from(request.query_params.get("as_of", ""), "as_of", bare=bare)


async def known(request: Request, asked: AsOf, find: Callable[[Figures], _Found]) -> _Found:
    """What is found in the figures of the served home; in those of the home as it was known, where that is asked."""
    figures = figures_of(request)
    return await run_in_threadpool(_known, site_of(request), asked, find) if asked else await run_in_threadpool(find, figures)


def _known(site: Site, asked: AsOf, find: Callable[[Figures], _Found]) -> _Found:
    home = site.home
    assert home is not None
    if home.known_at is not None:
        raise _again(home)
    opened = Ourword.open_home(home.path, as_of=asked, clock=clock_of(home))
    with site.looking_back, opened as word, closing(Figures(word)) as figures:
        return find(figures)
