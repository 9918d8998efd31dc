"""Joins the doors, reads the command line as people type it, turns errors into exit codes."""

from __future__ import annotations

import gc
import importlib
import os
import re
import sys
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from kb import errors
from kb.cli.session import WORD, Session, close, fitted, not_shown, say
from kb.errors import KbError

VERSION = "0.1.0"  # here, since asking the installed package costs more than all the rest


class _Grouped(TyperGroup):
    """Help that lists the commands by what they are for."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        groups: dict[str, list[tuple[str, str]]] = {}
        for name in self.list_commands(ctx):
            command: Any = self.get_command(ctx, name)
            if command is not None and not command.hidden:
                panel = command.rich_help_panel or "Commands"
                groups.setdefault(panel, []).append((name, command.get_short_help_str(200)))
        for panel, rows in groups.items():
            with formatter.section(panel):
                formatter.write_dl(rows)


# The doors, each a module beside this one, with its commands. Only the door that is asked for is
# opened: all of them would make every search a fifth slower.
DOORS = {
    "lookup": ("search", "show", "list", "reindex"),
    "room": ("mods", "patch"),
    "brief": ("brief",),
    "faults": ("fault", "faults", "note"),
    "learn": ("quiz", "questions", "review"),
    "checklists": ("checklist",),
    "staff": ("signoff", "progress"),
    "changes": ("changes",),
    "verify": ("verify",),
    "check": ("check",),
    "new": ("new",),
    "people": ("people", "me"),
    "records": ("backup", "restore", "doctor", "export", "import"),
}
COMMANDS = {command: door for door, commands in DOORS.items() for command in commands}

# Options of kb itself: they may stand before or after the command.
_SHARED = {"--docs", "--cache", "--records", "--room", "--as"}
# Options whose value may be left out.
_MAY_BE_BARE = {"--changed", "--html"}
# Options that, behind the words of a command, take all words up to the next: --via 1176 A.
_TAKES_WORDS = {"--via", "--use"}
# With one of these before any other word, that word is no search.
_PLAIN = frozenset({"-h", "--help", "--install-completion", "--show-completion"})


def _version(asked: bool) -> None:
    if asked:
        say(f"kb {VERSION}")
        raise typer.Exit


def program(doors: Iterable[str]) -> typer.Typer:
    """The command line with these doors."""
    app = typer.Typer(
        cls=_Grouped,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    app.callback(invoke_without_command=True)(kb)
    for door in doors:
        importlib.import_module(f"kb.cli.{door}").join(app)
    return app


def kb(
    ctx: typer.Context,
    docs: Annotated[
        str | None, typer.Option(metavar="FOLDER", help="Folder of pages; else KB_DOCS.")
    ] = None,
    cache: Annotated[
        str | None, typer.Option(metavar="FOLDER", help="Where the index lives; else KB_CACHE.")
    ] = None,
    room: Annotated[
        str | None, typer.Option(metavar="LETTER", help="Only this room; else KB_ROOM.")
    ] = None,
    records: Annotated[
        str | None, typer.Option(metavar="FOLDER", help="Where records live; else KB_RECORDS.")
    ] = None,
    person: Annotated[
        str | None, typer.Option("--as", metavar="PERSON", help="Who you are; else KB_PERSON.")
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which kb.")
    ] = False,
) -> None:
    """What is different in this studio, from its own pages.

    Any first word that is no command is a search: kb ch 17 insert; kb -n 1 has one hit. Bare kb is
    a prompt.
    """
    said = person or os.environ.get("KB_PERSON", "")
    ctx.obj = Session(docs, cache, room or os.environ.get("KB_ROOM", ""), records, said)
    if ctx.invoked_subcommand is None:
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            say(ctx.get_help())
            return
        from kb.cli.prompt import prompt

        prompt(ctx.obj)


def arguments(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """The command line in the order the parser wants it, and the doors it needs.

    Shared options go to the front, an unknown first word becomes a search, a dash before a digit
    is marked as a word, an option whose value was left out gets an empty one, one that takes words
    gets them all.
    """
    front: list[str] = []
    rest: list[str] = []
    queue = list(words)
    while queue:
        word = queue.pop(0)
        name, sign, _ = word.partition("=")
        if word == "--":
            rest += [WORD + each if each.startswith("-") else each for each in queue]
            break
        if word in _MAY_BE_BARE:
            bare = not queue or re.match("-.", queue[0]) is not None
            bare |= word == "--changed" and bool(queue) and os.path.lexists(queue[0])
            rest += [f"{word}=" if bare else f"{word}={queue.pop(0)}"]
        elif word in _TAKES_WORDS and queue:
            value = [queue.pop(0)]
            where = sum(not each.startswith("-") for each in rest) > 1
            while where and " " not in value[0] and queue and not queue[0].startswith("-"):
                value.append(queue.pop(0))
            rest += [word, " ".join(value)]
        elif name in _SHARED:
            front += [word] if sign or not queue else [word, queue.pop(0)]
        elif re.match(r"-\.?\d", word):
            rest.append(WORD + word)
        else:
            rest.append(word)
    first = next((word for word in rest if not word.startswith("-")), "")
    before = rest[: rest.index(first)] if first else rest
    if "--version" in before:
        return front + rest, []
    if not first or not _PLAIN.isdisjoint(before):
        return front + rest, list(DOORS)
    if first not in COMMANDS:
        rest.insert(0, "search")
        first = "search"
    return front + rest, [COMMANDS[first]]


def main() -> NoReturn:
    """Run kb and leave with the exit code that says how it went."""
    gc.disable()  # a command is over before there is anything worth collecting
    _open_closed()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    sys.exit(_run())


def _open_closed() -> None:
    """A stream that was closed (`>&-`) is the null device, which also takes its number: else the
    next file opened would have it, and whatever writes to standard output would write there.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123


def _run() -> int:
    words, doors = arguments(sys.argv[1:])
    command = typer.main.get_command(program(doors))
    try:
        code = command(words, "kb", standalone_mode=False)
        close()
        return code if isinstance(code, int) else errors.DONE
    except KbError as error:
        return _fail(str(error), error.code)
    except (KeyboardInterrupt, typer.Abort):
        return errors.INTERRUPTED
    except BrokenPipeError:
        return _pipe()
    except typer.Exit as leave:
        return int(leave.exit_code)
    except SystemExit as leave:
        if isinstance(leave.__context__, BrokenPipeError):  # Typer's own way to leave
            return _pipe()
        raise
    except OSError as error:
        return _unwritable() or _fault(error)
    except Exception as error:  # noqa: BLE001  the one place where anything becomes one line
        if hasattr(error, "format_message"):
            return _usage(error)
        return _fault(error)


def _fail(message: str, code: int) -> int:
    from kb.terms.text import clean

    try:
        sys.stderr.write(fitted(sys.stderr, f"kb: {clean(message)}") + "\n")
        sys.stderr.flush()
    except OSError:
        pass
    return code


def _usage(error: Exception) -> int:
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError" and context is not None:
        say(context.get_help())
        return errors.USAGE
    help_ = f"; see {context.command_path} --help" if context is not None else ""
    message = " ".join(str(error.format_message()).split()).rstrip(".")  # type: ignore[attr-defined]
    return _fail(f"{message}{help_}", errors.USAGE)


def _unwritable() -> int:
    """Whether standard output takes nothing, which is told; else 0."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        failure = not_shown(error)
        return _fail(str(failure), failure.code)
    return 0


def _pipe() -> int:
    """The reader went away: leave without a word, and keep Python from adding one."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return errors.PIPE


def _fault(error: Exception) -> int:
    """Something kb did not foresee: one line, the rest in a file for whoever mends it."""
    import tempfile
    import traceback

    told = f"{type(error).__name__}: {error}".split("\n")[0]
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="kb-fault-", suffix=".txt", delete=False, encoding="utf-8", errors="replace"
        ) as log:
            traceback.print_exception(error, file=log)
    except OSError:
        return _fail(f"kb's own fault ({told})", errors.FAULT)
    return _fail(f"kb's own fault ({told}); please send us {log.name}", errors.FAULT)
