"""What is broken, and what holds today: one entry, the list, a few lines at the start of a run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from kb.search.hit import BookEntry
from kb.views.terminal import Screen, cells, padded

if TYPE_CHECKING:
    from kb.book import Open

_BRIEF = 6
_WEEK = timedelta(days=6)


def marked(
    screen: Screen, entries: Sequence[BookEntry], now: datetime, margin: str = ""
) -> Iterator[str]:
    """The newest of some entries as a search shows them, each on lines of its own."""
    for entry in entries[:_BRIEF]:
        lead = margin + ("open " if entry.kind == "fault" else "") + f"{entry.kind} {entry.label}"
        text = f"{lead} · {_who(entry, now)} · {_said(entry, now)}"
        first, *more = screen.wrap(screen.text(text), rest=f"{margin}    ")
        yield screen.warn(first[: len(lead)]) + first[len(lead) :]
        yield from more
    if len(entries) > _BRIEF:
        yield f"{margin}and {len(entries) - _BRIEF} more: kb faults"


def listed(screen: Screen, opened: Open, now: datetime) -> Iterator[str]:
    """The newest first; a terminal shows of those in the pages as many as fit with the rest."""
    notes = [line for rows in _rows(screen, opened.notes, now) for line in rows]
    if notes:
        notes = ["", screen.bold("Notes"), *notes]
    told = list(zip(opened.faults, _rows(screen, opened.faults, now), strict=True))
    left = screen.height - 3 - len(notes) - sum(len(rows) for one, rows in told if not one.address)
    if not told:
        yield "no open faults"
    older = 0
    for one, rows in told:
        if one.address and screen.terminal:
            left -= len(rows)
            if left < 0:
                older += 1
                continue
        yield from rows
    if older:
        yield screen.dim(f"and {older} older in the pages: kb faults | less")
    yield from notes


def briefly(screen: Screen, opened: Open, now: datetime) -> Iterator[str]:
    """The same for whoever begins something else: a line each, and not many."""
    entries = [*opened.notes, *opened.faults]
    if not entries:
        return
    yield screen.bold("Open in the fault book")
    for entry in entries[:_BRIEF]:
        line = f"  {entry.label}  {_who(entry, now)}  {_said(entry, now)}"
        yield _cut(screen, screen.text(line))
    if len(entries) > _BRIEF:
        yield f"  and {len(entries) - _BRIEF} more: kb faults"


def recorded(screen: Screen, who: str, entry: BookEntry, now: datetime) -> str:
    """What was written down, and how it was understood."""
    return screen.text(f"Recorded, {who}: {entry.kind} {entry.label} · {_said(entry, now)}")


def cleared(screen: Screen, who: str, entry: BookEntry) -> str:
    """What is gone."""
    what = "cleared" if entry.kind == "fault" else "taken back"
    return screen.text(
        f"Recorded, {who}: {entry.kind} {entry.label} {what} · {entry.shown}: {entry.text}"
    )


def _rows(screen: Screen, entries: Sequence[BookEntry], now: datetime) -> Iterator[list[str]]:
    """The lines of each entry; of a row of a page, with the place where it stands."""
    labels = max((len(entry.label) for entry in entries), default=0)
    people = max((cells(screen.text(entry.by)) for entry in entries), default=0)
    times = max((len(_when(entry, now)) for entry in entries), default=0)
    for entry in entries:
        by = padded(screen.text(entry.by), people)
        head = f"{entry.label:>{labels}}  {by}  {_when(entry, now):<{times}}  "
        text = _said(entry, now)
        if entry.address:
            text += f" · {entry.path.rpartition('/')[2]}:{entry.line}"
        yield list(screen.wrap(screen.text(text), head, " " * cells(head)))


def _said(entry: BookEntry, now: datetime) -> str:
    """Where, what, and what to do meanwhile."""
    parts = [f"{entry.shown}: {entry.text}"]
    if entry.until is not None:
        parts.insert(0, f"until {moment(entry.until, now)}")
    if entry.use:
        parts.append(f"meanwhile: {entry.use}")
    if entry.written is not None:
        parts.append(f"written into {entry.page}")
    if entry.cleared is not None:
        gone = entry.cleared
        when = f" {moment(gone.at, now)}" if gone.at else ""
        parts.append(" ".join(f"cleared {gone.by}{when} {gone.text}".split()))
    return " · ".join(parts)


def _who(entry: BookEntry, now: datetime) -> str:
    return f"{entry.by} {_when(entry, now)}".strip()


def _when(entry: BookEntry, now: datetime) -> str:
    if entry.at is None:
        return ""
    return f"{entry.at:%Y-%m-%d}" if entry.address else moment(entry.at, now)


def moment(at: datetime, now: datetime) -> str:
    """A moment as people say it: the time of today, a day of this week, else the date."""
    if at.date() == now.date():
        return f"{at:%H:%M}"
    if abs(at - now) < _WEEK:
        return f"{at:%a %H:%M}"
    return f"{at:%Y-%m-%d}" if at < now else f"{at:%Y-%m-%d %H:%M}"


def _cut(screen: Screen, text: str) -> str:
    """One line, whatever there is to say."""
    if cells(text) <= screen.width:
        return text
    end = screen.text("…")
    while cells(text) > screen.width - len(end):
        text = text[:-1]
    return text.rstrip() + end
