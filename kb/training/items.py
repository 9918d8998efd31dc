"""Which items somebody means by `1-4 7 3.2`, and what to record of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from kb.errors import KbError
from kb.house import studio_day
from kb.records.event import Draft
from kb.training.checklist import Checklist
from kb.training.pairing import Wording
from kb.training.runs import Run, to_draft

_NUMBER = re.compile(r"\d{1,4}(?:\.\d{1,4}){0,9}")
_CLOCK = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The items meant; `named` were given one by one, the others lie in a range."""

    items: tuple[Wording, ...]
    named: frozenset[str]


def chosen(checklist: Checklist, words: Iterable[str]) -> Chosen:
    """The items of numbers and ranges, in the order of the page. Raises KbError.

    A range takes what lies below its items too; a number means that one item.
    """
    numbers = [item.number for item in checklist.items]
    places: set[int] = set()
    named: set[str] = set()
    for word in " ".join(words).replace(",", " ").split():
        first, dash, last = word.replace("–", "-").partition("-")
        for number in (first, last) if dash else (first,):
            if not _NUMBER.fullmatch(number):
                raise KbError(f"{word!r} is no item: say 3, 3.2 or 1-4")
            if number not in numbers:
                raise KbError(
                    f"{checklist.title} has no item {number}; it has {numbers[-1]} at most"
                )
        start = numbers.index(first)
        if not dash:
            places.add(start)
            named.add(first)
            continue
        end = numbers.index(last)
        if end < start:
            raise KbError(f"{word!r} runs backwards")
        while end + 1 < len(numbers) and numbers[end + 1].startswith(last + "."):
            end += 1
        places.update(range(start, end + 1))
    if not places:
        raise KbError("which items? say 3, 3.2 or 1-4")
    return Chosen(tuple(checklist.items[place] for place in sorted(places)), frozenset(named))


def said_at(word: str, now: datetime, day_ends: time) -> datetime:
    """The time of this studio day that `09:40` means. Raises KbError for one yet to come."""
    match = _CLOCK.fullmatch(word.strip())
    if not match:
        raise KbError(f"{word!r} is no time: say 09:40")
    day = studio_day(now, day_ends)
    at = time(int(match[1]), int(match[2]))
    when = datetime.combine(day if at >= day_ends else day + timedelta(days=1), at, now.tzinfo)
    if when > now:
        raise KbError(f"{word} is still to come")
    return when


def ticks(
    checklist: Checklist, run: Run, actor: str, meant: Chosen, at: datetime | None
) -> tuple[list[Draft], list[Wording], list[Wording]]:
    """The events of a tick, what of it was ticked by them already, and what wants a witness.

    Raises KbError where the run is stopped, or an item named by itself needs a sign-off.
    """
    refuse_stopped(checklist, run, {item.address for item in meant.items})
    drafts, before, watched = [], [], []
    for item in meant.items:
        if item.sign_off is not None:
            if item.number in meant.named:
                raise KbError(needs_sign_off(checklist, item))
            watched.append(item)
        elif any(m.actor == actor and m.state == "done" for m in run.marks_of(item)[-1:]):
            before.append(item)
        else:
            drafts.append(to_draft("tick", actor, run, item, at=at))
    return drafts, before, watched


def refuse_stopped(checklist: Checklist, run: Run, meant: Collection[str] = ()) -> None:
    """Raise KbError where a failed (!) item stops the run, unless that item itself is meant."""
    stop = run.stopped(checklist)
    if stop is None or stop.item in meant:
        return
    number = next(item.number for item in checklist.items if item.address == stop.item)
    why = f": {stop.reason}" if stop.reason else ""
    raise KbError(f"the run is stopped, {number} failed{why}; tick {number} once it is right")


def remaining(checklist: Checklist, run: Run) -> tuple[list[Wording], list[Wording]]:
    """What `finish` may tick in one go, and what it must leave: (!) and sign-off items."""
    open_ = run.open(checklist)
    left = [item for item in open_ if item.critical or item.sign_off is not None]
    return [item for item in open_ if item not in left], left


def needs_sign_off(checklist: Checklist, item: Wording) -> str:
    """What to say of an item that its doer cannot tick."""
    by = f" by a {item.sign_off}" if item.sign_off else ""
    return f"{item.number} needs a sign-off{by}: kb signoff PERSON {checklist.address} --by PERSON"


def numbers(items: Sequence[Wording], all_items: Sequence[Wording]) -> str:
    """Items as people say them: `1-4, 7`."""
    order = {item.address: place for place, item in enumerate(all_items)}
    parts: list[list[Wording]] = []
    for item in items:
        if parts and order[item.address] == order[parts[-1][-1].address] + 1:
            parts[-1].append(item)
        else:
            parts.append([item])
    return ", ".join(
        part[0].number if len(part) == 1 else f"{part[0].number}-{part[-1].number}"
        for part in parts
    )
