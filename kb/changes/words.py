"""What is different between two states of the pages, in the words of the pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from kb.changes.difference import Difference
from kb.changes.rows import placed, rows
from kb.changes.since import Since
from kb.history import Base
from kb.pages.model import Fault, Mod, Page, Section
from kb.pages.moved import renamed
from kb.settings import STUDIO
from kb.terms.text import one_line, rooms_in
from kb.training.checklist import wording
from kb.training.pairing import Wording, pair

if TYPE_CHECKING:
    from kb.search.hit import BookEntry

BOOK = "Fault book"
# More rows of one plain table than this, and the table is said to be rewritten.
_MOST_ROWS = 3
_TASK = re.compile(r"^([\s>]*)(?:[-*+]|\d+[.)])\s+\[[ xX]\]\s")
_ENTRY = re.compile(r"^([\s>]*)(?:[-*+]|\d+[.)])\s")
_NUMBERED = re.compile(r"^([\s>]*)\d+[.)]\s")
_MARKER = re.compile(r"^[\s>]*(?:[-*+]|\d+[.)])\s+")
# What of a page's front matter people at the desk go by.
_FRONT = ("title", "room", "location", "owner", "touch", "safety", "for_role")


class Words(NamedTuple):
    """What is different since a commit, in the order in which it is told."""

    base: Base
    changes: tuple[Difference, ...]

    def of_room(self, room: str) -> Words:
        """What is different in one room, or everywhere; all of it where none is said."""
        wanted = room.casefold()
        there = [
            one for one in self.changes if not one.room or wanted in rooms_in(one.room.casefold())
        ]
        return self._replace(changes=tuple(there)) if room else self

    def with_book(self, entries: Iterable[BookEntry]) -> Words:
        """The same with what was opened and cleared in the fault book, which is on no page."""
        return self._replace(changes=_ordered([*self.changes, *map(_of_book, entries)]))


def words(since: Since, now: Iterable[Page], unread: Iterable[tuple[str, str]] = ()) -> Words:
    """Everything that is different, room by room, mods and faults first.

    `now` are the pages that differ as they are; `unread` are paths that cannot be read, and why.
    """
    here = {page.path: page for page in now}
    to = renamed(since.before, here)
    found: list[Difference] = []
    why = dict(unread)
    for path, old in since.before.items():
        if path in why:
            found.append(_of_page("page not read", old, now=why[path]))
        elif path not in here and path not in to:
            found.append(_of_page("page gone", old, was=_holds(old)))
    back = {new: old for old, new in to.items()}
    for path, page in here.items():
        before = since.before.get(back.get(path, path))
        if before is None:
            found.append(_of_page("page new", page, now=_holds(page)))
        else:
            found += _between(before, page)
    if STUDIO in since.touched:
        found.append(Difference("studio.toml altered", STUDIO, STUDIO, STUDIO, STUDIO, 1))
    return Words(since.base, _ordered(found))


def _ordered(found: Iterable[Difference]) -> tuple[Difference, ...]:
    return tuple(sorted(found, key=lambda one: (not one.room, one.room.casefold(), one.order)))


def _of_book(entry: BookEntry) -> Difference:
    """A fault of the book: that it is there, or, if it is gone, what became of it."""
    gone = entry.cleared
    told = gone.text if gone else f"meanwhile: {entry.use}" if entry.use else ""
    by, at = (gone.by, gone.at) if gone else (entry.by, entry.at)
    when = f"{by} {at:%Y-%m-%d %H:%M}".strip() if at else by
    return Difference(
        "fault cleared" if gone else "fault opened",
        f"fault {entry.label or entry.number}",
        entry.where,
        BOOK,
        "",
        0,
        was=entry.text if gone else "",
        now="; ".join(filter(None, ("" if gone else entry.text, told, when))),
        room=entry.room.upper(),
    )


def _of_page(kind: str, page: Page, was: str = "", now: str = "", line: int = 1) -> Difference:
    return Difference(
        kind, page.address, page.title, page.title, page.path, line, was, now, page.front.room
    )


def _holds(page: Page) -> str:
    """How much of what a page holds: `3 mods, 1 open fault`."""
    values = [row.value for row in page.rows if row.open]
    counts = (
        (sum(isinstance(value, Mod) for value in values), "mod"),
        (sum(isinstance(value, Fault) for value in values), "open fault"),
        (sum(len(section.items) for section in page.sections), "checklist step"),
    )
    return ", ".join(f"{n} {what}{'s' * (n != 1)}" for n, what in counts if n)


def _between(old: Page, new: Page) -> Iterator[Difference]:
    if old.path != new.path:
        yield _of_page("page renamed", new, old.path, new.path)
    yield from _front(old, new)
    for kind in ("mod", "fault", "patch"):
        was, now = placed(old.reading, kind), placed(new.reading, kind)
        yield from rows(kind, was, now, new)
    yield from _sections(old, new)
    yield from _quiz(old, new)


def _front(old: Page, new: Page) -> Iterator[Difference]:
    was, now = old.front, new.front
    if now.verified and (was.verified, was.verified_by) != (now.verified, now.verified_by):
        line = dict(now.lines).get("verified", 1)
        said = f"{now.verified} by {now.verified_by}" if now.verified_by else f"{now.verified}"
        yield _of_page("page verified", new, now=said, line=line)
    names = [name for name in _FRONT if getattr(was, name) != getattr(now, name)]
    if names:
        line = dict(now.lines).get(names[0].removesuffix("_role"), 1)
        yield _of_page("page altered", new, _keys(old, names), _keys(new, names), line)


def _keys(page: Page, names: Sequence[str]) -> str:
    said = []
    for name in names:
        value = getattr(page.front, name)
        text = "; ".join(value) if isinstance(value, tuple) else value
        said.append(f"{name.removesuffix('_role')}: {text or 'nothing'}")
    return "; ".join(said)


def _quiz(old: Page, new: Page) -> Iterator[Difference]:
    """How many questions changed; their words would give answers away."""
    # Without an id of its own a question goes by that of its page, which may have been renamed.
    was = {q.id.removeprefix(old.address): q.fingerprint for q in old.questions}
    now = {q.id.removeprefix(new.address): q.fingerprint for q in new.questions}
    counts = (
        (sum(id_ in now and now[id_] != print_ for id_, print_ in was.items()), "changed"),
        (len(now.keys() - was.keys()), "new"),
        (len(was.keys() - now.keys()), "gone"),
    )
    said = ", ".join(f"{n} {what}" for n, what in counts if n)
    if said:
        line = next((s.line for s in new.sections if s.kind == "quiz"), 1)
        yield _of_page("quiz changed", new, now=said, line=line)


# --- sections -------------------------------------------------------------------------------------


def _sections(old: Page, new: Page) -> Iterator[Difference]:
    """Sections that are new, gone or otherwise, and those that were verified since."""
    olds = {_inner(old, section): section for section in old.reading}
    news = {_inner(new, section): section for section in new.reading}
    for two in pair(_named(olds), _named(news)):
        was = olds[two.was.address] if two.was else None
        now = news[two.now.address] if two.now else None
        if was and now:
            if was.fingerprint != now.fingerprint:
                yield from _section(was, now, new)
            mark = now.stamp
            if mark and (was.stamp is None or mark[:2] != was.stamp[:2]):
                said = f"{mark.day} by {mark.by}"
                yield _of_section("section verified", now, new, now=said, line=mark.line)
        elif now and (_prose(now) or now.items or now.steps or placed([now], "table")):
            yield _of_section("section added", now, new)
        elif was and (_prose(was) or was.items or was.steps or placed([was], "table")):
            gone = _of_section("section removed", was, new)
            yield gone._replace(line=1)


def _inner(page: Page, section: Section) -> str:
    return section.address.removeprefix(page.address)


def _named(sections: dict[str, Section]) -> list[Wording]:
    return [
        Wording(inner, "", section.fingerprint, f"{section.heading} {section.text[:300]}")
        for inner, section in sections.items()
    ]


def _of_section(
    kind: str, section: Section, page: Page, was: str = "", now: str = "", line: int = 0
) -> Difference:
    title = " › ".join(section.breadcrumb[1:]) or page.title
    return Difference(
        kind,
        section.address,
        title,
        page.title,
        page.path,
        line or section.line,
        was,
        now,
        page.front.room,
    )


def _section(was: Section, now: Section, page: Page) -> Iterator[Difference]:
    found = list(_inside(was, now, page))
    yield from found
    if not found and one_line(was.text) != one_line(now.text):
        yield _of_section("section rewritten", now, page)


def _inside(was: Section, now: Section, page: Page) -> Iterator[Difference]:
    if was.heading != now.heading:
        yield _of_section("section renamed", now, page, was.heading, now.heading)
    yield from _steps(was, now, page)
    plain = list(rows("table", placed([was], "table"), placed([now], "table"), page))
    rewritten = _prose(was) != _prose(now) or len(plain) > _MOST_ROWS
    if len(plain) <= _MOST_ROWS:
        yield from plain
    if rewritten:
        yield _of_section("section rewritten", now, page)


def _steps(was: Section, now: Section, page: Page) -> Iterator[Difference]:
    """Items of a checklist and steps of a numbered list."""
    lines = _lines_of_steps(now) | {item.address: item.line for item in now.items}
    for olds, news in (
        (list(map(wording, was.items)), list(map(wording, now.items))),
        (_numbered(was), _numbered(now)),
    ):
        pairs = pair(olds, news)
        for two in pairs:
            if two.same:
                continue
            kind = "reworded" if two.was and two.now else "added" if two.now else "removed"
            about = two.now or two.was
            line = lines.get(two.now.address, 0) if two.now else 0
            before = two.was.marked if two.was else ""
            after = two.now.marked if two.now else ""
            one = _of_section(f"step {kind}", now, page, before, after, line)
            yield one._replace(number=about.number if about else "")
        order = [olds.index(two.was) for two in pairs if two.was and two.now]
        if order != sorted(order):
            yield _of_section("steps in another order", now, page)


def _numbered(section: Section) -> list[Wording]:
    return [Wording(text, str(n), text, text) for n, text in enumerate(section.steps, 1)]


def _lines_of_steps(section: Section) -> dict[str, int]:
    found: dict[str, int] = {}
    for n, line in enumerate(section.text.split("\n")):
        if step := _step(line, section):
            found.setdefault(step, section.line + n)
    return found


def _step(line: str, section: Section) -> str:
    """The step of a numbered list that begins on a line, or nothing."""
    marker = _NUMBERED.match(line)
    if not marker:
        return ""
    begins = one_line(line[marker.end() :])
    return next((step for step in section.steps if step.startswith(begins)), "")


def _prose(section: Section) -> str:
    """The text of a section without its steps, however it is broken into lines."""
    kept = []
    inside: int | None = None
    paragraph = False
    for line in section.text.split("\n"):
        task = _TASK.match(line) if section.items else None
        step = not task and _step(line, section)
        entry = _ENTRY.match(line)
        if task:
            inside, paragraph = len(task[1]), True
        elif step:
            inside, paragraph = None, True
        elif entry and (inside is None or len(entry[1]) <= inside):
            inside, paragraph = None, False
            kept.append(_MARKER.sub("", line))
        elif not line.strip():
            paragraph = False
        elif paragraph or (inside is not None and len(line) - len(line.lstrip(" >")) > inside):
            continue
        else:
            inside = None
            kept.append(line.strip(" >"))
    return one_line(" ".join(kept))
