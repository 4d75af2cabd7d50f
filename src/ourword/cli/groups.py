"""The groups of a report at a terminal: what became of the contacts of each, side by side."""

from __future__ import annotations

from collections.abc import Iterator

from ourword.cli.bars import between
from ourword.figures.board import Board
from ourword.figures.summary import percent
from ourword.outcomes.metrics import Row

GROUPS_SHOWN_MAX = 40
_NAME = 16
_TITLES = {"contract": "version", "lineage.prompt": "prompt", "lineage.model": "model", "handled_by": "handled by", "channel": "channel"}


def group_words(found: Board) -> Iterator[str]:
    """A line for each group, the largest first; nothing where all contacts are of one version of a contract."""
    groups = sorted((row for row in found.rows if _is_group(row)), key=lambda row: (-row.n, row.version))
    by = found.made.asked.grouped_by
    if not groups or (by == "contract" and len(groups) == 1):
        return
    yield ""
    yield f"{f'by {_TITLES[by]}':<{_NAME}}{'contacts':>9}  {'stayed resolved':<15}  {'came back':<17}  gave up"
    for group in groups[:GROUPS_SHOWN_MAX]:
        yield _line(found, group)
    if len(groups) > GROUPS_SHOWN_MAX:
        yield f"and {len(groups) - GROUPS_SHOWN_MAX:,} groups more: `--csv` and `--json` have all"


def _is_group(row: Row) -> bool:
    return row.metric == "stayed_resolved" and row.kind == row.segment == "*" and row.version != "*"


def _line(found: Board, group: Row) -> str:
    name = group.version if len(group.version) <= _NAME else f"{group.version[: _NAME - 1]}…"
    least = found.row("confirmed", version=group.version)
    if group.value is None or least is None:
        return f"{name:<{_NAME}}{group.n:>9,}  no data"
    band = f"{(least.value or 0.0) * 100:.0f} to {_short(group.value)}"
    shares = (f"  {_share(found.row(metric, version=group.version)):<17}" for metric in ("came_back", "gave_up"))
    return f"{name:<{_NAME}}{group.n:>9,}  {band:<15}{''.join(shares)}".rstrip()


def _short(share: float) -> str:
    """As `percent`, short enough for a column.

    >>> _short(0.999), _short(0.2)
    ('>99 %', '20 %')
    """
    return percent(share).replace("over ", ">").replace("under ", "<")


def _share(row: Row | None) -> str:
    return "no data" if row is None or row.value is None else f"{_short(row.value)} {between(row.low, row.high)}"
