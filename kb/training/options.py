"""Wrong options that are honest: near the right one, as long, and true of something else."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from hashlib import blake2b

from kb.pages.model import Choice, Option
from kb.terms.ranges import RangeError, places
from kb.terms.spelling import fold

WANTED = 3
FEWEST = 2
_WORD = re.compile(r"[^\W\d_]{3,}|\d+")
_FAINT = frozenset("the and for with from its are not you off until when only one two".split())
_LONGEST = 70
_SHORTEST = 5


def choice(
    right: str, candidates: Iterable[str], near: str = "", fewest: int = FEWEST
) -> Choice | None:
    """A question of one right option and the wrong ones nearest to it; None with too few of them.

    `near` is what the question is about: words shared with it make an option likely.
    """
    wrong = _nearest(right, candidates, near)
    if len(wrong) < fewest:
        return None
    options = [Option(right, True), *(Option(text, False) for text in wrong)]
    return Choice(tuple(options))


def _nearest(right: str, candidates: Iterable[str], near: str) -> list[str]:
    mine = words(f"{right} {near}")
    taken = [fold(right)]
    ranked = sorted(
        set(candidates),
        key=lambda text: (-len(words(text) & mine), _shade(right, text)),
    )
    found: list[str] = []
    for text in ranked:
        folded = fold(text)
        if not folded or any(_within(folded, other) for other in taken):
            continue
        if not _alike_in_length(text, right):
            continue
        taken.append(folded)
        found.append(text)
        if len(found) == WANTED:
            break
    return found


def words(text: str) -> frozenset[str]:
    """The words that carry the subject of a text."""
    return frozenset(_WORD.findall(fold(text))) - _FAINT


def echoes(said: Collection[str], key: Choice) -> bool:
    """Whether the right option gives itself away: of these words it has one, and no other has."""
    mine, rest = set[str](), set[str]()
    for option in key.options:
        (mine if option.right else rest).update(words(option.text))
    return bool(mine.intersection(said)) and rest.isdisjoint(said)


def clause(text: str) -> str:
    """A long text cut where a clause ends and what is left still says enough."""
    text = text.rstrip(".")
    if len(text) <= _LONGEST:
        return text
    for end in (". ", "; ", ": ", ", "):
        head, found, _ = text.partition(end)
        whole = head.count("(") == head.count(")")
        if found and whole and _SHORTEST <= len(head) <= _LONGEST:
            return head
    return text


def names_a_place(text: str, but: Collection[str] = ()) -> bool:
    """Whether a text names a channel, jack or other place that is not among `but`."""
    try:
        return any(place not in but for place in places(text))
    except RangeError:
        return True


def pick(of: Sequence[str], of_what: str) -> str:
    """One of several, always the same for the same name."""
    return of[int(blake2b(of_what.encode(), digest_size=4).hexdigest(), 16) % len(of)]


def _within(one: str, other: str) -> bool:
    """Whether one says all that the other says, and more."""
    return f" {one} " in f" {other} " or f" {other} " in f" {one} "


def _alike_in_length(text: str, right: str) -> bool:
    """A right answer that is twice as long as all others gives itself away."""
    return len(text) < 3 * len(right) + 20 and len(right) < 3 * len(text) + 20


def _shade(right: str, text: str) -> str:
    return blake2b(f"{right}\n{text}".encode(), digest_size=8).hexdigest()
