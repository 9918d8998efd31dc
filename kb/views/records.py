"""Records for those who look after them: what the doctor found, events as they are."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from kb.records.doctor import Finding
from kb.records.event import COLUMNS, Event, compact, to_values
from kb.terms.text import clean
from kb.views.terminal import Screen

_WORDS = {True: "ok", False: "BAD", None: "note"}


def lines(screen: Screen, found: Iterable[Finding]) -> Iterator[str]:
    """What the doctor found, one line each."""
    for one in found:
        text = screen.text(f"{_WORDS[one.good]:<5}{one.what}: {one.said}")
        yield screen.warn(text) if one.good is False else text


def as_json(found: Iterable[Finding]) -> list[dict[str, Any]]:
    """What the doctor found; `good` is null for advice."""
    return [{"what": one.what, "good": one.good, "said": one.said} for one in found]


def csv_lines(events: Iterable[Event]) -> Iterator[str]:
    """Events as a table; a cell that a spreadsheet would compute gets an apostrophe."""
    yield _csv(COLUMNS)
    for event in events:
        plain = to_values(event)
        plain["body"] = compact(plain["body"])
        yield _csv(_safe(str(plain[name])) for name in COLUMNS)


def _csv(values: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(values)
    return out.getvalue()


def _safe(text: str) -> str:
    text = clean(text)
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t") else text
