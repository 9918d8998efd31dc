"""The doors to the room itself: mods and patch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kb import errors
from kb.cli.options import Json
from kb.cli.session import Session, note, say_json, say_lines, say_long, typed
from kb.errors import KbError

if TYPE_CHECKING:
    from kb.search.rows import FoundRow
    from kb.views.patch import Known

_PANEL = "Look things up"
# What a program is told goes below what a person looks for.
_MODS_JSON = (
    '--json: {"mods": [...]}, each with the columns of the table, rooms, address, page, path, line.'
)
_PATCH_JSON = """
--json: {"points": [...]}, each with room, top, normal, bottoms, cords (jack, does, breaks, keeps),
phantom, wired_to, notes, setup, asked, begins, ends, mods, faults, address, page, path, line. With
--trace {"paths": [{loop, steps: [{jack, name, how, box, wired_to, path, line}]}]}, with --via
{"plans": [{room, boxes, cords: [{from, to}], breaks, unplug, phantom, remarks, mods, faults}]},
with --row room, top, bottom, points. Where several fit {"fits": [{jacks, names}]}.
"""


def join(app: typer.Typer) -> None:
    """Add these commands to the app."""
    app.command(rich_help_panel=_PANEL, epilog=_MODS_JSON)(mods)
    app.command(rich_help_panel=_PANEL, epilog=_PATCH_JSON)(patch)


def mods(
    ctx: typer.Context,
    where: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[WHERE]", help="A strip, range, page, section, room or thing: ch 17-24."
        ),
    ] = None,
    recent: Annotated[bool, typer.Option("--recent", help="Newest first.")] = False,
    removed: Annotated[
        bool, typer.Option("--removed", help="Those that were taken out again.")
    ] = False,
    json: Json = False,
) -> None:
    """Say what differs from stock, and what to do differently.

    A row covers what its range covers: kb mods ch 19 shows Ch 17–24 and never group 19. Of a
    strip the narrowest comes first.
    """
    from kb.room.mods import newest_first, of_room, rooms_of, select
    from kb.views import mods as views

    session: Session = ctx.obj
    studio, screen = session.studio, session.screen
    asked = typed(where or ())
    if where and not asked.strip():
        raise KbError("nothing named; kb mods alone shows them all")
    rows = [row for row in studio.rows("mod") if row.closed == removed]
    found = select(of_room(rows, session.room), asked, studio.glossary)
    shown = newest_first(found.rows) if recent else list(found.rows)
    docs = studio.places.docs.name
    note(found.remarks)
    if json:
        say_json({"mods": views.as_json(shown, docs)})
    elif shown:
        told = views.dated(screen, shown, docs) if recent else views.lines(screen, found, docs)
        say_long(screen, list(told))
    else:
        note([views.nothing(screen, asked, session.room, removed, rooms_of(rows))])
    if not shown:
        raise typer.Exit(errors.NO)


def patch(
    ctx: typer.Context,
    where: Annotated[
        list[str] | None,
        typer.Argument(metavar="[WHERE]", help="A jack, A:C17, or a signal: ch 17 insert send."),
    ] = None,
    trace: Annotated[bool, typer.Option("--trace", help="The way from source to end.")] = False,
    via: Annotated[
        list[str] | None,
        typer.Option(metavar="BOX", help="The cords to place for it to go through this box."),
    ] = None,
    row: Annotated[
        str | None, typer.Option(metavar="LETTER", help="Draw this row and the one it stands on.")
    ] = None,
    json: Json = False,
) -> None:
    """Say what a jack is, what a cord does, which cords to place.

    Words need no quotes. Several --via are taken in turn, and a tie line is one too: kb patch ch 17
    --via 1176 A --via EQP-1A L. A jack needs its room: A:C17, --room or KB_ROOM.
    """
    from kb.room.bay import Bay
    from kb.room.jacks import SeveralError
    from kb.views import patch as views

    session: Session = ctx.obj
    asked = typed(where or ())
    _one_question(asked, trace, via or [], row)
    kinds: dict[str, list[FoundRow]] = {"patch": [], "mod": [], "fault": []}
    for found in session.studio.rows(*kinds):
        kinds[found.kind].append(found)
    try:
        kinds["fault"] = [*session.studio.book.rows(), *kinds["fault"]]
    except KbError as error:
        note([f"the fault book cannot be read: {error}"])
    bay = Bay(kinds["patch"])
    known = views.Known(bay, kinds["mod"], kinds["fault"], session.studio.places.docs.name)
    try:
        if row is not None:
            _draw(session, known, row, json)
        elif via:
            _plan(session, known, asked, via, json)
        else:
            _look(session, known, asked, trace, json)
    except SeveralError as error:
        if json:
            say_json({"fits": views.fits_as_json(error.fits)})
        else:
            say_lines(views.several(session.screen, bay, error.fits))
        raise


def _one_question(asked: str, trace: bool, via: list[str], row: str | None) -> None:
    """Raises KbError for options that cannot be answered together."""
    if row is not None and (asked or trace or via):
        raise KbError("--row draws a row; leave out WHERE, --trace and --via")
    if trace and via:
        raise KbError("--trace is the way with no cord in, --via the one with cords; ask for one")


def _look(session: Session, known: Known, asked: str, trace: bool, json: bool) -> None:
    from kb.room.jacks import find
    from kb.views import patch as views
    from kb.views import routes

    studio = session.studio
    found = find(known.bay, asked, session.room, lambda: studio.glossary)
    note(found[0].remarks)
    if json and trace:
        say_json({"paths": routes.paths_as_json(known, found)})
    elif json:
        say_json({"points": [point for meant in found for point in views.as_json(known, meant)]})
    else:
        told = routes.traced if trace else views.lines
        say_long(session.screen, list(told(session.screen, known, found)))


def _plan(session: Session, known: Known, asked: str, via: list[str], json: bool) -> None:
    from kb.room.via import plans
    from kb.views import routes

    names = [typed([name]) for name in via]
    found = plans(known.bay, asked, names, session.room, session.studio.glossary, known.faults)
    if json:
        say_json({"plans": [routes.plan_as_json(known, plan) for plan in found]})
        return
    lines: list[str] = []
    for plan in found:
        lines += [""] if lines else []
        lines += routes.planned(session.screen, known, plan)
    say_long(session.screen, lines)


def _draw(session: Session, known: Known, row: str, json: bool) -> None:
    from kb.room.bay_rows import pair
    from kb.views import bay_rows

    found = pair(known.bay, typed([row]), session.room)
    if json:
        say_json(bay_rows.as_json(known, found))
    else:
        say_long(session.screen, list(bay_rows.drawn(session.screen, known, found)))
