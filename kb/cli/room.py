"""The doors to the room itself: mods and patch."""

from __future__ import annotations

from typing import Annotated

import typer

from kb import errors
from kb.cli.session import Session, note, say_json, say_lines, say_long, typed
from kb.errors import KbError

_PANEL = "Look things up"

Json = Annotated[bool, typer.Option("--json", help="As JSON.")]


def join(app: typer.Typer) -> None:
    """Add these commands to the app."""
    app.command(rich_help_panel=_PANEL)(mods)
    app.command(rich_help_panel=_PANEL)(patch)


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
    strip the narrowest comes first. --json gives {"mods": [...]}: the columns of the table, rooms,
    address, page, path and line.
    """
    from kb.room.mods import newest_first, of_room, select
    from kb.views import mods as views

    session: Session = ctx.obj
    studio, screen = session.studio, session.screen
    asked = typed(where or ())
    if where and not asked.strip():
        raise KbError("nothing named; kb mods alone shows them all")
    rows = of_room(studio.rows("mod"), session.room)
    found = select([row for row in rows if row.closed == removed], asked, studio.glossary)
    shown = newest_first(found.rows) if recent else list(found.rows)
    docs = studio.places.docs.name
    if json:
        say_json({"mods": views.as_json(shown, docs)})
    elif shown:
        note(found.remarks)
        told = views.dated(screen, shown, docs) if recent else views.lines(screen, found, docs)
        say_long(screen, list(told))
    else:
        note([views.nothing(screen, asked, session.room, removed)])
    if not shown:
        raise typer.Exit(errors.NO)


def patch(
    ctx: typer.Context,
    where: Annotated[
        list[str] | None,
        typer.Argument(metavar="[WHERE]", help="A jack, A:C17, or a signal: ch 17 insert send."),
    ] = None,
    json: Json = False,
) -> None:
    """Say what a jack is, what a cord does in it, where its signal comes from and goes."""
    from kb.room.bay import Bay
    from kb.room.jacks import SeveralError, find
    from kb.views import patch as views

    session: Session = ctx.obj
    studio, screen = session.studio, session.screen
    rows = studio.rows("patch", "mod", "fault")
    of_kind = {
        kind: [row for row in rows if row.kind == kind] for kind in ("patch", "mod", "fault")
    }
    bay = Bay(of_kind["patch"])
    book = views.Book(bay, of_kind["mod"], of_kind["fault"], studio.places.docs.name)
    asked = typed(where or ())
    try:
        found = find(bay, asked, session.room, studio.glossary)
    except SeveralError as error:
        say_lines(views.several(screen, bay, error.fits))
        raise
    if json:
        say_json({"points": [point for meant in found for point in views.as_json(book, meant)]})
        return
    note(found[0].remarks)
    say_long(screen, list(views.lines(screen, book, found)))
