"""Runs: one checklist in one room on one studio day, whoever ticks in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from kb.errors import KbError
from kb.records.event import Draft, Event
from kb.training.checklist import Checklist
from kb.training.pairing import Wording

State = Literal["done", "not applicable", "failed"]

KINDS = ("tick", "skip", "fail", "note", "untick", "signoff")
NO_ROOM = "-"
_STATES: dict[str, State] = {"tick": "done", "skip": "not applicable", "fail": "failed"}


@dataclass(frozen=True, slots=True)
class Mark:
    """What somebody said of one item in a run; `at` is when they say it was done."""

    id: str
    item: str
    state: State
    actor: str
    at: datetime
    fingerprint: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """One run as it stands. `marks` hold every tick that was not taken back, in order."""

    name: str
    checklist: str
    marks: tuple[Mark, ...] = ()
    notes: tuple[tuple[str, str, str], ...] = ()

    @property
    def room(self) -> str:
        """The room it is for, or nothing."""
        room = self.name.split("/")[1]
        return "" if room == NO_ROOM else room

    @property
    def number(self) -> int:
        """1, or more for those asked for with --new."""
        return _number(self.name)

    @property
    def crew(self) -> tuple[str, ...]:
        """Everybody who has ticked something, in order."""
        return tuple(dict.fromkeys(mark.actor for mark in self.marks))

    def marks_of(self, item: Wording) -> list[Mark]:
        """What was said of an item at its present wording, in order."""
        return [
            mark
            for mark in self.marks
            if (mark.item, mark.fingerprint) == (item.address, item.fingerprint)
        ]

    def state(self, item: Wording) -> State | None:
        """How an item stands: what was said last, or nothing."""
        marks = self.marks_of(item)
        return marks[-1].state if marks else None

    def open(self, checklist: Checklist) -> list[Wording]:
        """The items that nobody has done yet, nor said that they do not apply."""
        return [item for item in checklist.items if self.state(item) in (None, "failed")]

    def stopped(self, checklist: Checklist) -> Mark | None:
        """The failed item that stops the run, or nothing."""
        for item in checklist.items:
            marks = self.marks_of(item)
            if item.critical and marks and marks[-1].state == "failed":
                return marks[-1]
        return None

    def finished(self, checklist: Checklist) -> bool:
        """Whether every item is answered for."""
        return bool(self.marks) and not self.open(checklist)


def names_of_day(day: date) -> tuple[str, str]:
    """The first and the last name a run of this day can have."""
    return f"{day}/", f"{day}/\uffff"


def run_name(day: date, room: str, number: int = 1) -> str:
    """What the events of a run call it. Two terminals come to the same name by themselves."""
    return f"{day}/{room.upper() or NO_ROOM}/{number}"


def runs(events: Iterable[Event]) -> list[Run]:
    """The runs that these events, in order, tell of; by checklist, room and number."""
    marks: dict[tuple[str, str], dict[str, Mark]] = {}
    notes: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    for event in events:
        if event.kind not in KINDS or event.run.count("/") != 2:
            continue
        key = event.subject, event.run
        said = marks.setdefault(key, {})
        if event.kind in _STATES:
            said[event.id] = _mark(event)
        elif event.kind == "signoff":
            said |= _watched(event)
        elif event.kind == "untick":
            said.pop(event.target, None)
        elif event.kind == "note":
            notes.setdefault(key, []).append((event.actor, event.target, event.text("text")))
    return [
        Run(name, address, tuple(said.values()), tuple(notes.get((address, name), ())))
        for (address, name), said in sorted(marks.items(), key=lambda entry: entry[0])
    ]


def current(known: Sequence[Run], address: str, day: date, room: str, *, new: bool = False) -> Run:
    """The run to tick in: the last one of the day, or with `new` the one after it."""
    prefix = run_name(day, room).rpartition("/")[0] + "/"
    here = [run for run in known if run.checklist == address and run.name.startswith(prefix)]
    last = max(here, key=lambda run: run.number, default=None)
    if last is None:
        return Run(run_name(day, room), address)
    return Run(run_name(day, room, last.number + 1), address) if new else last


def to_draft(
    kind: Literal["tick", "skip", "fail", "note"],
    actor: str,
    run: Run,
    item: Wording,
    *,
    at: datetime | None = None,
    reason: str = "",
) -> Draft:
    """The event that says this of an item, with the wording it was shown in."""
    body: dict[str, object] = {"run": run.name, "number": item.number, "text": item.text}
    if kind == "note":
        body["item"] = item.text
        body["text"] = reason
    elif reason:
        body["reason"] = reason
    if item.critical:
        body["critical"] = True
    if at is not None:
        body["done_at"] = at.isoformat(timespec="seconds")
    return Draft(kind, actor, run.checklist, item.address, item.fingerprint, body)


def untick(actor: str, run: Run, item: Wording) -> list[Draft]:
    """The events that take back what was last said of an item."""
    marks = run.marks_of(item)
    if not marks:
        raise KbError(f"{item.number} is not ticked")
    return [Draft("untick", actor, run.checklist, marks[-1].id, body={"run": run.name})]


def _mark(event: Event) -> Mark:
    return Mark(
        event.id,
        event.target,
        _STATES[event.kind],
        event.actor,
        _when(event),
        event.fingerprint,
        event.text("reason"),
    )


def _watched(event: Event) -> dict[str, Mark]:
    """The items of a run that a sign-off says were seen done."""
    items = event.body.get("watched")
    if event.body.get("ok") is not True or not isinstance(items, list):
        return {}
    found = {}
    for item in items:
        match item:
            case [str(address), str(fingerprint)]:
                key = f"{event.id}/{address}"
                found[key] = Mark(key, address, "done", event.actor, event.at, fingerprint)
    return found


def _when(event: Event) -> datetime:
    try:
        at = datetime.fromisoformat(event.text("done_at"))
    except ValueError:
        return event.at
    return at if at.tzinfo else event.at


def _number(name: str) -> int:
    last = name.rpartition("/")[2]
    return int(last) if last.isascii() and last.isdecimal() and len(last) < 6 else 1
