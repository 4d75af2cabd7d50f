"""What became of every contact a second time, in Polars, from the words of the definition: it shares no line with our SQL.

Held against the report and the recount over ten million events, exactly. It reads the same files and knows only what the synthetic company
has: every event has a time, nobody is two customers, contacts are told apart by the contract's version.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

DAY = 86_400_000_000
HOUR = DAY // 24
Counts = dict[tuple[str, str, str], dict[str, int]]
col = pl.col


def numbered(folder: Path) -> pl.DataFrame:
    """Events in their order: by time, then by the source's own count, then by the keyed mark."""
    wanted = [
        "at",
        "seq",
        "tie",
        "subject",
        "contact",
        "type",
        "actor",
        "kind",
        "closed_by",
        "close_reason",
        "said",
        "asks",
        "claimed",
        "version_contract",
        "decision",
    ]
    events = pl.read_parquet(folder / "events" / "*.parquet", columns=[*wanted, "arrival", "objects"]).sort("at", "seq", "tie")
    return events.with_row_index("event", offset=1).with_columns(col("event").cast(pl.Int64))


def facts(events: pl.DataFrame) -> pl.DataFrame:
    """One row a contact: where it begins, ends and turns."""
    is_in, ours = col("type") == "message.in", col("type").is_in(["message.out", "question.asked"])
    closes = col("type") == "contact.closed"
    decided = col("type").str.starts_with("decision.")
    waits = is_in | (col("said") == "no").fill_null(False)
    by_person = (col("type") == "human.joined") | ((col("type") == "message.out") & (col("actor") == "person"))
    event = col("event")
    found = events.group_by("contact", maintain_order=True).agg(
        col("subject").min(),
        event.first().alias("first"), event.last().alias("last"), col("at").min().alias("start_at"), col("at").last().alias("last_at"),
        event.filter(closes).min().alias("first_close"), event.filter(closes).max().alias("close"), col("at").filter(closes).last().alias("close_at"),
        col("closed_by").filter(closes).last(), col("close_reason").filter(closes).last(),
        event.filter(col("type") == "contact.reopened").max().alias("reopen"),
        event.filter(waits).max().alias("waits"), event.filter(ours).max().alias("ours"),
        col("asks").filter(ours).last().fill_null(False).alias("asks"), col("actor").filter(ours).last().alias("asker"),
        event.filter(col("said").is_not_null()).max().alias("said_at"), col("said").drop_nulls().last(),
        col("kind").filter(col("kind").is_not_null() & ~decided).first().alias("kind"),
        col("version_contract").drop_nulls().last().alias("version"),
        by_person.any().alias("person"), (col("type") == "human.requested").any().alias("wanted"),
        ((col("type") == "message.out") & (col("actor") == "automation")).any().alias("replied"),
        (decided & col("kind").is_not_null()).any().alias("decided"), col("claimed").fill_null(False).any().alias("claimed_ever"),
    )  # fmt: skip
    closed = (col("close") > col("reopen").fill_null(-1)).fill_null(False)
    return found.with_columns(closed.alias("closed")).with_columns(
        pl.when(closed).then(col("close")).otherwise(col("last")).alias("end"),
        pl.when(closed).then(col("close_at")).otherwise(col("last_at")).alias("end_at"),
    )


def things(events: pl.DataFrame) -> pl.DataFrame:
    """What each contact names: subject, contact, object, and whether it is about it."""
    named = events.select("event", "at", "subject", "contact", "objects").drop_nulls("objects").explode("objects").unnest("objects")
    return named.filter(~col("role").fill_null("").is_in(["says", "asks"])).with_columns(
        col("role").fill_null("").is_in(["about", ""]).alias("about")
    )


def came_back(known: pl.DataFrame, links: pl.DataFrame, window: int) -> pl.Series:
    """Contacts after whose end another of the same link began within the window."""
    keys = [name for name in links.columns if name != "contact"]
    both = links.unique().join(known.select("contact", "first", "start_at", "end", "end_at"), on="contact")
    ends = both.select(*keys, "contact", "end_at", col("end").alias("moment")).sort("moment")
    starts = both.select(*keys, col("start_at").alias("next_at"), col("first").alias("moment")).sort("moment")
    found = ends.join_asof(starts, on="moment", by=keys, strategy="forward", allow_exact_matches=False)
    return found.filter(col("next_at") - col("end_at") <= window)["contact"].unique()


def reopened(events: pl.DataFrame, window: int) -> pl.Series:
    """Contacts reopened soon enough after the close before."""
    turns = events.filter(col("type").is_in(["contact.closed", "contact.reopened"])).select("contact", "type", "at", "event").sort("contact", "event")
    before = turns.with_columns(col("type").shift(1).over("contact").alias("type_before"), col("at").shift(1).over("contact").alias("at_before"))
    again = (col("type") == "contact.reopened") & (col("type_before") == "contact.closed") & (col("at") - col("at_before") <= window)
    return before.filter(again)["contact"].unique()


def wrote_again(events: pl.DataFrame, known: pl.DataFrame, window: int) -> pl.Series:
    """Contacts that were closed when their customer wrote, soon enough after that close; a yes is no return, nor is what is written with it."""
    turns = col("type").is_in(["contact.closed", "contact.reopened"])
    late = known.filter(col("waits") > col("first_close"))["contact"]
    words = events.filter((turns | (col("type") == "message.in") | col("said").is_not_null()) & col("contact").is_in(late.implode()))
    after = words.select("contact", "type", "at", "event", col("said").fill_null("")).sort("contact", "event").with_columns(
        pl.when(turns).then(col("type")).forward_fill().over("contact").alias("turned"),
        pl.when(turns).then(col("at")).forward_fill().over("contact").alias("turned_at"),
        ((col("said") == "yes") & (col("at").diff() == 0)).shift(-1).over("contact").fill_null(False).alias("with_yes"),
    )  # fmt: skip
    wrote = (col("type") == "message.in") & (col("said") != "yes") & ~col("with_yes")
    return after.filter(wrote & (col("turned") == "contact.closed") & (col("at") - col("turned_at") <= window))["contact"].unique()


def aggrieved(events: pl.DataFrame, known: pl.DataFrame, named: pl.DataFrame, window: int) -> pl.Series:
    """Contacts that a later complaint names, or whose object it names."""
    made = events.filter(col("type").str.starts_with("complaint") | col("type").str.starts_with("cancellation")).select(
        "event", "at", "subject", "contact"
    )
    own = made.select("event", "at", "contact")
    about = named.filter(col("about")).select("subject", "object", "contact").unique()
    theirs = made.select("event", "at", "subject").join(named.select("event", "object"), on="event").join(about, on=["subject", "object"])
    linked = pl.concat([own, theirs.select("event", "at", "contact")]).join(known.select("contact", "end", "end_at"), on="contact")
    return linked.filter((col("event") > col("end")) & (col("at") - col("end_at") <= window))["contact"].unique()


def promised(folder: Path, events: pl.DataFrame, as_of: int) -> pl.DataFrame:
    """What each contact's promises came to."""
    made = pl.read_parquet(folder / "promises.parquet").drop("contact")
    of = events.filter(col("decision").is_not_null()).group_by("decision").agg(col("contact").min())
    held = col("standing").is_in(["kept", "late"]) & (col("settled") <= as_of).fill_null(False)
    standing = (
        pl.when(held).then(col("standing")).when(col("due") >= as_of).then(pl.lit("open")).when(col("standing") == "unknown").then(pl.lit("unknown"))
        .otherwise(pl.lit("broken"))
    )  # fmt: skip
    known = made.join(of, on="decision").with_columns(standing.alias("now"))
    return known.group_by("contact").agg(col("due").max(), col("now").is_in(["late", "broken"]).any().alias("broken"))


def outcomes(folder: Path, *, window: int = 7 * DAY) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """Every contact with its outcome, the events, and the moment asked about."""
    events = numbered(folder)
    as_of = int(events["at"].max())  # type: ignore[arg-type]
    known, named = facts(events), things(events)
    about = named.filter(col("about")).select("contact", "subject", "object")
    alike = named.select("contact", "subject", "object").join(known.select("contact", "kind"), on="contact").drop_nulls("kind")
    again = pl.concat([reopened(events, window), wrote_again(events, known, window)]).unique()
    back = pl.concat([came_back(known, about, window), came_back(known, alike, window), again, aggrieved(events, known, named, window)]).unique()
    known = known.join(promised(folder, events, as_of), on="contact", how="left").with_columns(
        col("contact").is_in(back.implode()).alias("back"), col("contact").is_in(again.implode()).alias("again"),
        ((col("close_reason") == "confirmed") & ~col("closed_by").is_in(["timer", "rule"])).fill_null(False).alias("reported"),
    )  # fmt: skip
    unanswered = (col("waits") > col("ours").fill_null(-1)).fill_null(False)
    waits, reopen = col("waits").fill_null(-1), col("reopen").fill_null(-1)
    since_said = ((col("said_at") >= waits) & (col("said_at") > reopen)).fill_null(False) & (col("said") == "yes").fill_null(False)
    since_closed = ((col("close") > waits) & (col("close") > reopen)).fill_null(False) & col("reported")
    ghosted = ~col("closed") | (col("closed_by") == "timer").fill_null(False) | (col("close_reason") == "no_reply").fill_null(False)
    asked_last = ~unanswered & col("asks") & (col("asker") == "automation").fill_null(False) & ghosted
    left = col("closed") & (col("close_reason") == "left").fill_null(False)
    gave_up = ~since_said & ~since_closed & (unanswered | left | asked_last)
    yes = since_said | (since_closed & (col("said") == "yes").fill_null(True))
    open_ = (as_of <= col("end_at") + window) | (as_of <= col("due")).fill_null(False)
    outcome = (
        pl.when(open_).then(pl.lit("still_open")).when(col("broken").fill_null(False)).then(pl.lit("promise_broken")).when("back").then(pl.lit("came_back"))
        .when(gave_up).then(pl.lit("gave_up")).when(yes).then(pl.lit("confirmed")).otherwise(pl.lit("quiet"))
    )  # fmt: skip
    return known.with_columns(outcome.alias("outcome")), events, as_of


def places(known: pl.DataFrame, events: pl.DataFrame, folder: Path) -> pl.DataFrame:
    """Contact × kind × version × segment, with `*` for all."""
    made = events.filter(col("type").str.starts_with("decision.") & col("kind").is_not_null())
    kinds = made.group_by("contact", "kind").agg(col("version_contract").last().alias("version"))
    own = known.filter(~col("decided")).select("contact", col("kind").fill_null("(none)"), "version")
    everyone = known.select("contact", pl.lit("*").alias("kind"), "version")
    placed = pl.concat([kinds, own, everyone]).with_columns(col("version").fill_null("(none)"))
    placed = pl.concat([placed, placed.with_columns(pl.lit("*").alias("version"))])
    held = pl.read_parquet(folder / "attributes.parquet").sort("since").with_columns(col("since").shift(-1).over("subject", "name").alias("until"))
    inside = (col("start_at") >= col("since")) & (col("until").is_null() | (col("start_at") < col("until")))
    segments = known.select("contact", "subject", "start_at").join(held, on="subject").filter(inside)
    named = segments.select("contact", pl.concat_str("name", pl.lit("="), "value").alias("segment"))
    return placed.join(pl.concat([named, known.select("contact", pl.lit("*").alias("segment"))]), on="contact")


def counted(folder: Path) -> tuple[Counts, dict[tuple[str, str], int]]:
    """How many of each outcome in every kind × version × segment, and how many each of the rules claims by kind."""
    known, events, as_of = outcomes(folder)
    placed = places(known, events, folder).join(known.filter(col("outcome") != "still_open"), on="contact", suffix="_own")
    found: Counts = {}
    for kind, version, segment, outcome, n in placed.group_by("kind", "version", "segment", "outcome").len().iter_rows():
        found.setdefault((kind, version, segment), {})[outcome] = n
    alone = placed.filter((col("version") == "*") & (col("segment") == "*"))
    silent = lambda hours: (as_of - col("end_at") >= hours * HOUR) & ~col("again")  # noqa: E731
    answered, nobody = col("replied") & ~col("person"), ~col("wanted")
    rules: dict[str, Any] = {
        "ada": answered & nobody & silent(24), "chatwoot": answered & nobody & col("closed"), "intercom": answered & nobody & ~col("again"),
        "hubspot": answered & nobody & silent(72) & (col("said") != "no").fill_null(True), "ultimate": answered, "zendesk": answered & silent(72),
        "own": col("closed") & col("claimed_ever"),
    }  # fmt: skip
    sums = alone.group_by("kind").agg(*(each.sum().alias(name) for name, each in rules.items()))
    return found, {(name, row["kind"]): row[name] for row in sums.iter_rows(named=True) for name in rules}
