"""From words to the rows and sections that answer, best first."""

from __future__ import annotations

import heapq
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from kb.search.engine import Reader
from kb.search.hit import WAYS, Hit, OpenFault, Result
from kb.search.match import FAINTLY, Matches, match
from kb.search.names import Names
from kb.search.rows import glossary_of
from kb.search.stems import stem
from kb.search.together import Together
from kb.terms.glossary import Glossary
from kb.terms.query import Word, apart, asks_front, asks_meaning, words
from kb.terms.words import fold, spans

# A customisation of this room outranks a section that says as much; what no longer holds sinks.
KIND = {"mod": 1.1, "fault": 1.1}
CLOSED = 0.4
# The glossary says what a word means: who asks that wants it, everyone else the page itself.
GLOSSARY = 0.4
MEANING = 1.5
CARD_ORDER = ("mod", "patch", "fault", "table", "checklist", "section")
CARD_ROWS = 100
MOST_LINES = 3
GLOSSARY_PAGE = "glossary.md"

# (words missing from it, minus its score, document, what is stored of it)
_Ranked = tuple[int, float, int, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Filters:
    """What a search is narrowed to; an empty string narrows nothing."""

    folder: str = ""
    room: str = ""
    kind: str = ""


def search(
    reader: Reader,
    meta: dict[str, Any],
    query: str,
    limit: int,
    filters: Filters,
    docs_name: str,
    today: date,
) -> Result:
    """The best `limit` hits. Those that hold every word stand above those that hold some."""
    found = _read(reader, query, glossary_of(meta))
    asked = [matches.word for matches in found]
    allowed = _allowed(reader, filters)
    card = _card(reader, asked)
    ranked = _rank(found, allowed)
    if card:
        # Only what holds every place: rows about it, then text that mentions it.
        ranked = [entry for entry in ranked if entry[0] == 0] or ranked
    best = heapq.nsmallest(CARD_ROWS if card else limit * 4 + 8, ranked)
    faults = [OpenFault(**fault) for fault in meta["faults"]]
    marks = _Marks(found)
    wanted = {place for word in asked for place in word.places}
    scale = _Scale(query, found)
    hits: list[_Ranked] = []
    level = 0
    for missing, negative, number in best:
        if missing > level and not card:
            if sum(hit[0] < missing for hit in hits) >= limit:
                break
            level = missing
        hits.append(scale.weigh(missing, negative, number, json.loads(reader.stored(number))))
    if card:
        hits.sort(key=lambda h: _card_order(h[3], wanted))
    else:
        hits.sort(key=lambda h: (h[0], round(h[1], 6), h[3]["path"], h[3]["line"]))
    hits = hits[: max(limit, CARD_ROWS) if card else limit]
    first = hits[0][2] if hits else -1
    ways = [matches.way(first) for matches in found]
    guesses = [(typed, m.guess, w) for m, w in zip(found, ways, strict=True) for typed in m.typed]
    return Result(
        query=query,
        hits=tuple(_hit(h[3], -h[1], asked, faults, marks, docs_name, today) for h in hits),
        answered=max((w for w in ways if w != "none"), key=WAYS.index, default="none")
        if hits
        else "none",
        missing=tuple(
            m.word.text
            for m, w in zip(found, ways, strict=True)
            if w == "none" and not m.word.faint
        ),
        corrected=_corrected(query, guesses),
        place=" ".join(word.text for word in asked) if card else "",
        behind=0,
        total=len(ranked),
        notes=(),
        guesses=tuple((typed, guess) for typed, guess, _ in guesses),
        matched=frozenset(marks.tokens),
        stems=frozenset(marks.stems),
        asked=tuple(asked),
    )


def _read(reader: Reader, query: str, glossary: Glossary) -> list[Matches]:
    """What holds each word of a query. Once its slips are mended it is read again from the start,
    since a mended word may be a noun with a number or part of a term.
    """
    found = _match(reader, query, glossary)
    mended = {matches.word.text: matches.guess for matches in found if matches.slip}
    for left, right in pairwise(found):
        whole = left.word.text + right.word.text
        if (left.typed or right.typed) and reader.numbers("exact", whole):
            mended[f"{left.word.text} {right.word.text}"] = whole
    if not mended:
        return found
    typed = "|".join(sorted(map(re.escape, mended), key=len, reverse=True))
    again = re.sub(rf"\b(?:{typed})\b", lambda t: mended[t[0]], fold(query))
    found = _match(reader, again, glossary, {matches.word: matches for matches in found})
    for matches in found:
        held = matches.word.text.split()
        matches.typed = [
            typed for typed, guess in mended.items() if not set(guess.split()).isdisjoint(held)
        ]
        if matches.typed:
            matches.slip, matches.guess = True, mended[matches.typed[-1]]
    return found


def _match(
    reader: Reader, query: str, glossary: Glossary, before: Mapping[Word, Matches] | None = None
) -> list[Matches]:
    """What holds each word, taken from `before` where it was looked for already."""
    before = before or {}
    found = []
    for word in words(query, glossary, lambda token: reader.holds("exact", token)):
        matches = before.get(word) or match(reader, word)
        pieces = [] if matches.scores else apart(word, glossary)
        if not pieces or word.places:
            found.append(matches)
        found += [match(reader, piece) for piece in pieces]
    return found


class _Scale:
    """What a hit is worth beside its words: its names, how close they stand, what it is."""

    def __init__(self, query: str, found: Sequence[Matches]) -> None:
        self._names = Names(found, asks_front(query))
        self._together = Together(found)
        self._glossary = MEANING if asks_meaning(query) else GLOSSARY

    def weigh(self, missing: int, negative: float, number: int, stored: dict[str, Any]) -> _Ranked:
        """An entry of `_rank` with its final place; a text whose words stand apart misses some."""
        share = self._together.share(number, stored)
        if share < 1.0:
            missing = max(missing, 1)
        score = (self._names.fit(number, stored) - negative * share) * self._prior(stored)
        return missing, -score, number, stored

    def _prior(self, stored: dict[str, Any]) -> float:
        prior = KIND.get(stored["kind"], 1.0)
        if "closed" in stored:
            prior *= CLOSED
        if stored["path"] == GLOSSARY_PAGE:
            prior *= self._glossary
        return prior


def _card_order(stored: dict[str, Any], wanted: set[str]) -> tuple[Any, ...]:
    """By kind, room by room; first what is about just this place, last what only mentions it."""
    places = stored.get("places", ())
    about = not wanted.isdisjoint(places)
    kind = CARD_ORDER.index(stored["kind"])
    others = len(wanted.symmetric_difference(places)) if about else 0
    rooms = stored.get("rooms", [])
    return kind, not about, rooms, others, stored["path"], stored["line"]


def _corrected(query: str, guesses: Iterable[tuple[str, str, str]]) -> str | None:
    mended = query.lower()
    for typed, guess, way in guesses:
        if way in ("typo", "none"):
            mended = mended.replace(typed, guess)
    return mended if mended != query.lower() else None


def _allowed(reader: Reader, filters: Filters) -> set[int] | None:
    """The documents that the filters leave, or None for all."""
    allowed: set[int] | None = None
    for name, value in (("in", filters.folder), ("room", filters.room), ("kind", filters.kind)):
        if value:
            numbers = reader.numbers("facet", f"{name}:{value.casefold()}")
            if name == "room" and numbers:  # what names no room holds in each
                numbers |= reader.numbers("facet", "room:")
            allowed = numbers if allowed is None else allowed & numbers
    return allowed


def _rank(found: Sequence[Matches], allowed: set[int] | None) -> list[tuple[int, float, int]]:
    """(words missing from it, minus its score, document) for every document that holds a word."""
    totals: dict[int, float] = {}
    held: dict[int, int] = {}
    for matches in sorted(found, key=lambda matches: -len(matches.scores)):
        share, counts = (FAINTLY, 0) if matches.word.faint else (1.0, 1)
        if not totals:  # the longest list of all, which needs no adding up
            totals = {number: score * share for number, score in matches.scores.items()}
            held = dict.fromkeys(totals, counts)
            continue
        for number, score in matches.scores.items():
            totals[number] = totals.get(number, 0.0) + score * share
            held[number] = held.get(number, 0) + counts
    every = sum(not matches.word.faint for matches in found)
    lacking: set[int] = set()
    for matches in found:
        if matches.word.places and matches.scores:
            lacking |= totals.keys() - matches.scores.keys()
    numbers: Iterable[int] = totals if allowed is None else totals.keys() & allowed
    return [
        (0, -totals[n], n)
        if held[n] == every
        else (1 + (n in lacking), -totals[n] * held[n] / every, n)
        for n in numbers
    ]


def _card(reader: Reader, asked: Sequence[Word]) -> bool:
    """Whether the query names places of this room and nothing else."""
    return bool(asked) and all(
        word.places and any(reader.numbers("place", place) for place in word.places)
        for word in asked
    )


class _Marks:
    """What to mark in the text of a hit, and the lines that hold most of it."""

    def __init__(self, found: Iterable[Matches]) -> None:
        self.tokens: set[str] = set()
        self.stems: set[str] = set()
        for matches in found:
            self.tokens |= matches.tokens
            self.stems |= matches.stems

    def best_lines(self, text: str, first: int) -> tuple[tuple[int, str], ...]:
        scored = []
        for offset, line in enumerate(text.split("\n")):
            if line.strip():
                held = {text[a:b] for a, b in spans(line, self.tokens, self.stems, stem)}
                scored.append((-len(held), offset, line.strip()))
        best = sorted(scored)[:MOST_LINES]
        return tuple(
            (first + offset, line)
            for n, offset, line in sorted(best, key=lambda b: b[1])
            if n or len(scored) < 3
        )


def _hit(
    stored: dict[str, Any],
    score: float,
    asked: Sequence[Word],
    faults: Sequence[OpenFault],
    marks: _Marks,
    docs_name: str,
    today: date,
) -> Hit:
    wanted = {place for word in asked for place in word.places}
    places = tuple(stored.get("places", ()))
    row = stored.get("cells")
    text = " · ".join(f"{c}: {v}" for c, v in row.items() if v) if row else stored["text"].strip()
    due = stored.get("due", "")
    return Hit(
        address=stored["address"],
        page=stored["page"],
        title=stored["title"],
        heading=stored["heading"],
        breadcrumb=tuple(stored["breadcrumb"]),
        kind=stored["kind"],
        path=f"{docs_name}/{stored['path']}",
        line=stored["line"],
        score=score,
        text=text,
        row=row,
        lines=() if row else marks.best_lines(stored["text"], stored["line"]),
        points=_points(stored, wanted),
        places=places,
        closed="closed" in stored,
        faults=tuple(_faults_on(stored, places, wanted, faults, marks)),
        due=due,
        changed=stored.get("changed", ""),
        stale="changed" in stored or (bool(due) and due < today.isoformat()),
        rooms=tuple(stored.get("rooms", ())),
    )


def _points(stored: dict[str, Any], wanted: set[str]) -> tuple[Any, ...]:
    """The vertical pairs of a patch row that a place asked for belongs to."""
    return tuple(
        (top, out, normal, tuple(bottoms), input_, wired)
        for names, top, out, normal, bottoms, input_, wired in stored.get("points", ())
        if not wanted.isdisjoint(names)
    )


def _faults_on(
    stored: dict[str, Any],
    places: Sequence[str],
    wanted: set[str],
    faults: Sequence[OpenFault],
    marks: _Marks,
) -> list[OpenFault]:
    """The open faults on the thing that a hit is about.

    Of a row these are the faults at the place asked for; where none was, those at its own place
    that are about the words asked for. The intro of a page carries every fault of the page.
    """
    if stored["kind"] == "fault":
        return []
    rooms = set(stored.get("rooms", ()))
    here = [f for f in faults if not f.rooms or not rooms or rooms.intersection(f.rooms)]
    if asked_for := wanted.intersection(places):
        return [f for f in here if asked_for.intersection(f.places)]
    if places:
        about = set(places)
        return [
            f
            for f in here
            if about == set(f.places)
            or (about.intersection(f.places) and marks.tokens.intersection(f.words))
        ]
    if stored["address"] == stored["page"]:
        return [f for f in faults if f.page == stored["page"]]
    return []
