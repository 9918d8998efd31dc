"""Writing a generation: the pages that changed, parsed and put into Whoosh."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kb.pages.problem import told
from kb.search import generations
from kb.search.engine import Writer, key
from kb.search.index import Difference, Fresh, load_pages, meta, save_state
from kb.search.sources import Source, average_length, load, meta_of

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
    table = load_pages(base) if base else {}
    paths = sorted(difference.changed)
    sources: dict[str, Source] = {}
    average = meta(base)["average"] if base else average_length(docs, paths, sources)
    folder = generations.new(cache, base)
    try:
        writer = Writer(folder)
        try:
            writer.remove(
                table[path]["address"] for path in [*paths, *difference.removed] if path in table
            )
            for path in difference.removed:
                del table[path]
            crowded = writer.crowded()
            again = [path for path, entry in table.items() if key(entry["address"]) in crowded]
            for number, path in enumerate([*paths, *again], 1):
                source = sources.pop(path, None) or load(docs, path)
                table[path] = {**source.entry, "stat": table.get(path, {}).get("stat")}
                for document in source.documents:
                    writer.add(document.stored, **document.terms(average))
                if progress is not None:
                    progress(number, len(paths) + len(again))
            writer.commit()
        except BaseException:
            writer.cancel()
            raise
        for path, stat in difference.stats.items():
            table[path]["stat"] = stat
        found = meta_of(table, average)
        generations.write_json(folder / "pages.json", table, sync=False)
        generations.write_json(folder / "meta.json", found, sync=False)
        generations.publish(cache, folder, base)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    save_state(cache, folder, difference)
    generations.sweep(cache, folder)
    return Fresh(folder, found, notes=_wrong(docs.name, table, paths))


def _wrong(docs_name: str, table: dict[str, dict[str, Any]], paths: list[str]) -> list[str]:
    """What to say of the pages just read that are not as they should be."""
    wrong = [path for path in paths if table[path]["problems"]]
    if len(wrong) != 1:
        return [f"{len(wrong)} pages have problems; see kb list"] if wrong else []
    line, column, message = table[wrong[0]]["wrong"][0]
    more = table[wrong[0]]["problems"] - 1
    return [told(docs_name, wrong[0], line, column, message) + (f" (and {more} more)" * bool(more))]
