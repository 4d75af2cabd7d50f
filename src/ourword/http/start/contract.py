"""The drafted contract as a form: owners blank, choices open, targets that today's figures meet, promises found in words to adopt or strike out."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ourword.core.zones import zone_said, zones
from ourword.errors import ContractError
from ourword.http.render import render
from ourword.http.start.guides import html_of
from ourword.http.start.shared import fields_of, start_of
from ourword.starting.proposing import CHOICES, Filled, Proposal, kept_words, missing
from ourword.starting.run import Start

LENGTH_MAX = 200


async def page(request: Request) -> Response:
    """The form; POST writes the two files when nothing is missing, else says what is, and keeps what was typed."""
    start = start_of(request)
    if start.home is None:
        return RedirectResponse("/start", status_code=303)
    today = datetime.now(UTC).date()
    proposal = await run_in_threadpool(lambda: start.proposal(today=today))
    if request.method == "GET":
        return HTMLResponse(_form(start, proposal, _first(start, proposal), []))
    filled = _filled(proposal, await fields_of(request))
    wrong = missing(proposal, filled, today=today)
    if not zone_said(filled.zone):
        wrong.append(f"“{filled.zone[:40]}” is no time zone that is known here: write it like Europe/Berlin, or UTC.")
    if wrong:
        return HTMLResponse(_form(start, proposal, filled, wrong), status_code=400)
    filled = msgspec.structs.replace(filled, zone=zone_said(filled.zone))
    try:
        await run_in_threadpool(lambda: start.drafts.write(proposal, filled, today=today))
    except ContractError as error:
        return HTMLResponse(_form(start, proposal, filled, [f"{error.what}: {error.hint}"]), status_code=400)
    return RedirectResponse("/start/contract/written", status_code=303)


async def written(request: Request) -> Response:
    """The draft as it lies there now, what `check` says of it, and what comes next."""
    start = start_of(request)
    drafted = await run_in_threadpool(lambda: start.drafts.latest(today=datetime.now(UTC).date()))
    if drafted is None or start.home is None:
        return RedirectResponse("/start/contract", status_code=303)
    kept = [(home, own) for home, own in await run_in_threadpool(lambda: start.kept_homes) if own.contract]
    need = (drafted.draft.changes or {}).get("need") if drafted.draft is not None else None
    signer = str(need[0]) if isinstance(need, list | tuple) and need else "ID"
    prose = html_of(drafted.prose, below=2)
    return HTMLResponse(render("start-written.html", drafted=drafted, prose=prose, home=str(start.home), kept=kept, signer=signer))


def _first(start: Start, proposal: Proposal) -> Filled:
    """The form as it was filled in last; as it is first shown no name stands in it."""
    before = start.drafts.filled
    if before is not None:
        return msgspec.structs.replace(
            before,
            at_least={each.id: before.at_least.get(each.id, each.at_least) for each in proposal.kinds},
            at_most={each.id: before.at_most.get(each.id, each.at_most) for each in proposal.kinds},
        )
    return Filled(
        zone=start.answers().zone,
        open_until=proposal.open_until.isoformat(),
        at_least={each.id: each.at_least for each in proposal.kinds},
        at_most={each.id: each.at_most for each in proposal.kinds},
    )


def _filled(proposal: Proposal, fields: dict[str, list[str]]) -> Filled:
    def one(name: str, otherwise: str = "") -> str:
        return fields.get(name, [otherwise])[0][:LENGTH_MAX].strip()

    kinds = [each.id for each in proposal.kinds]
    adopted = {each.id: one(f"adopt_{each.id}") for each in proposal.promises}
    return Filled(
        name=one("name"),
        signer=one("signer"),
        contact=one("contact"),
        zone=one("zone", "UTC") or "UTC",
        desk=one("desk", "Care") or "Care",
        steps=one("steps", "2"),
        owners={each: one(f"owner_{each}") for each in kinds},
        choices={each: one(f"choice_{each}", "open") for each in CHOICES},
        open_until=one("open_until"),
        at_least={each: one(f"at_least_{each}") for each in kinds},
        at_most={each: one(f"at_most_{each}") for each in kinds},
        adopted={promise: kind for promise, kind in adopted.items() if kind in kinds},
    )


def _form(start: Start, proposal: Proposal, filled: Filled, wrong: list[str]) -> str:
    return render(
        "start-contract.html",
        edited=[each.name for each in start.drafts.edited()],
        proposal=proposal,
        filled=filled,
        wrong=wrong,
        choices=CHOICES,
        kept_words=kept_words,
        folder=str(start.folder),
        zones=zones(),
    )
