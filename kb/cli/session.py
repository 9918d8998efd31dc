"""What every door needs: the studio of this run, and ways to print."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterable
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, TextIO

from kb import errors
from kb.errors import KbError
from kb.terms.text import clean, clean_json

if TYPE_CHECKING:
    from kb.studio import Studio
    from kb.views.terminal import Screen

_open: list[Studio] = []
WORD = "\x00"  # before a word that begins with a dash: the parser takes it for no option
_BAR_AFTER = 60


class Session:
    """One run of kb: where its folders are, and the studio, opened when first asked for."""

    def __init__(
        self,
        docs: str | None,
        cache: str | None,
        room: str,
        records: str | None = None,
        person: str = "",
    ) -> None:
        self._docs = docs
        self._cache = cache
        self._records = records
        self.room = room
        self.person = person

    @cached_property
    def studio(self) -> Studio:
        """The studio of this run. Raises KbError where there are no docs."""
        from kb.settings import find_places
        from kb.studio import Studio

        places = find_places(self._docs, self._cache)
        today = date.today()  # noqa: DTZ011  a date as on the wall
        studio = Studio(places, today, _progress(), records=self._records)
        _open.append(studio)
        return studio

    @cached_property
    def screen(self) -> Screen:
        """Standard output as a place to write on."""
        from kb.views.terminal import Screen

        return Screen(sys.stdout)


def close() -> None:
    """Let go of the studio, and see that everything printed has arrived."""
    while _open:
        studio = _open.pop()
        note(studio.warnings())
        studio.close()
    flush()


def say(text: str) -> None:
    """A result of one line, on standard output."""
    _write(fitted(sys.stdout, text) + "\n")


def say_lines(lines: Iterable[str]) -> None:
    """A result of several lines, on standard output."""
    _write("".join(f"{line}\n" for line in lines))


def say_json(value: Any) -> None:
    """A result as JSON, on standard output."""
    import json

    _write(clean_json(json.dumps(value, ensure_ascii=False, indent=2)) + "\n")


def say_long(screen: Screen, lines: list[str]) -> None:
    """A result that may not fit a terminal, in the pager people have: PAGER, else less."""
    if not screen.terminal or len(lines) < screen.height:
        say_lines(lines)
        return
    import shlex
    import subprocess

    pager = shlex.split(os.environ.get("PAGER", "less")) or ["less"]
    environment = {"LESS": "FRX", **os.environ}
    try:
        subprocess.run(pager, input="\n".join(lines).encode(), env=environment, check=False)
    except OSError:
        say_lines(lines)


def note(lines: Iterable[str]) -> None:
    """Remarks beside a result, on standard error."""
    with contextlib.suppress(OSError):
        for line in lines:
            sys.stderr.write(fitted(sys.stderr, f"kb: {clean(line)}") + "\n")


def fitted(stream: TextIO, text: str) -> str:
    """A line as it is; at a terminal that is narrower, in several, broken between words."""
    if not stream.isatty():
        return text
    import textwrap

    from kb.views.terminal import Screen

    fill = textwrap.TextWrapper(
        Screen(stream).width,
        subsequent_indent="    ",
        replace_whitespace=False,
        break_long_words=False,
        break_on_hyphens=False,
    ).fill
    return "\n".join(fill(line) for line in text.split("\n"))


def typed(words: Iterable[str]) -> str:
    """The words of an argument as they were typed, joined by blanks."""
    return " ".join(word.removeprefix(WORD) for word in words)


def _write(text: str) -> None:
    try:
        sys.stdout.write(text)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise not_shown(error) from error


def flush() -> None:
    """See that what was said has arrived, before it is noted anywhere that it was."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise not_shown(error) from error


def not_shown(error: OSError) -> KbError:
    """What to raise where standard output takes nothing; it is not tried again."""
    sys.stdout = None  # else Python tries once more when it leaves
    failure = KbError(f"cannot write the result: {error.strerror}")
    failure.code = errors.NOT_SHOWN
    return failure


def _progress() -> Callable[[int, int], None] | None:
    """A bar on a terminal's standard error, once there is enough to do to want one."""
    if not sys.stderr.isatty():
        return None
    bars: list[Any] = []

    def show(done: int, whole: int) -> None:
        if whole < _BAR_AFTER:
            return
        if not bars:
            import typer

            bars.append(typer.progressbar(length=whole, label="reading pages", file=sys.stderr))
            bars[0].__enter__()
        bars[0].update(1)
        if done == whole:
            bars.pop().__exit__(None, None, None)

    return show
