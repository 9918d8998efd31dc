"""What a search gives back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

from kb.terms.query import Word
from kb.terms.words import index_tokens

Way = Literal["exact", "stem", "synonym", "typo", "substring", "none"]

# From the strongest way in which a hit can hold a word to the weakest.
WAYS: tuple[Way, ...] = ("exact", "stem", "synonym", "typo", "substring", "none")


@dataclass(frozen=True, slots=True)
class OpenFault:
    """A fault that is not cleared, as the index carries it."""

    address: str
    page: str
    path: str
    line: int
    rooms: list[str]
    where: str
    symptom: str
    workaround: str
    places: list[str]

    @property
    def words(self) -> list[str]:
        """The tokens of what is broken."""
        return index_tokens(f"{self.where} {self.symptom}")


class Cleared(NamedTuple):
    """Who said that a fault is gone, when, and what they found; of a row the cell says it all."""

    by: str
    at: datetime | None
    text: str


class BookEntry(NamedTuple):
    """A fault or a note for today, of the fault book; or a row of a page that lists faults.

    `label` is what people type for it, its number unless two stores gave the same one; of a row it
    is empty, and `address`, `path` and `line` say where it stands. `where` is the place alone,
    `shown` with its room, `use` the workaround. `room` is a lower-case letter, or nothing for the
    whole house; `places` are as in a page's Row. `at` of a row is the start of its day, if it says
    one. `written` is when it was put into `page`, and `rows` what the row may be called there.
    """

    id: str
    kind: Literal["fault", "note"]
    number: int
    label: str
    where: str
    shown: str
    text: str
    use: str = ""
    room: str = ""
    places: tuple[str, ...] = ()
    page: str = ""
    by: str = ""
    at: datetime | None = None
    until: datetime | None = None
    cleared: Cleared | None = None
    written: datetime | None = None
    rows: tuple[str, ...] = ()
    address: str = ""
    path: str = ""
    line: int = 0

    def as_json(self) -> dict[str, Any]:
        """The keys that `kb faults --json` and the `open` of a search promise."""
        gone = self.cleared
        return {
            "kind": self.kind,
            "number": self.number or None,
            "label": self.label or None,
            "where": self.where,
            "text": self.text,
            "use": self.use,
            "room": self.room.upper(),
            "by": self.by,
            "at": _time(self.at),
            "until": _time(self.until),
            "cleared": {"by": gone.by, "at": _time(gone.at), "text": gone.text} if gone else None,
            "page": self.page,
            "address": self.address or None,
            "path": self.path or None,
            "line": self.line or None,
        }


def _time(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None


@dataclass(frozen=True, slots=True)
class Hit:
    """A section or a row that answers.

    `path` is below the folder that holds docs, `line` that of the heading or row. `lines` are the
    lines that hold what was asked for, with their numbers. `row` maps column to cell; `points`
    are a patch row's vertical pairs that were asked for. `due` is the last day (ISO) on which it
    may be trusted unseen; `changed` the day on which it was verified, if it was changed since.
    `open` is what the fault book has on the thing a hit is about, beside the `faults` of the pages.
    """

    address: str
    page: str
    title: str
    heading: str
    breadcrumb: tuple[str, ...]
    kind: str
    path: str
    line: int
    score: float
    text: str
    row: dict[str, str] | None
    lines: tuple[tuple[int, str], ...]
    points: tuple[tuple[str, str, str, tuple[str, ...], str, str], ...]
    places: tuple[str, ...]
    closed: bool
    faults: tuple[OpenFault, ...]
    due: str
    changed: str
    stale: bool
    rooms: tuple[str, ...] = ()
    open: tuple[BookEntry, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The keys that `kb search --json` promises."""
        return {
            "address": self.address,
            "page": self.page,
            "title": self.title,
            "heading": self.heading,
            "breadcrumb": list(self.breadcrumb),
            "kind": self.kind,
            "path": self.path,
            "line": self.line,
            "score": round(self.score, 3),
            "text": self.text,
            "row": self.row,
            "faults": [fault.address for fault in self.faults],
            "open": [entry.label for entry in self.open],
            "stale": self.stale,
        }


@dataclass(frozen=True, slots=True)
class Result:
    """The hits of one query, best first, and how well they fit.

    `place` is set where the query names nothing but a place. `matched` and `stems` are the tokens
    to mark, `asked` the words of the query. `guesses` are words nobody wrote, with what they were
    taken for. `open` is what the fault book has on what was asked for, `now` when it was
    looked into.
    """

    query: str
    hits: tuple[Hit, ...]
    answered: Way
    missing: tuple[str, ...]
    corrected: str | None
    place: str
    behind: int
    total: int
    notes: tuple[str, ...]
    guesses: tuple[tuple[str, str], ...] = ()
    matched: frozenset[str] = frozenset()
    stems: frozenset[str] = frozenset()
    asked: tuple[Word, ...] = ()
    open: tuple[BookEntry, ...] = ()
    now: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """The object that `kb search --json` prints."""
        return {
            "query": self.query,
            "answered": self.answered,
            "missing": list(self.missing),
            "corrected": self.corrected,
            "behind": self.behind,
            "open": [entry.as_json() for entry in self.open],
            "hits": [hit.as_json() for hit in self.hits],
        }
