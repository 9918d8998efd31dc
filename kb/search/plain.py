"""Search without an index, for when none can be made: the lines that hold the words as typed."""

from __future__ import annotations

from pathlib import Path

from kb.pages.parse import parse
from kb.pages.read import read, scan
from kb.search.hit import Hit, Result


def search(docs: Path, query: str, limit: int, note: str) -> Result:
    """The lines that hold most of the words, in any page but its Quiz; case does not matter."""
    words = query.casefold().split()
    found: list[tuple[int, str, int, str]] = []
    for _, entries in scan(docs):
        for entry in entries:
            data = read(docs, entry.path)
            if isinstance(data, bytes):
                quiz = [s for s in parse(entry.path, data).sections if s.kind == "quiz"]
                for number, line in enumerate(data.decode("utf-8", "replace").split("\n"), 1):
                    if any(section.line <= number <= section.end for section in quiz):
                        continue
                    held = sum(word in line.casefold() for word in words)
                    if held:
                        found.append((-held, entry.path, number, line.strip()))
    found.sort()
    hits = tuple(
        _hit(docs.name, path, number, line, -held) for held, path, number, line in found[:limit]
    )
    best = found[0][3].casefold() if found else ""
    return Result(
        query=query,
        hits=hits,
        answered="substring" if hits else "none",
        missing=tuple(word for word in words if word not in best),
        corrected=None,
        place="",
        behind=0,
        total=len(found),
        notes=(note,),
    )


def _hit(docs_name: str, path: str, number: int, line: str, score: float) -> Hit:
    address = path[:-3]
    return Hit(
        address=address,
        page=address,
        title=address,
        heading="",
        breadcrumb=(address,),
        kind="section",
        path=f"{docs_name}/{path}",
        line=number,
        score=score,
        text=line,
        row=None,
        lines=((number, line),),
        points=(),
        places=(),
        closed=False,
        faults=(),
        due="",
        changed="",
        stale=False,
    )
