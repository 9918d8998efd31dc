"""Questions from numbered procedures: put the steps in order, and what comes next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from itertools import pairwise

from kb.pages.fingerprint import fingerprint
from kb.pages.model import Item, Ordering, Page, Section
from kb.training.bank import Ask, made_ask
from kb.training.options import choice, clause

_MOST = 6  # steps to put in order: a screen, and a head
_FEWEST = 4
_CHECKS = "check "  # a list of things to look at, in whatever order
_SPOKEN = ('"', "“", "'", "‘")


def questions(page: Page) -> Iterator[Ask]:
    """What can be asked of the procedures of a page."""
    for section in page.reading:
        if section.heading.casefold().startswith(_CHECKS):
            continue
        items = [item for item in section.items if "." not in item.number]
        stops = {clause(_text(item)) for item in items if item.critical}
        yield from _order(page, section, [clause(_text(item)) for item in items], stops)
        yield from _next(page, section, items)
        if not section.steps or section.steps[0].startswith(_SPOKEN):
            continue
        steps = [clause(step) for step in section.steps]
        yield from _order(page, section, steps, set(steps))


def _order(page: Page, section: Section, steps: Sequence[str], stops: Set[str]) -> Iterator[Ask]:
    """A long procedure is asked for in parts: those with a step that stops the run if it fails.

    Elsewhere two steps may well change places and nobody is the worse for it.
    """
    if len(steps) < _FEWEST or len(set(steps)) < len(steps):
        return
    count = -(-len(steps) // _MOST)
    size = -(-len(steps) // count)
    for number in range(count):
        part = tuple(steps[number * size : (number + 1) * size])
        if len(part) < _FEWEST or stops.isdisjoint(part):
            continue
        which = "" if count == 1 else f", part {number + 1} of {count}"
        suffix = "" if count == 1 else f"-{number + 1}"
        yield made_ask(
            page,
            f"{section.address}:order{suffix}",
            f"{section.heading}{which}: put the steps in order.",
            Ordering(part),
            fingerprint("made order", section.heading, part),
            address=section.address,
            line=section.line,
            about=section.address,
        )


def _next(page: Page, section: Section, items: Sequence[Item]) -> Iterator[Ask]:
    """What comes after a step, where that is one that stops the run if it fails."""
    for n, (item, after) in enumerate(pairwise(items)):
        if not after.critical:
            continue
        later = [clause(_text(other)) for other in items[n + 2 : n + 5]]
        earlier = [clause(_text(other)) for other in items[:n]]
        key = choice(clause(_text(after)), later if len(later) > 1 else [*later, *earlier])
        if key is None:
            continue
        yield made_ask(
            page,
            f"{item.address}:next",
            f"{section.heading}. Just done: {clause(_text(item))}. What comes next?",
            key,
            fingerprint("made next", section.heading, item.text, after.text),
            address=section.address,
            line=item.line,
            about=item.address,
        )


def _text(item: Item) -> str:
    return item.text.partition("\n")[0].rstrip(".")
