"""The door to what was held against the real gear: verify."""

from __future__ import annotations

from typing import Annotated

import typer

from kb.cli.session import Session, note, say_lines, typed
from kb.errors import KbError

_PANEL = "Write"


def join(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command(rich_help_panel=_PANEL)(verify)


def verify(
    ctx: typer.Context,
    page: Annotated[
        str, typer.Argument(metavar="PAGE", help="A page or section: any part that fits one.")
    ],
    by: Annotated[
        str | None, typer.Option(metavar="PERSON", help="Who looked; else who sits here.")
    ] = None,
) -> None:
    """Stamp a page or section as checked against the gear.

    A comment under each heading says when, by whom, and what it said then: today, and as it is. It
    lapses when the section is changed, or when verify_every has passed; kb list --stale says so.
    """
    session: Session = ctx.obj
    studio = session.studio
    found = studio.find(typed([page]))
    stamped = studio.upkeep.verify(found, _who(session, by or ""))
    where = f"{studio.places.docs.name}/{found.page.path}"
    mark = stamped[0].stamp
    said = f"verified by {mark.by}, {mark.day}" if mark else ""
    if len(stamped) == 1:
        where += f":{stamped[0].line}"
    titles = "; ".join(section.heading or found.page.title for section in stamped)
    line = session.screen.text(f"{where}: {titles} {said}")
    say_lines(session.screen.wrap(line, "", "  "))
    note(["written; commit it"])


def _who(session: Session, by: str) -> str:
    """Whose stamp it is: somebody on the list of people, or, where there is none, as typed."""
    from kb.cli.who import who

    studio = session.studio
    if studio.records.exists and studio.roster().people:
        session.person = by or session.person
        return who(session).handle
    said = by or session.person
    if not said:
        raise KbError("who looked at it? say --by PERSON")
    return said
