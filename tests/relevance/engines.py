"""kb and two baselines over the same rows: each a function from a query to addresses."""

from __future__ import annotations

import contextlib
import pickle
import re
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from unittest import mock

from kb.pages.parse import parse
from kb.search.build import build
from kb.search.engine import Reader
from kb.search.index import fresh
from kb.search.search import Filters, search
from relevance.judged import Engine

TODAY = date(2026, 11, 1)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Text:
    """A section or a row as plain text, for engines that know nothing of either."""

    address: str
    title: str
    heading: str
    body: str


def texts(docs: Path) -> Iterator[Text]:
    """Every section and row that kb indexes, with all the text that kb sees of it."""
    for path in sorted(docs.rglob("*.md")):
        page = parse(path.relative_to(docs).as_posix(), path.read_bytes())
        front = page.front
        about = " ".join((*front.aliases, *front.tags, front.tag))
        about += f" {front.location} {front.owner} {front.touch}"
        for section in page.sections:
            if section.kind == "quiz":
                continue
            intro = section.address == page.address
            title = f"{page.title} {about}" if intro else page.title
            heading = " ".join(section.breadcrumb[1:])
            yield Text(section.address, title, heading, section.text)
            for table in section.tables:
                for row in table.rows:
                    yield Text(row.address, page.title, heading, "\n".join(row.cells))


@contextlib.contextmanager
def kb(docs: Path) -> Iterator[Engine]:
    """kb as it is."""
    with tempfile.TemporaryDirectory() as folder:
        found = fresh(docs, Path(folder) / "cache", build)
        reader = Reader(found.folder)

        def ask(query: str, limit: int) -> Sequence[str]:
            result = search(reader, found.meta, query, limit, Filters(), docs.name, TODAY)
            return [hit.address for hit in result.hits]

        yield ask
        reader.close()


@contextlib.contextmanager
def whoosh(rows: Sequence[Text]) -> Iterator[Engine]:
    """Whoosh as its documentation sets it up: TEXT fields, all of them asked, any word will do."""
    from whoosh import fields, query
    from whoosh.codec import whoosh3
    from whoosh.filedb.filestore import RamStorage
    from whoosh.qparser import MultifieldParser, OrGroup

    schema = fields.Schema(title=fields.TEXT, heading=fields.TEXT, body=fields.TEXT)
    index = RamStorage().create_index(schema)
    writer = index.writer()
    for row in rows:
        writer.add_document(title=row.title, heading=row.heading, body=row.body)
    writer.commit()
    parser = MultifieldParser(["title", "heading", "body"], schema, group=OrGroup)
    # kb's engine, loaded here too, fences what Whoosh may unpickle; this index is our own.
    with mock.patch.object(whoosh3, "loads", pickle.loads), index.searcher() as searcher:

        def ask(text: str, limit: int) -> Sequence[str]:
            asked = parser.parse(text)
            if asked == query.NullQuery:
                return []
            return [rows[n].address for _, n in searcher.search(asked, limit=limit).top_n]

        yield ask


@contextlib.contextmanager
def fts5(rows: Sequence[Text]) -> Iterator[Engine]:
    """SQLite's FTS5 with its Porter stemmer, any word will do, best by bm25."""
    base = sqlite3.connect(":memory:")
    base.execute(
        "create virtual table rows using fts5"
        "(address unindexed, title, heading, body, tokenize = 'porter unicode61')"
    )
    base.executemany(
        "insert into rows values (?, ?, ?, ?)",
        ((row.address, row.title, row.heading, row.body) for row in rows),
    )

    def ask(text: str, limit: int) -> Sequence[str]:
        words = " OR ".join(f'"{word}"' for word in _WORD.findall(text))
        if not words:
            return []
        found = base.execute(
            "select address from rows where rows match ? order by bm25(rows) limit ?",
            (words, limit),
        )
        return [address for (address,) in found]

    yield ask
    base.close()
