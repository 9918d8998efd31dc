"""Whether what was asked for stands together: in one paragraph or item, and not all over a text."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Iterator
from typing import Any

from kb.search.match import Matches
from kb.search.stems import common, stem

_ITEMS = ("- ", "* ", "+ ")


class Together:
    """What was asked for, to hold the paragraphs of a section against.

    A row answers by itself; so does a paragraph, and each item of a list. Words that stand far
    apart in a long section are there by chance.
    """

    def __init__(self, found: Iterable[Matches]) -> None:
        asked = [(matches, _looks(matches)) for matches in found if not matches.word.faint]
        self._asked = [(matches, looks) for matches, looks in asked if looks]

    def share(self, number: int, stored: dict[str, Any]) -> float:
        """How much of the words that a text holds its best paragraph holds: 1 for all of them."""
        if "cells" in stored or len(self._asked) < 2:
            return 1.0
        asked = [(m.idf, looks) for m, looks in self._asked if number in m.scores]
        if len(asked) < 2:
            return 1.0
        begins = list(_begins(stored["text"]))
        text = _flat(stored["text"])
        names = _flat(" ".join((stored["title"], *stored["breadcrumb"])))
        held: dict[int, float] = {}
        everywhere = 0.0
        for idf, looks in asked:
            here: set[int] = set()
            if not any(_stands(look, names) for look in looks):
                here.update(bisect(begins, at) for look in looks for at in _stands(look, text))
            if not here:  # held by its names, or in a spelling that is not looked for
                everywhere += idf
            for part in here:
                held[part] = held.get(part, 0.0) + idf
        best = everywhere + max(held.values(), default=0.0)
        return min(1.0, round(best / sum(idf for idf, _ in asked), 6))


def _begins(text: str) -> Iterator[int]:
    """Where the paragraphs and list items of a text begin."""
    at = 0
    for line in text.split("\n"):
        bare = line.lstrip()
        number, _, _ = bare.partition(" ") if bare[:1].isdigit() else ("", "", "")
        if not bare or bare.startswith(_ITEMS) or number[-1:] in (".", ")"):
            yield at
        at += len(line) + 1


def _flat(text: str) -> str:
    """The text in lower case, as long as it was, with nothing but a blank between two words."""
    return text.lower().replace("\n", " ").replace("-", " ")


def _stands(look: tuple[str, bool], text: str) -> list[int]:
    """Where a word begins so; one that is `whole` may have an ending of the plural."""
    start, whole = look
    found = []
    at = text.find(start)
    while at >= 0:
        end = at + len(start)
        if not text[at - 1 : at].isalnum() and not (whole and _goes_on(text[end : end + 3])):
            found.append(at)
        at = text.find(start, at + 1)
    return found


def _goes_on(after: str) -> bool:
    plural = "es" if after.startswith("es") else "s" if after.startswith("s") else ""
    return after[len(plural) : len(plural) + 1].isalnum()


def _looks(matches: Matches) -> list[tuple[str, bool]]:
    """What a word begins with in all its forms, and whether that is all of it, for each spelling;
    nothing for a place, a value or a part number.
    """
    word = matches.word
    phrases = {*word.exact, *word.synonyms, *word.wider, *((token,) for token in matches.tokens)}
    return [
        (" ".join((*phrase[:-1], _start(phrase[-1]))), len(phrase[-1]) < 4)
        for phrase in phrases
        if all(map(str.isalpha, phrase))
    ]


def _start(token: str) -> str:
    if len(token) < 4:
        return token
    root = stem(token)
    return common(token, root[:-1] if root[-1] in "ei" else root)
