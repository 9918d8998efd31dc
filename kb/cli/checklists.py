"""The doors for checklists: list, show, print, status, do, tick, untick, finish, same-step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kb import errors
from kb.cli.options import Json
from kb.cli.run import record, run_of, settle_room, tell_what_is_open, ticked
from kb.cli.session import Session, note, say, say_json, say_lines
from kb.cli.who import perhaps, who
from kb.errors import KbError

if TYPE_CHECKING:
    from kb.records.event import Draft
    from kb.training.runs import Run

_PANEL = "Checklists"
_lists = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Page = Annotated[str, typer.Argument(metavar="PAGE", help="A checklist: any part that fits one.")]
Items = Annotated[
    list[str], typer.Argument(metavar="ITEMS...", help="Numbers and ranges: 1-4 7 3.2.")
]
New = Annotated[bool, typer.Option("--new", help="A second run of this day.")]


def join(app: typer.Typer) -> None:
    """Add these commands to the app."""
    app.add_typer(_lists, name="checklist", rich_help_panel=_PANEL, help="Do and see checklists.")


@_lists.command("list")
def list_(ctx: typer.Context, json: Json = False) -> None:
    """List the checklists: for whom, today's runs, how you stand."""
    from kb.views import checklists as views

    session: Session = ctx.obj
    studio = session.studio
    person = perhaps(session)
    board = studio.board(person.handle if person else "")
    listing = views.listing(board, studio.runs_today(), person, studio.roster(), session.room)
    if json:
        say_json({"checklists": listing})
    else:
        say_lines(views.listed(session.screen, listing))


@_lists.command()
def show(ctx: typer.Context, page: Page, json: Json = False) -> None:
    """Show a checklist as it stands in today's run."""
    from kb.views import checklists as views

    session: Session = ctx.obj
    checklist = session.studio.checklist(page)
    run = run_of(session, checklist)
    roster = session.studio.roster()
    if not run.room:
        rooms = sorted({one.room for one in session.studio.runs_today(checklist.address)} - {""})
        note(f"today there is a run in {room}: --room {room}" for room in rooms)
    if json:
        say_json(views.run_json(checklist, run, roster))
    else:
        say_lines(views.shown(session.screen, checklist, run, roster))


@_lists.command("print")
def print_(ctx: typer.Context, page: Page) -> None:
    """Lay a checklist out as one sheet of paper: boxes and initials."""
    from kb.views import checklists as views

    session: Session = ctx.obj
    studio = session.studio
    say_lines(views.sheet(session.screen, studio.checklist(page), studio.house.name))


@_lists.command()
def status(
    ctx: typer.Context,
    page: Annotated[str, typer.Argument(metavar="[PAGE]", help="This checklist only.")] = "",
    json: Json = False,
) -> None:
    """Is it up? Today's runs: who did what when."""
    from kb.training.checklist import checklists
    from kb.views import checklists as views

    session: Session = ctx.obj
    studio = session.studio
    known = {one.address: one for read in studio.parsed() for one in checklists(read)}
    if page:
        asked = studio.checklist(page)
        known = {asked.address: asked}
    runs = [
        run
        for run in studio.runs_today()
        if run.checklist in known and session.room.casefold() in ("", run.room.casefold())
    ]
    roster = studio.roster()
    if json:
        say_json({"runs": [views.run_json(known[run.checklist], run, roster) for run in runs]})
    elif not runs:
        say("no run today")
    else:
        for run in runs:
            say_lines(views.shown(session.screen, known[run.checklist], run, roster))
    if not runs:
        raise typer.Exit(errors.NO)


@_lists.command()
def tick(
    ctx: typer.Context,
    page: Page,
    items: Items,
    at: Annotated[str | None, typer.Option(metavar="HH:MM", help="When it was done.")] = None,
    new: New = False,
) -> None:
    """Tick items that you have done."""
    from kb.training.items import chosen, said_at

    session: Session = ctx.obj
    studio = session.studio
    person = who(session)
    checklist = studio.checklist(page)
    settle_room(session, checklist)
    meant = chosen(checklist, items)
    when = said_at(at, studio.clock(), studio.house.day_ends) if at else None
    tell_what_is_open(session, run_of(session, checklist, new=new))
    told: list[str] = []

    def decide(run: Run) -> list[Draft]:
        return ticked(checklist, run, person, meant, when, told)

    record(session, person, checklist, decide, new=new)
    note(told)


@_lists.command()
def untick(ctx: typer.Context, page: Page, items: Items) -> None:
    """Take back what was last said of items; both stay in the history."""
    from kb.training import runs
    from kb.training.items import chosen

    session: Session = ctx.obj
    person = who(session)
    checklist = session.studio.checklist(page)
    settle_room(session, checklist)
    meant = chosen(checklist, items)
    record(
        session,
        person,
        checklist,
        lambda run: [d for item in meant.items for d in runs.untick(person.handle, run, item)],
    )


@_lists.command()
def finish(ctx: typer.Context, page: Page, new: New = False) -> None:
    """Tick all that remain, except (!) and sign-off items, which are named."""
    from kb.training.items import numbers, refuse_stopped, remaining
    from kb.training.runs import to_draft

    session: Session = ctx.obj
    person = who(session)
    checklist = session.studio.checklist(page)
    settle_room(session, checklist)
    left: list[str] = []

    def decide(run: Run) -> list[Draft]:
        refuse_stopped(checklist, run)
        items, others = remaining(checklist, run)
        if others:
            left.append(f"still to do one by one: {numbers(others, checklist.items)}")
        return [to_draft("tick", person.handle, run, item) for item in items]

    record(session, person, checklist, decide, new=new)
    note(left)


@_lists.command("same-step")
def same_step(
    ctx: typer.Context,
    page: Page,
    by: Annotated[str, typer.Option(metavar="PERSON", help="Who says so: chief, tech, engineer.")],
    items: Annotated[
        list[str] | None, typer.Argument(metavar="[ITEMS...]", help="Only these; else all.")
    ] = None,
) -> None:
    """Say of rewordings: same step, new words. Nobody is asked for them again."""
    from kb.training import samestep
    from kb.training.items import chosen
    from kb.views import checklists as views

    session: Session = ctx.obj
    studio = session.studio
    checklist = studio.checklist(page)
    person = studio.roster().find(by)
    if person.left or not samestep.may_judge(person.role, studio.ladder):
        raise KbError(f"{person.initials} ({person.role}) may not judge that; ask a senior")
    only = {item.address for item in chosen(checklist, items).items} if items else None
    history = studio.board("").histories[checklist.address]
    pairs = samestep.to_judge(history, only)
    studio.records.append([samestep.to_draft(person.handle, checklist.address, p) for p in pairs])
    say_lines(views.judged(session.screen, person, pairs))
    if not pairs:
        raise typer.Exit(errors.NO)


@_lists.command()
def do(ctx: typer.Context, page: Page, new: New = False) -> None:
    """Walk through a checklist; each line you type is saved at once."""
    from kb.cli.walk import walk

    session: Session = ctx.obj
    person = who(session, ask=True)
    checklist = session.studio.checklist(page)
    settle_room(session, checklist)
    run = run_of(session, checklist, new=new)
    tell_what_is_open(session, run)
    walk(session, person, checklist, run)
