"""What is measured within one process: lines at the prompt, edits one after the other.

python inside.py count DOCS
python inside.py warm DOCS CACHE FTS5_CACHE QUERIES
python inside.py edits DOCS CACHE QUERIES NUMBER
python inside.py compare DOCS CACHE_A CACHE_B QUERIES
"""

from __future__ import annotations

import gc
import json
import random
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import fts5_typer
from corpus import edit

from kb.search.search import Filters
from kb.settings import find_places
from kb.studio import Studio
from kb.views import hits
from kb.views.terminal import Screen

TODAY = date(2026, 11, 22)


def main(task: str, *arguments: str) -> dict[str, Any]:
    """Do one task."""
    gc.disable()  # as kb does
    tasks: dict[str, Callable[..., dict[str, Any]]] = {
        "count": count,
        "warm": warm,
        "edits": edits,
        "compare": compare,
    }
    return tasks[task](*arguments)


def count(docs: str) -> dict[str, Any]:
    """How many pages, sections, rows and bytes there are."""
    from kb.pages.parse import parse

    pages = sections = rows = size = 0
    start = time.perf_counter()
    for path in Path(docs).rglob("*.md"):
        data = path.read_bytes()
        page = parse(path.relative_to(docs).as_posix(), data)
        pages += 1
        size += len(data)
        sections += len(page.sections)
        rows += sum(len(table.rows) for section in page.sections for table in section.tables)
    took = time.perf_counter() - start
    return {"pages": pages, "sections": sections, "rows": rows, "bytes": size, "parse": took}


def studio(docs: str, cache: str) -> Studio:
    """A studio as a prompt would hold it."""
    return Studio(find_places(docs, cache), TODAY)


def line(held: Studio, screen: Screen, query: str) -> float:
    """Seconds from a line typed at the prompt to the lines of its answer."""
    start = time.perf_counter()
    result = held.search(query, 5, Filters())
    text = "\n".join([*hits.remarks(result, screen), *hits.answer(screen, result, numbered=True)])
    took = time.perf_counter() - start
    if result.hits and not text:
        raise SystemExit(f"no answer to {query}")
    return took


def asked(path: str) -> list[str]:
    """The queries of a file."""
    return Path(path).read_text(encoding="utf-8").splitlines()


def warm(docs: str, cache: str, fts5: str, path: str) -> dict[str, Any]:
    """Each query by kb and by FTS5, in turn; FTS5 with and without a look at the pages."""
    held, screen = studio(docs, cache), Screen()
    connection = sqlite3.connect(Path(fts5) / "index.db")
    kb, looking, bare = [], [], []
    for turn in range(3):
        for query in asked(path):
            took = line(held, screen, query)
            start = time.perf_counter()
            fts5_typer.look(docs)
            looked = time.perf_counter()
            found = fts5_typer.answer(connection, query.split(), 5, "", "%")
            "\n".join(fts5_typer.lines(found))
            end = time.perf_counter()
            if turn:
                kb.append(took)
                looking.append(end - start)
                bare.append(end - looked)
    return {"kb": told(kb), "looking": told(looking), "bare": told(bare)}


def told(times: Sequence[float]) -> dict[str, float]:
    """Median and 99th percentile, in milliseconds."""
    cut = statistics.quantiles(times, n=100)
    return {"median": 1000 * statistics.median(times), "p99": 1000 * cut[98]}


def edits(docs: str, cache: str, path: str, number: str) -> dict[str, Any]:
    """Edit one page, search, edit the next: seconds of each search."""
    held, screen = studio(docs, cache), Screen()
    queries, chance = asked(path), random.Random(2)
    pages = sorted(Path(docs).rglob("*.md"))
    line(held, screen, queries[0])
    times = []
    for turn in range(int(number)):
        edit(chance.choice(pages), chance, turn)
        times.append(line(held, screen, queries[turn % len(queries)]))
    worst = max(range(len(times)), key=times.__getitem__)
    return told(times) | {"worst": 1000 * times[worst], "worst_at": worst + 1, "all": times}


def compare(docs: str, first: str, second: str, path: str) -> dict[str, Any]:
    """Each query on two indexes of the same docs, in turn."""
    one, two, screen = studio(docs, first), studio(docs, second), Screen()
    ones, twos = [], []
    for turn in range(3):
        for query in asked(path):
            pair = line(one, screen, query), line(two, screen, query)
            if turn:
                ones.append(pair[0])
                twos.append(pair[1])
    return {"first": told(ones), "second": told(twos)}


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
