"""Folding of text that is inert to meaning, and GitHub's slugs."""

from __future__ import annotations

import re
import unicodedata

_NOT_SLUG = re.compile(r"[^\w\- ]")


def one_line(text: str) -> str:
    """The text with every run of white space made one blank, in NFC."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.split())


def slug(heading: str) -> str:
    """GitHub's anchor for a heading: lower case, punctuation gone, blanks made hyphens."""
    text = unicodedata.normalize("NFC", heading).strip().lower()
    return _NOT_SLUG.sub("", text).replace(" ", "-")
