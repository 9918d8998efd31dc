"""The fault book: what its events say is open, and how it goes with the faults in the pages.

An event here is a mapping as `kb.records.openlist.plain` makes it. One of another kb's making may
lack anything; it counts for as much as it says, and never raises.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from kb.errors import KbError
from kb.records.openlist import CLOSES, HIGHEST_NUMBER, OPENS, SETTLED, WRITTEN
from kb.search.hit import BookEntry, Cleared

if TYPE_CHECKING:
    from kb.search.rows import FoundRow

Plain = Mapping[str, Any]

_FAULT, _NOTE = OPENS
_LEAST_TAIL = 2


def entries(events: Iterable[Plain], now: datetime) -> list[BookEntry]:
    """Everything these events, in order, tell of, what is gone too. Times are in `now`'s zone.

    Each has a label: its number, and where two stores gave the same one to what is still open, as
    much of the end of its event's id as tells them apart.
    """
    found: dict[str, BookEntry] = {}
    later: list[Plain] = []
    for event in events:
        if event["kind"] in OPENS:
            found.setdefault(event["id"], _entry(event, now))
        else:
            later.append(event)
    for event in later:
        entry = found.get(event["target"])
        if entry is None:
            continue
        body, at = event["body"], _local(event["at"], now)
        if event["kind"] in CLOSES and entry.cleared is None:
            gone = Cleared(_by(event), at, _text(body, "text"))
            found[entry.id] = entry._replace(cleared=gone)
        elif event["kind"] == WRITTEN:
            found[entry.id] = entry._replace(
                page=_text(body, "page"), written=at, rows=_texts(body, "rows")
            )
    return _labelled(list(found.values()), now)


def still_open(known: Iterable[BookEntry], rows: Iterable[str], now: datetime) -> list[BookEntry]:
    """What is open of these.

    `rows` are the addresses of all fault rows of the pages, cleared ones too: what was written into
    its page gives way to the row once that is there, and is cleared when the row is.
    """
    there = {_of_row(address) for address in rows}
    return [
        entry
        for entry in known
        if _is_open(entry, now) and not any((entry.page, name) in there for name in entry.rows)
    ]


def of_row(row: FoundRow, now: datetime) -> BookEntry:
    """A fault that a page tells of, as an entry."""
    cells = row.cells
    return BookEntry(
        id=row.address,
        kind="fault",
        number=0,
        label="",
        where=next(iter(cells.values()), ""),
        shown=next(iter(cells.values()), ""),
        text=cells.get("symptom", ""),
        use=cells.get("workaround", ""),
        room=row.rooms[0] if len(row.rooms) == 1 else "",
        places=row.places,
        page=row.page,
        by=cells.get("by", ""),
        at=_day(cells.get("reported", ""), now),
        cleared=Cleared("", None, cells.get("cleared", "")) if row.closed else None,
        address=row.address,
        path=row.path,
        line=row.line,
    )


def cells(entry: BookEntry) -> dict[str, str]:
    """A fault as the columns of a page's table have it."""
    return {
        "where": entry.where,
        "symptom": entry.text,
        "workaround": entry.use,
        "reported": f"{entry.at:%Y-%m-%d}" if entry.at else "",
        "by": entry.by,
    }


def for_room(known: Iterable[BookEntry], room: str) -> list[BookEntry]:
    """Those of a room and of the whole house; of all rooms where none is said."""
    wanted = room.casefold()
    return [entry for entry in known if not wanted or entry.room in ("", wanted)]


def newest_first(known: Iterable[BookEntry]) -> list[BookEntry]:
    """The latest on top; rows that do not say when they are from at the end."""
    return sorted(
        known, key=lambda e: (e.at.timestamp() if e.at else 0.0, e.number, e.id), reverse=True
    )


def find(known: Sequence[BookEntry], said: str, now: datetime) -> BookEntry:
    """The open entry that somebody means by its number or label. Raises KbError."""
    number, _, tail = said.casefold().partition("-")
    called = [one for one in known if str(one.number) == number and one.id.endswith(tail)]
    meant = [entry for entry in called if _is_open(entry, now)]
    if len(meant) == 1:
        return meant[0]
    if meant:
        both = "; ".join(f"{entry.label} {entry.shown}: {entry.text}" for entry in meant)
        raise KbError(f"{said} stands for several: {both}")
    if called:
        raise KbError(_gone(said, called[-1]))
    raise KbError(f"there is no {said} in the fault book; see kb faults")


def _gone(said: str, entry: BookEntry) -> str:
    what = f"{said}, {entry.shown}: {entry.text}"
    if entry.cleared:
        when = f" {entry.cleared.at:%Y-%m-%d %H:%M}" if entry.cleared.at else ""
        return f"{what}: cleared already, by {entry.cleared.by}{when}"
    return f"{what}: has ended by itself" if entry.until else f"{what}: its page tells of it now"


def _is_open(entry: BookEntry, now: datetime) -> bool:
    if entry.cleared is not None or (entry.until is not None and entry.until <= now):
        return False
    return entry.written is None or entry.written >= now - SETTLED


def _of_row(address: str) -> tuple[str, str]:
    """The page a row stands on and its own name: it may be moved to another section."""
    return address.partition("#")[0], address.rpartition("/")[2]


def _labelled(known: list[BookEntry], now: datetime) -> list[BookEntry]:
    of_number: dict[int, list[str]] = {}
    for entry in known:
        if _is_open(entry, now):
            of_number.setdefault(entry.number, []).append(entry.id)
    return [entry._replace(label=_label(entry, of_number.get(entry.number, []))) for entry in known]


def _label(entry: BookEntry, others: Sequence[str]) -> str:
    rivals = [id_ for id_ in others if id_ != entry.id]
    if not rivals:
        return str(entry.number)
    length = _LEAST_TAIL
    while any(id_[-length:] == entry.id[-length:] for id_ in rivals) and length < len(entry.id):
        length += 2
    return f"{entry.number}-{entry.id[-length:]}"


def _entry(event: Plain, now: datetime) -> BookEntry:
    body = event["body"]
    number = body.get("number")
    right = type(number) is int and 0 < number < HIGHEST_NUMBER
    where = _text(body, "where")
    return BookEntry(
        id=event["id"],
        kind="fault" if event["kind"] == _FAULT else "note",
        number=number if right else 0,
        label="",
        where=where,
        shown=_text(body, "shown") or where,
        text=_text(body, "text"),
        use=_text(body, "use"),
        room=_text(body, "room").casefold(),
        places=_texts(body, "places"),
        page=_text(body, "page"),
        by=_by(event),
        at=_local(event["at"], now),
        # A note that does not say until when is over.
        until=_local(event["target"], now) or now if event["kind"] == _NOTE else None,
    )


def _by(event: Plain) -> str:
    return _text(event["body"], "initials") or str(event["actor"])


def _local(text: str, now: datetime) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(now.tzinfo) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _day(text: str, now: datetime) -> datetime | None:
    try:
        return datetime.combine(datetime.fromisoformat(text), time(), now.tzinfo)
    except ValueError:
        return None


def _text(body: Plain, name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""


def _texts(body: Plain, name: str) -> tuple[str, ...]:
    value = body.get(name)
    return tuple(text for text in value if isinstance(text, str)) if isinstance(value, list) else ()
