"""Folding of text that is inert to meaning, GitHub's slugs, and what may be shown as it is."""

from __future__ import annotations

import re
import unicodedata

_NOT_SLUG = re.compile(r"[^\w\- ]")


def one_line(text: str) -> str:
    """The text with every run of white space made one blank, in NFC."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.split())


def rooms_in(said: str) -> tuple[str, ...]:
    """The rooms that a page says it is about, `A, B`, as written there; some are about several."""
    return tuple(room for part in said.split(",") if (room := part.strip()))


def slug(heading: str) -> str:
    """GitHub's anchor for a heading: lower case, punctuation gone, blanks made hyphens."""
    text = unicodedata.normalize("NFC", heading).strip().lower()
    return _NOT_SLUG.sub("", text).replace(" ", "-")


# Everything that could move a cursor, ring, write to a clipboard, turn text around or begin a line
# that looks like one of kb's own.
_UNSAFE = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)


def clean(text: str) -> str:
    """The text on one line, each control character shown as `\\x1b`, each byte that is none as
    `\\xff`.
    """
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE.sub(_escape, text)


def clean_json(text: str) -> str:
    """JSON that says the same, each of these characters escaped; its own ends of line stay."""
    return _UNSAFE.sub(lambda match: "\n" if match[0] == "\n" else _units(match[0]), text)


def _units(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code == 10:
        return "\\n"
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
