"""kb with one of its rules switched off, by putting something else in its place."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from unittest import mock

from kb.pages.model import Page
from kb.search import documents, match, search, sources
from kb.terms import glossary, query, words

_CACHED = (words.core, words.tokens, words.analysed, words.glued)
_Patches = Callable[[], list[Any]]


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


def _put(module: Any, **values: Any) -> _Patches:
    return lambda: [mock.patch.object(module, name, value) for name, value in values.items()]


def _empty(*mappings: dict[Any, Any]) -> _Patches:
    return lambda: [mock.patch.dict(mapping, clear=True) for mapping in mappings]


def _nothing(*_: Any) -> tuple[()]:
    return ()


def _one_list(found: Any, allowed: Any) -> list[tuple[int, float, int]]:
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


def _joined_without_part_numbers(before: str, left: str, right: str) -> tuple[str, ...]:
    found = _joined(before, left, right)
    return tuple(t for t in found if ":" in t or right in words.UNITS)


def _half_part_numbers() -> list[Any]:
    return [
        mock.patch.object(words, "joined", _joined_without_part_numbers),
        mock.patch.object(query, "joined", _joined_without_part_numbers),
        mock.patch.object(words, "_JOINT", words.re.compile(r"(?!)")),
    ]


_rank = search._rank
_documents = sources.documents
_joined = words.joined

RULES = (
    Rule("words are found by their stems", _put(match, stem=lambda word: "\0" + word)),
    Rule("words are found by their synonyms", _put(glossary.Glossary, synonyms=_nothing)),
    Rule("some words look further, one way", _put(glossary.Glossary, wider=_nothing)),
    Rule("a word nobody wrote is repaired", _put(match, _repair=lambda *_: None)),
    Rule("a noun and its number are a place", _put(query, _place=_nothing)),
    Rule("a row holds every place of its range", _put(sources, documents=_without_places)),
    Rule("a row about places answers for no other", _put(match, PLACED="nothing")),
    Rule("who names a place wants that place", _put(search, ELSEWHERE=1.0)),
    Rule("a unit binds to its number", _empty(words.UNITS)),
    Rule("one value, two spellings", _empty(words.SAME_VALUE)),
    Rule("part numbers, however they are spaced", _half_part_numbers),
    Rule("small words carry no subject", _put(query, STOP=frozenset())),
    Rule("all words first", _put(search, _rank=_one_list)),
    Rule("what is written in headings counts more", _put(documents, HEADING=1.0)),
    Rule("what a row is about counts more", _put(documents, FIRST_CELL=1.0)),
    Rule("a row is part of its page", _put(documents, PAGE_TITLE=0.0)),
    Rule("a row is part of its section", _put(documents, BREADCRUMB=0.0)),
    Rule("a cell is read with its column", _put(documents, COLUMN=0.0)),
    Rule("a page has other names", _put(documents, ALIASES=0.0)),
    Rule("mods and faults before other rows", _put(search, KIND={})),
    Rule("what no longer holds sinks", _put(search, CLOSED=1.0)),
    Rule("an example is not what a page says", _put(documents, EXAMPLE=1.0)),
    Rule("long texts hold more words", _put(documents, B=0.0)),
)
