"""docs/studio.toml as its author meant it: what it may say, and what is wrong with it, by line."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from kb.house import BESIDE, LADDER
from kb.pages.model import Problem
from kb.pages.named import meant
from kb.settings import STUDIO

ROLES = (*LADDER, *BESIDE)

# For each table its keys, and what each holds: text, time, share, names (a list of texts).
_TOP = {"id": "text", "name": "text", "day_ends": "time", "pass": "share"}
_TABLES: dict[str, dict[str, str]] = {
    "": _TOP,
    "roles": {"ladder": "names", "beside": "names"},
    "rooms": {"letter": "text", "name": "text", "brief": "names"},
    "call": {"for": "text", "who": "text", "ring": "text"},
}
_LISTS = ("rooms", "call")
_SAID = {
    "text": 'a text: "…"',
    "time": 'a time: "06:00"',
    "share": 'a share of the questions: "80%"',
    "names": 'a list of texts: ["…", "…"]',
}
_AT = re.compile(r"\(at line (\d+), column (\d+)\)")
_HEADING = re.compile(r"\s*\[\[?\s*([\w.-]+)\s*\]\]?")
_KEY = re.compile(r"""\s*["']?([\w.-]+)["']?\s*=""")


@dataclass(frozen=True, slots=True)
class StudioFile:
    """What the pages may lean on: rooms by letter, roles in lower case."""

    rooms: tuple[str, ...] = ()
    roles: tuple[str, ...] = ROLES


def read_studio(data: bytes | None, addresses: Collection[str]) -> tuple[StudioFile, list[Problem]]:
    """The studio and the problems of its file; `addresses` are those of the pages there are."""
    if data is None:
        return StudioFile(), []
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
        said = tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"not UTF-8 (byte 0x{data[error.start]:02x})"
        return StudioFile(), [Problem(STUDIO, line, 0, "encoding", message)]
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        at = _AT.search(str(error))
        line, column = (int(at[1]), int(at[2])) if at else (text.count("\n") or 1, 0)
        told = _AT.sub("", str(error)).replace("(at end of document)", "").strip()
        return StudioFile(), [Problem(STUDIO, line, column, "studio", f"cannot be read: {told}")]
    lines = list(_lines(text))
    problems = [*_check(said, lines), *_pages(said, lines, addresses)]
    rooms = tuple(
        room["letter"]
        for room in _tables(said, "rooms")
        if isinstance(room.get("letter"), str) and room["letter"]
    )
    return StudioFile(rooms, _roles(said)), problems


def _roles(said: Mapping[str, Any]) -> tuple[str, ...]:
    table = said.get("roles")
    if not isinstance(table, dict):
        return ROLES
    found: list[str] = []
    for key, usual in (("ladder", LADDER), ("beside", BESIDE)):
        names = table.get(key, usual)
        found += (
            [n.casefold() for n in names if isinstance(n, str)] if _is("names", names) else usual
        )
    return tuple(found)


def _tables(said: Mapping[str, Any], name: str) -> Iterator[dict[str, Any]]:
    found = said.get(name, [])
    for table in found if isinstance(found, list) else [found]:
        if isinstance(table, dict):
            yield table


def _lines(text: str) -> Iterator[tuple[str, int, str, int]]:
    """Each key with its table, which of the tables of that name it is in, and its line."""
    table, number = "", 0
    count: dict[str, int] = {}
    for line, written in enumerate(text.split("\n"), 1):
        if heading := _HEADING.match(written):
            if "=" in written.partition("#")[0]:
                continue  # `[…]` inside a list of several lines
            table = heading[1]
            number = count[table] = count.get(table, -1) + 1
            yield table, number, "", line
        elif key := _KEY.match(written):
            yield table, number, key[1], line


def _line(lines: list[tuple[str, int, str, int]], table: str, number: int, key: str) -> int:
    for one in lines:
        if one[:3] == (table, number, key):
            return one[3]
    return 1


def _check(said: Mapping[str, Any], lines: list[tuple[str, int, str, int]]) -> Iterator[Problem]:
    for key, value in said.items():
        if key in _TABLES and key:
            wanted = list if key in _LISTS else dict
            if not isinstance(value, wanted) or not all(isinstance(t, dict) for t in _each(value)):
                shape = f"[[{key}]]" if key in _LISTS else f"[{key}]"
                line = max(_line(lines, "", 0, key), _line(lines, key, 0, ""))
                yield Problem(STUDIO, line, 0, "studio", f"{key} is a table: write {shape}")
                continue
            for number, table in enumerate(_each(value)):
                yield from _keys(key, number, table, lines)
        elif isinstance(value, dict | list) and key not in _TOP:
            line = _line(lines, key, 0, "")
            yield _unknown(line, key, [name for name in _TABLES if name], "table")
    yield from _keys("", 0, {k: v for k, v in said.items() if not _is_table(k, v)}, lines)


def _is_table(key: str, value: object) -> bool:
    return key in _TABLES or (isinstance(value, dict | list) and key not in _TOP)


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _keys(
    table: str,
    number: int,
    said: Mapping[str, Any],
    lines: list[tuple[str, int, str, int]],
) -> Iterator[Problem]:
    known = _TABLES[table]
    for key, value in said.items():
        line = _line(lines, table, number, key)
        if key not in known:
            yield _unknown(line, key, known, "key")
        elif not _is(known[key], value):
            yield Problem(STUDIO, line, 0, "studio", f"{key} takes {_SAID[known[key]]}")
    if table == "rooms" and "letter" not in said:
        line = _line(lines, table, number, "")
        yield Problem(STUDIO, line, 0, "studio", "a room needs its letter")


def _unknown(line: int, key: str, known: Collection[str], what: str) -> Problem:
    message = f'unknown {what} "{key}"; {meant(key, known)}'
    return Problem(STUDIO, line, 0, "unknown-key", message, True)


def _is(kind: str, value: object) -> bool:
    if kind == "names":
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    if kind == "time":
        if isinstance(value, time):
            return True
        return isinstance(value, str) and bool(re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value))
    if kind == "share":
        return isinstance(value, str) and bool(re.fullmatch(r"(\d{1,2}|100)\s?%", value))
    return isinstance(value, str)


def _pages(
    said: Mapping[str, Any], lines: list[tuple[str, int, str, int]], addresses: Collection[str]
) -> Iterator[Problem]:
    """The pages of a brief that are not there."""
    for number, room in enumerate(_tables(said, "rooms")):
        brief = room.get("brief")
        for name in brief if isinstance(brief, list) else []:
            if isinstance(name, str) and name.partition("#")[0] not in addresses:
                line = _line(lines, "rooms", number, "brief")
                near = difflib.get_close_matches(name, addresses, 1, 0.6)
                hint = f"; did you mean {near[0]}?" if near else ""
                yield Problem(STUDIO, line, 0, "studio", f'brief: no page "{name}"{hint}')
