"""Which documents hold a word, in which way, and how strongly."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from kb.search.engine import PLACED, Reader, slips
from kb.search.hit import Way
from kb.search.stems import common, stem
from kb.terms.query import Word

# What a word counts that any sentence may hold.
FAINTLY = 0.5
# What a word counts when it is matched in another way than exactly.
STRENGTH: dict[Way, float] = {
    "exact": 1.0,
    "stem": 0.95,
    "synonym": 0.7,
    "typo": 0.6,
    "substring": 0.4,
}
WIDER = 0.45
MOST_PARTS = 40


@dataclass(slots=True)
class Matches:
    """The documents that hold one word: its score in each, and the ways it was matched.

    `tokens` and `stems` are what to mark in the text; `guess` is what it was taken for, and
    `typed` what stood there; a `slip` is a guess that reads as if it had been typed right.
    """

    word: Word
    scores: dict[int, float] = field(default_factory=dict)
    ways: list[tuple[Way, Collection[int]]] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    stems: set[str] = field(default_factory=set)
    guess: str = ""
    typed: list[str] = field(default_factory=list)
    slip: bool = False
    idf: float = 0.0

    def way(self, number: int) -> Way:
        """The strongest way in which a document holds the word."""
        held: Way = next((way for way, numbers in self.ways if number in numbers), "none")
        return held if held == "none" or not self.slip else "typo"


def match(reader: Reader, word: Word) -> Matches:
    """Find a word: as it is, by its stem, by its synonyms; if nobody wrote it, repaired."""
    found = Matches(word)
    elsewhere: set[int] = set()
    here: set[int] = set()
    for place in word.places:
        here |= reader.numbers("place", place)
    if here:
        # A row about track 19 that mentions channel 19 is still about track 19.
        elsewhere = reader.numbers("facet", PLACED) - here
    for phrase in word.exact:
        held = _phrase(reader, phrase)
        for number in elsewhere & held.keys():
            del held[number]
        _take(found, "exact", held, STRENGTH["exact"], phrase)
    if word.plain:
        root = stem(word.exact[0][0])
        postings = _postings(reader, "stem", root)
        _take(found, "stem", postings, STRENGTH["stem"], ())
        found.stems.add(root)
    if word.apart:
        _take(found, "stem", _phrase(reader, word.apart, True), STRENGTH["stem"], ())
    for phrase in word.synonyms:
        _take(found, "synonym", _phrase(reader, phrase, True), STRENGTH["synonym"], phrase)
    for phrase in word.wider:
        _take(found, "synonym", _phrase(reader, phrase, True), WIDER, phrase)
    if not found.scores and word.plain:
        _repair(reader, found)
    elif not found.scores and word.bare:
        _bare(reader, found)
    _weigh(reader, found)
    return found


def _weigh(reader: Reader, found: Matches) -> None:
    """Multiply by Lucene's idf, taken over every document that holds the word in some way."""
    held = len(found.scores)
    found.idf = math.log(1 + (reader.size - held + 0.5) / (held + 0.5))
    for number in found.scores:
        found.scores[number] *= found.idf


def _take(
    found: Matches, way: Way, scores: dict[int, float], strength: float, tokens: Iterable[str]
) -> None:
    if not scores:
        return
    best = found.scores
    if not best:
        best.update(scores if strength == 1.0 else {n: s * strength for n, s in scores.items()})
    else:
        for number, score in scores.items():
            score *= strength
            if score > best.get(number, 0.0):
                best[number] = score
    found.ways.append((way, scores.keys()))
    found.tokens.update(tokens)


def _postings(reader: Reader, field_: str, term: str) -> dict[int, float]:
    scores: dict[int, float] = {}
    for ids, weights in reader.postings(field_, term):
        scores.update(zip(ids, weights, strict=True))
    return scores


def _phrase(reader: Reader, phrase: tuple[str, ...], stemmed: bool = False) -> dict[int, float]:
    """The documents that hold every token of a phrase, with their mean weight in each."""
    scores: dict[int, float] | None = None
    for token in phrase:
        held = _postings(reader, "exact", token)
        if stemmed and token.isalpha():
            for number, weight in _postings(reader, "stem", stem(token)).items():
                held.setdefault(number, weight)
        if scores is None:
            scores = held
        else:
            scores = {n: s + held[n] for n, s in scores.items() if n in held}
        if not scores:
            return {}
    if scores and len(phrase) > 1:
        return {n: s / len(phrase) for n, s in scores.items()}
    return scores or {}


def _repair(reader: Reader, found: Matches) -> None:
    """Take a word that nobody wrote for one that somebody did, or for part of one."""
    typed = found.word.exact[0][0]
    found.guess = nearest(reader, typed) or _two(reader, typed)
    if found.guess:
        found.slip = True
        guess = tuple(found.guess.split())
        _take(found, "typo", _phrase(reader, guess), STRENGTH["typo"], guess)
    elif len(typed) > 2:
        parts = sorted(word for word in reader.words() if word.startswith(typed))
        parts = parts or sorted(word for word in reader.words() if typed in word)
        for token in parts[:MOST_PARTS]:
            held = _postings(reader, "exact", token)
            _take(found, "substring", held, STRENGTH["substring"], (token,))
        found.guess = parts[0] if parts else ""
    found.typed = [typed] if found.guess else []


def _bare(reader: Reader, found: Matches) -> None:
    """Take a value that nobody wrote for its number."""
    held = _phrase(reader, found.word.bare)
    if held:
        found.guess, found.typed = " ".join(found.word.bare), [found.word.text]
        _take(found, "substring", held, STRENGTH["substring"], found.word.bare)


def _two(reader: Reader, typed: str) -> str:
    """The two words that were typed as one (`shutdown`), or an empty string."""
    for at in range(3, len(typed) - 2):
        pair = typed[:at], typed[at:]
        if reader.words().issuperset(pair) and _phrase(reader, pair):
            return " ".join(pair)
    return ""


def nearest(reader: Reader, typed: str) -> str:
    """The word of the pages that a mistyped one was meant to be, or an empty string.

    One slip (a letter too many, too few, wrong or swapped) for four letters and more, two for
    seven and more; a word that only begins like the typed one is left to the search for parts.
    """
    if len(typed) < 4:
        return ""
    most = 2 if len(typed) >= 7 else 1
    letters, lengths = set(typed), range(len(typed) - most, len(typed) + most + 1)
    for start in (typed[0], ""):
        best: list[tuple[int, int, int, str]] = []
        for word in reader.words():
            if not word.startswith(start) or len(word) not in lengths or not word.isalpha():
                continue
            if len(letters.symmetric_difference(word)) > 2 * most:
                continue
            if (wrong := slips(typed, word)) <= most:
                held = len(reader.numbers("exact", word))
                if held:  # else only pages that are gone held it
                    best.append((wrong, -len(common(typed, word)), -held, word))
        if best:
            return min(best)[3]
    return ""
