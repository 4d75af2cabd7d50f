"""Code blocks and docstrings are tests; and where everything is installed (OURWORD_ALL=1), nothing may be skipped."""

from __future__ import annotations

import os
import re
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from tests.blocks import docstring_examples, document_blocks

ROOT = Path(__file__).resolve().parent
MAY_BE_SKIPPED = re.compile(r"\.\./shared|\broot\b")

pytest_collect_file = (document_blocks(ROOT) + docstring_examples(ROOT)).pytest()


def _why(longrepr: Any) -> str:
    return str(longrepr[2]) if isinstance(longrepr, tuple) else str(longrepr)


def _is_forbidden(report: Any) -> bool:
    return (
        os.environ.get("OURWORD_ALL") == "1"
        and report.outcome == "skipped"
        and not hasattr(report, "wasxfail")
        and not MAY_BE_SKIPPED.search(_why(report.longrepr))
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, Any, Any]:
    """Turn a skip into a failure: a test that never runs guarantees nothing."""
    report = yield
    _forbid(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, Any, Any]:
    """The same for a whole file that is skipped."""
    report = yield
    _forbid(report)
    return report


def _forbid(report: Any) -> None:
    if _is_forbidden(report):
        report.outcome = "failed"
        report.longrepr = f"skipped although OURWORD_ALL=1 (only ../shared and root may be missing): {_why(report.longrepr)}"
