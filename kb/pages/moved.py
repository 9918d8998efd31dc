"""Addresses that were there before a change and are not any more, though records may name them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher

from kb.pages.across import Finding, finding, former_address, warning
from kb.pages.model import Page, Question, Section

ALIKE = 0.6  # of the steps of a checklist, the words of a question: it is the same one, reworded


def gone(before: Mapping[str, Page], now: Mapping[str, Page]) -> Iterator[Finding]:
    """What records may point to and can no longer be found.

    `before` are the pages that have changed since, as they were; `now` are all pages. What was
    taken out for good is a warning: nobody can pin what is not there.
    """
    claimed = {former_address(was) for page in now.values() for was in page.front.was}
    known = {question.id for page in now.values() for question in page.questions}
    for path, old in before.items():
        if path not in now:
            if old.address not in claimed:
                yield _page(old, before, now)
                continue
            new = next(p for p in now.values() if old.address in map(former_address, p.front.was))
        else:
            new = now[path]
        yield from _checklists(old, new, claimed)
        yield from _questions(old, new, known)


def renamed(before: Mapping[str, Page], now: Mapping[str, Page]) -> dict[str, str]:
    """The present path of each page that had another one: as `was` says, else as it reads.

    `before` and `now` are the pages that differ, by path. Each page is the heir of one at most.
    """
    gone = {path: page for path, page in before.items() if path not in now}
    fresh = {path: page for path, page in now.items() if path not in before}
    found: dict[str, str] = {}
    for path, page in fresh.items():
        former = {former_address(was) for was in page.front.was}
        for old in [old for old, was in gone.items() if was.address in former]:
            found.setdefault(old, path)
    olds = {path: _marks(gone[path]) for path in gone.keys() - found.keys()}
    news = {path: _marks(fresh[path]) for path in fresh.keys() - set(found.values())}
    likely = [
        (1.0 if old.casefold() == new.casefold() else _alike(was, now), old, new)
        for old, was in olds.items()
        for new, now in news.items()
    ]
    for likeness, old, new in sorted(likely, reverse=True):
        if likeness >= ALIKE and old not in found and new not in found.values():
            found[old] = new
    return found


def _page(old: Page, before: Mapping[str, Page], now: Mapping[str, Page]) -> Finding:
    fresh = [page for path, page in now.items() if path not in before or page.title == old.title]
    likely = [page for page in fresh if _alike(_marks(old), _marks(page)) >= ALIKE]
    if not likely:
        message = "the page is gone; records of it stand alone from now on"
        return warning(old, 0, "gone", message)
    new = max(likely, key=lambda page: _alike(_marks(old), _marks(page)))
    message = f"was {old.address} before: write that into its front matter, was: [{old.address}]"
    return finding(new, 1, "gone", message, old.path)


def _marks(page: Page) -> set[str]:
    found = {page.title}
    for section in page.sections:
        found |= {section.heading, section.fingerprint, *(i.fingerprint for i in section.items)}
        found |= {row.fingerprint for row in section.rows}
    return found - {""}


def _alike(one: set[str], other: set[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other) or 1)


def _checklists(old: Page, new: Page, claimed: set[str]) -> Iterator[Finding]:
    was = {_inner(old, section): section for section in old.sections if section.items}
    there = {_inner(new, section): section for section in new.sections}
    fresh = [section for inner, section in there.items() if section.items and inner not in was]
    for inner, section in was.items():
        if inner in there or section.address in claimed or not inner:
            continue
        heir = max(fresh, key=lambda one: _alike(_steps(section), _steps(one)), default=None)
        if heir is not None and _alike(_steps(section), _steps(heir)) >= ALIKE:
            message = (
                f"this checklist was #{inner} before; write <!-- id: {inner} --> under its heading"
            )
            yield finding(new, heir.line, "gone", message)
        else:
            message = f"checklist #{inner} is gone; records of it stand alone from now on"
            yield warning(new, 0, "gone", message)


def _inner(page: Page, section: Section) -> str:
    return section.address.removeprefix(page.address).removeprefix("#")


def _steps(section: Section) -> set[str]:
    return {item.text for item in section.items}


def _questions(old: Page, new: Page, known: set[str]) -> Iterator[Finding]:
    was = {question.id for question in old.questions}
    fresh = [question for question in new.questions if question.id not in was]
    for question in old.questions:
        wanted = question.id
        if not question.pinned and old.address != new.address:
            wanted = question.id.replace(old.address, new.address, 1)  # `was` tells the rest
        if question.id in known or wanted in known:
            continue
        heir = max(fresh, key=lambda one: _same(question, one), default=None)
        if heir is not None and _same(question, heir) >= ALIKE:
            message = f'this question had the id "{question.id}"; write <!-- q: {question.id} -->'
            yield finding(new, heir.line, "gone", f"{message} under its heading")


def _same(one: Question, other: Question) -> float:
    if one.fingerprint == other.fingerprint:
        return 2.0
    if one.key == other.key:
        return 1.0
    return SequenceMatcher(None, one.prompt[:300], other.prompt[:300], autojunk=False).ratio()
