"""A checklist at a terminal: each line typed is saved at once, and shows what others did."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Literal

from kb.cli.faults import offer
from kb.cli.run import record, ticked
from kb.cli.session import Session, note, say, say_lines
from kb.cli.who import put
from kb.errors import KbError
from kb.training import runs
from kb.training.checklist import Checklist
from kb.training.items import chosen, needs_sign_off, refuse_stopped
from kb.training.runs import Run
from kb.views import checklists as views

if TYPE_CHECKING:
    from kb.records.event import Draft
    from kb.records.people import Person

HELP = (
    "1-4 7 3.2 done · n 3 WHY not applicable · f 3 WHY failed · + 3 TEXT note · u 3 take back ·"
    " Enter look again · q leave"
)
_WORDS: dict[str, Literal["skip", "fail", "note"]] = {"n": "skip", "f": "fail", "+": "note"}
_WHY = {"skip": "why does it not apply?", "fail": "what failed?", "note": "what is to be noted?"}


def walk(session: Session, person: Person, checklist: Checklist, run: Run) -> None:
    """Read line after line until the run is finished or left."""
    say_lines(map(session.screen.dim, session.screen.wrap(HELP)))
    roster = session.studio.roster()
    seen: Run | None = None
    while True:
        if seen != run:
            say_lines(views.shown(session.screen, checklist, run, roster))
        seen = run
        if run.finished(checklist):
            return
        try:
            line = input(f"{person.initials}> ").strip()
        except EOFError:
            return
        if line in ("q", "quit"):
            return
        try:
            if line:
                _obey(session, person, checklist, run, line)
        except KbError as error:
            if error.code != KbError.code:
                raise
            say(session.screen.text(str(error)))
        run = _again(session, checklist, run)


def _obey(session: Session, person: Person, checklist: Checklist, run: Run, line: str) -> None:
    first, _, rest = line.partition(" ")
    if first in _WORDS and rest and sys.stdin.isatty():
        rest = _with_reason(checklist, _WHY[_WORDS[first]], rest)
    told: list[str] = []

    def decide(_: Run) -> list[Draft]:
        now = _again(session, checklist, run)
        if first in _WORDS:
            return _one(checklist, now, person, _WORDS[first], rest)
        if first == "u":
            meant = chosen(checklist, [rest])
            return [d for item in meant.items for d in runs.untick(person.handle, now, item)]
        return ticked(checklist, now, person, chosen(checklist, [line]), None, told)

    record(session, person, checklist, decide, run=run)
    note(told)
    if first == "f" and sys.stdin.isatty():
        number, _, why = rest.strip().partition(" ")
        offer(session, person, chosen(checklist, [number]).items[0], why.strip(), run.room)


def _with_reason(checklist: Checklist, question: str, rest: str) -> str:
    """`2` with the answer to the question behind it, if nothing stands there yet."""
    number, _, why = rest.strip().partition(" ")
    chosen(checklist, [number])  # that there is such an item comes first
    return rest if why.strip() else f"{number} {put(question + ' ')}"


def _one(
    checklist: Checklist, run: Run, person: Person, kind: Literal["skip", "fail", "note"], rest: str
) -> list[Draft]:
    number, _, why = rest.strip().partition(" ")
    meant = chosen(checklist, [number])
    if not why.strip():
        raise KbError(_WHY[kind])
    if kind == "skip":
        refuse_stopped(checklist, run, {item.address for item in meant.items})
        for item in meant.items:
            if item.sign_off is not None:
                raise KbError(needs_sign_off(checklist, item))
    return [
        runs.to_draft(kind, person.handle, run, item, reason=why.strip()) for item in meant.items
    ]


def _again(session: Session, checklist: Checklist, run: Run) -> Run:
    """The same run as it is now, with what was ticked at other terminals."""
    known = session.studio.runs_today(checklist.address)
    return next((one for one in known if one.name == run.name), run)
