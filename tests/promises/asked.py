"""Queries of every kind, listed and at random: an answer, or one line that says why not."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from forked import Break, House, replace
from trial import Trial

CASES = Path(__file__).resolve().parents[1] / "cases" / "queries.txt"
MANY = re.compile(r"\{(.+?) \* (\d+)\}", re.S)
SLOW = 3.0  # seconds
LONGEST = 1000
PIECES = (
    'lamp console 19 ch insert patch phantom +4 -10 dBV U47 1/4" A/B c++ NOT AND OR TO ( ) [ ] '
    "{ } \" ' * ? ~ ^ : / \\ | & ! @ # $ % < > = + - _ , ; . … – — é Ω µ 中 \u0301 \u202e \x1b "
    "\x07 \x7f \udcff \ud800 title: text: zz~2 w* [a http:// 1e999 99999999999 ch:19 A:C17 "
    "17–24 24-17"
).split(" ")


def listed() -> Iterator[str]:
    """The queries of tests/cases/queries.txt."""
    for line in CASES.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            query = line.encode().decode("unicode_escape")
            yield MANY.sub(lambda found: found[1] * int(found[2]), query)[:LONGEST]


def at_random(count: int, seed: int = 1) -> Iterator[str]:
    """Queries of pieces that mean something to some query language, and of any characters."""
    chance = random.Random(seed)
    for _ in range(count):
        if chance.random() < 0.15:
            length = chance.choice([1, 5, 40, 299, 1000])
            text = "".join(chr(chance.randrange(1, 0x3000)) for _ in range(length))
        else:
            glue = chance.choice([" ", "", " "])
            text = glue.join(chance.choices(PIECES, k=chance.choice([1, 2, 3, 5, 9, 33, 200])))
        yield text[:LONGEST]


def check(house: House, count: int, timed: bool, broken: Break | None = None) -> Trial:
    """Ask them all: exit 0, 1 or 2, no traceback, one line where it is refused, and soon."""
    trial = Trial("asks Whoosh's own parser" if broken else "queries", control=bool(broken))
    queries = list(listed())
    trial.remarks["of them listed"] = len(queries)
    slowest = 0.0
    for query in [*queries, *at_random(count)]:
        query = query.replace("\0", "")
        start = time.monotonic()
        ran = house.run(["search", "--", query], broken=broken, timeout=60)
        took = time.monotonic() - start
        slowest = max(slowest, took)
        trial.tries += 1
        lines = ran.err.splitlines()
        if ran.crashed:
            trial.fault("crash", f"{query[:80]!r}: {ran.code} {ran.err[-300:]}")
        elif ran.code == 2 and len(lines) != 1:
            trial.fault("unclear", f"{query[:80]!r}: {ran.err[:300]}")
        elif not all(line.startswith("kb: ") for line in lines) or "no index" in ran.err:
            trial.fault("wrong", f"{query[:80]!r}: {ran.err[:300]}")
        if timed and took > SLOW:
            trial.fault("slow", f"{query[:80]!r}: {took:.1f} s")
    trial.remarks["ms the slowest:"] = round(1000 * slowest)
    return trial


def ask_whoosh() -> None:
    """The broken kb of a control: what was typed goes to Whoosh's own parser first."""
    from whoosh.fields import TEXT, Schema
    from whoosh.qparser import QueryParser

    from kb.search import search

    real = search.words
    parser = QueryParser("text", Schema(text=TEXT))

    def naive(query: str, *more: Any) -> Any:
        parser.parse(query)
        return real(query, *more)

    replace(search, "words", naive)
