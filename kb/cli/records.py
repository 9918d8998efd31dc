"""The doors for keeping records safe: backup, restore, doctor, export, import."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from kb import errors
from kb.cli.options import Json
from kb.cli.session import Session, note, say, say_json, say_lines
from kb.errors import KbError, NotSavedError

_PANEL = "Records"

File = Annotated[Path, typer.Argument(metavar="FILE", help="Event lines, as kb export writes.")]


def join(app: typer.Typer) -> None:
    """Add these commands to the app."""
    app.command(rich_help_panel=_PANEL)(backup)
    app.command(rich_help_panel=_PANEL)(restore)
    app.command(rich_help_panel=_PANEL)(doctor)
    app.command(rich_help_panel=_PANEL)(export)
    app.command("import", rich_help_panel=_PANEL)(import_)


def backup(ctx: typer.Context) -> None:
    """Copy all records and check the copy; kb also does so by itself each day."""
    session: Session = ctx.obj
    say(session.screen.text(f"backed up to {session.studio.records.back_up()}"))


def restore(
    ctx: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(metavar="[BACKUP]", help="Else the newest sound one.")
    ] = None,
) -> None:
    """Build the store again from a backup, the journal and what can be read of it."""
    from kb.records.restore import restore as bring_back

    session: Session = ctx.obj
    studio = session.studio
    built = bring_back(*studio.record_folders, studio.clock(), file)
    note(map(str, built.bad))
    sources = [
        (built.from_backup, f"from {built.backup}"),
        (built.from_journal, "from the journal"),
        (built.from_old, "from the old file"),
    ]
    told = ", ".join(f"{count} {where}" for count, where in sources if count)
    count = f"{built.total} record{'s' * (built.total != 1)}"
    say(session.screen.text(f"{count} restored: {told}"))


def doctor(ctx: typer.Context, json: Json = False) -> None:
    """Check every record, journal and backups, and try a restore."""
    from kb.records import doctor as surgery
    from kb.views import records as views

    session: Session = ctx.obj
    studio = session.studio
    try:
        records = studio.records
        found = list(surgery.examine(records))
    except NotSavedError as error:
        found = list(surgery.examine_lost(*studio.record_folders, error))
    if json:
        say_json({"findings": views.as_json(found)})
    else:
        say(session.screen.text(f"records of {studio.house.name}: {studio.record_folders[0]}"))
        say_lines(views.lines(session.screen, found))
    if any(one.good is False for one in found):
        raise typer.Exit(errors.NOT_SAVED)


def export(
    ctx: typer.Context,
    json: Json = False,
    csv: Annotated[bool, typer.Option("--csv", help="As a table; cannot be imported.")] = False,
) -> None:
    """Write every event to standard output, oldest first, as kb import reads them."""
    from kb.records.event import to_line, to_values
    from kb.views import records as views

    session: Session = ctx.obj
    events = session.studio.records.everything()
    if json and csv:
        raise KbError("--json or --csv, not both")
    if json:
        say_json({"events": [to_values(event) for event in events]})
    elif csv:
        say_lines(views.csv_lines(events))
    else:
        say_lines(to_line(event).rstrip("\n") for event in events)


def import_(ctx: typer.Context, file: File) -> None:
    """Take over events that kb export wrote; those known are passed over."""
    from kb.records.exchange import import_file

    session: Session = ctx.obj
    done = import_file(session.studio.records, file)
    note(map(str, done.bad))
    say(f"{done.added} new, {done.known} known, {len(done.bad)} set aside")
    sys.stdout.flush()
    if done.bad:
        raise typer.Exit(errors.NO)
