"""nDCG@10 of kb's own ranking beside FTS5 porter, on any test collection in a plain form.

    python tests/relevance/collection.py DOCUMENTS QUERIES JUDGEMENTS
    python tests/relevance/collection.py                    the small sample in sample/

Three files, each .tsv or .jsonl, by its name; a .tsv has tabs, no quotes, and no heading line but
the one of judgements in BEIR's form:

    documents    id, title, text        .jsonl: {"_id" or "id", "title", "text"}
    queries      id, text               .jsonl: {"_id" or "id", "text"}
    judgements   query, document, grade .jsonl: {"query-id", "corpus-id", "score"}
                 or TREC's four columns, divided by tabs or blanks: query, 0, document, grade

The gain of a hit is its grade (a negative one is 0), as trec_eval has it; queries that nothing was
judged right for are left out. Each document is indexed as a page of one section, so that what is
measured is all of kb but its rows, places and glossary.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from relevance import engines
from relevance.judged import DEPTH, Engine

SAMPLE = Path(__file__).with_name("sample")
# A character that would make a line of plain text a heading, a table, a list or a quotation.
_MARKUP = re.compile(r"[#|`<>*_\[\]\\~]")

Grades = dict[str, dict[str, int]]


def read(path: Path, *names: str) -> Iterator[tuple[str, ...]]:
    """The columns of a file in the order of `names`, one tuple for each line."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if not line.strip():
                continue
            if path.suffix == ".jsonl":
                held = json.loads(line)
                held.setdefault("_id", held.get("id", ""))
                yield tuple(str(held.get(name, "")) for name in names)
            else:
                yield tuple(line.rstrip("\r\n").split("\t"))


def documents(path: Path) -> list[engines.Text]:
    """Every document; one that has no title has only a text."""
    found = []
    for name, *rest in read(path, "_id", "title", "text"):
        title, text = rest if len(rest) == 2 else ("", rest[0])
        found.append(engines.Text(name, title.strip(), "", text.strip()))
    return found


def judgements(path: Path) -> Grades:
    """The grade of each document for each query."""
    found: Grades = {}
    for columns in read(path, "query-id", "corpus-id", "score"):
        if len(columns) == 1:
            columns = tuple(columns[0].split())
        query, document, grade = columns[0], columns[-2], columns[-1]
        if grade.lstrip("-").isdigit():
            found.setdefault(query, {})[document] = max(0, int(grade))
    return found


def ndcg(hits: Iterable[str], grades: Mapping[str, int], depth: int = DEPTH) -> float:
    """Normalised discounted cumulative gain of the first hits."""
    gained = sum(grades.get(hit, 0) / math.log2(n + 2) for n, hit in enumerate(hits) if n < depth)
    best = sorted(grades.values(), reverse=True)[:depth]
    ideal = sum(grade / math.log2(n + 2) for n, grade in enumerate(best))
    return gained / ideal if ideal else 0.0


def mean(ask: Engine, queries: Mapping[str, str], grades: Grades) -> float:
    """An engine's mean over every query that something was judged right for."""
    asked = [(text, grades[q]) for q, text in queries.items() if any(grades.get(q, {}).values())]
    return sum(ndcg(ask(text, DEPTH), right) for text, right in asked) / max(1, len(asked))


def write_pages(rows: Iterable[engines.Text], docs: Path) -> dict[str, str]:
    """Each document as a page; returns which document an address stands for."""
    of = {}
    for number, row in enumerate(rows):
        folder = docs / f"{number // 500:04}"
        folder.mkdir(parents=True, exist_ok=True)
        title, text = (" ".join(_MARKUP.sub(" ", part).split()) for part in (row.title, row.body))
        heading = f"# {title}\n\n" if title else ""
        (folder / f"{number:06}.md").write_text(f"{heading}\u2060{text}\n", encoding="utf-8")
        of[f"{folder.name}/{number:06}"] = row.address
    return of


def compare(
    rows: list[engines.Text], queries: Mapping[str, str], grades: Grades
) -> dict[str, float]:
    """nDCG@10 of kb and of FTS5 over the same documents."""
    with tempfile.TemporaryDirectory() as folder:
        docs = Path(folder) / "docs"
        docs.mkdir()
        of = write_pages(rows, docs)
        with engines.kb(docs) as ask:
            of_kb = mean(lambda q, n: [of[a.split("#")[0]] for a in ask(q, n)], queries, grades)
    with engines.fts5(rows) as ask:
        return {"kb": of_kb, "FTS5 porter": mean(ask, queries, grades)}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("documents", type=Path, nargs="?", default=SAMPLE / "documents.tsv")
    parser.add_argument("queries", type=Path, nargs="?", default=SAMPLE / "queries.tsv")
    parser.add_argument("judgements", type=Path, nargs="?", default=SAMPLE / "judgements.tsv")
    given = parser.parse_args()
    rows = documents(given.documents)
    queries = {name: text for name, text, *_ in read(given.queries, "_id", "text")}
    grades = judgements(given.judgements)
    print(f"{len(rows)} documents, {len(queries)} queries, nDCG@{DEPTH}")
    for name, value in compare(rows, queries, grades).items():
        print(f"{name:12} {value:.3f}")


if __name__ == "__main__":
    main()
