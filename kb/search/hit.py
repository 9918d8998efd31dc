"""What a search gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

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


@dataclass(frozen=True, slots=True)
class Hit:
    """A section or a row that answers.

    `path` is below the folder that holds docs, `line` that of the heading or row. `lines` are the
    lines that hold what was asked for, with their numbers. `row` maps column to cell; `points`
    are a patch row's vertical pairs that were asked for. `due` is the last day (ISO) on which it
    may be trusted unseen; `changed` the day on which it was verified, if it was changed since.
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
            "stale": self.stale,
        }


@dataclass(frozen=True, slots=True)
class Result:
    """The hits of one query, best first, and how well they fit.

    `place` is set where the query names nothing but a place. `matched` and `stems` are the tokens
    to mark. `guesses` are words nobody wrote, with what they were taken for.
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

    def as_json(self) -> dict[str, Any]:
        """The object that `kb search --json` prints."""
        return {
            "query": self.query,
            "answered": self.answered,
            "missing": list(self.missing),
            "corrected": self.corrected,
            "behind": self.behind,
            "hits": [hit.as_json() for hit in self.hits],
        }
