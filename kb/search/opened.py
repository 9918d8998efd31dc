"""Which entries of the fault book a search is about."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from kb.search.hit import BookEntry, Hit, Result
from kb.search.stems import stem
from kb.terms.glossary import Glossary
from kb.terms.query import Word, words
from kb.terms.words import STOP, index_tokens


def beside(result: Result, entries: Sequence[BookEntry], room: str = "") -> Result:
    """The result with what the fault book has on it: on the query, and on each of its hits."""
    asked = result.asked or words(result.query, Glossary())
    wanted = {place for word in asked for place in word.places}
    hits = [replace(hit, open=_on(hit, entries, wanted, result.matched)) for hit in result.hits]
    found = _about(entries, asked, room)
    if not found and result.guesses:  # a word that only the fault book holds was no slip
        guesses = dict(result.guesses)
        kept = [word for word in asked if word.text not in guesses.values()]
        typed = [Word(text, ((text,),), plain=True) for text in guesses]
        found = _about(entries, [*kept, *typed], room)
    return replace(result, open=found, hits=tuple(hits))


def _about(
    entries: Iterable[BookEntry], asked: Sequence[Word], room: str = ""
) -> tuple[BookEntry, ...]:
    """The entries at a place that was asked for, or that are about the words.

    That is: they hold every word of the query, or the query names the thing they are about.
    """
    strong = [word for word in asked if not word.faint]
    wanted = {place for word in asked for place in word.places}
    rooms = {place[5:] for place in wanted if place.startswith("room:")}
    rooms |= {room.casefold()} if room else set()
    said = {token for word in asked for phrase in _phrases(word) for token in phrase}
    return tuple(
        entry
        for entry in entries
        if (not rooms or entry.room in {"", *rooms})
        and (
            not wanted.isdisjoint(entry.places)
            or (strong and _holds(entry, strong))
            or (not entry.places and _named(entry.where, said))
        )
    )


def _on(
    hit: Hit,
    entries: Iterable[BookEntry],
    wanted: AbstractSet[str],
    marked: AbstractSet[str],
) -> tuple[BookEntry, ...]:
    """The entries on the thing that a hit is about, as it is with the faults of the pages."""
    if hit.kind == "fault":
        return ()
    places = set(hit.places)
    here = [e for e in entries if not e.room or not hit.rooms or e.room in hit.rooms]
    if asked_for := places & wanted:
        return tuple(e for e in here if not asked_for.isdisjoint(e.places))
    if places:
        return tuple(
            e
            for e in here
            if places == set(e.places)
            or (not places.isdisjoint(e.places) and not marked.isdisjoint(_tokens(e)))
        )
    if hit.address == hit.page:
        return tuple(e for e in here if e.page == hit.page)
    return ()


def _tokens(entry: BookEntry) -> list[str]:
    """What is broken and where; not the workaround, which is about another thing."""
    return index_tokens(f"{entry.shown} {entry.text}")


def _phrases(word: Word) -> Iterable[tuple[str, ...]]:
    return (*word.exact, *word.synonyms)


def _holds(entry: BookEntry, asked: Iterable[Word]) -> bool:
    tokens = set(_tokens(entry))
    for word in asked:
        if any(tokens.issuperset(phrase) for phrase in _phrases(word)):
            continue
        root = stem(word.exact[0][0]) if word.plain else ""
        if not root or root not in map(stem, filter(str.isalpha, tokens)):
            return False
    return True


def _named(where: str, said: Collection[str]) -> bool:
    named = [token for token in index_tokens(where) if token not in STOP]
    stems = {stem(token) for token in said if token.isalpha()}
    return bool(named) and all(
        token in said or (token.isalpha() and stem(token) in stems) for token in named
    )
