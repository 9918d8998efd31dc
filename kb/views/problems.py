"""What is wrong with the pages, for people, for programs and for GitHub's annotations."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kb.terms.text import clean
from kb.views.terminal import Screen, cells

if TYPE_CHECKING:  # a rule is explained without reading a page
    from kb.pages.check import Report
    from kb.pages.problem import Problem
    from kb.pages.rules import Rule


def lines(screen: Screen, report: Report, docs_name: str) -> Iterator[str]:
    """Each problem as `path:line:column: code message`, and how many there are.

    At a terminal the message goes below where the two do not fit on a line.
    """
    for problem in report.problems:
        where = screen.text(f"{docs_name}/{problem.path}")
        message = screen.text(problem.message.removeprefix(f"{problem.code} "))
        remark = screen.dim(" (warning)") if problem.warning else ""
        at = f"{where}:{problem.line or 1}:{problem.column or 1}:"
        code = _code(screen, problem)
        if screen.terminal and cells(f"{at} {problem.code} {message} (warning)") > screen.width:
            yield f"{at} {code}{remark}"
            yield from screen.wrap(message, "    ", "    ")
        else:
            yield f"{at} {code} {message}{remark}"
    yield summary(report, docs_name)


def _code(screen: Screen, problem: Problem) -> str:
    return screen.bold(problem.code) if problem.warning else screen.warn(problem.code)


def summary(report: Report, docs_name: str) -> str:
    """The last line: how many pages were looked at, or which one, and what was found."""
    since = f" changed since {clean(report.since)}" if report.since else ""
    looked_at = clean(f"{docs_name}/{report.page}") if report.page else _count(report.pages, "page")
    pages = looked_at + since
    if not report.problems:
        return f"{pages}: no problems"
    found = [_count(n, what) for n, what in _kinds(report) if n]
    return f"{pages}: {', '.join(found)}"


def _kinds(report: Report) -> tuple[tuple[int, str], ...]:
    return (report.errors, "error"), (report.warnings, "warning")


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def fixed(screen: Screen, report: Report, docs_name: str) -> Iterator[str]:
    """What --fix has written, a line for each page."""
    for path, number in report.fixed:
        yield f"{screen.text(f'{docs_name}/{path}')}: {_count(number, 'id')} written"


def as_json(report: Report, docs_name: str) -> dict[str, Any]:
    """What `kb check --json` prints."""
    return {
        "problems": [
            {
                "path": f"{docs_name}/{problem.path}",
                "line": problem.line or 1,
                "column": problem.column or 1,
                "code": problem.code,
                "message": problem.message,
                "warning": problem.warning,
            }
            for problem in report.problems
        ],
        "errors": report.errors,
        "warnings": report.warnings,
        "pages": report.pages,
        "fixed": [{"path": f"{docs_name}/{path}", "ids": n} for path, n in report.fixed],
        "since": report.since,
    }


def github(report: Report, folder: str) -> Iterator[str]:
    """Workflow commands that GitHub shows beside the lines of a pull request.

    `folder` is the docs folder below the root of the repository.
    """
    for problem in report.problems:
        kind = "warning" if problem.warning else "error"
        path = f"{folder}/{problem.path}" if folder else problem.path
        where = f"file={_property(path)},line={problem.line or 1},col={problem.column or 1}"
        message = _data(f"{problem.message} (kb check --explain {problem.code})")
        yield f"::{kind} {where},title={_property(problem.code)}::{message}"


def _data(text: str) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return clean(text)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def explained(screen: Screen, rule: Rule) -> Iterator[str]:
    """Why a rule is there, and how it is done wrong and right."""
    yield f"{screen.bold(rule.code)}{' (warning)' if rule.warning else ''}"
    yield ""
    for paragraph in rule.why:
        yield from screen.wrap(paragraph)
        yield ""
    for name, example in (("wrong", rule.wrong), ("right", rule.right)):
        if example:
            yield screen.dim(name)
            yield from textwrap.indent(example, "    ").split("\n")
            yield ""
