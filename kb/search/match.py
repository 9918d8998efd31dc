"""Which documents hold a word, in which way, and how strongly."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from kb.search.engine import PLACED, Reader, slips
from kb.search.hit import Way
from kb.search.stems import stem
from kb.terms.query import Word

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
    ways: list[tuple[Way, set[int]]] = field(default_factory=list)
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
    for number, score in scores.items():
        score *= strength
        if score > best.get(number, 0.0):
            best[number] = score
    found.ways.append((way, set(scores)))
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
    return {n: s / len(phrase) for n, s in scores.items()} if scores else {}


def _repair(reader: Reader, found: Matches) -> None:
    """Take a word that nobody wrote for one that somebody did, or for part of one."""
    typed = found.word.exact[0][0]
    found.guess = nearest(reader, typed)
    if found.guess:
        found.slip = True
        _take(found, "typo", _phrase(reader, (found.guess,)), STRENGTH["typo"], (found.guess,))
    elif len(typed) > 2:
        parts = [t for t in reader.vocabulary("exact", typed) if ":" not in t]
        if not parts:
            parts = [t for t in reader.vocabulary("exact") if typed in t and ":" not in t]
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


def nearest(reader: Reader, typed: str) -> str:
    """The word of the pages that a mistyped one was meant to be, or an empty string.

    One slip (a letter too many, too few, wrong or swapped) for four letters and more, two for
    seven and more; a word that only begins like the typed one is left to the search for parts.
    """
    if len(typed) < 4:
        return ""
    most = 2 if len(typed) >= 7 else 1
    letters = set(typed)
    best: tuple[int, int, int, str] | None = None
    for prefix in (typed[0], ""):
        for token in reader.vocabulary("exact", prefix):
            if abs(len(token) - len(typed)) > most or not token.isalpha():
                continue
            if len(letters.symmetric_difference(token)) > 2 * most:
                continue
            wrong = slips(typed, token)
            if wrong <= most:
                common = next(
                    (i for i, (a, b) in enumerate(zip(typed, token, strict=False)) if a != b),
                    min(len(typed), len(token)),
                )
                held = len(reader.numbers("exact", token))
                if not held:
                    continue  # only pages that are gone held it
                rank = (wrong, -common, -held, token)
                best = rank if best is None else min(best, rank)
        if best is not None:
            return best[3]
    return ""
