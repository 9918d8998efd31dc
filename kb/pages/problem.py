"""Something wrong in a page: apart from the rest of the model, since every search needs it."""

from __future__ import annotations

from typing import NamedTuple


class Problem(NamedTuple):
    """Something wrong in a page, in its author's words.

    `path` is below the docs folder; `line` and `column` count from 1, 0 meaning the whole file.
    """

    path: str
    line: int
    column: int
    code: str
    message: str
    warning: bool = False


def told(docs_name: str, path: str, line: int, column: int, message: str) -> str:
    """A problem as `docs/x.md:12:7: not UTF-8`, as far as its place is known."""
    place = "".join(f":{number}" for number in (line, column) if number)
    return f"{docs_name}/{path}{place}: {message}"
