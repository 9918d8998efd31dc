"""The doors of the fault book: fault, faults, note."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from kb.cli.options import Json
from kb.cli.session import Session, note, say, say_json, say_lines, say_long, typed
from kb.cli.who import put, which_room, whoever
from kb.errors import KbError

if TYPE_CHECKING:
    from kb.pages.forms import Form
    from kb.records.people import Person
    from kb.room.where import Where
    from kb.search.hit import BookEntry
    from kb.training.pairing import Wording

_PANEL = "Fault book"
_NUMBER = re.compile(r"\d+(?:-[0-9a-fA-F]+)?")


def join(app: typer.Typer) -> None:
    """Add these commands to the app."""
    app.command(rich_help_panel=_PANEL)(fault)
    app.command(rich_help_panel=_PANEL)(faults)
    app.command("note", rich_help_panel=_PANEL)(note_)


def fault(
    ctx: typer.Context,
    words: Annotated[
        list[str], typer.Argument(metavar="WHERE TEXT...", help="ch 22 no output; or clear 3.")
    ],
    use: Annotated[
        str | None, typer.Option(metavar="WORKAROUND", help="What to do meanwhile.")
    ] = None,
    page: Annotated[
        str | None, typer.Option(metavar="PAGE", help="With write: the page, if kb cannot tell.")
    ] = None,
) -> None:
    """Say what is broken: it is in everybody's next search.

    \b
    kb fault ch 22 no output --use strip 23
    kb fault "boiler room" door sticks   quoted, if kb cannot know the place
    kb fault clear 3 fuse replaced       it works again
    kb fault write 3                     into its page, for git
    kb fault 3                           see it
    """
    session: Session = ctx.obj
    said = [typed([word]) for word in words]
    workaround = typed([use or ""]).strip()
    if page is not None and said[0] != "write":
        raise KbError("--page goes with kb fault write N")
    if said[0] in ("clear", "write"):
        number = _number(said)
        if said[0] == "write":
            _write(session, number, page or "", workaround)
        else:
            _clear(session, number, "fault", " ".join(said[2:]))
    elif len(said) == 1 and _NUMBER.fullmatch(said[0]):
        _show(session, said[0])
    else:
        where, room, text = _meant(session, said, "what is wrong with")
        _open(session, whoever(session), where, room, text, workaround)


def faults(
    ctx: typer.Context,
    all_: Annotated[bool, typer.Option("--all", help="Those that were cleared, too.")] = False,
    json: Json = False,
) -> None:
    """List what is broken, in the book and in the pages, and what holds today."""
    from kb.views import faults as views

    session: Session = ctx.obj
    book, now = session.studio.book, session.studio.clock()
    found = book.everything(session.room) if all_ else book.opened(session.room)
    if json:
        told = {"faults": found.faults, "notes": found.notes}
        say_json({name: [one.as_json() for one in entries] for name, entries in told.items()})
    else:
        say_long(session.screen, list(views.listed(session.screen, found, now)))


def note_(
    ctx: typer.Context,
    words: Annotated[
        list[str], typer.Argument(metavar="WHERE TEXT...", help="ch 9 out today; or clear 4.")
    ],
    until: Annotated[
        str,
        typer.Option(metavar="WHEN", help="18:00, tomorrow, fri, 2026-12-01; else the day's end."),
    ] = "",
) -> None:
    """Say what is true only today: a patch, a strip out, LOCKOUT.

    \b
    kb note studio a LOCKOUT: do not strike --until fri
    kb note clear 4                      it holds no more
    """
    from kb.room.until import until as time_of
    from kb.views import faults as views

    session: Session = ctx.obj
    studio = session.studio
    said = [typed([word]) for word in words]
    if said[0] == "clear":
        _clear(session, _number(said), "note", " ".join(said[2:]))
        return
    when = time_of(until, studio.clock(), studio.house.day_ends)
    where, room, text = _meant(session, said, "what is to be known of")
    person = whoever(session)
    entry = studio.book.add_note(person, where, room, text, when)
    say(views.recorded(session.screen, person.initials, entry, studio.clock()))


def offer(session: Session, person: Person, item: Wording, why: str, room: str) -> None:
    """After an item has failed: a fault, if whoever sits at the terminal says so."""
    from kb.room.where import Where
    from kb.terms.ranges import RangeError, places

    book = session.studio.book
    try:
        where, text = book.read([why])
    except KbError:
        where, text = Where("", known=False), ""
    if not (where.known and text):
        try:
            named = places(item.text, jacks=False)
        except RangeError:
            named = ()
        where, text = Where(_in_short(item.text), named, (room.casefold(),) if room else ()), why
    question = f"open a fault: {where.text}: {text}? Enter yes, n no, or where: "
    try:
        answer = input(session.screen.text(question)).strip()
    except EOFError:
        return
    if answer.casefold() in ("n", "no"):
        return
    session.room = session.room or room
    if answer and answer.casefold() not in ("y", "yes"):
        where, text = book.read([answer, why])
    _open(session, person, where, _room(session, where), text or why, "")


def _open(session: Session, person: Person, where: Where, room: str, text: str, use: str) -> None:
    from kb.views import faults as views

    studio = session.studio
    if there := studio.book.same_fault(where, room, text):
        told = f"already open: fault {there.label}"
        if not sys.stdin.isatty():
            note([told])
        elif put(f"{told}. Open one more? y or n: ").casefold() not in ("y", "yes"):
            return
    entry = studio.book.add_fault(person, where, room, text, use)
    say(views.recorded(session.screen, person.initials, entry, studio.clock()))
    if not where.known:
        note([session.screen.text(f"no page knows “{where.text}”; a search finds it by its words")])


def _clear(session: Session, number: str, kind: str, text: str) -> None:
    from kb.views import faults as views

    person = whoever(session)
    entry = session.studio.book.clear(person, number, kind, text)
    say(views.cleared(session.screen, person.initials, entry))
    if entry.written:
        note([session.screen.text(f"its row in {entry.page} is still to be cleared")])


def _show(session: Session, number: str) -> None:
    from kb.views import faults as views

    studio = session.studio
    say_lines(views.marked(session.screen, [studio.book.entry(number)], studio.clock()))


def _write(session: Session, number: str, page: str, use: str) -> None:
    """Put the row into its page, then note that it is there; a second try adds no second row."""
    from kb.pages import address, forms
    from kb.room.faultbook import cells

    person = whoever(session)
    studio = session.studio
    entry = studio.book.entry(number)
    if entry.kind != "fault":
        raise KbError(f"{number} is a note; notes have no page")
    if not (page or entry.page):
        raise KbError(f"which page? kb fault write {number} --page PAGE")
    values = cells(entry) | ({"workaround": use} if use else {})
    form = studio.form("fault", page or entry.page)
    if told := forms.refused(form, values):
        raise KbError(told)
    if forms.missing(form, values):
        raise KbError(f'{number} has no workaround: kb fault write {number} --use "…"')
    docs = studio.places.docs.name
    line = _line_of(session, form, entry)
    if not line:
        added = studio.add_rows(form, [values])
        note(session.screen.text(problem.message) for problem in added.problems)
        if not added.written:
            raise KbError("nothing was written; put it right and try again")
        line = added.lines[0]
    row = studio.find(f"{docs}/{form.path}:{line}").row
    name = row.address.rpartition("/")[2] if row else address.part(entry.where)
    long = f"{name}-{address.part(entry.text)}"  # its name once the same place is there twice
    names = [name, long] if name == address.part(entry.where) else [name]
    studio.book.mark_written(person, entry, address.of_page(form.path), names)
    say(session.screen.text(f"{docs}/{form.path}:{line}"))
    told = f"fault {entry.label} is in its page now; commit it"
    say(session.screen.text(f"Recorded, {person.initials}: {told}"))


def _line_of(session: Session, form: Form, entry: BookEntry) -> int:
    """The line on which the page tells of this fault already, or 0."""
    for section in session.studio.find(form.path).page.sections:
        for table in section.tables:
            for row in table.rows:
                if row.kind == "fault" and row.open:
                    named = dict(zip(map(str.casefold, table.columns), row.cells, strict=False))
                    if (row.cells[0], named.get("symptom")) == (entry.where, entry.text):
                        return row.line
    return 0


def _number(said: list[str]) -> str:
    if len(said) < 2 or not _NUMBER.fullmatch(said[1]):
        raise KbError(f"{said[0]} which one? by its number: kb faults (a place: in quotes)")
    return said[1]


def _meant(session: Session, said: list[str], question: str) -> tuple[Where, str, str]:
    """Where, in which room, and what; what is missing is asked for at a terminal."""
    book = session.studio.book
    where, text = book.read(said)
    room = _room(session, where)
    if not text:
        if not sys.stdin.isatty():
            raise KbError(f"{question} {book.shown(where, room)}? say it behind the place")
        text = put(f"{question} {book.shown(where, room)}? ")
    return where, room, text


def _room(session: Session, where: Where) -> str:
    """The room it is in. A thing of no one room, such as a microphone, is the whole house's."""
    said = session.room.casefold()
    if where.known and not where.rooms:
        return ""
    if not where.rooms or said in where.rooms:
        return said
    if len(where.rooms) == 1:
        return where.rooms[0]
    return which_room(where.text, where.rooms)


def _in_short(text: str) -> str:
    line = text.split("\n")[0].strip()
    return line if len(line) <= 60 else line[:59].rstrip() + "…"
