"""The command `ourword ask` and its options; what it does is imported when it runs."""

from __future__ import annotations

from typing import Annotated

import typer

from ourword.cli.options import AsOf, Home, Json


def ask(
    home: Home,
    sample: Annotated[int | None, typer.Option("--sample", metavar="N", help="Draw so many customers by lot.", show_default=False)] = None,
    out: Annotated[str, typer.Option("--out", metavar="FILE|-", help="Write whom to call, and what to ask.", show_default=False)] = "",
    answers: Annotated[str, typer.Option("--answers", metavar="FILE|-", help="Take in what they said.", show_default=False)] = "",
    kind: Annotated[str, typer.Option("--kind", metavar="KIND", help="Draw among contacts of this kind.", show_default=False)] = "",
    handled_by: Annotated[
        str, typer.Option("--handled-by", metavar="WHO", help="automation (usual), person, or any: whose contacts.", show_default=False)
    ] = "",
    since: Annotated[str, typer.Option("--since", metavar="TIME", help="Contacts that began then or later.", show_default=False)] = "",
    window: Annotated[
        int | None, typer.Option("--window", metavar="DAYS", min=1, max=365, help="Quiet for so many days (7).", show_default=False)
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", metavar="N", help="Draw as this seed does; else chance gives one.", show_default=False)
    ] = None,
    of: Annotated[str, typer.Option("--of", metavar="SAMPLE", help="An earlier sample, such as ask-12; else the latest.", show_default=False)] = "",
    as_of: AsOf = "",
    json: Json = False,
) -> int:
    """Draw quiet customers to call back, take their answers, and say how far the band of what stayed resolved narrows."""
    from ourword.cli.ask import Draw, run

    return run(home, Draw(sample, kind, handled_by, since, window, seed), out=out, answers=answers, of=of, as_of=as_of, as_json=json)
