"""The doors for those who teach: signoff and progress."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from kb.cli.options import Json
from kb.cli.run import with_wording
from kb.cli.session import Session, say, say_json, say_lines
from kb.errors import KbError

_PANEL = "Learn"

Page = Annotated[str, typer.Argument(metavar="PAGE", help="A checklist or page.")]


def join(app: typer.Typer) -> None:
    """Add these commands to the app."""
    app.command(rich_help_panel=_PANEL)(signoff)
    app.command(rich_help_panel=_PANEL)(progress)


def signoff(
    ctx: typer.Context,
    person: Annotated[str, typer.Argument(metavar="PERSON", help="Who has shown it.")],
    page: Page,
    level: Annotated[
        Literal["knows", "supervised", "alone"] | None, typer.Option(help="What you saw them do.")
    ] = None,
    by: Annotated[
        str | None, typer.Option(metavar="PERSON", help="Who saw it; else who sits here.")
    ] = None,
    not_yet: Annotated[bool, typer.Option("--not-yet", help="Seen, and not there yet.")] = False,
    remark: Annotated[
        str, typer.Option("--note", metavar="TEXT", help="For them; you see it too.")
    ] = "",
) -> None:
    """Say what you saw somebody do. No one signs for themselves."""
    from kb.cli.who import who
    from kb.training.standing import to_draft

    session: Session = ctx.obj
    studio = session.studio
    if not level and not not_yet:
        raise KbError("what did you see? --level knows, supervised or alone, or --not-yet")
    if by:
        session.person = by
    signer = who(session, ask=not by)
    learner = studio.roster().find(person)
    checklist = studio.checklist(page, signable=True)
    if signer.handle == learner.handle:
        raise KbError("no one signs for themselves")
    if learner.left:
        raise KbError(f"{learner.handle} has left")
    wanted = {item.sign_off for item in checklist.items if item.sign_off}
    if not studio.ladder.may_sign(signer.role, learner.role):
        two = f"{signer.role} {signer.initials} and {learner.role} {learner.initials}"
        raise KbError(f"that takes somebody above on the ladder, or two at its top; here {two}")
    short = [role for role in wanted if not studio.ladder.may_sign(signer.role, learner.role, role)]
    if short:
        raise KbError(f"{checklist.title} wants a sign-off by a {' and a '.join(sorted(short))}")
    runs = [
        run.name
        for run in studio.runs_today(checklist.address)
        if learner.handle in run.crew and session.room.casefold() in ("", run.room.casefold())
    ]
    draft = to_draft(
        signer.handle,
        learner.handle,
        checklist,
        level=level,
        ok=not not_yet,
        note=remark,
        run=runs[-1] if runs else "",
    )
    studio.records.decide(lambda records: with_wording(records, signer, checklist, [draft]))
    words = ["not yet", f"({level})" if level else ""] if not_yet else [level or ""]
    what = f"{learner.initials}, {checklist.title}: {' '.join(words).strip()}"
    say(session.screen.text(f"Recorded, {signer.initials} (claimed): {what}"))


def progress(
    ctx: typer.Context,
    person: Annotated[
        str | None, typer.Argument(metavar="[PERSON]", help="A handle or initials; else everybody.")
    ] = None,
    json: Json = False,
) -> None:
    """How somebody stands, or everybody: changed first, then safety."""
    from kb.cli.who import perhaps
    from kb.views import progress as views

    session: Session = ctx.obj
    studio = session.studio
    roster = studio.roster()
    people = [roster.find(person)] if person else roster.here
    board = studio.board(people[0].handle if person else None, quizzes=True)
    asker = perhaps(session)
    own = asker.handle if asker else ""
    if json:
        told = [views.as_json(board, one, roster, studio.ladder, own) for one in people]
        say_json({"people": told})
    elif person:
        say_lines(views.of_one(session.screen, board, people[0], roster, studio.ladder, own))
    else:
        say_lines(views.matrix(session.screen, board, people))
