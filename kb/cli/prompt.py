"""Bare kb on a terminal: each line typed is a search, a number opens that hit."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import WordCompleter
from prompt_toolkit.history import FileHistory, InMemoryHistory

from kb.cli.app import COMMANDS
from kb.cli.session import Session, say, say_lines, say_long
from kb.errors import KbError
from kb.search.hit import Result
from kb.search.search import Filters
from kb.views import faults, hits, pages

_HITS = 5
_LEAVE = ("q", "quit", "exit")
_HELP = (
    "Each line is a search: ch 17 insert, 48 v on a ribbon. A number opens that hit of the last"
    " one. Everything else is said in the shell: kb faults, kb patch, kb mods; see kb --help."
    " q or Ctrl-D leaves."
)


def prompt(session: Session) -> None:
    """Answer line after line until `q` or Ctrl-D."""
    studio = session.studio
    known = studio.pages()
    _greet(session, len(known))
    names = [entry["address"].rpartition("/")[2] for entry in known]
    titles = [entry["title"] for entry in known]
    reader: PromptSession[str] = PromptSession(
        history=_history(studio.places.cache),
        auto_suggest=AutoSuggestFromHistory(),
        completer=WordCompleter(sorted({*names, *titles}), ignore_case=True, match_middle=True),
        complete_while_typing=False,
    )
    last: Result | None = None
    while True:
        try:
            line = reader.prompt("kb> ").strip()
        except KeyboardInterrupt:
            continue
        except EOFError:
            return
        if line in _LEAVE:
            return
        if line in ("help", "?"):
            say_lines(session.screen.wrap(_HELP))
        if line in ("", "help", "?"):
            continue
        with _forgiving():
            if line.isdigit() and last is not None and 1 <= int(line) <= len(last.hits):
                hit = last.hits[int(line) - 1]
                found = studio.find(f"{hit.path}:{hit.line}")
                say_long(session.screen, list(pages.lines(session.screen, found)))
                continue
            words = line.removeprefix("kb ")
            if (first := words.split()[0]) in COMMANDS:
                say(f"(each line here is a search; for the command leave with q: kb {first})")
            result = studio.search(words, _HITS, Filters(room=session.room))
            say_lines(f"({text})" for text in hits.remarks(result, session.screen))
            if result.hits or result.open:
                last = result
                say_long(session.screen, list(hits.answer(session.screen, result, numbered=True)))
            else:
                say(hits.nothing(result, session.screen))


def _greet(session: Session, pages: int) -> None:
    """How much there is, and what is broken or holds only today."""
    book, now = session.studio.book, session.studio.clock()
    with _forgiving():
        count = len(book.opened(session.room).faults)
        say(
            f"{pages} pages, {count} open faults. Type what you are after; a number opens that hit."
        )
        say("? helps, q leaves.")
        say_lines(faults.briefly(session.screen, book.of_book(session.room), now))


@contextlib.contextmanager
def _forgiving() -> Iterator[None]:
    """A wrong line is told and the next one asked for."""
    try:
        yield
    except KbError as error:
        say(str(error))


def _history(cache: Path) -> FileHistory | InMemoryHistory:
    path = cache / "history"
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        os.close(descriptor)
    except OSError:
        return InMemoryHistory()
    return FileHistory(str(path))
