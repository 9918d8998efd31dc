"""The rows of the table: what is measured against what, and how far it may be."""

from __future__ import annotations

import random
import statistics
import sys
from collections.abc import Callable, Iterator

import timing
from corpus import edit
from stage import Row, Stage

Rows = Iterator[Row]


def version(stage: Stage) -> Rows:
    """`kb --version` over a bare Typer program."""
    bare, kb = timing.entry("bare_typer"), timing.entry("kb.cli.app", "--version")
    found = timing.paired(
        lambda _: timing.spent(bare, stage.env),
        lambda _: timing.spent(kb, stage.env),
        stage.pairs,
    )
    yield ratio("kb --version / a bare Typer program", 1.2, 1.1, found)


def cold(stage: Stage) -> Rows:
    """A cold search with nothing changed, over nothing at all and over FTS5."""
    docs = stage.indexed(stage.some)
    nothing = [sys.executable, "-c", "pass"]
    found = timing.paired(
        lambda _: timing.spent(nothing, stage.env),
        lambda n: stage.search(docs, n),
        stage.pairs,
    )
    yield ratio("cold kb search / python -c pass", 13, 11, found)
    stage.with_peer(docs)
    found = timing.paired(
        lambda n: timing.spent(stage.peer(docs, "search", *stage.words(n)), stage.env, (0, 1)),
        lambda n: stage.search(docs, n),
        stage.pairs,
    )
    yield ratio("cold kb search / Typer + SQLite FTS5", 1.7, 1.4, found)
    found = timing.paired(
        lambda n: stage.search(docs, n),
        lambda n: stage.search(docs, n, "kb", "zzyzxes"),
        max(3, stage.pairs // 3),
    )
    yield ratio("cold kb search, with a word nobody wrote / without", None, None, found)


def faults(stage: Stage) -> Rows:
    """A cold search with thirty open faults in the book, over one with none."""
    docs = stage.indexed(stage.some)
    none, many = ("--records", str(stage.home / "none")), ("--records", str(stage.home / "many"))
    for records in (none, many):
        joined = ["people", "add", "mo", "--name", "M", "--initials", "MO", "--role", "intern"]
        timing.output(stage.kb(docs, *records, *joined), stage.env)
    for n in range(30):
        said = ["--as", "mo", "--room", "A", "fault", f"ch {n + 1}", "no output", "--use", "none"]
        timing.output(stage.kb(docs, *many, *said), stage.env)
    found = timing.paired(
        lambda n: stage.search(docs, n, "kb", *none),
        lambda n: stage.search(docs, n, "kb", *many),
        stage.pairs,
    )
    yield ratio("cold kb search, 30 open faults / none", 1.02, 1.01, found)


def size(stage: Stage) -> Rows:
    """A cold search over many pages and over few: time, and memory at the peak."""
    few, many = stage.indexed(stage.few), stage.indexed(stage.many)
    what = f"cold search, {stage.many:,} pages / {stage.few} pages"
    found = timing.paired(
        lambda n: stage.search(few, n), lambda n: stage.search(many, n), stage.pairs
    )
    yield ratio(f"{what}: time", 1.4, 1.25, found)
    pairs = [
        [
            timing.peak(stage.kb(docs, "search", *stage.words(n)), stage.env)[0]
            for docs in (few, many)
        ]
        for n in range(max(3, stage.pairs // 3))
    ]
    low, high = (statistics.median(side) for side in zip(*pairs, strict=True))
    middle = statistics.median(over / under for under, over in pairs)
    yield Row(f"{what}: peak memory", 1.1, 1.05, middle, f"{high:.1f} / {low:.1f} MiB")


def edited(stage: Stage) -> Rows:
    """A cold search right after a page was edited, over one with nothing changed."""
    docs = stage.indexed(stage.some)
    pages, chance = sorted(docs.rglob("*.md")), random.Random(3)
    found = []
    for turn in range(max(3, stage.pairs // 3)):
        stage.settle(docs)
        still = stage.search(docs, turn)
        edit(chance.choice(pages), chance, turn)
        found.append((still, stage.search(docs, turn)))
    stage.settle(docs)
    yield ratio("cold search right after one edit / unchanged", 1.35, 1.2, timing.ratio(found))


def many_edits(stage: Stage) -> Rows:
    """Searches after many edits of one page each, over a fresh index of the same pages."""
    docs = stage.indexed(stage.some)
    cache, other = (str(stage.cache(docs, name)) for name in ("kb", "anew"))
    told = stage.inside("edits", str(docs), cache, stage.ask_file(), str(stage.edits))
    timing.output(stage.kb(docs, "reindex", cache="anew"), stage.env)
    stage.settle(docs)
    stage.settle(docs, "anew")
    what = f"after {stage.edits} edits / fresh index"
    found = timing.paired(
        lambda n: stage.search(docs, n, "anew"), lambda n: stage.search(docs, n), stage.pairs
    )
    yield ratio(f"{what}: cold search", 1.5, 1.2, found)
    pair = stage.inside("compare", str(docs), other, cache, stage.ask_file())
    under, over = pair["first"]["median"], pair["second"]["median"]
    yield Row(f"{what}: warm line", 1.5, 1.2, over / under, f"{over:.1f} / {under:.1f} ms")
    worst = f"{told['worst']:.0f} (edit {told['worst_at']}) / {told['median']:.0f} ms"
    what = f"the slowest of {stage.edits} edits / the median one"
    yield Row(what, None, None, told["worst"] / told["median"], worst)


def warm(stage: Stage) -> Rows:
    """A line at the prompt, over FTS5 in one process on the same rows."""
    docs = stage.with_peer(stage.indexed(stage.some))
    caches = [str(stage.cache(docs, name)) for name in ("kb", "fts5")]
    told = stage.inside("warm", str(docs), *caches, stage.ask_file())
    kb = told["kb"]["median"]
    for side, bar, stretch, how in (
        ("looking", 4, 2, "both look at the pages first"),
        ("bare", None, None, "FTS5 does not look"),
    ):
        under = told[side]["median"]
        what = f"a line at the prompt / FTS5 warm: {how}"
        yield Row(what, bar, stretch, kb / under, f"{kb:.1f} / {under:.1f} ms")


def build(stage: Stage) -> Rows:
    """The first build: how fast, how much memory, and beside FTS5's."""
    docs = stage.docs(stage.some)
    counted = stage.inside("count", str(docs))
    found = []
    for turn in range(3 if stage.some < 1000 else 2):
        command = stage.kb(docs, "reindex", cache=f"build-{turn}")
        found.append(timing.peak(command, stage.env))
    most, took = (statistics.median(side) for side in zip(*found, strict=True))
    sections, rows = counted["sections"], counted["rows"]
    detail = f"{took:.1f} s for {sections:,} sections and {rows:,} rows"
    yield Row("first build, sections a second", 500, 1000, sections / took, detail, True, "")
    yield Row("first build, peak MiB", 200, None, most, f"{counted['pages']:,} pages", unit="")
    files = stage.cache(docs, "build-0").rglob("*")
    size, text = sum(path.stat().st_size for path in files), counted["bytes"]
    yield Row(
        "index / text, bytes", None, None, size / text, f"{size / 1e6:.0f} / {text / 1e6:.0f} MB"
    )
    peer = timing.spent(stage.peer(docs, "reindex"), stage.env).wall
    yield Row("first build / FTS5's, same parser", None, None, took / peer, f"{peer:.1f} s")


def check(stage: Stage) -> Rows:
    """`kb check` over a bare parse of the same files, both from the start of their process."""
    docs = stage.docs(stage.some)
    bare = timing.entry("bare_markdown", str(docs))
    kb = stage.kb(docs, "check")
    found = timing.paired(
        lambda _: timing.spent(bare, stage.env),
        lambda _: timing.spent(kb, stage.env, (0, 1)),
        max(3, stage.pairs // 5),
    )
    yield ratio(f"kb check, {stage.some:,} pages / bare markdown-it parse", 2.5, 2.0, found)
    few = stage.docs(stage.few)
    one = stage.kb(few, "check", str(sorted(few.rglob("*.md"))[0]))
    nothing = [sys.executable, "-c", "pass"]
    found = timing.paired(
        lambda _: timing.spent(nothing, stage.env),
        lambda _: timing.spent(one, stage.env, (0, 1)),
        max(3, stage.pairs // 3),
    )
    yield ratio(f"kb check of one page among {stage.few} / python -c pass", None, None, found)


def ratio(what: str, bar: float | None, stretch: float | None, found: timing.Ratio) -> Row:
    """A row of paired runs."""
    detail = (
        f"{found.over * 1000:.0f} / {found.under * 1000:.0f} ms, "
        f"half of the pairs {found.low:.2f}–{found.high:.2f}, cpu {found.cpu:.2f}"
    )
    return Row(what, bar, stretch, found.median, detail)


# In this order: what edits pages comes last. A row for another command is one more line here.
ALL: dict[str, Callable[[Stage], Rows]] = {
    "build": build,
    "version": version,
    "cold": cold,
    "faults": faults,
    "size": size,
    "warm": warm,
    "check": check,
    "edited": edited,
    "many-edits": many_edits,
}
