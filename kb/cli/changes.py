"""The door to what has changed in the pages: changes."""

from __future__ import annotations

from typing import Annotated

import typer

from kb.cli.options import Json
from kb.cli.session import Session, flush, note, say, say_json, say_lines, typed
from kb.errors import KbError, NotSavedError

_PANEL = "Look things up"


def join(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command(rich_help_panel=_PANEL)(changes)


def changes(
    ctx: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[REV]", help="The same as --since: a day, tag, branch or commit."),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            metavar="DATE|REV",
            help="2026-11-01, yesterday, 3d, v1.2, main~5; else since you last asked.",
        ),
    ] = None,
    people: Annotated[
        bool,
        typer.Option(
            "--people", help="Who will be asked what again; else since the default branch was left."
        ),
    ] = False,
    json: Json = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="To be pasted into a pull request.")
    ] = False,
) -> None:
    """Say what is different in the pages, in their own words, and in the fault book.

    Committed or not. With --people: who will be asked what again because of it, before it is
    merged.
    """
    if json and markdown:
        raise KbError("--json or --markdown, not both")
    rev = typed(words or []).removeprefix("since ")
    if rev and since and rev != typed([since]):
        raise KbError(f"since {rev} or since {typed([since])}? Say one")
    session: Session = ctx.obj
    said = rev or typed([since or ""])
    if people:
        _people(session, said, json, markdown)
    else:
        _words(session, said, json, markdown)


def _words(session: Session, said: str, json: bool, markdown: bool) -> None:
    from kb.records.seat import asked, note_asked
    from kb.views import changes as views

    studio = session.studio
    state, name = studio.record_folders[1], studio.places.docs.name
    who = f"{_handle(session)}/{session.room.casefold()}"
    last = None if said else asked(state, who)
    base = studio.upkeep.base(said) if said else studio.upkeep.base_of_last_time(last)
    found = studio.upkeep.changes(base, last)
    try:
        found = found.with_book(studio.book.since(studio.upkeep.moment(said, base, last)))
    except NotSavedError as error:
        note([f"the fault book cannot be read: {error}"])
    found = found.of_room(session.room)
    if json:
        say_json(views.as_json(found, name))
    elif markdown:
        say_lines(views.markdown(found, name))
    else:
        say_lines(views.lines(session.screen, found, name))
        if last and not found.changes:
            say(f"what you were told then: kb changes {last.since[:12]}")
    if said:
        return
    flush()  # who could not read it has not been told
    told = last.since if last and not found.changes else base.commit
    try:
        note_asked(state, who, studio.upkeep.told(studio.clock(), told))
    except KbError as error:
        note([f"{error}; next time you will be told this again"])


def _handle(session: Session) -> str:
    """Who asks, as far as they have said so: what changed is told without records too."""
    from kb.records.seat import sitting

    studio = session.studio
    if not session.person:
        return sitting(studio.record_folders[1], studio.clock()) or ""
    try:
        known = studio.roster() if studio.records.exists else None
    except NotSavedError:
        known = None  # it is said by whatever needs the records
    return known.find(session.person).handle if known else session.person.casefold()


def _people(session: Session, said: str, json: bool, markdown: bool) -> None:
    from kb.views import again as views

    studio = session.studio
    found = studio.asked_again(said)
    roster, name = studio.roster(), studio.places.docs.name
    if json:
        say_json(views.as_json(found, roster, name))
    elif markdown:
        say_lines(views.markdown(found, roster, name))
    else:
        say_lines(views.lines(session.screen, found, roster, name))
