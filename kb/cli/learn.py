"""The doors for those who learn: quiz, questions, review."""

from __future__ import annotations

import shlex
from typing import Annotated, Literal

import typer

from kb.cli.lookup import page_names
from kb.cli.options import Json
from kb.cli.session import Session, say_json, say_lines

_PANEL = "Learn"
_PLAIN = """Piped, answers are read line by line: a letter (b); letters (a c); words; a number and
its unit (370 nWb/m); the order (c a b d); pairs (1b 2a 3c); blanks with | between. In place of
letters the options' own words, with | between. ? shows the hint, ! disputes the key (! and why),
- passes. What is no answer is asked again with the next line. The same --seed shows the same
letters."""

Kind = Literal["choice", "multiple", "short", "numeric", "order", "match", "cloze"]
Number = Annotated[
    int | None,
    typer.Option("-n", "--number", metavar="N", min=1, max=500, help="How many questions."),
]
Seed = Annotated[int | None, typer.Option(metavar="N", help="Asks and shows the same again.")]


def join(app: typer.Typer) -> None:
    """Add these commands to the app."""
    app.command(rich_help_panel=_PANEL, epilog=_PLAIN)(quiz)
    app.command(rich_help_panel=_PANEL)(questions)
    app.command(rich_help_panel=_PANEL, epilog=_PLAIN)(review)


def quiz(
    ctx: typer.Context,
    pages: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PAGE...]", help="About these; else this room.", autocompletion=page_names
        ),
    ] = None,
    role: Annotated[
        str, typer.Option("--for", metavar="ROLE", help="What this role must know.")
    ] = "",
    number: Number = None,
    kind: Annotated[Kind | None, typer.Option(help="Only questions of this kind.")] = None,
    only: Annotated[
        Literal["written", "made"] | None, typer.Option(help="Only those written, or made.")
    ] = None,
    seed: Seed = None,
    new: Annotated[
        bool, typer.Option("--new", help="Leave an unfinished one; begin anew.")
    ] = False,
    json: Json = False,
) -> None:
    """Ask a few questions about this room; every answer is saved when given."""
    from kb.cli.quizzing import Wanted, take

    session: Session = ctx.obj
    words = [*map(shlex.quote, pages or [])]
    words += ["--for", role] if role else []
    words += ["-n", str(number)] if number else []
    words += ["--kind", kind] if kind else []
    words += ["--only", only] if only else []
    wanted = Wanted(tuple(pages or ()), role, number, kind or "", only or "", seed, new)
    take(session, wanted, " ".join(["kb quiz", *words]), json)


def questions(
    ctx: typer.Context,
    page: Annotated[
        str | None,
        typer.Argument(
            metavar="[PAGE]", help="Of this page; else of all.", autocompletion=page_names
        ),
    ] = None,
    answers: Annotated[bool, typer.Option("--answers", help="For staff: with the keys.")] = False,
    report: Annotated[
        bool, typer.Option("--report", help="For staff: how first attempts went.")
    ] = False,
    json: Json = False,
) -> None:
    """List the questions there are, or what their answers say of them."""
    from kb.training.bank import about
    from kb.views import questions as views

    session: Session = ctx.obj
    studio = session.studio
    asks = studio.lessons.asks
    name = studio.places.docs.name
    if page:
        found = studio.find(page)
        asks = about(asks, found.page, found.section)
    if report:
        from kb.training.report import report as reported

        items = reported(asks, studio.lessons.answered())
        if json:
            say_json({"questions": views.report_json(items, name)})
        else:
            say_lines(views.report(session.screen, items, name))
    elif json:
        say_json({"questions": views.as_json(asks, name, answers)})
    else:
        say_lines(views.listed(session.screen, asks, name, answers))


def review(
    ctx: typer.Context,
    number: Number = None,
    list_: Annotated[bool, typer.Option("--list", help="Only show what is due.")] = False,
    seed: Seed = None,
    json: Json = False,
) -> None:
    """Ask again what you are about to forget."""
    from kb.cli.quizzing import due_now, review_all

    session: Session = ctx.obj
    if list_:
        due_now(session, number, json)
    else:
        command = "kb review" + (f" -n {number}" if number else "")
        review_all(session, number, seed, command, json)
