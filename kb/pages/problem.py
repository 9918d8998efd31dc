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
