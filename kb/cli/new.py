"""The doors for writing: a new page, a new row in one."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kb.cli.session import Session, note, say, typed
from kb.cli.who import perhaps
from kb.errors import KbError

if TYPE_CHECKING:
    from kb.pages.forms import Form, Kind
    from kb.pages.templates import Kind as PageKind

_PANEL = "Write"

new = typer.Typer(
    help="Write a new page, or a new row into one. Nothing that is there is changed.",
    rich_markup_mode=None,
)

Title = Annotated[list[str], typer.Argument(metavar="TITLE...", help="What the page is called.")]
Page = Annotated[
    str, typer.Argument(metavar="PAGE", help="A page, or one of its sections: page#section.")
]
Edit = Annotated[bool, typer.Option("--edit", help="Open it in EDITOR, at that line.")]
Owner = Annotated[
    str, typer.Option(metavar="INITIALS", help="Who keeps it right; else who sits here.")
]
By = Annotated[str, typer.Option(metavar="INITIALS", help="Who says so; else who sits here.")]


def _column(help_: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(metavar="TEXT", help=help_)
    return option


def join(app: typer.Typer) -> None:
    """Add the commands to the app."""
    app.add_typer(new, name="new", rich_help_panel=_PANEL)


@new.command()
def equipment(ctx: typer.Context, title: Title, owner: Owner = "", edit: Edit = False) -> None:
    """A page about a piece of equipment, from a template."""
    _page(ctx.obj, "equipment", typed(title), typed([owner]), edit)


@new.command()
def procedure(ctx: typer.Context, title: Title, owner: Owner = "", edit: Edit = False) -> None:
    """A page that says how something is done, from a template."""
    _page(ctx.obj, "procedure", typed(title), typed([owner]), edit)


@new.command()
def mod(
    ctx: typer.Context,
    page: Page,
    where: Annotated[str, _column("Which strips or parts: Ch 17–24.")] = "",
    part: Annotated[str, _column("What was changed.")] = "",
    stock: Annotated[str, _column("How the manual has it.")] = "",
    here: Annotated[str, _column("How it is in this room.")] = "",
    do: Annotated[str, _column("What the visitor does differently.")] = "",
    since: Annotated[str, _column("Since when; else today.")] = "",
    by: By = "",
    why: Annotated[str, _column("The reason.")] = "",
    mark: Annotated[str, _column("How to recognise it.")] = "",
    revert: Annotated[str, _column("How to undo it.")] = "",
    drawing: Annotated[str, _column("Where it is drawn.")] = "",
    edit: Edit = False,
) -> None:
    """A modification: a row of Stock and Here."""
    values = {"where": where, "part": part, "stock": stock, "here": here, "do": do}
    values |= {"since": since, "by": by, "why": why, "mark": mark, "revert": revert}
    _row(ctx.obj, "mod", page, values | {"drawing": drawing}, edit)


@new.command()
def fault(
    ctx: typer.Context,
    page: Page,
    where: Annotated[str, _column("What is broken: Ch 22.")] = "",
    symptom: Annotated[str, _column("What people see or hear.")] = "",
    workaround: Annotated[str, _column("What to do meanwhile, or: none: do not use.")] = "",
    reported: Annotated[str, _column("When; else today.")] = "",
    by: By = "",
    edit: Edit = False,
) -> None:
    """A fault: a row of Symptom and Workaround."""
    values = {"where": where, "symptom": symptom, "workaround": workaround}
    _row(ctx.obj, "fault", page, values | {"reported": reported, "by": by}, edit)


@new.command()
def patch(
    ctx: typer.Context,
    page: Page,
    top: Annotated[str, _column("Jacks of the top row: C1–C48.")] = "",
    out: Annotated[str, _column("What comes out there: Ch 1–48 insert send.")] = "",
    normal: Annotated[str, _column("full, half, open or parallel.")] = "",
    bottom: Annotated[str, _column("Jacks of the bottom row: D1–D48.")] = "",
    in_: Annotated[str, typer.Option("--in", metavar="TEXT", help="What goes in there.")] = "",
    wired_to: Annotated[str, _column("Wall box, machine or far jack: B:H5.")] = "",
    notes: Annotated[str, _column("Anything else.")] = "",
    setup: Annotated[str, _column("Which set-up it belongs to.")] = "",
    csv: Annotated[
        Path | None, typer.Option(metavar="FILE", help="All rows of a spreadsheet saved as CSV.")
    ] = None,
    edit: Edit = False,
) -> None:
    """A patch row, or a whole bay from a spreadsheet: Top, Out, Normal, Bottom, In, Wired to."""
    values = {"top": top, "out": out, "normal": normal, "bottom": bottom, "in": in_}
    values |= {"wired to": wired_to, "notes": notes, "setup": setup}
    if csv is None:
        _row(ctx.obj, "patch", page, values, edit)
    elif any(values.values()):
        raise KbError("either columns or --csv FILE, not both")
    else:
        _spreadsheet(ctx.obj, page, csv, edit)


def _page(session: Session, kind: PageKind, title: str, owner: str, edit: bool) -> None:
    owner = owner or _who(session)
    if not owner and _at_a_terminal():
        owner = _ask("Owner (initials)", False)
    studio = session.studio
    path = studio.new_page(kind, title, owner, session.room)
    _tell(session, path, 1, edit)


def _row(session: Session, kind: Kind, page: str, given: Mapping[str, str], edit: bool) -> None:
    from kb.pages import forms

    studio = session.studio
    values = {name: typed([value]).strip() for name, value in given.items()}
    form = studio.form(kind, typed([page]), forms.letter(values))
    if told := forms.refused(form, values):
        raise KbError(told)
    if "by" in values:
        values["by"] = values["by"] or _who(session)
    if dated := forms.DATED[kind]:
        values[dated] = values[dated] or studio.today.isoformat()
    if missing := forms.missing(form, values):
        if not _at_a_terminal():
            options = ", ".join(f"--{name.replace(' ', '-')}" for name in missing)
            raise KbError(f"missing: {options}")
        _fill(form, values, missing)
    added = studio.add_rows(form, [values])
    for problem in added.problems:
        note([session.screen.text(problem.message)])
    if not added.written:
        raise KbError("nothing was written; put it right and try again")
    _tell(session, form.path, added.lines[0], edit)


def _spreadsheet(session: Session, page: str, file: Path, edit: bool) -> None:
    from kb.pages import forms

    studio = session.studio
    try:
        data = file.read_bytes()
    except OSError as error:
        raise KbError(f"{file}: {(error.strerror or str(error)).lower()}") from error
    found = forms.from_csv(str(file), data)
    form = studio.form("patch", typed([page]), forms.letter(found[0][1]))
    for line, values in found:
        if told := forms.refused(form, values):
            raise KbError(f"{file}:{line}: {told}")
    added = studio.add_rows(form, [values for _, values in found])
    line_of = {line: found[n][0] for n, line in enumerate(added.lines)}
    for problem in added.problems:
        where = f"{file}:{line_of[problem.line]}: " if problem.line in line_of else ""
        note([session.screen.text(where + problem.message)])
    if not added.written:
        raise KbError("nothing was written; put the spreadsheet right and try again")
    note([f"{len(found)} rows"])
    _tell(session, form.path, added.lines[0], edit)


def _tell(session: Session, path: str, line: int, edit: bool) -> None:
    docs = session.studio.places.docs
    say(session.screen.text(f"{docs.name}/{path}:{line}"))
    note(["written; commit it"])
    if edit:
        _edit(docs / path, line)


def _who(session: Session) -> str:
    """Who is typing, if they have said so, as they sign; a page needs nobody to be entered."""
    try:
        person = perhaps(session)
    except KbError:
        person = None
    return person.initials if person else session.person


def _at_a_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _fill(form: Form, values: dict[str, str], missing: Sequence[str]) -> None:
    """Ask for each column that has no value yet; an empty answer leaves those that may be empty."""
    for key, column in zip(form.keys, form.columns, strict=True):
        if not values.get(key) and key not in ("removed", "cleared"):
            values[key] = _ask(column, key in missing)


def _ask(what: str, wanted: bool) -> str:
    while True:
        answer: str = typer.prompt(what, default="", show_default=False)
        if answer.strip() or not wanted:
            return answer.strip()


# How editors are told a line: `+12 FILE`, `FILE:12`, or `--goto FILE:12`. Others get the file only.
_PLUS = (
    "vi vim nvim view gvim nano pico emacs emacsclient micro kak joe jed mg ne kate gedit".split()
)
_COLON = "hx helix subl sublime_text zed".split()
_GOTO = "code codium code-insiders cursor".split()


def editor_command(editor: str, file: str, line: int) -> list[str]:
    """The command that opens a file at a line in this editor."""
    command = shlex.split(editor)
    name = Path(command[0]).stem if command else ""
    if name in _PLUS:
        return [*command, f"+{line}", file]
    if name in _COLON:
        return [*command, f"{file}:{line}"]
    if name in _GOTO:
        return [*command, "--goto", f"{file}:{line}"]
    return [*command, file]


def _edit(file: Path, line: int) -> None:
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    if not editor.strip():
        note(["no EDITOR set; open it by hand"])
        return
    try:
        subprocess.run(editor_command(editor, str(file), line), check=False)
    except (OSError, ValueError) as error:
        note([f"EDITOR {editor!r} cannot be run: {error}"])
