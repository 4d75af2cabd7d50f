"""What was tried, as the XML that CI servers read: a suite for each kind, a case for each example."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

import msgspec

# What XML 1.0 cannot hold, not even escaped (section 2.2, `Char`).
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One test: its name, and what went wrong, if anything did."""

    name: str
    message: str = ""
    """In one line; empty: it passed."""
    details: str = ""


class Suite(msgspec.Struct, frozen=True, kw_only=True):
    """The tests of one kind, or of one part of it."""

    name: str
    cases: tuple[Case, ...]


def junit(name: str, suites: Iterable[Suite], *, seconds: float = 0.0) -> str:
    """Write test suites; elements and attributes are those that the Ant and Jenkins schemas have.

    >>> print(junit("larkspur-care", [Suite(name="refund", cases=(Case(name="a < b"),))]).splitlines()[3].strip())
    <testcase name="a &lt; b" classname="larkspur-care.refund" time="0.000"/>
    """
    suites = list(suites)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', _opening("testsuites", name, [case for suite in suites for case in suite.cases], seconds)]
    for suite in suites:
        lines.append("  " + _opening("testsuite", suite.name, suite.cases, 0.0))
        lines += [line for case in suite.cases for line in _case(f"{name}.{suite.name}", case)]
        lines.append("  </testsuite>")
    return "\n".join([*lines, "</testsuites>", ""])


def _opening(element: str, name: str, cases: Iterable[Case], seconds: float) -> str:
    cases = list(cases)
    failed = sum(bool(case.message) for case in cases)
    return f'<{element} name={_attribute(name)} tests="{len(cases)}" failures="{failed}" errors="0" time="{seconds:.3f}">'


def _case(classname: str, case: Case) -> list[str]:
    opening = f'    <testcase name={_attribute(case.name)} classname={_attribute(classname)} time="0.000"'
    if not case.message:
        return [opening + "/>"]
    failure = f'      <failure message={_attribute(case.message)} type="departure">{escape(_held(case.details))}</failure>'
    return [opening + ">", failure, "    </testcase>"]


def _attribute(text: str) -> str:
    """Quoted, on one line: a reader would turn a line's end into a space."""
    return quoteattr(_held(" ".join(text.split())))


def _held(text: str) -> str:
    r"""A text that XML can hold: what it cannot is written out, `\x1b`."""
    return _NOT_XML.sub(lambda match: f"\\x{ord(match[0]):02x}" if ord(match[0]) < 256 else f"\\u{ord(match[0]):04x}", text)
