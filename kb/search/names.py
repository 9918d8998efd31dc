"""How well the name of a row or section fits what was asked: the thing before what mentions it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from kb.search.match import FAINTLY, STRENGTH, WIDER, Matches
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
# A page is asked for by a name alone; where more was typed, what it says is wanted: the share of
# the words asked for that a name holds counts to this power.
PAGE = 2.0
# A row that is about one place says more of it than a row about forty-eight.
NARROW = 6.0

_Phrases = list[tuple[float, tuple[str, ...]]]


def subjects(kind: str, columns: Sequence[str]) -> list[str]:
    """The columns that say what a row of this kind is about."""
    about = _SUBJECTS.get(kind, ())
    return [c for c in columns if c.casefold() in about] or list(columns[:1])


class Names:
    """What was asked for, to hold names against.

    `front` begins the parts of a page's front matter that a question is about (`may touch`).
    """

    def __init__(self, found: Sequence[Matches], front: tuple[str, ...] = ()) -> None:
        self._front = front
        self._asked = [(m.idf, _phrases(m)) for m in found if not m.word.faint]
        self._faint = [(m.idf * FAINTLY, _phrases(m)) for m in found if m.word.faint]
        self._any = {phrase[0] for _, phrases in self._asked for _, phrase in phrases}
        self._places = [(m.idf, set(m.word.places)) for m in found if m.word.places]
        self._others = [m.scores for m in found if not m.word.faint and not m.word.places]

    def fit(self, number: int, stored: dict[str, Any]) -> float:
        """What a document gains by its names: all where one was typed and nothing else."""
        page = stored["address"] == stored["page"]
        gained = max(self._fit(name, page) for name in _names(stored))
        if self._front and "front" in stored:
            lines = [part for part in stored["front"].split(" · ") if part.startswith(self._front)]
            gained += self._fit((stored["title"], *stored["also"], *lines), page, whole=True)
        if self._places and (places := stored.get("places")):
            others = [number in scores for scores in self._others]
            held = sum(others) / len(others) if others else 1.0
            for idf, asked in self._places:
                common = len(asked.intersection(places))
                gained += NARROW * idf * held * common / len(asked.union(places))
        return gained

    def _fit(self, name: Sequence[str], page: bool, whole: bool = False) -> float:
        """What a name, in parts, is worth; a `whole` one as if it held no more than was asked."""
        held, words = _read(name[0])
        for part in name[1:]:
            more, many = _read(part)
            held = {token: words + at for token, at in more.items()} | held
            words += many
        if self._any.isdisjoint(held):
            return 0.0
        gained, count, named = _held(self._asked, held)
        gained += _held(self._faint, held)[0]
        share = 1.0 if whole else min(1.0, len(named) / max(1, words))
        answered: float = (count / len(self._asked)) ** (PAGE if page else 1.0)
        return NAME * gained * share * answered


def _held(
    asked: Sequence[tuple[float, _Phrases]], name: Mapping[str, int]
) -> tuple[float, int, set[int]]:
    """What the words asked for that a name holds are worth, how many, and which of its own."""
    gained = 0.0
    count = 0
    named: set[int] = set()
    for idf, phrases in asked:
        for strength, phrase in phrases:
            at = [name[token] for token in phrase if token in name]
            if len(at) == len(phrase):
                named.update(at)
                gained += idf * strength
                count += 1
                break
    return gained, count, named


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
