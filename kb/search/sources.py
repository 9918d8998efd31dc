"""One file as the index takes it in: its documents, and what is remembered of it beside them."""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from kb.pages import glossary
from kb.pages.due import dues, last_checked
from kb.pages.levels import levels
from kb.pages.model import Page, Problem
from kb.pages.parse import parse
from kb.pages.read import read
from kb.search.documents import Document, cleared_faults, documents, open_faults
from kb.search.index import digest_of
from kb.search.known import Known
from kb.terms.glossary import Glossary

MOST_TOLD = 20


class Source(NamedTuple):
    """A page file: what `kb list` shows of it, and its documents."""

    entry: dict[str, Any]
    documents: list[Document]


def load(docs: Path, path: str) -> Source:
    """Read and parse one file; one that cannot be read has an entry and no documents."""
    data = read(docs, path)
    sha = digest_of(data)
    if isinstance(data, Problem):
        return Source(_entry(path, sha, None, (data,)), [])
    page = parse(path, data)
    return Source(_entry(path, sha, page, page.problems), list(documents(page)))


def _entry(path: str, sha: str, page: Page | None, problems: Iterable[Problem]) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "sha": sha,
        "address": page.address if page else path[:-3],
        "title": page.title if page else "",
        "problems": sum(not problem.warning for problem in problems),
    }
    if wrong := [p for p in problems if not p.warning]:
        entry["wrong"] = [[p.line, p.column, p.message] for p in wrong[:MOST_TOLD]]
    if page is None:
        return entry
    if page.front.room:
        entry["room"] = page.front.room
    entry |= _for_the_sheet(page)
    if page.front.owner:
        entry["owner"] = page.front.owner
    if day := last_checked(page).day:
        entry["verified"] = day.isoformat()
    if coming := list(dues(page)):
        entry["dues"] = coming
    if also := page.front.aliases:
        entry["also"] = list(also)
    if faults := list(open_faults(page)):
        entry["faults"] = faults
    if cleared := cleared_faults(page):
        entry["cleared"] = cleared
    if path == glossary.PATH:
        entry["glossary"] = Glossary(*glossary.synonyms(page)).as_json()
    return entry


def _for_the_sheet(page: Page) -> dict[str, Any]:
    """What a visitor's sheet takes from a page beside its rows."""
    said = {
        "safety": list(page.front.safety),
        "touch": page.front.touch,
        "levels": list(levels(page)),
    }
    return {name: value for name, value in said.items() if value}


def meta_of(known: Known) -> dict[str, Any]:
    """The little that every search needs beside the postings."""
    words = known.entry(glossary.PATH) if glossary.PATH in known else {}
    return {
        "pages": len(known),
        "glossary": words.get("glossary", {}),
        "faults": _all(known, "faults"),
        "cleared": _all(known, "cleared"),
    }


def _all(known: Known, key: str) -> list[Any]:
    """What all pages have under a key, in the order of their paths."""
    entries = sorted(known.holding(key), key=itemgetter("address"))
    return [held for entry in entries for held in entry[key]]
