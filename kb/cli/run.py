"""What the checklist doors share: which run is meant, and recording into it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from kb.cli.session import Session, note, say, say_lines
from kb.cli.who import which_room
from kb.errors import KbError

if TYPE_CHECKING:
    from kb.records.event import Draft, Event
    from kb.records.people import Person
    from kb.records.store import Records
    from kb.training.checklist import Checklist
    from kb.training.items import Chosen
    from kb.training.runs import Run


def run_of(session: Session, checklist: Checklist, *, new: bool = False) -> Run:
    """The run of today to look at or tick in; with `new` one more."""
    from kb.training.runs import current

    studio = session.studio
    known = studio.runs_today(checklist.address)
    return current(known, checklist.address, studio.day, _room(session, checklist), new=new)


def settle_room(session: Session, checklist: Checklist) -> None:
    """See that the room of a run is said where its page is for several. Raises KbError."""
    if not session.room and len(checklist.rooms) > 1:
        session.room = which_room(checklist.title, checklist.rooms)


def tell_what_is_open(session: Session, run: Run) -> None:
    """At the start of a run, what is broken in its room and what holds there today."""
    from kb.views import faults as views

    if run.marks:
        return
    studio = session.studio
    try:
        opened = studio.book.of_book(run.room)
    except KbError as error:  # whoever ticks must not be held up by it
        note([f"the fault book cannot be read: {error}"])
    else:
        say_lines(views.briefly(session.screen, opened, studio.clock()))


def record(
    session: Session,
    person: Person,
    checklist: Checklist,
    decide: Callable[[Run], list[Draft]],
    *,
    new: bool = False,
    run: Run | None = None,
) -> None:
    """Record what `decide` makes of the run as it stands, and say so once it is saved."""
    from kb.views import checklists as views

    name = ""

    def inside(records: Records) -> list[Draft]:
        nonlocal name
        now = run or run_of(session, checklist, new=new)
        name = now.name
        return with_wording(records, person, checklist, decide(now))

    events = session.studio.records.decide(inside)
    known = session.studio.runs_today(checklist.address)
    now = next((one for one in known if one.name == name), None)
    say(views.recorded(session.screen, person, checklist, now, said(events)))


def ticked(
    checklist: Checklist,
    run: Run,
    person: Person,
    meant: Chosen,
    at: datetime | None,
    told: list[str],
) -> list[Draft]:
    """The events that tick these items in a run; what is to be remarked goes into `told`."""
    from kb.training.items import needs_sign_off, numbers, ticks

    drafts, before, watched = ticks(checklist, run, person.handle, meant, at)
    if before:
        told.append(f"you had ticked {numbers(before, checklist.items)} already")
    told.extend(needs_sign_off(checklist, item) for item in watched)
    return drafts


def with_wording(
    records: Records, person: Person, checklist: Checklist, drafts: list[Draft]
) -> list[Draft]:
    """The drafts, and before them the wording they are about where the store has not got it."""
    from kb.training.checklist import to_draft

    if not drafts or not checklist.items:
        return drafts
    known = {event.fingerprint for event in records.find("wording", subject=checklist.address)}
    if checklist.version in known:
        return drafts
    return [to_draft(person.handle, checklist), *drafts]


def said(events: list[Event]) -> list[Event]:
    """The events people ask about."""
    return [event for event in events if event.kind != "wording"]


def _room(session: Session, checklist: Checklist) -> str:
    """The room of the run: the one said, else the only one of the page."""
    rooms = checklist.rooms
    if not session.room:
        return rooms[0] if len(rooms) == 1 else ""
    if rooms and session.room.casefold() not in map(str.casefold, rooms):
        raise KbError(f"{checklist.title} is for {' and '.join(rooms)}, not for {session.room}")
    return session.room
