"""The visitor's sheet as one file that needs nothing else: for paper, for a phone, for a screen."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from kb.room.sheet import Break, Broken, Care, Group, Jacks, Level, Line, Note, Sheet
from kb.terms.text import clean
from kb.views import brief_map
from kb.views.brief import as_of, aside, holds, more, name, written
from kb.views.brief_map import safe
from kb.views.normals import NORMAL

# Whatever has this in its head was written here, and may be written over.
MARK = '<meta name="generator" content="kb brief">'

# How an entry reads, told once.
_HOW = (
    '<b>Where</b> <i class="part">part:</i> what is here (stock, where other strips have that)'
    " → what to do about it. <b>×</b> no way round it."
)

# What the style sheet makes of A4, in points. It holds the letters of every font to one width, so
# that lines break alike on every machine.
_SIDES = 2
_COLUMNS = 3
_COLUMN_WIDTH = 176.5
_SIDE_HEIGHT = 788.0
_LETTER = 0.49  # of the size of type
_LARGEST, _SMALLEST = 9.0, 6.0
# In lines of text.
_HEADER, _HEADING, _GAP = 5.0, 2.3, 0.14


class _Part(NamedTuple):
    """A section: the name of its place, what links to it say, its heading, its entries."""

    name: str
    label: str
    heading: str
    entries: Sequence[str]


def page(sheet: Sheet) -> str:
    """The whole file."""
    head = sheet.head
    title = safe(name(head))
    studio = safe(head.studio) if name(head) != head.studio else ""
    before = [part for part in _before(sheet) if part.entries or part.name == "broken"]
    after = [part for part in _after(sheet) if part.entries]
    picture = [brief_map.figure(sheet.strips)] if sheet.strips else []
    links = [(part.name, part.label) for part in before]
    links += [("strips", "Strips")] if sheet.strips else []
    links += [(part.name, part.label) for part in after]
    lines = brief_map.lines(sheet.strips) if sheet.strips else 0.0
    css = Path(__file__).with_name("brief.css").read_text(encoding="utf-8")
    foot = _css(" · ".join(dict.fromkeys((name(head), head.studio, as_of(head)))))
    return "\n".join(
        [
            "<!doctype html>",
            f'<html lang="en" style="--print:{print_size([*before, *after], lines):.1f}pt">',
            "<head>",
            '<meta charset="utf-8">',
            MARK,
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta http-equiv="Content-Security-Policy"'
            " content=\"default-src 'none'; style-src 'unsafe-inline'\">",
            f"<title>{' · '.join(filter(None, (title, studio)))}</title>",
            f"<style>\n{css}@page {{ @bottom-left {{ content: {foot}; }} }}\n</style>",
            "</head>",
            "<body>",
            "<header>",
            f"<h1>{title}</h1>",
            f'<p class="studio">{studio}</p>',
            f'<p class="asof">{safe(as_of(head))}</p>',
            f'<p class="how">{_HOW}</p>',
            "<nav>",
            *(f'<a href="#{target}">{safe(label)}</a>' for target, label in links),
            "</nav>",
            "</header>",
            "<main>",
            *map(_section, before),
            *picture,
            *map(_section, after),
            "</main>",
            "</body>",
            "</html>",
        ]
    )


def print_size(parts: Iterable[_Part], picture: float) -> float:
    """The largest size of type, in points, at which these fit two printed sides.

    `picture` is the height of the map, in lines of text.
    """
    texts = [[html.unescape(re.sub("<[^>]*>", "", e)) for e in part.entries] for part in parts]
    for size in range(round(_LARGEST * 10), round(_SMALLEST * 10), -1):
        line = size / 10 * 1.18
        letters = _COLUMN_WIDTH / (size / 10 * _LETTER)
        height = sum(
            _HEADING + sum(math.ceil(len(text) / letters) + _GAP for text in entries)
            for entries in texts
        )
        if (height / _COLUMNS + _HEADER + picture) * line <= _SIDES * _SIDE_HEIGHT:
            return size / 10
    return _SMALLEST


def _css(text: str) -> str:
    """A text as a string of a style sheet, every letter that could mean something escaped."""
    safe = (c if c.isascii() and c.isalnum() else f"\\{ord(c):x} " for c in clean(text))
    return f'"{"".join(safe)}"'


# --- sections ----------------------------------------------------------------------------------


def _before(sheet: Sheet) -> Iterator[_Part]:
    now = sheet.head.as_of
    yield _Part("safety", "Safety", "Safety, and who may touch what", list(map(_care, sheet.care)))
    yield _Part("today", "Today", "Today", [_note(note, now) for note in sheet.notes])
    count = f"Broken: {len(sheet.faults)}" if sheet.faults else "Nothing is written up as broken"
    yield _Part("broken", "Broken", count, [_fault(fault, now) for fault in sheet.faults])


def _after(sheet: Sheet) -> Iterator[_Part]:
    yield _Part("bay", "Bay", "Strips on the bay", list(map(_jacks, sheet.jacks)))
    short = []
    for number, group in enumerate(sheet.groups, 1):
        if group.shown == "full":
            heading = f"Differs: {group.title}"
            yield _Part(f"differs-{number}", group.title, heading, _mods(group.lines))
        else:
            short.append(_short(group))
    yield _Part("elsewhere", "Elsewhere", "Differs elsewhere, in short", short)
    breaks = list(map(_break, sheet.breaks))
    yield _Part("breaks", "Exceptions", "Breaks the pattern of the bay", breaks)
    yield _Part("levels", "Levels", "Levels", _levels(sheet.levels))
    yield _Part("call", "Call", "Call", [_call(*one) for one in sheet.call])


def _section(part: _Part) -> str:
    inner = "\n".join(part.entries)
    entries = f'\n<dl class="entries">\n{inner}\n</dl>' if inner else ""
    return f'<section id="{part.name}">\n<h2>{safe(part.heading)}</h2>{entries}\n</section>'


def _entry(term: str, inner: str, kind: str = "") -> str:
    class_ = f' class="{kind}"' if kind else ""
    return f"<div{class_}><dt>{safe(term)}</dt> <dd>{inner}</dd></div>"


def _aside(text: str) -> str:
    return f' <span class="aside">{safe(text)}</span>' if text else ""


def _do(text: str, aside: str = "") -> str:
    return f' <span class="do">{safe(text)}{_aside(aside)}</span>' if text else _aside(aside)


def _care(care: Care) -> str:
    return _entry(care.title, safe(" ".join(care.safety)) + _aside(care.touch))


def _note(note: Note, now: datetime) -> str:
    kind = "lockout" if note.lockout else ""
    return _entry(note.where, safe(note.text) + _aside(holds(note, now)), kind)


def _fault(fault: Broken, now: datetime) -> str:
    aside = " ".join(f"· {part}" for part in (fault.context, written(fault, now)) if part)
    told = safe(fault.symptom) + _do(fault.workaround, aside)
    cross = "× " if fault.no_way_round else ""
    return _entry(cross + fault.where, told, "out" if fault.no_way_round else "")


def _jacks(jacks: Jacks) -> str:
    return _entry(jacks.top or jacks.bottom, _joined(jacks))


def _joined(jacks: Jacks) -> str:
    if not jacks.out and not jacks.input:
        return "blank"
    bottom = (f"<b>{safe(jacks.bottom)}</b> " if jacks.bottom else "") + safe(jacks.input)
    return f"{safe(jacks.out)}{_aside(NORMAL.get(jacks.normal, jacks.normal))} {bottom}"


def _break(one: Break) -> str:
    more = "; ".join(aside(one))
    told = _joined(one.jacks) + _aside(f"({more})" if more else "")
    return _entry(one.jacks.top or one.jacks.bottom, told)


def _mods(lines: Iterable[Line]) -> list[str]:
    """An entry for each place; what differs there is told one after the other."""
    entries = []
    for (key, where), same in groupby(lines, lambda line: (line.key, line.where)):
        chip = f"{brief_map.chip(key)} " if key else ""
        told = " ".join(map(_mod, same))
        entries.append(f"<div>{chip}<dt>{safe(where)}</dt> {told}</div>")
    return entries


def _mod(line: Line) -> str:
    stock = _aside(f"(stock: {line.stock})") if line.stock else ""
    return f"<dd>{_part(line)}{safe(line.here)}{stock}{_do(line.do)}</dd>"


def _part(line: Line) -> str:
    return f'<i class="part">{safe(line.part)}:</i> ' if line.part else ""


def _short(group: Group) -> str:
    if group.shown == "count":
        return _entry(group.title, safe(more(group)))
    told = (f"{safe(line.where)} {_part(line)}{safe(line.here)}" for line in group.lines)
    return _entry(group.title, "; ".join(told))


def _levels(levels: Iterable[Level]) -> list[str]:
    return [
        _entry(
            title,
            " · ".join(f"<i>{safe(one.point)}</i> {safe(one.level)}" for one in same),
        )
        for title, same in groupby(levels, lambda one: one.title)
    ]


def _call(reason: str, who: str, ring: str) -> str:
    return _entry(ring or who, safe(reason) + _aside(who if ring else ""))
