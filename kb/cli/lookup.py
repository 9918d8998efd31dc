"""The doors for looking things up: search, show, list, reindex."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Annotated, Literal

import typer

from kb import errors
from kb.cli.options import Json
from kb.cli.session import Session, note, say, say_json, say_lines, say_long, typed
from kb.errors import KbError

_PANEL = "Look things up"
_HITS = 5

Folder = Literal["equipment", "procedures"]
Kind = Literal["section", "table", "mod", "patch", "fault", "checklist"]


def page_names(incomplete: str) -> list[str]:
    """The addresses that go on from what was typed, for completion by the shell."""
    from kb.pages.read import scan
    from kb.settings import find_docs

    try:
        docs = find_docs(os.environ.get("KB_DOCS"))
    except KbError:
        return []
    addresses = [entry.path[:-3] for _, entries in scan(docs) for entry in entries]
    starts = [address for address in addresses if address.startswith(incomplete)]
    return starts or [
        name for a in addresses if (name := a.rpartition("/")[2]).startswith(incomplete)
    ]


def join(app: typer.Typer) -> None:
    """Add these commands to the app."""
    app.command(rich_help_panel=_PANEL)(search)
    app.command(rich_help_panel=_PANEL)(show)
    app.command("list", rich_help_panel=_PANEL)(list_)
    app.command(rich_help_panel=_PANEL)(reindex)


def search(
    ctx: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="WORDS...", help="What you are after.")],
    number: Annotated[
        int | None,
        typer.Option("-n", metavar="N", min=1, max=100, help="How many hits; else 5, a place all."),
    ] = None,
    folder: Annotated[Folder | None, typer.Option("--in", help="Only these pages.")] = None,
    kind: Annotated[Kind | None, typer.Option(help="Only hits of this kind.")] = None,
    json: Json = False,
) -> None:
    """Find the row or section that answers.

    The word search may be left out: kb ch 17 insert. Words need no quotes; -10 dBV is no option.
    """
    from kb.search.search import Filters
    from kb.views import hits

    session: Session = ctx.obj
    filters = Filters(folder or "", session.room, kind or "")
    result = session.studio.search(typed(words), number or _HITS, filters)
    if number and (more := len(result.hits) - number) > 0:  # of a place all there is was found
        told = f"{more} more on “{session.screen.text(result.query)}”; without -n all are shown"
        result = replace(result, hits=result.hits[:number], notes=(*result.notes, told))
    if json:
        say_json(result.as_json())
    else:
        note(hits.remarks(result, session.screen))
        if result.hits or result.open:
            say_long(session.screen, list(hits.answer(session.screen, result)))
        else:
            if session.room:
                _be_a_room(session)
            note([hits.nothing(result, session.screen)])
    if not (result.hits or result.open):
        raise typer.Exit(errors.NO)


def _be_a_room(session: Session) -> None:
    """Raises KbError where no page is about the room that was said."""
    from kb.terms.text import rooms_in

    said = (page.get("room", "") for page in session.studio.pages())
    rooms = sorted({room for each in said for room in rooms_in(each)})
    if session.room.casefold() not in map(str.casefold, rooms):
        there = ", ".join(rooms) or "none with a letter"
        raise KbError(f"no room {session.room!r}; there are: {there}")


def show(
    ctx: typer.Context,
    page: Annotated[
        str,
        typer.Argument(
            metavar="PAGE",
            help="A page, section or row: any part that fits one.",
            autocompletion=page_names,
        ),
    ],
    json: Json = False,
) -> None:
    """Print a page, a section or a row, without its Quiz."""
    from kb.views import pages

    session: Session = ctx.obj
    found = session.studio.find(typed([page]))
    if json:
        say_json(pages.as_json(found, session.studio.places.docs.name))
        return
    say_long(session.screen, list(pages.lines(session.screen, found)))


def list_(
    ctx: typer.Context,
    stale: Annotated[
        bool,
        typer.Option("--stale", help="What is due to be held against the gear, and for whom."),
    ] = False,
    json: Json = False,
) -> None:
    """List the pages, and which are due to be checked."""
    from kb.terms.text import rooms_in
    from kb.views import pages

    session: Session = ctx.obj
    studio = session.studio
    known = studio.pages()
    if wanted := session.room.casefold():
        of = [(page, rooms_in(page.get("room", "").casefold())) for page in known]
        known = [page for page, rooms in of if not rooms or wanted in rooms]
    if stale:
        found = pages.late(known, studio.places.docs.name, studio.today)
        if json:
            say_json({"pages": found})
        else:
            say_lines(pages.late_listed(session.screen, found))
    elif json:
        say_json({"pages": pages.listing(known, studio.places.docs.name, studio.today)})
    else:
        say_lines(pages.listed(session.screen, known, studio.places.docs.name, studio.today))
        note(pages.wrong(known, studio.places.docs.name))


def reindex(ctx: typer.Context) -> None:
    """Build the index anew; a search does it when needed."""
    session: Session = ctx.obj
    count = session.studio.reindex()
    say(f"indexed {count} page{'s' if count != 1 else ''}")
