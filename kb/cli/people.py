"""The doors for people: people (add, promote, leave) and me."""

from __future__ import annotations

from typing import Annotated

import typer

from kb.cli.options import Json
from kb.cli.session import Session, say, say_json, say_lines
from kb.cli.who import perhaps, who

_PANEL = "Records"
_people = typer.Typer(no_args_is_help=False, rich_markup_mode=None)

Handle = Annotated[str, typer.Argument(metavar="PERSON", help="A handle or initials.")]
Role = Annotated[str, typer.Argument(metavar="ROLE", help="A role of studio.toml.")]


def join(app: typer.Typer) -> None:
    """Add these commands to the app."""
    app.add_typer(_people, name="people", rich_help_panel=_PANEL)
    app.command(rich_help_panel=_PANEL)(me)


@_people.callback(invoke_without_command=True)
def people(ctx: typer.Context, json: Json = False) -> None:
    """Who is who: handle, initials, name, role."""
    if ctx.invoked_subcommand is not None:
        return
    from kb.views import people as views

    session: Session = ctx.obj
    roster = session.studio.roster()
    if json:
        say_json({"people": views.as_json(roster)})
    else:
        say_lines(views.listed(session.screen, roster))


@_people.command()
def add(
    ctx: typer.Context,
    handle: Annotated[str, typer.Argument(metavar="HANDLE", help="A short name: mara.")],
    name: Annotated[str, typer.Option(help="The whole name.")],
    initials: Annotated[str, typer.Option(help="As on the sheets; nobody else's.")],
    role: Annotated[str, typer.Option(help="A role of studio.toml.")],
) -> None:
    """Have somebody join."""
    from kb.records import people as records

    session: Session = ctx.obj
    studio = session.studio
    by = perhaps(session)
    new = records.Person(handle, initials, name, role)
    person = records.add(studio.records, by.handle if by else "", new, studio.ladder.roles)
    say(session.screen.text(f"Recorded: {person.initials}, {person.name}, {person.role}"))


@_people.command()
def promote(ctx: typer.Context, person: Handle, role: Role) -> None:
    """Give somebody another role; what they were counts for what they signed then."""
    from kb.records import people as records

    session: Session = ctx.obj
    studio = session.studio
    by = perhaps(session)
    now = records.promote(
        studio.records, by.handle if by else "", person, role, studio.ladder.roles
    )
    say(session.screen.text(f"Recorded: {now.initials} is {now.role}"))


@_people.command()
def leave(ctx: typer.Context, person: Handle) -> None:
    """Take somebody off the lists; their history stays."""
    from kb.records import people as records

    session: Session = ctx.obj
    by = perhaps(session)
    now = records.leave(session.studio.records, by.handle if by else "", person)
    say(session.screen.text(f"Recorded: {now.initials} has left; what they did stays"))


def me(
    ctx: typer.Context,
    person: Annotated[
        str | None, typer.Argument(metavar="[PERSON]", help="A handle or initials.")
    ] = None,
) -> None:
    """Say who sits here; forgotten after four idle hours. Alone: who it is."""
    from kb.records.seat import sit

    session: Session = ctx.obj
    studio = session.studio
    if person is None:
        now = who(session)
        say(session.screen.text(f"{now.initials}, {now.name}, {now.role}"))
        return
    now = studio.roster().find(person)
    session.person = now.handle
    who(session)
    sit(studio.record_folders[1], now.handle, studio.clock())
    say(session.screen.text(f"{now.initials} sits here, until four idle hours have passed"))
