"""Pages that change in awkward ways: under a search, within one second, with any clock."""

from __future__ import annotations

import json
import os
import random
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from forked import Break, House, Ran, new_house, replace, settle, write
from trial import Trial

sys.path.append(str(Path(__file__).resolve().parents[1] / "bench"))
from corpus import Corpus

COUNTER = "equipment/counter.md"
TEN_YEARS = 10 * 365 * 86_400 * 10**9


def counter(value: int) -> str:
    """A page that says a number, always of the same length."""
    return f"# Counter\n\nThe zebrafish stands at number{value:06} today.\n"


def shown(ran: Ran) -> int | str:
    """The number that an answer says, or what went wrong."""
    found = re.search(r"number(\d{6})", ran.out)
    if ran.crashed or not found:
        return f"exit {ran.code}: {(ran.err or ran.out).strip()[-200:]}"
    return int(found[1])


def while_searching(house: House, tries: int, broken: Break | None = None) -> Trial:
    """A page is edited all the time: an answer is never older than the search it answers."""
    what = "searches while the page was edited"
    trial = Trial("never looks twice" if broken else what, control=broken is not None)
    page = house.docs / COUNTER
    write(page, counter(0))
    house.search("zebrafish")
    log = house.home / f"edits-{time.monotonic_ns()}"
    log.touch()
    writer = _writer(page, log)
    try:
        asked = []
        for _ in range(tries):
            start = time.monotonic_ns()
            ran = house.search("zebrafish", broken=broken)
            asked.append((start, shown(ran), time.monotonic_ns()))
    finally:
        os.kill(writer, 9)
        os.waitpid(writer, 0)
    edits = {0: 0} | {int(n): int(t) for n, t in map(str.split, log.read_text().splitlines())}
    for start, found, end in asked:
        trial.tries += 1
        if isinstance(found, str):
            trial.fault("crash", found)
        elif edits.get(found + 1, end) < start or edits.get(found, end) > end:
            late = (start - edits[found + 1]) / 1e6
            trial.fault("wrong", f"number {found}, gone {late:.0f} ms before the search began")
    trial.remarks["edits"] = len(edits)
    last = int(re.findall(r"number(\d+)", page.read_text("utf-8"))[0])
    trial.compare(last, shown(house.search("zebrafish", broken=broken)), "afterwards")
    return trial


def _writer(page: Path, log: Path) -> int:
    """A process that replaces the page every few milliseconds, and writes down when."""
    child = os.fork()
    if child:
        return child
    value = 0
    with log.open("w") as file:
        while True:
            value += 1
            new = page.with_suffix(".new")
            write(new, counter(value))
            new.replace(page)
            file.write(f"{value} {time.monotonic_ns()}\n")
            file.flush()
            time.sleep(0.003)


def same_stamp(house: House, tries: int, broken: Break | None = None) -> Trial:
    """A page is rewritten with the same size, in the same inode, and given its old time back."""
    what = "edits of the same size, second and time stamp"
    trial = Trial("only sizes looked at" if broken else what, control=broken is not None)
    page = house.docs / COUNTER
    write(page, counter(0))
    for value in range(1, tries + 1):
        if value == tries // 2:
            settle()
        house.search("zebrafish", broken=broken)
        info = page.stat()
        with page.open("r+b") as file:
            file.write(counter(value).encode())
        os.utime(page, ns=(info.st_atime_ns, info.st_mtime_ns))
        trial.compare(value, shown(house.search("zebrafish", broken=broken)), f"edit {value}")
    return trial


def clocks(house: House, tries: int, broken: Break | None = None) -> Trial:
    """Time stamps from the future and the past, and a clock that was set back or forward."""
    what = "edits with clocks and stamps from other times"
    trial = Trial("only sizes looked at" if broken else what, control=broken is not None)
    page = house.docs / COUNTER
    value = 0
    for _ in range(max(1, tries // 6)):
        for stamp, hours in _times():
            value += 1
            write(page, counter(value))
            os.utime(page, ns=(stamp, stamp))

            def run(hours: int = hours) -> None:
                if broken is not None:
                    broken()
                _shift(hours)

            ran = house.search("zebrafish", broken=run)
            trial.compare(value, shown(ran), f"stamp {stamp}, clock {hours:+} h")
    return trial


def _times() -> Iterator[tuple[int, int]]:
    now = time.time_ns()
    yield now, 0
    yield now + TEN_YEARS, 0
    yield now - TEN_YEARS, 0
    yield 0, -24
    yield now - 3600 * 10**9, -1
    yield now, 24


def _shift(hours: int) -> None:
    real, real_ns = time.time, time.time_ns
    time.time = lambda: real() + hours * 3600
    time.time_ns = lambda: real_ns() + hours * 3600 * 10**9


def many_pages(home: Path, edits: int, broken: Break | None = None) -> Trial:
    """Pages edited, deleted and renamed between searches: what a hit shows stands at its line."""
    what = "edits, deletions and renamings between searches"
    trial = Trial("never looks twice" if broken else what, control=broken is not None)
    chance = random.Random(4)
    house = new_house(home, Corpus(3).pages(40))
    house.search("console")
    spare = Corpus(4)
    for number in range(edits):
        page = chance.choice(sorted(house.docs.rglob("*.md")))
        text = page.read_text("utf-8")
        asked = " ".join(chance.sample(re.findall(r"[a-z]{4,}", text), 3))
        kind = ("edited", "moved down", "deleted", "renamed", "written anew")[number % 5]
        if kind == "edited":
            write(page, re.sub(rf"\b{asked.split()[0]}\b", "quagga", text))
        elif kind == "moved down":
            write(page, text.replace("\n## ", "\nA line more.\n\nAnd another.\n\n## ", 1))
        elif kind == "deleted":
            page.unlink()
            write(house.docs / "equipment" / f"new{number}.md", spare.page(number))
        elif kind == "renamed":
            page.rename(page.with_name(f"renamed{number}.md"))
        else:
            write(page, spare.page(number))
        trial.remarks[kind] += 1
        for query in (asked, "quagga console insert"):
            ran = house.search(query, broken=broken)
            if ran.code not in (0, 1):
                trial.fault("crash", ran.err[-200:])
                continue
            for hit in json.loads(ran.out)["hits"]:
                trial.tries += 1
                if wrong := _not_there(house, hit):
                    trial.fault("wrong", f"{kind} {page.name}, “{query}”: {wrong}")
    return trial


def _not_there(house: House, hit: dict[str, Any]) -> str:
    """Why a hit is not what stands in its file at its line; empty if it is."""
    try:
        lines = (house.docs.parent / hit["path"]).read_text("utf-8").split("\n")
    except FileNotFoundError:
        return f"{hit['path']} is not there"
    cells = (hit["row"] or {}).values()
    shown = " ".join(cells) if cells else hit["text"]
    last = hit["line"] + (0 if cells else hit["text"].count("\n") + 3)
    there = set(re.findall(r"\w+", " ".join(lines[hit["line"] - 1 : last])))
    missing = [word for word in re.findall(r"\w+", shown) if word not in there]
    return f"{hit['path']}:{hit['line']} has no {missing[:3]}" if missing else ""


NAMES = (
    ("Lamp.md", "lamp.md"),
    ("caf\u00e9.md", "cafe\u0301.md"),
    ("\u212bngstr\u00f6m.md", "A\u030angstro\u0308m.md"),
    ("plain.md", "line\nkb: forged.md"),
    ("line\nkb: forged.md", "esc\x1b[2J.md"),
    ("esc\x1b[2J.md", "-n.md"),
    ("-n.md", "odd\udcff.md"),
    ("a b.md", "a  b.md"),
)


def names(home: Path, broken: Break | None = None) -> Trial:
    """A page renamed in letter case or normal form only, or to an odd name, and asked for by it."""
    what = "renamings in case, normal form and odd characters"
    trial = Trial("never looks twice" if broken else what, control=broken is not None)
    house = new_house(home, [])
    for number, (before, after) in enumerate(NAMES):
        word = f"zebrafish{number}"
        folder = house.docs / "equipment"
        write(folder / before, f"# Page {number}\n\nThe {word}.\n")
        house.search(word, broken=broken)
        (folder / before).rename(folder / after)
        ran = house.search(word, broken=broken)
        found = [hit["path"] for hit in json.loads(ran.out)["hits"]] if ran.code == 0 else ran.err
        trial.compare([f"docs/equipment/{after}"], found, f"{before!r} to {after!r}")
        shown = house.run(["search", word], broken=broken).out.partition(".md:1 ")[0]
        page = house.run(["show", "--", shown], broken=broken)
        if word not in page.out:
            trial.fault("wrong", f"kb show {shown!r}: {page.err[-200:]}")
        (folder / after).unlink()
    return trial


def never_look() -> None:
    """The broken kb of a control: once indexed, pages are not looked at again."""
    from kb.search import index

    looked = index._difference

    def lazy(docs: Path, folder: Path | None, *rest: object) -> object:
        return None if folder else looked(docs, folder, *rest)

    replace(index, "_difference", lazy)


def only_sizes() -> None:
    """The broken kb of a control: a page of the same size counts as the same."""
    from kb.search import index

    index.RACY_NS = 0
    looked, entries = index.glance, index.entries

    def glance(docs: Path) -> Iterator[tuple[str, str, int]]:
        for name, *_ in looked(docs):
            yield name, str([(e.path, e.size) for e in entries(docs, name)]), 0

    replace(index, "glance", glance)
    replace(index, "_stat", lambda entry: str(entry.size))
