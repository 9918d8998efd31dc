"""How well the name of a row or section fits what was asked: the thing before what mentions it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from kb.search.match import STRENGTH, WIDER, Matches
from kb.search.stems import stem
from kb.terms.words import FAINT, STOP, analysed, chunks, fold, joined

# What a row is about, by what kind of row it is; of any other it is the first cell.
_SUBJECTS = {
    "mod": ("where", "part"),
    "fault": ("where", "symptom"),
    "patch": ("top", "out", "bottom", "in"),
}
# How much a name counts that holds all that was asked for and nothing else.
NAME = 2.0
# A row that is about one place says more of it than a row about forty-eight.
NARROW = 6.0

_Phrases = list[tuple[float, tuple[str, ...]]]


def subjects(kind: str, columns: Sequence[str]) -> list[str]:
    """The columns that say what a row of this kind is about."""
    about = _SUBJECTS.get(kind, ())
    return [c for c in columns if c.casefold() in about] or list(columns[:1])


class Names:
    """What was asked for, to hold names against."""

    def __init__(self, found: Sequence[Matches]) -> None:
        self._asked = [(m.idf, _phrases(m)) for m in found if not m.word.faint]
        self._places = [(m.idf, set(m.word.places)) for m in found if m.word.places]
        self._held = [m.scores for m in found if not m.word.faint]

    def fit(self, number: int, stored: dict[str, Any]) -> float:
        """What a document gains by its names: all where one was typed and nothing else."""
        gained = max((self._fit(name) for name in _names(stored)), default=0.0)
        places = stored.get("places", ())
        held = sum(number in scores for scores in self._held) / max(1, len(self._held))
        for idf, asked in self._places:
            if not asked.isdisjoint(places):
                gained += NARROW * idf * held / len(places)
        return gained

    def _fit(self, name: Sequence[str]) -> float:
        held, words = _read(name[0])
        for part in name[1:]:
            more, many = _read(part)
            held = {token: words + at for token, at in more.items()} | held
            words += many
        named: set[int] = set()
        gained = 0.0
        count = 0
        for idf, phrases in self._asked:
            for strength, phrase in phrases:
                at = [held[token] for token in phrase if token in held]
                if len(at) == len(phrase):
                    named.update(at)
                    gained += idf * strength
                    count += 1
                    break
        if not count:
            return 0.0
        share = min(1.0, len(named) / max(1, words))
        return NAME * gained * share * count / len(self._asked)


def _phrases(matches: Matches) -> _Phrases:
    """What stands for a word in a name, strongest first; a stem is written `~stem`."""
    word = matches.word
    found = [(1.0, phrase) for phrase in word.exact]
    if word.plain:
        found.append((STRENGTH["stem"], ("~" + stem(word.exact[0][0]),)))
    for strength, phrases in ((STRENGTH["synonym"], word.synonyms), (WIDER, word.wider)):
        for phrase in phrases:
            stems = tuple("~" + stem(t) if t.isalpha() else t for t in phrase)
            found += [(strength, phrase), (strength, stems)]
    if matches.typed and not matches.slip:
        found += [(STRENGTH["substring"], (token,)) for token in matches.tokens]
    return found


@lru_cache(maxsize=4096)
def _read(part: str) -> tuple[dict[str, int], int]:
    """Which word of a name each token stands for, and how many words are of any account."""
    held: dict[str, int] = {}
    words = 0
    before = left = ""
    for right, spellings, joins in map(analysed, chunks(fold(part))):
        if not right:
            continue
        together = joined(before, left, right) if joins and left else ()
        for token in (*spellings, *together):
            held.setdefault(token, words)
            if token.isalpha():
                held.setdefault("~" + stem(token), words)
        words += right not in STOP and right not in FAINT
        before, left = left, right
    return held, words


def _names(stored: dict[str, Any]) -> Iterator[Sequence[str]]:
    """Each name of a document, in parts."""
    cells: dict[str, str] | None = stored.get("cells")
    if cells is None:
        yield (stored["heading"],)
        if stored["address"] == stored["page"]:
            yield (stored["title"].partition(",")[0],)
            for name in stored.get("also", ()):
                yield (name,)
        return
    about = [cells[column] for column in subjects(stored["kind"], list(cells))]
    if stored["kind"] == "patch":
        for cell in about:
            yield (cell,)
    else:
        yield about
