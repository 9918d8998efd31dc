"""Addresses: of a page, its sections, its rows and its steps."""

from __future__ import annotations

import re

from kb.terms.text import one_line, slug

LONGEST = 60
_GAP = re.compile(r"[\W]+")


def of_page(path: str) -> str:
    """A page's address: its path without `.md`."""
    return path[:-3] if path.lower().endswith(".md") else path


def below(section: str) -> str:
    """What the addresses of a section's rows and steps begin with.

    The intro has the page's own address, which names no section: what stands there is
    `page#/row`, which no heading can be called, and which holds when the title is reworded.
    """
    return section + "/" if "#" in section else section + "#/"


def part(text: str) -> str:
    """The piece of an address that a cell or a step gives: at most 60 characters, whole words.

    Unlike GitHub's slug, which makes `17–24` into `1724`, it keeps apart what is written apart.
    """
    words = _GAP.sub("-", one_line(text).casefold()).strip("-")
    if len(words) <= LONGEST:
        return words
    cut = words.rfind("-", LONGEST // 2, LONGEST + 1)
    return words[: cut if cut > 0 else LONGEST]


class Anchors:
    """Gives out each heading's anchor once, as GitHub does: `gain`, `gain-1`, `gain-2`."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def give(self, heading: str) -> str:
        """The anchor of the next heading of the page."""
        wanted = slug(heading)
        found = wanted
        while found in self._seen:
            self._seen[wanted] += 1
            found = f"{wanted}-{self._seen[wanted]}"
        self._seen[found] = 0
        return found


class Unique:
    """Makes names unique by -2, -3, … in the order they are asked for."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._last: dict[str, int] = {}

    def give(self, name: str) -> str:
        """The name, with a number where it has been given before."""
        found = name
        number = self._last.get(name, 1)
        while found in self._taken:
            number += 1
            found = f"{name}-{number}"
        self._last[name] = number
        self._taken.add(found)
        return found
