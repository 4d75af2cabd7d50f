"""The command `ourword silent` and its options; what it does is imported when it runs."""

from __future__ import annotations

from typing import Annotated

import typer

from ourword.cli.options import AsOf, Home, Json


def silent(
    home: Home,
    json: Json = False,
    as_of: AsOf = "",
    times: Annotated[int, typer.Option("--times", metavar="N", help="Silent after so many of their own usual gaps,")] = 3,
    days: Annotated[int, typer.Option("--days", metavar="N", help="and after so many days at least.")] = 30,
    visits: Annotated[int, typer.Option("--visits", metavar="N", help="With fewer visits there is no usual gap.")] = 4,
    also: Annotated[list[str] | None, typer.Option("--also", metavar="TYPE", help="A further type of event that is their doing.")] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep each silence as a customer.silent event, once.")] = False,
) -> int:
    """List customers who did nothing for far longer than is usual for them."""
    from ourword.cli.silent import run
    from ourword.outcomes.silence import SilenceRule

    rule = SilenceRule(times_usual=times, days_min=days, visits_min=visits, also=tuple(also or ()))
    return run(home, rule=rule, as_of=as_of, keep=keep, as_json=json)
