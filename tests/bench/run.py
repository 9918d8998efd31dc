"""Measure kb against its peers, as ratios of paired runs, and say which bars are met.

    python tests/bench/run.py                  everything: about half an hour on two cores
    python tests/bench/run.py --small          fewer pages and pairs: under a minute, for CI
    python tests/bench/run.py --pages FOLDER   on your own Markdown in place of made-up pages
    python tests/bench/run.py --only cold,warm

Exit code 1 where a figure is over its bar; with --small only where it is over twice the bar.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import rows
import timing
from stage import Row, Stage, commit

GROSS = 2.0


def main() -> int:
    """Measure, print the table, and say whether it is good enough."""
    options = arguments()
    timing.compile_all()
    with tempfile.TemporaryDirectory(prefix="kb-bench-") as home:
        stage = Stage(Path(home), **sizes(options))
        print(about(stage), flush=True)
        found = list(measure(stage, options.only.split(",")))
    print()
    print("\n".join(table(found)))
    bad = [row.what for row in found if row.bar and over(row) > (GROSS if options.small else 1.0)]
    return 1 if bad else 0


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--small", action="store_true", help="few pages, few pairs")
    parser.add_argument("--pages", type=Path, metavar="FOLDER", help="Markdown to measure on")
    parser.add_argument("--pairs", type=int, help="how many paired runs a row")
    parser.add_argument("--only", default=",".join(rows.ALL), help="of %(default)s")
    return parser.parse_args()


def sizes(options: argparse.Namespace) -> dict[str, object]:
    """How many pages, pairs, edits and lines."""
    few, some, many = (50, 120, 360) if options.small else (50, 1000, 10_000)
    pairs, edits, lines = (7, 40, 40) if options.small else (31, 200, 200)
    given = options.pages.resolve() if options.pages else None
    if given:
        count = sum(1 for _ in given.rglob("*.md"))
        few, some, many = min(few, count), min(some, count), min(many, count)
    return {
        "few": few,
        "some": some,
        "many": many,
        "pairs": options.pairs or pairs,
        "edits": edits,
        "lines": lines,
        "given": given,
    }


def about(stage: Stage) -> str:
    """Where and when, and on what."""
    pages = f"pages of {stage.given}" if stage.given else "made-up pages"
    return (
        f"kb {commit()}, Python {platform.python_version()}, {os.cpu_count()} cores, "
        f"{platform.system()} {platform.machine()}, {time.strftime('%Y-%m-%d')}; "
        f"{stage.few:,}, {stage.some:,} and {stage.many:,} {pages}, {stage.pairs} pairs a row"
    )


def measure(stage: Stage, names: Iterable[str]) -> Iterable[Row]:
    """Every row asked for, told as soon as it is known; one that fails costs no other."""
    for name in names:
        try:
            for row in rows.ALL[name](stage):
                print(f"  {row.what}: {row.measured:.2f}{row.unit}  ({row.detail})", flush=True)
                yield row
        except timing.FailedError as error:
            print(f"  {name}: FAILED, {error}", flush=True)
            yield Row(f"{name}: could not be measured", 1, 1, float("inf"), str(error))


def over(row: Row) -> float:
    """How many times its bar a figure is: above 1 it is missed."""
    assert row.bar
    return row.bar / row.measured if row.least else row.measured / row.bar


def verdict(row: Row) -> str:
    """A figure beside its bar, in a word."""
    if row.bar is None:
        return ""
    if over(row) > 1:
        return "GROSS" if over(row) > GROSS else "missed"
    if row.stretch is None:
        return "met"
    reached = row.measured >= row.stretch if row.least else row.measured <= row.stretch
    return "stretch" if reached else "met"


def table(found: Iterable[Row]) -> Iterable[str]:
    """The rows as a Markdown table."""
    yield "| what | bar | stretch | measured | verdict | medians |"
    yield "|---|---|---|---|---|---|"
    for row in found:
        bar, stretch = ("" if n is None else f"{n:g}" for n in (row.bar, row.stretch))
        measured = f"{row.measured:.0f}" if row.measured > 50 else f"{row.measured:.2f}"
        yield f"| {row.what} | {bar} | {stretch} | {measured} | {verdict(row)} | {row.detail} |"


if __name__ == "__main__":
    sys.exit(main())
