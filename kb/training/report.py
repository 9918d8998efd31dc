"""What the answers say about the questions: first attempts only, and nothing from a handful."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from kb.training.attempt import Answered
from kb.training.bank import Ask

ENOUGH = 5
_HALF = 0.5
_SEVERAL = 2


class Item(NamedTuple):
    """One question over everybody's first attempt at its present wording.

    Below ENOUGH people `right` and `wrong` are None: that would be talk about one of them.
    """

    ask: Ask
    asked: int
    right: int | None
    wrong: tuple[str, int] | None
    disputes: int
    word: str


def report(asks: Iterable[Ask], answered: Iterable[Answered]) -> list[Item]:
    """Every question that was asked, those that want looking at first."""
    first: dict[tuple[str, str], dict[str, Answered]] = defaultdict(dict)
    disputes: Counter[tuple[str, str]] = Counter()
    for one in answered:
        first[one.question, one.fingerprint].setdefault(one.actor, one)
        disputes[one.question, one.fingerprint] += one.word == "disputed"
    items = []
    for ask in asks:
        key = ask.id, ask.fingerprint
        tries = first.get(key)
        if tries:
            items.append(_item(ask, list(tries.values()), disputes[key]))
    return sorted(items, key=_weight)


def _item(ask: Ask, tries: list[Answered], disputes: int) -> Item:
    counted = [one for one in tries if one.word != "disputed"]
    asked = len(counted)
    if asked < ENOUGH:
        return Item(ask, asked, None, None, disputes, "")
    right = sum(one.word == "right" for one in counted)
    said = Counter(one.given for one in counted if one.word != "right" and one.given)
    wrong = said.most_common(1)[0] if said else None
    return Item(ask, asked, right, wrong, disputes, _word(asked, right, wrong, disputes))


def _word(asked: int, right: int, wrong: tuple[str, int] | None, disputes: int) -> str:
    if right == 0:
        return "everybody misses this: check the key or the page"
    if wrong and wrong[1] > right:
        return "more say otherwise than say the key: check the key"
    if disputes >= _SEVERAL:
        return "disputed more than once: look at the key"
    if right / asked < _HALF:
        return "most miss this: is it on the page?"
    return ""


def _weight(item: Item) -> tuple[bool, float, int, str]:
    share = item.right / item.asked if item.right is not None else 1.0
    return not item.word, share, -item.disputes, item.ask.id
