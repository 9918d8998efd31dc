"""A page, a section or a row for reading, and the list of pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from kb.pages.due import Due, is_late, last_checked
from kb.pages.inline import plain
from kb.pages.model import Page, Row, Section, Table
from kb.pages.problem import told
from kb.views.terminal import Screen, cells, padded, table

if TYPE_CHECKING:
    from kb.pages.lookup import Found

_LIST = re.compile(r"^(\s*)([-*+]|\d{1,3}[.)])\s+(?:\[([ xX])\]\s+)?(.*)$")


def lines(screen: Screen, found: Found) -> Iterator[str]:
    """What was found, laid out for the screen; Quiz sections are left out."""
    page = found.page
    if found.row is not None and found.section is not None:
        owner = next(t for t in found.section.tables if found.row in t.rows)
        yield screen.bold(screen.text(" › ".join(found.section.breadcrumb)))
        yield from _record(screen, owner, found.row)
        return
    if found.section is not None:
        yield screen.dim(screen.text(" › ".join(found.section.breadcrumb[:-1])))
    else:
        yield from _front(screen, page)
    for section in found.inside:
        yield from _section(screen, section)


def _front(screen: Screen, page: Page) -> Iterator[str]:
    front = page.front
    yield screen.bold(screen.text(page.title))
    looked_at = last_checked(page)
    by = f" by {looked_at.by}" if looked_at.by else ""
    verified = f"{looked_at.day}{by}" if looked_at.day else ""
    said = (
        ("also called", ", ".join(front.aliases)),
        ("asset", front.tag),
        ("where", " ".join(part for part in (front.room, front.location) if part)),
        ("owner", front.owner),
        ("may touch", front.touch),
        ("safety", "; ".join(front.safety)),
        ("checked", verified),
    )
    for name, value in said:
        if value:
            label = f"{name:<12}"
            wrapped = list(screen.wrap(screen.text(value), label, " " * 12))
            yield screen.dim(label) + wrapped[0][12:]
            yield from wrapped[1:]


def _section(screen: Screen, section: Section) -> Iterator[str]:
    if section.level > 1 or section.kind != "section":
        yield ""
        yield screen.bold(screen.text(f"{'#' * section.level} {section.heading}"))
    starts = {t.line - section.line: t for t in section.tables}
    code = frozenset(section.code)
    paragraph: list[str] = []
    blank = True
    for number, line in enumerate(section.text.split("\n")):
        if number in starts:
            yield from _paragraph(screen, paragraph)
            paragraph = []
            if not blank:
                yield ""
            yield from _table(screen, starts[number])
            blank = True
        if number in code:
            yield from _paragraph(screen, paragraph)
            paragraph = []
            yield f"    {screen.text(line)}".rstrip()
            blank = False
        elif not line.strip():
            yield from _paragraph(screen, paragraph)
            blank = blank and not paragraph
            paragraph = []
            if not blank and number < section.end - section.line:
                yield ""
                blank = True
        else:
            if _LIST.match(line):
                yield from _paragraph(screen, paragraph)
                paragraph = []
            paragraph.append(line)
            blank = False
    yield from _paragraph(screen, paragraph)


def _paragraph(screen: Screen, source: list[str]) -> Iterator[str]:
    if not source:
        return
    item = _LIST.match(source[0])
    margin = ""
    first = source[0].strip()
    if item:
        indent = " " * (2 + len(item[1]))
        sign = "☐" if item[3] else item[2] if item[2][0].isdigit() else "-"
        sign = screen.text(sign)
        first, margin = item[4], f"{indent}{sign} "
    text = plain(" ".join([first, *(line.strip() for line in source[1:])]))
    yield from screen.wrap(screen.text(text), margin, " " * len(margin))


def _table(screen: Screen, owner: Table) -> Iterator[str]:
    rows = [tuple(screen.text(cell) for cell in row.cells) for row in owner.rows]
    used = [n for n, _ in enumerate(owner.columns) if any(row[n : n + 1] != ("",) for row in rows)]
    head = [screen.text(owner.columns[n]) for n in used]
    widths = [max(cells(head[i]), *(cells(row[n]) for row in rows), 1) for i, n in enumerate(used)]
    if sum(widths) + 2 * len(widths) <= screen.width:
        yield screen.dim("  ".join(map(padded, head, widths)).rstrip())
        for line in rows:
            yield "  ".join(padded(line[n], w) for n, w in zip(used, widths, strict=True)).rstrip()
        yield ""
        return
    for row in owner.rows:
        yield from _record(screen, owner, row)
        yield ""


def _record(screen: Screen, owner: Table, row: Row) -> Iterator[str]:
    """One row, a line for each filled cell: a wide table on a narrow screen."""
    filled = [(c, v) for c, v in zip(owner.columns, row.cells, strict=False) if v]
    margin = max((len(column) for column, _ in filled), default=0) + 4
    for number, (column, value) in enumerate(filled):
        label = f"  {screen.text(column)}".ljust(margin)
        wrapped = list(screen.wrap(screen.text(value), " " * margin, " " * margin))
        body = wrapped[0][margin:]
        yield screen.dim(label) + (screen.bold(body) if number == 0 else body)
        yield from wrapped[1:]


def as_json(found: Found, docs_name: str) -> dict[str, Any]:
    """What `kb show --json` prints."""
    page = found.page
    front = page.front
    thing = found.row or found.section
    return {
        "address": thing.address if thing else page.address,
        "page": page.address,
        "path": f"{docs_name}/{page.path}",
        "line": thing.line if thing else 1,
        "title": page.title,
        "aliases": list(front.aliases),
        "room": front.room,
        "location": front.location,
        "owner": front.owner,
        "verified": day.isoformat() if (day := last_checked(page).day) else None,
        "sections": [_section_json(s, found.row) for s in found.inside],
    }


def _section_json(section: Section, only: Row | None) -> dict[str, Any]:
    return {
        "address": section.address,
        "heading": section.heading,
        "kind": section.kind,
        "line": section.line,
        "text": "" if only else section.text.strip(),
        "tables": [
            {
                "kind": t.kind,
                "line": t.line,
                "rows": [
                    {
                        "address": row.address,
                        "line": row.line,
                        "row": dict(zip(t.columns, row.cells, strict=False)),
                    }
                    for row in t.rows
                    if only is None or row == only
                ],
            }
            for t in section.tables
            if only is None or only in t.rows
        ],
    }


def listing(known: list[dict[str, Any]], docs_name: str, today: date) -> list[dict[str, Any]]:
    """What `kb list --json` says of each page."""
    return [
        {
            "address": entry["address"],
            "path": f"{docs_name}/{entry['path']}",
            "kind": entry["path"].split("/")[0] if "/" in entry["path"] else "",
            "title": entry["title"],
            "room": entry.get("room", ""),
            "verified": entry.get("verified"),
            "stale": any(is_late(one.due, one.why, today) for one in _dues(entry)),
            "problems": entry["problems"],
        }
        for entry in known
    ]


def late(known: list[dict[str, Any]], docs_name: str, today: date) -> list[dict[str, Any]]:
    """What is to be held against the gear again, soonest first: what `kb list --stale` says."""
    found = [
        {
            "address": one.address,
            "path": f"{docs_name}/{entry['path']}",
            "line": one.line,
            "page": entry["address"],
            "title": entry["title"],
            "heading": "" if one.whole else one.title,
            "room": entry.get("room", ""),
            "owner": entry.get("owner", ""),
            "due": one.due or None,
            "why": one.why,
            "verified": one.verified or None,
            "by": one.by,
        }
        for entry in known
        for one in _dues(entry)
        if is_late(one.due, one.why, today)
    ]
    return sorted(found, key=lambda one: (one["due"] or "", one["path"], one["line"]))


def _dues(entry: dict[str, Any]) -> Iterator[Due]:
    """What of a page is due some day: the index keeps it as lists."""
    return (Due(*row) for row in entry.get("dues", ()))


def late_listed(screen: Screen, found: list[dict[str, Any]]) -> Iterator[str]:
    """The same for people: since when, for whom, what, where."""
    if not found:
        yield "nothing is due"
        return
    wide = max(cells(screen.text(one["owner"])) for one in found)
    for one in found:
        what = " › ".join(filter(None, (one["title"], one["heading"])))
        said = {
            "never": ": never verified",
            "changed": f": changed since {one['by']} verified it",
        }.get(one["why"], "")
        lead = f"{one['due'] or '':<10}  {padded(screen.text(one['owner']), wide)}  "
        where = screen.text(f"{one['path']}:{one['line']}")
        text = screen.text(f"{what}{said}")
        if cells(lead) + cells(text) + 2 + cells(where) <= screen.width:
            yield f"{lead}{text}  {screen.dim(where)}"
        else:
            yield from screen.wrap(text, lead, " " * cells(lead))
            yield " " * cells(lead) + screen.dim(where)


def wrong(known: list[dict[str, Any]], docs_name: str) -> Iterator[str]:
    """What is wrong with the pages, a line each."""
    for entry in known:
        for line, column, message in entry.get("wrong", ()):
            yield told(docs_name, entry["path"], line, column, message)
        more = entry["problems"] - len(entry.get("wrong", ()))
        if more > 0:
            yield told(docs_name, entry["path"], 0, 0, f"{more} more problems")


def listed(
    screen: Screen, known: list[dict[str, Any]], docs_name: str, today: date
) -> Iterator[str]:
    """The pages as a table."""
    rows = []
    for entry in listing(known, docs_name, today):
        checked = (entry["verified"] or "") + (" overdue" if entry["stale"] else "")
        problems = str(entry["problems"] or "")
        rows.append((entry["address"], entry["title"], entry["room"], checked, problems))
    yield from table(screen, ("page", "title", "room", "checked", "problems"), tuple(rows))
