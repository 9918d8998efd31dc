"""Checklists: the list, one run with who did what when, a sheet of paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from kb.records.event import Event
from kb.records.people import Person, Roster
from kb.training.board import Board
from kb.training.checklist import Checklist
from kb.training.items import numbers
from kb.training.pairing import Pair, Wording
from kb.training.runs import Mark, Run
from kb.views.reworded import change, first_line
from kb.views.terminal import Screen, table

_SIGNS = {"done": "x", "not applicable": "-", "failed": "!"}


def listing(
    board: Board, runs: Sequence[Run], person: Person | None, roster: Roster, room: str
) -> list[dict[str, Any]]:
    """What there is to say of each checklist."""
    found = []
    for address, history in board.histories.items():
        now = history.now
        if not now.items or not _is_in(now, room):
            continue
        today = [run for run in runs if run.checklist == address]
        standing = board.standing(person.handle, address).state if person else None
        found.append(
            {
                "address": address,
                "title": now.title,
                "for": now.for_role,
                "rooms": list(now.rooms),
                "items": len(now.items),
                "runs": [_run(now, run, roster) for run in today],
                "standing": standing,
            }
        )
    return found


def listed(screen: Screen, found: list[dict[str, Any]]) -> Iterator[str]:
    """The list for people."""
    if not found:
        yield "no checklists"
        return
    rows = []
    for one in found:
        today = "; ".join(_in_short(run) for run in one["runs"])
        rows.append((one["title"], one["for"], today or "no run", one["standing"] or ""))
    yield from table(screen, ("checklist", "for", "today", "you"), rows)


def shown(screen: Screen, checklist: Checklist, run: Run, roster: Roster) -> Iterator[str]:
    """One run, item by item."""
    told = _run(checklist, run, roster)
    room = f", {run.room}" if run.room else ""
    number = f", run {run.number}" if run.number > 1 else ""
    yield screen.bold(
        screen.text(f"{checklist.title}{room}{number}: {_in_short(told | {'room': ''})}")
    )
    for item in told["items"]:
        sign = _SIGNS.get(item["state"] or "", " ")
        margin = "  " * item["number"].count(".")
        marks = " (!)" * item["critical"] + _asks(item["sign_off"])
        by = f"  {', '.join(item['by'])} {_clock(item['at'])}" if item["at"] else ""
        why = f" ({item['reason']})" if item["reason"] else ""
        first, *more = item["text"].split("\n")
        text = screen.text(f"{first}{marks}{why}{by}")
        head = f"{margin}[{sign}] {item['number']:>2} "
        yield from screen.wrap(text, head, " " * len(head))
        for line in more:
            yield from screen.wrap(screen.text(line), " " * len(head), " " * len(head))
        for note in item["notes"]:
            yield from screen.wrap(
                screen.text(note), " " * len(head) + "+ ", " " * len(head) + "  "
            )
    if told["state"] == "stopped":
        yield screen.warn(screen.text(f"STOPPED: {told['stopped']}"))


def run_json(checklist: Checklist, run: Run, roster: Roster) -> dict[str, Any]:
    """One run as JSON."""
    return {
        "address": checklist.address,
        "title": checklist.title,
        **_run(checklist, run, roster),
    }


def recorded(
    screen: Screen, person: Person, checklist: Checklist, run: Run | None, events: Sequence[Event]
) -> str:
    """What was saved, and how far the run is."""
    if not events:
        return "nothing new to record"
    meant = {event.target for event in events}
    items = [item for item in checklist.items if item.address in meant]
    kinds = {event.kind for event in events}
    what = f" {numbers(items, checklist.items)}" if items else ""
    if kinds == {"untick"}:
        what = f" taken back, {len(events)}"
    open_ = len(run.open(checklist)) if run else len(checklist.items)
    done = len(checklist.items) - open_
    line = f"Recorded, {person.initials}:{what} of {checklist.title}: {done} of {done + open_}"
    if run and run.stopped(checklist):
        line += "; the run is STOPPED"
    elif run and run.finished(checklist):
        line += ", all done"
    return screen.text(line)


def judged(screen: Screen, person: Person, pairs: Sequence[Pair]) -> Iterator[str]:
    """Which rewordings were said to be the same step."""
    if not pairs:
        yield "no rewording to judge: none, or only with new figures or marks"
        return
    yield f"Recorded, {screen.text(person.initials)}: same step, new words"
    for two in pairs:
        if two.was and two.now:
            yield from change(screen, two.now.number, two.was.text, two.now.text)


def sheet(screen: Screen, checklist: Checklist, studio: str) -> Iterator[str]:
    """A sheet of paper: boxes, and a line for the initials."""
    width = screen.width
    yield screen.text(f"{studio}: {checklist.title}")
    yield "Date ________  Room ____  Crew ______________"[:width]
    yield ""
    for item in checklist.items:
        margin = "  " * item.number.count(".")
        head = f"{margin}[ ] {item.number:>2} "
        lines = list(screen.wrap(screen.text(_text(item)), head, " " * len(head)))
        yield from lines[:-1]
        room = width - len(lines[-1]) - 9
        if room < 1:
            yield lines[-1]
            yield " " * (width - 8) + "____ ___"
        else:
            yield f"{lines[-1]} {'.' * room}____ ___"
    yield ""
    yield f"checklist version {checklist.version}"


def _run(checklist: Checklist, run: Run, roster: Roster) -> dict[str, Any]:
    stop = run.stopped(checklist)
    items = [_item(run, item, roster) for item in checklist.items]
    done = len(items) - len(run.open(checklist))
    finished = run.finished(checklist)
    state = "finished" if finished else "stopped" if stop else "open" if run.marks else "not begun"
    marks = run.marks
    return {
        "run": run.name,
        "room": run.room,
        "number": run.number,
        "state": state,
        "done": done,
        "of": len(items),
        "crew": [roster.initials(handle) for handle in run.crew],
        "begun": _time(min((mark.at for mark in marks), default=None)),
        "last": _time(max((mark.at for mark in marks), default=None)),
        "stopped": _why_stopped(checklist, stop, roster) if stop else None,
        "items": items,
    }


def _item(run: Run, item: Wording, roster: Roster) -> dict[str, Any]:
    marks = run.marks_of(item)
    last = marks[-1] if marks else None
    same = [mark for mark in marks if last and mark.state == last.state]
    return {
        "number": item.number,
        "address": item.address,
        "text": item.text,
        "critical": item.critical,
        "sign_off": item.sign_off,
        "state": last.state if last else None,
        "by": list(dict.fromkeys(roster.initials(mark.actor) for mark in same)),
        "at": _time(last.at) if last else None,
        "reason": last.reason if last else "",
        "notes": [
            f"{roster.initials(actor)}: {text}"
            for actor, address, text in run.notes
            if address == item.address
        ],
    }


def _in_short(run: dict[str, Any]) -> str:
    crew = ", ".join(run["crew"])
    room = f"{run['room']} " if run["room"] else ""
    if run["state"] == "finished":
        return f"{room}up since {_clock(run['last'])}, {crew}"
    if run["state"] == "not begun":
        return "not begun today"
    word = "STOPPED, " if run["state"] == "stopped" else ""
    return f"{room}{word}{run['done']} of {run['of']}, {crew}"


def _why_stopped(checklist: Checklist, stop: Mark, roster: Roster) -> str:
    number = next((i.number for i in checklist.items if i.address == stop.item), "?")
    why = f": {stop.reason}" if stop.reason else ""
    return f"{number} failed, {roster.initials(stop.actor)}{why}"


def _is_in(checklist: Checklist, room: str) -> bool:
    rooms = [name.casefold() for name in checklist.rooms]
    return not room or not rooms or room.casefold() in rooms


def _text(item: Wording) -> str:
    return first_line(item.marked)


def _asks(sign_off: str | None) -> str:
    if sign_off is None:
        return ""
    return f" (sign-off {sign_off})" if sign_off else " (sign-off)"


def _time(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None


def _clock(at: str) -> str:
    return f"{datetime.fromisoformat(at).astimezone():%H:%M}"
