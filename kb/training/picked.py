"""Which questions are asked, and in which order they and their options are shown."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from kb.pages.model import Choice, Key, Matching, Multiple, Ordering, Page
from kb.terms import units
from kb.terms.spelling import fold
from kb.terms.text import rooms_in
from kb.terms.units import UnitError
from kb.training.bank import Ask
from kb.training.ladder import Ladder
from kb.training.review import Due, apart

USUAL = 8
_LAST = ("all of", "none of", "both of", "either of", "all the above", "none of the above")


def of_role(pages: Iterable[Page], role: str, ladder: Ladder) -> list[Page]:
    """The pages that somebody of this role must know."""
    return [page for page in pages if ladder.must_know(role, page.front.for_role)]


def of_room(pages: Iterable[Page], room: str) -> list[Page]:
    """The pages about a room, and those about none; no room is all of them."""
    wanted = room.casefold()
    said = ((page, rooms_in(page.front.room.casefold())) for page in pages)
    return [page for page, rooms in said if not wanted or not rooms or wanted in rooms]


def chosen(
    asks: Sequence[Ask], dues: Mapping[str, Due], count: int, seed: int, today: date
) -> list[Ask]:
    """The questions of one quiz: the weakest and the newest to this person by turns.

    One on each row as long as that goes: two on one row tell each other's answers.
    """
    chance = random.Random(f"{seed}:which")
    weak = [ask for ask in asks if (due := dues.get(ask.id)) and _weak(due, today)]
    weak.sort(key=lambda ask: (not ask.critical, dues[ask.id].recall, ask.id))
    new = _varied([ask for ask in asks if ask.id not in dues], chance)
    known = [ask for ask in asks if ask.id in dues and ask not in weak]
    known.sort(key=lambda ask: (dues[ask.id].day, ask.id))
    queue = [*_by_turns(weak, new), *known]
    taken: list[Ask] = []
    rows: set[str] = set()
    for ask in queue:
        if ask.about not in rows:
            rows.add(ask.about)
            taken.append(ask)
    taken += [ask for ask in queue if ask not in taken]
    taken = taken[:count]
    chance.shuffle(taken)
    return apart(taken)


def order_of(ask: Ask, seed: int) -> tuple[int, ...]:
    """In which order the options are shown, the same for the same seed.

    Figures rise; `all of these` stays last; steps are never shown in their right order.
    """
    count, fixed = _shape(ask.key)
    numbers = list(range(count))
    if (rising := _rising(ask.key)) is not None:
        return rising
    chance = random.Random(f"{seed}:{ask.id}")
    loose = [n for n in numbers if n not in fixed]
    chance.shuffle(loose)
    if isinstance(ask.key, Ordering) and loose == sorted(loose):
        loose = loose[1:] + loose[:1]
    return (*loose, *fixed)


def _weak(due: Due, today: date) -> bool:
    return due.missed or due.reworded or due.day <= today


def _varied(asks: Sequence[Ask], chance: random.Random) -> list[Ask]:
    """Page after page, and two written ones to one made: an author thought about the former."""
    turns = []
    for made in (False, True):
        of_page: dict[str, list[Ask]] = defaultdict(list)
        for ask in asks:
            if ask.made == made:
                of_page[ask.page].append(ask)
        stacks = list(of_page.values())
        for stack in stacks:
            chance.shuffle(stack)
        chance.shuffle(stacks)
        turn: list[Ask] = []
        while stacks:
            turn += [stack.pop() for stack in stacks]
            stacks = [stack for stack in stacks if stack]
        turns.append(turn)
    written, made_ones = turns
    found: list[Ask] = []
    while written or made_ones:
        found += written[:2] + made_ones[:1]
        written, made_ones = written[2:], made_ones[1:]
    return found


def _by_turns(weak: Sequence[Ask], new: Sequence[Ask]) -> list[Ask]:
    found: list[Ask] = []
    for n in range(max(len(weak), len(new))):
        found += [*weak[n : n + 1], *new[n : n + 1]]
    return found


def _shape(key: Key) -> tuple[int, list[int]]:
    """How many texts are shown in an order, and which of them stay last."""
    if isinstance(key, Choice | Multiple):
        texts = [fold(option.text) for option in key.options]
        return len(texts), [n for n, text in enumerate(texts) if text.startswith(_LAST)]
    if isinstance(key, Ordering):
        return len(key.steps), []
    if isinstance(key, Matching):
        return len(key.pairs) + len(key.distractors), []
    return 0, []


def _rising(key: Key) -> tuple[int, ...] | None:
    if not isinstance(key, Choice | Multiple):
        return None
    try:
        given = [units.quantity(option.text) for option in key.options]
    except UnitError:
        return None
    if len({one.unit for one in given}) > 1:
        return None
    return tuple(sorted(range(len(given)), key=lambda n: given[n].number))
