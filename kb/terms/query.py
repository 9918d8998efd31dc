"""What somebody typed, cut into the words that a hit should hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from kb.terms.glossary import Glossary
from kb.terms.nouns import NOUN_OF
from kb.terms.words import (
    FAINT,
    PLAINLY,
    SAME_VALUE,
    STOP,
    UNITS,
    analysed,
    chunks,
    fold,
    joined,
)

MAX_LENGTH = 300
MAX_WORDS = 32

Phrase = tuple[str, ...]

_RANGE_SPACES = re.compile(r"(\d)\s*(?:-|\bto\b|\.\.)\s*(\d)")
_PLACE_RANGE = re.compile(r"^(\d{1,4})-(\d{1,4})$")
_JACK = re.compile(r"^(?:([a-z]):)?([a-z]{1,2})(\d{1,3})$")
_MEANING = re.compile(
    r"^what(?:'s| is| are)(?: an?)?(?: [^ ]+){1,3}$|^define "
    r"|^[^ ]+(?: [^ ]+)? (?:or|vs|versus) [^ ]+(?: [^ ]+)?$"
    r"|\b(?:means?|meaning|stands? for|difference)\b"
)
# Which list holds all that is asked for, where nothing more is said than this, here and today.
_LISTS = {
    "mods": set("customised customized different differs mod modified mods special stock".split()),
    "faults": set("broken defective fault faults faulty".split()),
}
_NOW = set("currently house right room studio today tonight".split())
_PUNCTUATION = re.compile(r"[-_'/&:.+@]+")
_SAME_VALUES = frozenset(SAME_VALUE.values())


@dataclass(frozen=True, slots=True)
class Word:
    """One thing asked for.

    `exact` are the spellings that are the word itself, each a phrase of one or more tokens;
    `synonyms` those that mean the same, `wider` those that are worth a look. `places` are set
    where the word names a place (`ch:19`). `plain` words may be stemmed and repaired. A `faint`
    word is looked for, but a hit need not hold it. `bare` is the number of a value,
    to look for where nobody wrote the unit; `apart` the two words of one that the pages join.
    """

    text: str
    exact: tuple[Phrase, ...]
    places: tuple[str, ...] = ()
    plain: bool = False
    synonyms: tuple[Phrase, ...] = ()
    wider: tuple[Phrase, ...] = ()
    faint: bool = False
    bare: Phrase = ()
    apart: Phrase = ()


def words(
    query: str, glossary: Glossary, written: Callable[[str], bool] = lambda token: False
) -> list[Word]:
    """The words of a query, words of no subject left out as long as others remain.

    `written` tells whether a word stands anywhere in the pages.
    """
    folded = _RANGE_SPACES.sub(r"\1-\2", fold(query))
    cores = [core for core, _, _ in map(analysed, chunks(folded)) if core]
    found: list[Word] = []
    at = 0
    while at < len(cores):
        word, length = (
            _place(cores, at)
            or _phrase(cores, at, glossary)
            or _compound(cores, at, written)
            or _single(cores, at)
        )
        at += length
        found.append(_with_synonyms(word, glossary))
    said = {phrase for word in found for phrase in word.exact}
    found = [_without(said, word) for word in found]
    strong = [word for word in found if word.text not in STOP | FAINT]
    if not strong:
        return [word for word in found if word.text not in STOP] or found
    return [replace(word, faint=word.text in FAINT) for word in found if word.text not in STOP]


def asks_front(query: str) -> tuple[str, ...]:
    """How the lines of front matter begin that answer who and where; none where it is not asked."""
    first, second = (*fold(query).split()[:2], "", "")[:2]
    if first in ("who", "whose") and second not in ("do", "should"):  # who do I ring
        return "owner ", "may touch "
    return ("at ",) if first == "where" and second in ("is", "are") else ()


def asks_meaning(query: str) -> bool:
    """Whether somebody wants to know what a word means, and not where a thing is."""
    return bool(_MEANING.search(fold(query)))


def asks_all(query: str) -> str:
    """The list (`mods`, `faults`) that a question wants whole; empty where it is about a thing."""
    said = {core for core, _, _ in map(analysed, chunks(fold(query)))} - STOP - FAINT - _NOW
    return next((name for name, names in _LISTS.items() if said and said <= names), "")


def _without(said: set[Phrase], word: Word) -> Word:
    """A word without the expansions that were asked for by themselves: plate reverb is no plate."""
    synonyms = tuple(p for p in word.synonyms if p not in said)
    wider = tuple(p for p in word.wider if p not in said)
    return replace(word, synonyms=synonyms, wider=wider)


def apart(word: Word, glossary: Glossary) -> list[Word]:
    """The pieces of what was taken for one word; of a place its noun alone.

    A sign stays with its number: whoever asks for `-4` is not told of `4`.
    """
    pieces = word.text.split()
    if len(pieces) < 2 and word.text[0] not in "+-" and not word.places:
        pieces = [piece for piece in _PUNCTUATION.split(word.text) if piece]
    if len(pieces) < 2:
        return []
    if word.places:
        pieces = pieces[:-1]
    return [_with_synonyms(_single([piece], 0)[0], glossary) for piece in pieces]


def _place(cores: list[str], at: int) -> tuple[Word, int] | None:
    """A noun and its number: `ch 19`, `tie line 3`, `room a`, `c17`, `ch 17-24`."""
    for length in (3, 2):
        if at + length > len(cores):
            continue
        before = cores[at] if length == 3 else ""
        left, right = cores[at + length - 2], cores[at + length - 1]
        if length == 3 and left not in ("line", "lines"):
            continue
        names = tuple(name for name in joined(before, left, right) if ":" in name)
        bounds = _PLACE_RANGE.match(right)
        if names and bounds and int(bounds[1]) < int(bounds[2]) <= int(bounds[1]) + 48:
            noun = names[0].split(":")[0]
            names = tuple(f"{noun}:{n}" for n in range(int(bounds[1]), int(bounds[2]) + 1))
        if names:
            text = " ".join(cores[at : at + length])
            return Word(text, tuple((name,) for name in names), names), length
    text = cores[at]
    names = tuple(name for name in analysed(text)[1] if name.split(":")[0] in NOUN_OF.values())
    if names and not text.startswith(names):
        return Word(text, tuple((name,) for name in names), names), 1
    if jack := _JACK.match(text):
        room = f"{jack[1]}:" if jack[1] else ""
        place = f"jack:{room}{jack[2]}{int(jack[3])}"
        return Word(text, ((text,), (place,)), (place,)), 1
    return None


def _phrase(cores: list[str], at: int, glossary: Glossary) -> tuple[Word, int] | None:
    """The longest run of words that the glossary knows as one term."""
    for length in range(min(glossary.longest, len(cores) - at), 1, -1):
        run = cores[at : at + length]
        if glossary.key(run):
            return Word(" ".join(run), _spellings(run)), length
    return None


def _compound(cores: list[str], at: int, written: Callable[[str], bool]) -> tuple[Word, int] | None:
    """Two words that the pages write as one: `power up` where they say power-up."""
    pair = cores[at : at + 2]
    if len(pair) < 2 or pair[0] in STOP or not all(p.isalpha() and len(p) > 1 for p in pair):
        return None
    if not written("".join(pair)):
        return None
    return Word(" ".join(pair), _spellings(pair), apart=tuple(pair)), 2


def _single(cores: list[str], at: int) -> tuple[Word, int]:
    core = cores[at]
    after = cores[at + 1] if at + 1 < len(cores) else ""
    if after:
        names = joined("", core, after)
        if names and (after in UNITS or core not in UNITS):
            text = f"{core} {after}"
            apart = () if after in UNITS else ((core, *analysed(after)[1][:1]),)
            first = names[:1] if core[:1] in "+-" else names
            known = dict.fromkeys((name,) for name in first if name != after)
            return Word(text, (*known, *apart)), 2
    if core.isalpha():
        return Word(core, ((core,),), plain=True), 1
    spelled = analysed(core)[1]
    signed = core[:1] in "+-" or core[:1].isdigit()
    if signed or len(spelled) < 2:
        same = tuple((t,) for t in spelled[:1])
        kilo = core.endswith("k")
        same += tuple((t,) for t in spelled[1:] if t in _SAME_VALUES or (kilo and t[-3:] == "khz"))
        return Word(core, same, bare=_number(core)), 1
    parts = tuple(part for part in core.split("-") if part)
    apart = (parts,) if len(parts) > 1 else ()
    return Word(core, ((spelled[0],), *apart), plain=spelled[0].isalpha()), 1


def _number(core: str) -> Phrase:
    """The bare number of a value: `88.2` of `88.2k`."""
    digits = core.strip('+-abcdefghijklmnopqrstuvwxyz%/"').replace(",", ".")
    return (digits,) if digits[:1].isdigit() else ()


def _spellings(run: list[str]) -> tuple[Phrase, ...]:
    together = "".join(part.replace("-", "") for part in run)
    apart = tuple(t for part in run for t in (analysed(part)[1][:1]))
    return ((together,),) if len(apart) < 2 else ((apart), (together,))


def _with_synonyms(word: Word, glossary: Glossary) -> Word:
    if plainly := PLAINLY.get(word.text):
        word = replace(word, wider=tuple((token,) for token in plainly))
    key = glossary.key(word.text.split())
    if not key:
        return word
    known = set(word.exact)
    synonyms = tuple(p for p in glossary.synonyms(key) if p not in known)
    wider = word.wider + tuple(p for p in glossary.wider(key) if p not in known)
    return replace(word, synonyms=synonyms, wider=wider)
