"""What is different in the pages, room by room: for the screen, a pull request, a program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from kb.changes.difference import Difference
from kb.changes.words import Words
from kb.views.markdown import escaped
from kb.views.reworded import change, first_line
from kb.views.terminal import Screen, cells


def lines(screen: Screen, found: Words, docs_name: str) -> Iterator[str]:
    """Room by room; mods and faults first, what was only looked at last."""
    yield from map(screen.bold, screen.wrap(screen.text(_head(found)), rest="  "))
    for room, there in _rooms(found.changes):
        yield ""
        yield screen.bold(screen.text(room))
        for block in _blocks(there):
            yield from _block(screen, block, docs_name)
        if verified := list(_verified(there)):
            yield from screen.wrap(screen.text("; ".join(verified)), "  verified: ", "    ")


def markdown(found: Words, docs_name: str) -> Iterator[str]:
    """The same to be pasted into a pull request."""
    yield f"**{escaped(_head(found))}**"
    for room, there in _rooms(found.changes):
        yield ""
        yield f"**{escaped(room)}**"
        yield ""
        for one in there:
            was, now = escaped(first_line(one.was)), escaped(first_line(one.now))
            said = f"{was} → **{now}**" if was and now else f"~~{was}~~" if was else now
            where = escaped(_where(one, docs_name, one.line))
            title = escaped(f"{_title(one)} {one.number}".rstrip())
            yield f"- {one.kind}: {title}{': ' if said else ''}{said} ({where})"


def as_json(found: Words, docs_name: str) -> dict[str, Any]:
    """What `kb changes --json` prints."""
    return {
        "since": found.base.name,
        "commit": found.base.commit,
        "changes": [
            {
                "kind": one.kind,
                "address": one.address,
                "title": one.title,
                "page": one.page,
                "room": one.room,
                "path": f"{docs_name}/{one.path}" if one.path else None,
                "line": one.line or None,
                "number": one.number,
                "was": one.was,
                "now": one.now,
            }
            for one in found.changes
        ],
    }


def _head(found: Words) -> str:
    since = f"since {found.base.name}{found.base.remark}"
    count = len(found.changes)
    if not count:
        return f"nothing has changed {since}"
    pages = len({one.path for one in found.changes if one.path})
    on = f" on {pages} page{'s' * (pages != 1)}" if pages else ""
    return f"{count} change{'s' * (count != 1)}{on} {since}"


def _rooms(changes: Sequence[Difference]) -> Iterator[tuple[str, list[Difference]]]:
    for room, there in groupby(changes, key=lambda one: one.room):
        yield f"Room {room}" if room else "Everywhere", list(there)


def _blocks(there: Sequence[Difference]) -> Iterator[list[Difference]]:
    """What is told in one go: the steps of a section, the sections of a page, else each alone."""

    def block(one: Difference) -> tuple[str, str, int]:
        if one.kind.startswith("step"):
            return "step", one.address, 0
        if one.kind.startswith("section"):
            return one.kind, one.path, 0
        return one.kind, one.path, one.line

    news = [one for one in there if not one.kind.endswith("verified")]
    for _, found in groupby(news, key=block):
        yield list(found)


def _verified(there: Sequence[Difference]) -> Iterator[str]:
    """What was held against the gear, page by page: `Desk, 3 sections, 2026-11-22 by TK`."""
    looked_at = [one for one in there if one.kind.endswith("verified")]
    for (page, _, when), found in groupby(looked_at, key=lambda one: (one.page, one.kind, one.now)):
        sections = [one for one in found if one.kind == "section verified"]
        what = [sections[0].title] if len(sections) == 1 else []
        if len(sections) > 1:
            what = [f"{len(sections)} sections"]
        yield ", ".join([page, *what, when])


def _title(one: Difference) -> str:
    inside = one.kind.startswith(("step", "section", "row", "patch")) and one.title != one.page
    return f"{one.page}: {one.title}" if inside else one.title


def _block(screen: Screen, block: list[Difference], docs_name: str) -> Iterator[str]:
    one = block[0]
    if one.kind.startswith("step"):
        said = "steps in another order" if one.kind.startswith("steps") else "steps"
        where = _where(one, docs_name, one.line)
        yield from _head_line(screen, f"{said}: {_title(one)}", where)
        for step in block:
            if step.was or step.now:
                yield from change(screen, step.number, step.was, step.now)
        return
    if len(block) > 1 and one.kind.startswith("section"):
        what = one.kind.replace("section", "sections")
        yield from _head_line(screen, f"{what}: {one.page}", _where(one, docs_name))
        titles = [other.title if other.title != one.page else "the top" for other in block]
        told = "; ".join(f":{o.line} {title}" for o, title in zip(block, titles, strict=True))
        yield from screen.wrap(screen.text(told), "      ", "      ")
        return
    for one in block:
        yield from _one(screen, one, docs_name)


def _one(screen: Screen, one: Difference, docs_name: str) -> Iterator[str]:
    of_page = one.kind in ("page new", "page gone", "quiz changed")
    holds = f", {one.was or one.now}" if of_page and (one.was or one.now) else ""
    line = 0 if one.kind.startswith("page") and one.line == 1 else one.line
    title = f"{one.kind}: {_title(one)}{holds}"
    yield from _head_line(screen, title, _where(one, docs_name, line))
    for name, said in (("was: ", one.was), ("now: ", one.now)):
        if said and not of_page:
            label = name if one.was else ""
            margin = " " * (6 + len(label))
            yield from screen.wrap(screen.text(first_line(said)), f"      {label}", margin)


def _where(one: Difference, docs_name: str, line: int = 0) -> str:
    """The file and line; of what stands in the fault book its number there."""
    if not one.path:
        return one.address
    return f"{docs_name}/{one.path}:{line}" if line else f"{docs_name}/{one.path}"


def _head_line(screen: Screen, title: str, place: str) -> Iterator[str]:
    """What it is, and where: on one line if they fit."""
    head, where = screen.text(title), screen.text(place)
    if 2 + cells(head) + 2 + cells(where) <= screen.width:
        yield f"  {head}  {screen.dim(where)}"
    else:
        yield from screen.wrap(head, "  ", "    ")
        yield f"      {screen.dim(where)}"
