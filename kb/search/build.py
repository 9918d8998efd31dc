"""Writing a generation: what changed on the pages that did, put into Whoosh."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path

from kb.pages.problem import told
from kb.search import generations
from kb.search.documents import Document
from kb.search.engine import LINE, MOVED, moved_lines
from kb.search.index import Difference, Fresh, save_state
from kb.search.known import Known
from kb.search.sources import load, meta_of
from kb.search.writer import Writer

Progress = Callable[[int, int], None]


def build(
    docs: Path,
    cache: Path,
    base: Path | None,
    difference: Difference,
    progress: Progress | None = None,
) -> Fresh:
    """Write the next generation: `base` with the difference applied, or all pages where None.

    `progress` is told how many pages are done, and of how many.
    """
    known, paths = difference.known, sorted(difference.changed)
    folder = generations.new(cache, base)
    try:
        writer = Writer(folder, moved_lines(base) if base else None)
        try:
            for path in difference.removed:
                writer.keep(known.entry(path)["address"], {})
                known.drop(path)
            for number, path in enumerate(paths, 1):
                source = load(docs, path)
                _put(writer, source.entry["address"], source.documents)
                known.put(path, difference.stats[path], source.entry)
                if progress is not None:
                    progress(number, len(paths))
            writer.gather()
            writer.commit()
        except BaseException:
            writer.cancel()
            raise
        for path, stat in difference.stats.items():
            if known.stat(path) != stat:
                known.seen(path, stat)
        known.write(folder)
        if writer.moved:
            generations.write_json(folder / MOVED, writer.moved, sync=False)
        found = meta_of(known)
        generations.write_json(folder / "meta.json", found, sync=False)
        generations.sweep(cache, folder)
        generations.publish(cache, folder, base)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    save_state(cache, folder, difference)
    return Fresh(folder, found, notes=_wrong(docs.name, known, paths))


def _put(writer: Writer, page: str, documents: list[Document]) -> None:
    """Write the documents of a page that are not there as they are; the others of it go.

    An edit changes a few of them, and making out their weights and writing them is most of what
    it would cost to write them all.
    """
    lines: dict[str, int] = {}
    told = []
    for document in documents:
        digest, line = _identity(document)
        while digest in lines:
            digest += "+"
        lines[digest] = line
        told.append((document, digest, line))
    there = writer.keep(page, lines)
    for document, digest, line in told:
        if digest not in there:
            writer.add(document.stored, digest, line, **document.terms())


def _identity(document: Document) -> tuple[str, int]:
    """A digest of all that a document says but the line that it begins in; and that line."""
    before, line, after = re.split(LINE, document.stored, maxsplit=1)
    told = repr(document._replace(stored=before + after)).encode("utf-8", "surrogatepass")
    return blake2b(told, digest_size=12).hexdigest(), int(line)


def _wrong(docs_name: str, known: Known, paths: list[str]) -> list[str]:
    """What to say of the pages just read that are not as they should be."""
    wrong = [(path, entry) for path in paths if (entry := known.entry(path))["problems"]]
    if len(wrong) != 1:
        return [f"{len(wrong)} pages have problems; see kb list"] if wrong else []
    path, entry = wrong[0]
    line, column, message = entry["wrong"][0]
    more = entry["problems"] - 1
    return [told(docs_name, path, line, column, message) + (f" (and {more} more)" * bool(more))]
