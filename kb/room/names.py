"""What somebody typed, held against what the pages call a thing."""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Iterator, Set
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from kb.errors import KbError
from kb.search.stems import stem
from kb.terms.glossary import Glossary, Phrase
from kb.terms.nouns import NOUN_OF
from kb.terms.query import Word, apart, words
from kb.terms.ranges import LIMIT, RangeError, places
from kb.terms.words import FAINT, STOP, analysed, chunks, fold, index_tokens

_NEIGHBOURS = re.compile(r"(?<![\w/])(\d{1,3})/(\d{1,3})(?![\w/\"″])")
_CLOSE = 0.84
# What says which way a name faces.
DIRECTIONS = frozenset("in input inputs out output outputs send sends return returns".split())
# What every strip has one of: who says insert 17 means that of channel 17.
_OF_A_STRIP = frozenset({"insert", "send", "return", "input", "output", "fader"})


class Asked(NamedTuple):
    """What somebody typed: `words` that must all be held, `text` as it is told again.

    `room` is the one that the words themselves name (`room A`), in lower case.
    """

    text: str
    words: tuple[Word, ...]
    room: str = ""

    @property
    def places(self) -> frozenset[str]:
        """The places named."""
        return frozenset(place for word in self.words for place in word.places)


def asked(text: str, glossary: Glossary) -> Asked:
    """The words of a WHERE. Raises KbError for a range that cannot be meant."""
    text = " ".join(text.split())
    spread = _NEIGHBOURS.sub(_range, text)
    try:
        named = _only_places(spread)
    except RangeError as error:
        raise KbError(f"{error}; put the smaller number first, at most {LIMIT} of them") from error
    if named:
        return Asked(text, (Word(text, tuple((place,) for place in named), named),))
    found, room = [], ""
    for word in words(spread, glossary):
        if word.text.split()[0] in ("room", "studio") and word.text[-2:-1] == " ":
            room = word.text[-1]
        else:
            found.append(word)
    found = [_side(word) for word in found]
    said = {part for word in found for part in word.text.split()} | {room}
    # `a` is a word of no subject anywhere else. Here it is a unit of its kind: 1176 A.
    for core, _, _ in map(analysed, chunks(fold(spread))):
        if len(core) == 1 and core.isalpha() and core not in said:
            found.append(Word(core, ((core,),)))
    return Asked(text, tuple(found), room)


def _side(word: Word) -> Word:
    """The left of a pair is called L on a bay."""
    letter = word.text[:1] if word.text in ("left", "right") else ""
    return replace(word, exact=(*word.exact, (letter,))) if letter else word


def _range(pair: re.Match[str]) -> str:
    first, last = int(pair[1]), int(pair[2])
    return f"{first}-{last}" if last == first + 1 else pair[0]


def _only_places(text: str) -> tuple[str, ...]:
    """The places of a text that says nothing else: `ch 17-24`, `tracks 1, 3 and 5-8`."""
    pieces = re.sub(r"[,&]|\d+(?:\s?(?:-|–|—|−|\bto\b)\s?\d+)?", " ", text.casefold())
    left = " ".join(word for word in pieces.split() if word not in ("and", "or"))
    return places(text, jacks=False) if left in NOUN_OF else ()


@lru_cache(maxsize=8192)
def tokens(text: str) -> frozenset[str]:
    """Everything a text may be found by; a stem is written `~stem`."""
    found = index_tokens(text)
    return frozenset([*found, *(f"~{stem(token)}" for token in found if token.isalpha())])


def held(word: Word, among: Set[str], at: Set[str], wide: bool = False) -> bool:
    """Whether a thing that has these tokens, and is at these places, is what a word says.

    With `wide`, also where the glossary says that it is worth a look.
    """
    if word.places:
        if not at.isdisjoint(word.places):
            return True
        if not word.places[0].startswith("jack:"):
            return False  # what merely mentions channel 19 is not there
    phrases = (*word.exact, *word.synonyms, *(word.wider if wide else ()))
    if any(_all(phrase, among) for phrase in phrases):
        return True
    return word.plain and f"~{stem(word.exact[0][0])}" in among


def _all(phrase: Phrase, among: Set[str]) -> bool:
    return all(token in among for token in phrase)


def readings(said: Asked, glossary: Glossary) -> Iterator[Asked]:
    """What words may mean, the likeliest first: what they say; the number of an insert or a fader
    as that of its strip; a noun as another that means the same, bus 3 as group 3; `ins 17` as two.
    """
    yield said
    strip = said._replace(words=tuple(one for word in said.words for one in _of_strip(word)))
    if strip != said:
        yield strip
    other = said._replace(words=tuple(_other_noun(word, glossary) for word in said.words))
    if other != said:
        yield other
    pieces = [[] if word.places else apart(word, glossary) for word in said.words]
    if any(pieces):
        loose = [p or [word] for p, word in zip(pieces, said.words, strict=True)]
        yield said._replace(words=tuple(itertools.chain.from_iterable(loose)))


def _of_strip(word: Word) -> list[Word]:
    nouns = {place.partition(":")[0] for place in word.places}
    if not nouns or not nouns <= _OF_A_STRIP:
        return [word]
    strips = tuple(f"ch:{place.partition(':')[2]}" for place in word.places)
    nouns_said = [Word(noun, ((noun,),), plain=True) for noun in sorted(nouns)]
    return [Word(word.text, tuple((place,) for place in strips), strips), *nouns_said]


def _other_noun(word: Word, glossary: Glossary) -> Word:
    meant = dict.fromkeys(
        f"{NOUN_OF[name]}:{place.partition(':')[2]}"
        for place in word.places
        for name in map(" ".join, glossary.synonyms(glossary.key([place.partition(":")[0]])))
        if name in NOUN_OF
    )
    more = tuple(place for place in meant if place not in word.places)
    return replace(word, places=word.places + more) if more else word


@lru_cache(maxsize=8192)
def about(name: str) -> frozenset[str]:
    """The words of a name that say what it is, beside its number and the way it faces."""
    kept: list[str] = []
    for core, _, _ in map(analysed, chunks(fold(name))):
        if not core[:1].isdigit():
            kept.append(core)
        elif " ".join(kept[-2:]) in NOUN_OF:
            del kept[-2:]
        elif kept and kept[-1] in NOUN_OF:
            kept.pop()
    return frozenset(
        word
        for word in kept
        if len(word) > 1 and word.isalpha() and word not in STOP | FAINT | DIRECTIONS
    )


def mended(asked_: Asked, vocabulary: Set[str], glossary: Glossary) -> tuple[Asked, list[str]]:
    """The same with slips put right and shortened words made whole, and what that was, in words.

    Such is a plain word that is not in the vocabulary, while one close to it, or longer, is.
    """
    told, text = [], fold(asked_.text)
    known = sorted((v for v in vocabulary if v.isalpha()), key=len)
    for word in asked_.words:
        typed = word.text
        if not word.plain or len(typed) < 3 or held(word, vocabulary, vocabulary):
            continue
        close = difflib.get_close_matches(typed, known, 1, _CLOSE) if len(typed) > 3 else []
        close = close or [longer for longer in known if longer.startswith(typed)][:1]
        whole = rf"(?<!\w){re.escape(typed)}(?!\w)"
        if close and re.search(whole, text):
            text = re.sub(whole, close[0], text)
            told.append(f"nobody wrote “{typed}”; looked for “{close[0]}”")
    return (asked(text, glossary), told) if told else (asked_, [])
