"""The door to what has changed: changes."""

from __future__ import annotations

from typing import Annotated

import typer

from kb.cli.session import Session, say_json, say_lines, typed
from kb.errors import KbError

_PANEL = "Look things up"


def join(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command(rich_help_panel=_PANEL)(changes)


def changes(
    ctx: typer.Context,
    rev: Annotated[
        str | None,
        typer.Argument(metavar="[REV]", help="Since which commit, tag or branch."),
    ] = None,
    people: Annotated[
        bool, typer.Option("--people", help="Who will be asked what again, before it is merged.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="To be pasted into a pull request.")
    ] = False,
) -> None:
    """Who will be asked what again by what changed in the pages, committed or not.

    REV is the default branch unless you say.
    """
    if not people:
        raise KbError("say kb changes --people")
    if json and markdown:
        raise KbError("--json or --markdown, not both")
    _people(ctx.obj, typed([rev]) if rev else "", json, markdown)


def _people(session: Session, rev: str, json: bool, markdown: bool) -> None:
    from kb.views import again as views

    studio = session.studio
    found = studio.asked_again(rev)
    roster, name = studio.roster(), studio.places.docs.name
    if json:
        say_json(views.as_json(found, roster, name))
    elif markdown:
        say_lines(views.markdown(found, roster, name))
    else:
        say_lines(views.lines(session.screen, found, roster, name))
