"""The visitor's sheet as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kb.room.sheet import Broken, Jacks, Sheet
from kb.room.strips import Strips
from kb.views import mods


def as_json(sheet: Sheet, docs_name: str) -> dict[str, Any]:
    """The object that `kb brief --json` prints. `mods` are whole rows, whatever the sheet cuts."""
    head = sheet.head
    return {
        "studio": head.studio,
        "room": head.room,
        "name": head.name,
        "as_of": head.as_of.isoformat(timespec="minutes"),
        "commit": head.commit,
        "committed": head.committed.isoformat() if head.committed else "",
        "care": [one._asdict() for one in sheet.care],
        "notes": [
            {**note._asdict(), "at": _iso(note.at), "until": _iso(note.until)}
            for note in sheet.notes
        ],
        "faults": [_fault_json(fault, docs_name) for fault in sheet.faults],
        "strips": _strips_json(sheet.strips) if sheet.strips else None,
        "jacks": [_jacks_json(one) for one in sheet.jacks],
        "mods": [
            {**told, "key": line.key, "shown": group.shown}
            for group in sheet.groups
            for line in group.lines
            for told in mods.as_json(line.rows, docs_name)
        ],
        "patch": [
            {**_jacks_json(one.jacks), "usual": one.usual, "setup": one.setup, "notes": one.notes}
            for one in sheet.breaks
        ],
        "levels": [one._asdict() for one in sheet.levels],
        "call": [{"for": reason, "who": who, "ring": ring} for reason, who, ring in sheet.call],
    }


def _jacks_json(jacks: Jacks) -> dict[str, str]:
    return dict(zip(("top", "out", "normal", "bottom", "in"), jacks, strict=True))


def _fault_json(fault: Broken, docs_name: str) -> dict[str, Any]:
    told = fault._asdict()
    del told["places"]
    return {
        **told,
        "at": _iso(fault.at),
        "path": f"{docs_name}/{fault.path}" if fault.path else "",
        "no_way_round": fault.no_way_round,
    }


def _iso(at: datetime | None) -> str:
    return at.isoformat(timespec="minutes") if at else ""


def _strips_json(strips: Strips) -> dict[str, Any]:
    return {
        "last": strips.last,
        "mods": [
            {"key": bar.key, "part": bar.what, "strips": list(bar.strips)} for bar in strips.bars
        ]
        + [
            {"key": key, "part": what, "strips": list(range(1, strips.last + 1))}
            for key, what in strips.everywhere
        ],
        "broken": list(strips.broken),
        "no_way_round": list(strips.no_way_round),
    }
