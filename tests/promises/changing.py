"""Pages that change in awkward ways: under a search, within one second, with any clock."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

from forked import Break, House, Ran, replace, settle, write
from trial import Trial

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
    what = "page edited while a search runs"
    trial = Trial(f"never looks twice, {what}" if broken else what, control=broken is not None)
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
    what = "same size, same second, same time stamp"
    trial = Trial(f"only sizes looked at, {what}" if broken else what, control=broken is not None)
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
    what = "clock set back, stamps from other times"
    trial = Trial(f"only sizes looked at, {what}" if broken else what, control=broken is not None)
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
    replace(index, "_folder_digest", lambda entries: str([(e.path, e.size) for e in entries]))
    replace(index, "_stat", lambda entry: [entry.size])
