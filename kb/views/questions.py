"""The questions as a list, with or without their answers, and what the answers say of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from kb.terms.text import one_line
from kb.training.bank import Ask
from kb.training.grading import expected
from kb.training.report import ENOUGH, Item
from kb.views.terminal import Screen, cells


def listed(screen: Screen, asks: Iterable[Ask], docs_name: str, answers: bool) -> Iterator[str]:
    """Page after page, each question with its id, kind and origin."""
    page = ""
    for ask in asks:
        if ask.page != page:
            if page:
                yield ""
            page = ask.page
            yield screen.bold(screen.text(ask.title))
        marks = " (!)" * ask.critical
        told = f"{ask.kind}, {'made' if ask.made else 'written'}{marks}"
        name = screen.text(ask.id)
        if cells(name) + 2 + len(told) <= screen.width:
            yield name + screen.dim(f"  {told}")
        else:
            yield from (name, screen.dim(f"    {told}"))
        yield from screen.wrap(screen.text(one_line(ask.prompt)), "    ", "    ")
        if answers:
            yield from screen.wrap(screen.text(one_line(expected(ask.key))), "    = ", "      ")
            if ask.why:
                yield from screen.wrap(screen.text(one_line(ask.why)), "    why: ", "      ")
            yield screen.dim(screen.text(f"    {docs_name}/{ask.path}:{ask.line}"))


def as_json(asks: Iterable[Ask], docs_name: str, answers: bool) -> list[dict[str, Any]]:
    """The questions as JSON; the answer only where it was asked for."""
    found = []
    for ask in asks:
        told = _named(ask, docs_name)
        if answers:
            told |= {"answer": expected(ask.key), "why": ask.why}
        found.append(told)
    return found


def report(screen: Screen, items: Iterable[Item], docs_name: str) -> Iterator[str]:
    """Per question what its first attempts say; nothing of a handful of people."""
    few = 0
    told = False
    for item in items:
        if item.right is None and not item.disputes:
            few += 1
            continue
        told = True
        head = (
            f"{item.right} of {item.asked} right" if item.right is not None else f"n = {item.asked}"
        )
        if item.disputes:
            head += f", {item.disputes} disputed"
        yield screen.bold(head) + screen.text(f"  {item.ask.id}")
        yield from screen.wrap(screen.text(one_line(item.ask.prompt)), "    ", "    ")
        if item.wrong:
            said = f"{one_line(item.wrong[0])} ({item.wrong[1]})"
            yield from screen.wrap(screen.text(said), "    most said: ", "      ")
        if item.word:
            yield "    " + screen.warn(item.word)
            yield screen.dim(screen.text(f"    {docs_name}/{item.ask.path}:{item.ask.line}"))
    if few:
        yield f"{few} asked of fewer than {ENOUGH} people: too few to say"
    elif not told:
        yield "no answers yet"


def report_json(items: Iterable[Item], docs_name: str) -> list[dict[str, Any]]:
    """The report as JSON; what a handful of people said is null."""
    return [
        _named(item.ask, docs_name)
        | {
            "asked": item.asked,
            "right": item.right,
            "wrong": {"given": item.wrong[0], "count": item.wrong[1]} if item.wrong else None,
            "disputes": item.disputes,
            "word": item.word,
        }
        for item in items
    ]


def _named(ask: Ask, docs_name: str) -> dict[str, Any]:
    return {
        "id": ask.id,
        "kind": ask.kind,
        "made": ask.made,
        "critical": ask.critical,
        "page": ask.page,
        "prompt": ask.prompt,
        "address": ask.address,
        "path": f"{docs_name}/{ask.path}",
        "line": ask.line,
    }
