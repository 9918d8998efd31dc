"""What is promised, and the checks and controls of each promise at its full and short numbers."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import asked
import booked
import changing
import commanded
import damaged
import fenced
import forked
import furnished
import killed
import pages
import quizzed
import recorded
import shown
import spoiled
import strange
import wherever
from trial import Trial


class Size(NamedTuple):
    """How much to do: `of(full, short)` is one of the two."""

    full: bool

    def of(self, full: int, short: int) -> int:
        """The number for this size."""
        return full if self.full else short


class Promise(NamedTuple):
    """A promise in plain words, and its checks, each followed by its controls."""

    name: str
    words: str
    check: Callable[[Path, Size], Iterator[Trial]]


def survives(home: Path, size: Size) -> Iterator[Trial]:
    """P1."""
    yield recorded.storm(_folder(home, "storm"), size.of(200, 8))
    for broken in ("hurried", "torn"):
        yield recorded.storm(_folder(home, broken), size.of(25, 8), broken)
    yield commanded.storm(home / "commands", size.of(200, 12))
    yield commanded.storm(home / "forgetful", size.of(40, 10), commanded.forgetful)
    yield quizzed.quizzes(home / "quizzes", size.of(60, 5))
    yield quizzed.quizzes(home / "forgets", size.of(10, 2), commanded.forgetful)
    yield booked.storm(home / "book", size.of(100, 10))
    yield booked.storm(home / "book-forgets", size.of(20, 10), commanded.forgetful)


def never_refused(home: Path, size: Size) -> Iterator[Trial]:
    """P2."""
    yield recorded.crowd(_folder(home, "crowd"), 8, size.of(500, 4), timed=size.full)
    yield recorded.crowd(_folder(home, "cold"), 8, size.of(8, 2), rounds=size.of(25, 1))
    yield commanded.terminals(home / "terminals", size.of(60, 2))
    yield commanded.terminals(home / "impatient", size.of(6, 2), commanded.impatient)
    yield booked.terminals(home / "faults", size.of(30, 2))
    yield booked.terminals(home / "hasty", 2, booked.hasty)


def says_not_saved(home: Path, size: Size) -> Iterator[Trial]:
    """P3."""
    yield recorded.full_disk(_folder(home, "full"))
    yield recorded.full_disk(_folder(home, "careless"), "careless")
    yield from commanded.unsaved(_folder(home, "unsaved"), size.of(1, 3))
    yield from commanded.unsaved(_folder(home, "goes-on"), 3, commanded.careless)
    yield quizzed.filled_up(home / "filled")
    yield commanded.not_shown(home / "not-shown", size.of(1, 8))
    yield commanded.not_shown(home / "unseen", size.of(3, 10), commanded.never_flushed)


def only_added(home: Path, size: Size) -> Iterator[Trial]:
    """P4."""
    yield commanded.only_added(home / "added", size.of(1000, 30))
    yield commanded.only_added(home / "mended", size.of(60, 20), commanded.mends_in_place)


def brought_back(home: Path, size: Size) -> Iterator[Trial]:
    """P6."""
    yield recorded.hurt(_folder(home, "hurt"), size.of(300, 12))
    yield recorded.hurt(_folder(home, "blind"), size.of(24, 6), look=False)
    yield recorded.sqlite_alone(_folder(home, "alone"))


def right_again(home: Path, size: Size) -> Iterator[Trial]:
    """P7."""
    house = pages.our_house(home / "house")
    expected = pages.answers(house)
    vault = damaged.Vault(house.places(), home / "vault")
    copies = size.of(200, 6)
    yield damaged.check(house, vault, expected, copies)
    yield damaged.check(house, vault, expected, copies, keep_times=True)
    yield damaged.check(house, vault, expected, copies, broken=damaged.trust_manifest)
    yield killed.check(house, expected, size.of(60, 4))
    yield killed.check(house, expected, size.of(15, 3), broken=killed.in_place)
    if os.geteuid() == 0:
        yield fenced.rights(_folder(home, "rights"), scenes=size.of(6, 3))
        yield fenced.rights(_folder(home, "blind"), changing.never_look, scenes=size.of(6, 2))
        yield fenced.strangers_index(_folder(home, "stranger"))
        yield fenced.strangers_index(_folder(home, "trusting"), fenced.trust_any_owner)


def as_it_is_now(home: Path, size: Size) -> Iterator[Trial]:
    """P8."""
    yield changing.many_pages(home / "pages", size.of(50, 6))
    yield changing.many_pages(home / "unseen", size.of(10, 6), changing.never_look)
    house = forked.new_house(home / "house", [])
    few = size.of(12, 6)
    yield changing.while_searching(house, size.of(120, 8))
    yield changing.while_searching(house, few, changing.never_look)
    yield changing.same_stamp(house, size.of(60, 6))
    yield changing.same_stamp(house, few, changing.only_sizes)
    yield changing.clocks(house, size.of(60, 6))
    yield changing.clocks(house, few, changing.only_sizes)
    yield changing.names(home / "names")
    yield changing.names(home / "other-names", changing.never_look)
    yield booked.elsewhere(home / "elsewhere", size.of(48, 3))
    yield booked.elsewhere(home / "own-list", 3, booked.trust_list)


def runs_nothing(home: Path, size: Size) -> Iterator[Trial]:
    """P9."""
    yield strange.clone(home / "clone", size.of(1, 6))
    yield strange.clone(home / "trusting", 6, strange.trusting)
    yield strange.plain_git(home / "git")
    yield fenced.pickles(_folder(home, "pickles"))
    yield fenced.pickles(_folder(home, "open"), fenced.let_any_class_in)


def drives_no_terminal(home: Path, size: Size) -> Iterator[Trial]:
    """P10."""
    yield shown.check(_folder(home, "shown"), size.of(1, 6))
    yield shown.check(_folder(home, "control"), 6, shown.as_it_is)


def stays_inside(home: Path, size: Size) -> Iterator[Trial]:
    """P11."""
    yield strange.outside(home / "outside", size.of(1, 8), size.full)
    yield strange.outside(home / "follows", 8, size.full, strange.follows_links)


def costs_one_page(home: Path, size: Size) -> Iterator[Trial]:
    """P12."""
    yield spoiled.check(home / "spoiled", size.of(1000, 12), size.full)
    yield spoiled.check(home / "stops", 12, size.full, spoiled.stops)


def never_startled(home: Path, size: Size) -> Iterator[Trial]:
    """P13."""
    yield asked.check(furnished.furnish(home / "asked"), size.of(2000, 25), size.full)
    yield asked.check(furnished.furnish(home / "naive"), 5, size.full, asked.ask_whoosh)
    yield wherever.check(home / "wherever", size.of(1, 14))
    yield wherever.check(home / "startled", 10, wherever.startled)
    yield wherever.ten_thousand(home / "many", size.of(10_000, 60))
    yield wherever.ten_thousand(home / "last", 60, wherever.short_sighted)


PROMISES = (
    Promise("P1", "Once kb says “Recorded”, it survives kill -9 of anything", survives),
    Promise(
        "P2", "Terminals that record at once lose nothing and are never refused", never_refused
    ),
    Promise("P3", "What cannot be saved is said, and nothing is half saved", says_not_saved),
    Promise("P4", "Records are only ever added", only_added),
    Promise("P6", "A lost or damaged store is noticed and brought back", brought_back),
    Promise("P7", "A damaged, forged or half-built index never gives a wrong answer", right_again),
    Promise("P8", "What a search shows stands on that line now", as_it_is_now),
    Promise("P9", "Nothing in a cloned repository is run", runs_nothing),
    Promise("P10", "No page, name or record can drive the terminal", drives_no_terminal),
    Promise("P11", "No page outside the docs folder is read", stays_inside),
    Promise("P12", "One bad page costs one page", costs_one_page),
    Promise("P13", "No input and no place to run gives a traceback or a hang", never_startled),
)


def _folder(home: Path, name: str) -> Path:
    """A folder that another user may walk through."""
    folder = home / name
    folder.mkdir()
    folder.chmod(0o755)
    return folder


def trials(promise: Promise, home: Path, size: Size) -> Iterator[Trial]:
    """The checks of one promise, in a home that is theirs; `forked` must be ready."""
    yield from promise.check(_folder(home, promise.name), size)
