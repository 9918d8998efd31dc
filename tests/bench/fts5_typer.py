"""kb's search command line as one would build it on SQLite's FTS5: the peer kb is measured against.

Same rows, same options, same look at every page file first, same number of hits with the matching
text. What it leaves out: places, synonyms, units, repairs, faults, damage, several kb at once.
"""

from __future__ import annotations

import gc
import hashlib
import json as json_
import os
import re
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)
Docs = Annotated[str, typer.Option(envvar="KB_DOCS", help="Folder of pages.")]
Cache = Annotated[str, typer.Option(envvar="KB_CACHE", help="Where the index lives.")]

TABLE = """create virtual table hits using fts5(heading, text, address unindexed, path unindexed,
line unindexed, kind unindexed, breadcrumb unindexed, tokenize = 'porter unicode61')"""
QUERY = """select path, line, breadcrumb, snippet(hits, 1, '[', ']', '…', 24), kind, address
from hits where hits match ? and path like ? and kind like ?
order by bm25(hits, 2.0, 1.0) limit ?"""


@app.command()
def search(
    words: Annotated[list[str], typer.Argument(metavar="WORDS...", help="What you are after.")],
    docs: Docs = "docs",
    cache: Cache = "cache",
    number: Annotated[int, typer.Option("-n", min=1, max=100, help="How many hits.")] = 5,
    folder: Annotated[Literal["equipment", "procedures"] | None, typer.Option("--in")] = None,
    kind: Annotated[str | None, typer.Option(help="Only hits of this kind.")] = None,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Find the row or section that answers."""
    connection = fresh(docs, cache)
    found = answer(connection, words, number, folder or "", kind or "%")
    if json:
        sys.stdout.write(json_.dumps({"hits": found}, ensure_ascii=False, indent=2) + "\n")
    else:
        sys.stdout.write("\n".join(lines(found)) + "\n")
    if not found:
        raise typer.Exit(1)


@app.command()
def reindex(docs: Docs = "docs", cache: Cache = "cache") -> None:
    """Build the index anew."""
    build(docs, cache, look(docs))


def fresh(docs: str, cache: str) -> sqlite3.Connection:
    """The index, built anew if a page file was touched."""
    seen = look(docs)
    try:
        with open(os.path.join(cache, "state.json"), encoding="utf-8") as file:  # noqa: PTH118, PTH123
            same = json_.load(file) == seen
    except (OSError, ValueError):
        same = False
    if not same:
        build(docs, cache, seen)
    return sqlite3.connect(os.path.join(cache, "index.db"))  # noqa: PTH118


def look(docs: str) -> dict[str, str]:
    """A digest of the names, sizes and times of each folder's pages."""
    digests = {}
    folders = [docs]
    while folders:
        folder = folders.pop()
        entries = []
        with os.scandir(folder) as found:
            for item in found:
                if item.name.endswith(".md"):
                    seen = item.stat(follow_symlinks=False)
                    key = f"{seen.st_size}\0{seen.st_mtime_ns}\0{seen.st_ctime_ns}\0{seen.st_ino}"
                    entries.append(f"{item.name}\0{key}")
                elif item.is_dir(follow_symlinks=False):
                    folders.append(item.path)
        text = "\n".join(sorted(entries)).encode()
        digests[folder] = hashlib.blake2b(text, digest_size=16).hexdigest()
    return digests


def answer(
    connection: sqlite3.Connection, words: list[str], number: int, folder: str, kind: str
) -> list[tuple[Any, ...]]:
    """The best hits: those that hold every word, then those that hold some."""
    quoted = [f'"{word}"' for word in re.findall(r"\w+", " ".join(words))]
    found: dict[str, tuple[Any, ...]] = {}
    for query in (" AND ".join(quoted), " OR ".join(quoted)):
        for row in connection.execute(QUERY, (query, f"{folder}%", kind, number)):
            found.setdefault(row[5], row)
        if len(found) >= number or len(quoted) < 2:
            break
    return list(found.values())[:number]


def lines(found: list[tuple[Any, ...]]) -> Iterator[str]:
    """An answer as it is printed."""
    for path, line, breadcrumb, snippet, *_ in found:
        yield f"docs/{path}:{line}  {breadcrumb}"
        for text in snippet.split("\n"):
            if text.strip():
                yield f"    {text.strip()}"


def rows(docs: str) -> Iterator[tuple[Any, ...]]:
    """Every section and table row, by kb's own parser."""
    from kb.pages.parse import parse

    for path in sorted(Path(docs).rglob("*.md")):
        page = parse(path.relative_to(docs).as_posix(), path.read_bytes())
        for section in page.sections:
            if section.kind == "quiz":
                continue
            crumbs = " › ".join(section.breadcrumb)
            where = (section.address, page.path, section.line, section.kind, crumbs)
            yield (section.heading, section.text, *where)
            for table in section.tables:
                for row in table.rows:
                    cells = zip(table.columns, row.cells, strict=False)
                    text = " · ".join(f"{column}: {cell}" for column, cell in cells if cell)
                    yield (
                        section.heading,
                        text,
                        row.address,
                        page.path,
                        row.line,
                        row.kind,
                        crumbs,
                    )


def build(docs: str, cache: str, seen: dict[str, str]) -> None:
    """Index every page."""
    folder = Path(cache)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.db").unlink(missing_ok=True)
    connection = sqlite3.connect(folder / "index.db")
    with connection:
        connection.execute(TABLE)
        connection.executemany("insert into hits values (?, ?, ?, ?, ?, ?, ?)", rows(docs))
    connection.close()
    (folder / "state.json").write_text(json_.dumps(seen), encoding="utf-8")


def main() -> None:
    """Run the program."""
    gc.disable()
    app()
