"""kb with one of its rules switched off, by putting something else in its place."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from unittest import mock

from kb.pages.model import Page
from kb.search import documents, match, names, search, sources, stems, together
from kb.terms import glossary, query, words

_CACHED = (words.core, words.tokens, words.analysed, words.glued, names._read)
_Patches = Callable[[], list[Any]]
_Ranked = list[tuple[int, float, int]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of kb's ranking, as a sentence, and what takes it away."""

    name: str
    patches: _Patches


@contextlib.contextmanager
def without(rule: Rule) -> Iterator[None]:
    """kb as if it did not know a rule; what is indexed meanwhile does not know it either."""
    with contextlib.ExitStack() as stack:
        for patch in rule.patches():
            stack.enter_context(patch)
        _forget()
        yield
    _forget()


def _forget() -> None:
    for function in _CACHED:
        function.cache_clear()
    stems._stems.clear()


def _put(module: Any, **values: Any) -> _Patches:
    return lambda: [mock.patch.object(module, name, value) for name, value in values.items()]


def _empty(*mappings: dict[Any, Any]) -> _Patches:
    return lambda: [mock.patch.dict(mapping, clear=True) for mapping in mappings]


def _all(*parts: _Patches) -> _Patches:
    return lambda: [patch for part in parts for patch in part()]


def _nothing(*_: Any) -> tuple[()]:
    return ()


def _one_list(found: Any, allowed: Any) -> _Ranked:
    return [(0, score, number) for _, score, number in _rank(found, allowed)]


def _without_places(page: Page) -> Iterator[documents.Document]:
    sections = tuple(
        section._replace(
            tables=tuple(
                table._replace(rows=tuple(row._replace(places=()) for row in table.rows))
                for table in section.tables
            )
        )
        for section in page.sections
    )
    return _documents(page._replace(sections=sections))


def _with_lengths(page: Page) -> Iterator[documents.Document]:
    for document in _documents(page):
        yield replace(document, length=document.length or sum(document.counts.values()))


def _joined_without_part_numbers(before: str, left: str, right: str) -> tuple[str, ...]:
    found = _joined(before, left, right)
    return tuple(t for t in found if ":" in t or right in words.UNITS)


_rank = search._rank
_documents = documents.documents
_count = documents._count
_joined = words.joined


def _count_nothing_of_no_weight(
    counts: dict[str, float], tokens: Iterable[str], weight: float
) -> int:
    return _count(counts, tokens, weight) if weight else sum(1 for _ in tokens)


def _weightless(name: str) -> _Patches:
    """Words that stand in such a place are not indexed at all."""
    return _put(documents, _count=_count_nothing_of_no_weight, **{name: 0.0})


def _all_names(page: Page) -> list[str]:
    return list(page.front.aliases)


RULES = (
    Rule(
        "a word is found by its stem",
        _all(_put(match, stem=lambda word: "\0" + word), _put(names, stem=lambda word: word)),
    ),
    Rule("a word is found by its synonyms", _put(glossary.Glossary, synonyms=_nothing)),
    Rule("some words look further, one way", _put(glossary.Glossary, wider=_nothing)),
    Rule("a word nobody wrote is repaired", _put(match, _repair=lambda *_: None)),
    Rule("a mended query is read again", _put(search, _read=search._match)),
    Rule("a value nobody wrote is its number", _put(match, _bare=lambda *_: None)),
    Rule("several words wrongly taken for one", _put(search, apart=lambda *_: [])),
    Rule("a noun and its number are a place", _put(query, _place=_nothing)),
    Rule("a row holds every place of its range", _put(sources, documents=_without_places)),
    Rule("a row about places answers for no other", _put(match, PLACED="nothing")),
    Rule("a unit binds to its number", _empty(words.UNITS)),
    Rule("one value, two spellings", _empty(words.SAME_VALUE)),
    Rule(
        "part numbers, however they are spaced",
        _all(
            _put(words, joined=_joined_without_part_numbers, _JOINT=re.compile(r"(?!)")),
            _put(query, joined=_joined_without_part_numbers),
            _put(names, joined=_joined_without_part_numbers),
        ),
    ),
    Rule("two spellings of English, one stem", _put(stems, _BRITISH=re.compile(r"(?!)"))),
    Rule("VUs are VU", _put(stems, _ABBREVIATION=3_000)),
    Rule("two words that the pages write as one", _put(query, _compound=_nothing)),
    Rule("one word that the pages write as two", _put(match, _two=lambda *_: "")),
    Rule("plain words for what the pages write", _empty(words.PLAINLY)),
    Rule("words of no subject are left out", _put(query, STOP=frozenset())),
    Rule("a hit does without faint words", _put(query, FAINT=frozenset())),
    Rule("all words first", _put(search, _rank=_one_list)),
    Rule("what stands in one paragraph", _put(together.Together, share=lambda *_: 1.0)),
    Rule("the thing itself before what mentions it", _put(names, NAME=0.0)),
    Rule("a page is asked for by its name alone", _put(names, PAGE=1.0)),
    Rule("a name that a row has is the row's", _put(documents, _own_aliases=_all_names)),
    Rule("who and where ask for the top of a page", _put(search, asks_front=_nothing)),
    Rule("a narrow row says more than a wide one", _put(names, NARROW=0.0)),
    Rule("what is written in headings counts more", _put(documents, HEADING=1.0)),
    Rule("what a row is about counts more", _put(documents, SUBJECT=1.0)),
    Rule("an item begins with what it is about", _weightless("LEAD")),
    Rule("a page has other names", _weightless("ALIAS")),
    Rule("a page has tags, a place and an owner", _weightless("FRONT")),
    Rule("an example is not what a page says", _put(documents, _EXAMPLE=re.compile(r"(?!)"))),
    Rule("a row is part of its page", _weightless("PAGE_NAME")),
    Rule("a row is part of its section", _weightless("BREADCRUMB")),
    Rule("a cell is read with its column", _weightless("COLUMN")),
    Rule("what no longer holds sinks", _put(search, CLOSED=1.0)),
    Rule("a customisation before what says as much", _put(search, KIND={})),
    Rule("the glossary for meanings only", _put(search, GLOSSARY=1.0, MEANING=1.0)),
    Rule("long texts hold more words", _put(documents, B=0.0)),
    Rule("a row is as long as its columns", _put(sources, documents=_with_lengths)),
)
