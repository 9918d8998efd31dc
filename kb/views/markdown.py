"""Foreign text inside Markdown that kb writes for a pull request: it stays text."""

from __future__ import annotations

import re

from kb.terms.text import clean

_MARK = re.compile(r"([\\`*_{}\[\]<>#|~&$!])")


def escaped(text: str) -> str:
    """A text on one line, without control characters, that means nothing to Markdown.

    Nobody is called by it either: GitHub takes a name behind an @ for one of its own.
    """
    line = " ".join(clean(text).split())
    return _MARK.sub(r"\\\1", line).replace("@", "&#64;")
