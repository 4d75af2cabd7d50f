"""What every benchmark shares: interleaved rounds, medians of ratios, the line that says which machine it was.

Two cores, often busy with something else: a single time means little. So whatever is compared runs by turns in one
process, each beside its own run of the base, and what is reported is the median over rounds of the ratio of the two.
Work that waits for nothing is timed in processor time, so that a neighbour who takes the core does not count.
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Work = Callable[[], object]
Ratios = dict[str, list[float]]


def cpu_seconds(work: Work) -> float:
    """Processor time that one run takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def wall_seconds(work: Work) -> float:
    """Time that one run takes, as somebody waiting for it sees it."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def calls(function: Callable[[Any], object], inputs: Sequence[object]) -> Work:
    """One call for each input, as one piece of work."""

    def work() -> None:
        for each in inputs:
            function(each)

    return work


def sized(function: Callable[[Any], object], inputs: Sequence[object], *, seconds: float) -> tuple[Work, int]:
    """As many calls as take about so many seconds, and their number: a slow contender gets fewer inputs, not a longer run."""
    function(inputs[0])
    once = cpu_seconds(calls(function, inputs[:20])) / len(inputs[:20])
    count = max(10, min(len(inputs) * 50, int(seconds / max(once, 1e-8))))
    chosen = [inputs[at % len(inputs)] for at in range(count)]
    return calls(function, chosen), count


def ratios(
    base: Callable[[Any], object], others: Mapping[str, Callable[[Any], object]], inputs: Sequence[object], *, rounds: int, seconds: float = 0.01
) -> Ratios:
    """For each other function, by round, its time a call over the base's time a call measured just before it."""
    base_work, base_count = sized(base, inputs, seconds=seconds)
    works = {name: sized(other, inputs, seconds=seconds) for name, other in others.items()}
    found: Ratios = {name: [] for name in others}
    for _ in range(rounds):
        for name, (work, count) in works.items():
            beside = cpu_seconds(base_work) / base_count
            found[name].append(cpu_seconds(work) / count / beside)
    return found


def nanoseconds(function: Callable[[Any], object], inputs: Sequence[object], *, rounds: int, seconds: float = 0.01) -> float:
    """The median over rounds of processor nanoseconds a call."""
    work, count = sized(function, inputs, seconds=seconds)
    return statistics.median(cpu_seconds(work) / count for _ in range(rounds)) * 1e9


def process_ratio(command: Sequence[str], beside: Sequence[str], *, rounds: int) -> dict[str, float]:
    """Start two programs by turns; milliseconds of each and the median of the ratios, in time as a person waits it."""
    taken: list[tuple[float, float]] = []
    for each in (command, beside):  # the first start reads from disk and writes bytecode
        _started(each)
    for round_ in range(rounds):
        # Who goes first changes, so that neither always starts on the other's warm caches.
        first, second = (command, beside) if round_ % 2 else (beside, command)
        one, other = wall_seconds(lambda each=first: _started(each)), wall_seconds(lambda each=second: _started(each))  # type: ignore[misc]
        taken.append((one, other) if round_ % 2 else (other, one))
    ours, theirs = (statistics.median(each) for each in zip(*taken, strict=True))
    return {"ratio": median(mine / other for mine, other in taken), "ms": round(ours * 1e3, 1), "beside_ms": round(theirs * 1e3, 1)}


def _started(command: Sequence[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)


def median(values: Any) -> float:
    """The median, to three digits behind the point."""
    return round(statistics.median(values), 3)


def machine() -> str:
    """Cores, processor and Python of this machine, in a line."""
    model = platform.processor() or "unknown processor"
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as told:
            model = next((line.split(":", 1)[1].strip() for line in told if line.startswith("model name")), model)
    except OSError:
        pass  # not Linux: what Python knows has to do
    return f"{os.cpu_count()} cores, {model}, {platform.python_implementation()} {platform.python_version()}, {platform.system()}"
