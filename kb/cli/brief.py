"""The door of the visitor's sheet: brief."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kb import errors
from kb.cli.lookup import page_names
from kb.cli.options import Json
from kb.cli.session import Session, note, say, say_json, say_long, typed
from kb.errors import KbError

if TYPE_CHECKING:
    from kb.house import House, Room
    from kb.room.sheet import Broken, Note, Sheet
    from kb.search.rows import FoundRow
    from kb.studio import Studio


def join(app: typer.Typer) -> None:
    """Add this command to the app."""
    told = (
        "--json has: studio, room, name, as_of, commit, committed, care, notes, faults, strips,"
        " jacks, mods, patch, levels, call."
    )
    app.command(rich_help_panel="Look things up", epilog=told)(brief)


def brief(
    ctx: typer.Context,
    page: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PAGE...]",
            help="Only these pages; else all of the room.",
            autocompletion=page_names,
        ),
    ] = None,
    html: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="As a page to print or hand over; no FILE: standard output."
        ),
    ] = None,
    json: Json = False,
) -> None:
    """The sheet for a visiting engineer: what differs here, what is broken, what not to touch."""
    if json and html is not None:
        raise KbError("--json or --html, not both")
    session: Session = ctx.obj
    sheet = _sheet(session, [typed([name]) for name in page or ()])
    if json:
        from kb.views import brief_json

        say_json(brief_json.as_json(sheet, session.studio.places.docs.name))
    elif html is None:
        from kb.views import brief as views

        say_long(session.screen, list(views.lines(session.screen, sheet)))
    else:
        from kb.views import brief_html

        text = brief_html.page(sheet)
        if html in ("", "-"):
            say(text)
        else:
            _write(Path(html), text, brief_html.MARK)
            say(session.screen.text(f"wrote {html}"))


def _sheet(session: Session, names: Sequence[str]) -> Sheet:
    from kb import history
    from kb.room.bay import Bay
    from kb.room.brief import sheet
    from kb.room.exceptions import exceptions
    from kb.room.sheet import Head

    studio = session.studio
    house, docs = studio.house, studio.places.docs
    known = {entry["address"]: entry for entry in studio.pages()}
    chosen = [_address(studio, name, known) for name in names]
    room = _room(house, session.room, known, chosen)
    rows = studio.rows("mod", "patch", "fault")
    here = [a for a, entry in known.items() if not room or _is_in(entry, room.letter)]
    if chosen:
        first, rest = chosen, []
    else:
        listed = [name.partition("#")[0] for name in room.brief] if room else []
        note(
            f"{docs.name}/studio.toml: brief: no page {name}"
            for name in listed
            if name not in known
        )
        first = [name for name in listed if name in known] or _console_first(here, rows)
        rest = [name for name in here if name not in first]
    patch = [row for row in rows if row.kind == "patch" and row.page in here]
    faults, notes = _opened(studio, rows, chosen or here, chosen, room)
    commit, committed = history.checked_out(docs) or ("", None)
    return sheet(
        Head(
            house.name,
            room.letter if room else "",
            room.name if room else "",
            tuple(chosen),
            studio.clock(),
            commit,
            committed,
        ),
        known,
        first,
        rest,
        [row for row in rows if row.kind == "mod"],
        faults,
        notes,
        patch,
        exceptions(Bay(patch).standing),
        [(one.reason, one.who, one.ring) for one in house.call],
    )


def _opened(
    studio: Studio,
    rows: Sequence[FoundRow],
    pages: Sequence[str],
    chosen: Sequence[str],
    room: Room | None,
) -> tuple[list[Broken], list[Note]]:
    """What is broken on these pages, of the book only what is on those chosen; and what holds.

    A book that cannot be read is told of on the sheet itself: somebody may go by it alone.
    """
    from kb.room.brief import broken, noted
    from kb.room.faultbook import of_row
    from kb.room.sheet import Note

    letter, name = (room.letter, room.name) if room else ("", "")
    now = studio.clock()
    faulty = [row for row in rows if row.kind == "fault" and row.page in pages and not row.closed]
    faults = [of_row(row, now) for row in faulty]
    try:
        book = studio.book.of_book(letter)
    except KbError as error:
        told = f"the fault book cannot be read: {error}"
        note([told])
        return [broken(entry, name) for entry in faults], [Note("Fault book", told)]
    written = [entry for entry in book.faults if not chosen or entry.page in chosen]
    return (
        [broken(entry, name) for entry in [*written, *faults]],
        [noted(entry, name) for entry in book.notes],
    )


def _console_first(pages: Sequence[str], rows: Sequence[FoundRow]) -> list[str]:
    """The pages in the order of a sheet where studio.toml does not say it."""
    strips = Counter(r.page for r in rows if r.kind == "mod" for p in r.places if p[:3] == "ch:")
    gear = [page for page in pages if not page.startswith("procedures/")]
    return sorted(gear, key=lambda page: -strips[page])


def _address(studio: Studio, name: str, known: Container[str]) -> str:
    from kb.pages.named import page_path

    address = page_path(studio.places.docs, name)[:-3]
    if address not in known:
        raise KbError(f"{address} is new and not in the index yet; try again")
    return address


def _is_in(entry: Mapping[str, Any], letter: str) -> bool:
    from kb.terms.text import rooms_in

    rooms = rooms_in(entry.get("room", "").casefold())
    return not rooms or letter.casefold() in rooms


def _room(
    house: House, asked: str, known: Mapping[str, Mapping[str, Any]], chosen: Sequence[str]
) -> Room | None:
    """The room that is meant; None for pages of no room, or of several.

    Raises KbError where there is no such room, or where it must be said which.
    """
    from kb.house import Room
    from kb.terms.text import rooms_in

    rooms = {room.letter.casefold(): room for room in house.rooms}
    looked = chosen or known
    used = [letter for a in looked for letter in rooms_in(known[a].get("room", ""))]
    for letter in used:
        rooms.setdefault(letter.casefold(), Room(letter, f"Room {letter}"))
    if asked and asked.casefold() not in rooms:
        there = ", ".join(room.letter for room in rooms.values()) or "none with a letter"
        raise KbError(f"no room {asked!r}; there are: {there}")
    own = {letter.casefold() for letter in used}
    if chosen and len(own) == 1:
        return rooms[own.pop()]
    if asked:
        return rooms[asked.casefold()]
    if chosen:
        return None
    if len(rooms) > 1:
        raise KbError("which room? " + " or ".join(f"--room {r.letter}" for r in rooms.values()))
    return next(iter(rooms.values()), None)


def _write(file: Path, text: str, mark: str) -> None:
    """Put a sheet in a file, whole or not at all.

    Raises KbError where there is something that is no sheet, and where it cannot be written.
    """
    try:
        if os.path.lexists(file):
            if not file.is_file():
                raise KbError(f"{file} is no file; name another")
            with file.open(encoding="utf-8", errors="replace") as there:
                if mark not in there.read(2000):
                    raise KbError(f"{file} is not a sheet of kb's and stays as it is; name another")
        target = file.resolve()
        part, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        try:
            with os.fdopen(part, "w", encoding="utf-8", errors="replace", newline="\n") as out:
                out.write(text + "\n")
            os.chmod(name, 0o666 & ~_umask())  # noqa: PTH101
            os.replace(name, target)  # noqa: PTH105
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)  # noqa: PTH108
            raise
    except OSError as error:
        failure = KbError(f"{file}: not written: {error.strerror or error}")
        failure.code = errors.NOT_SHOWN
        raise failure from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
