"""The door to what is wrong with the pages: check."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from kb import errors
from kb.cli.options import Json
from kb.cli.session import Session, note, say_json, say_lines, typed

_PANEL = "Write"


def join(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command(rich_help_panel=_PANEL)(check)


def check(
    ctx: typer.Context,
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATH...]", help="Pages or folders; else all of docs."),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Fail on warnings too.")] = False,
    changed: Annotated[
        str | None,
        typer.Option(
            metavar="[BASE]", help="Only what changed since this branch; else the default branch."
        ),
    ] = None,
    fix: Annotated[
        bool, typer.Option("--fix", help="Write the ids that questions lack, nothing else.")
    ] = False,
    explain: Annotated[
        str | None, typer.Option(metavar="CODE", help="Why a rule exists, wrong and right.")
    ] = None,
    style: Annotated[
        Literal["text", "github"],
        typer.Option("--format", help="github: annotations on a pull request."),
    ] = "text",
    json: Json = False,
) -> None:
    """Say what is wrong with the pages, by file and line.

    Printed as path:line:column: code message. Rules across pages see them all, whichever are named.
    """
    from kb.views import problems as views

    session: Session = ctx.obj
    if explain is not None:
        from kb.pages.rules import rule

        say_lines(views.explained(session.screen, rule(explain)))
        return
    studio = session.studio
    named = [typed([path]) for path in paths or ()]
    report = studio.upkeep.check(named, changed=changed, fix=fix)
    name = studio.places.docs.name
    if json:
        say_json(views.as_json(report, name))
    elif style == "github":
        say_lines([*views.github(report, studio.places.in_tree), views.summary(report, name)])
    else:
        note(views.fixed(session.screen, report, name))
        say_lines(views.lines(session.screen, report, name))
    if report.errors or (strict and report.warnings):
        raise typer.Exit(errors.NO)
