"""The judged queries of queries.txt and plain.txt, and how well an engine's answers fit them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

QUERIES = Path(__file__).with_name("queries.txt")
PLAIN = Path(__file__).with_name("plain.txt")
DEPTH = 10

# An engine takes a query and a number of hits, and gives back addresses, best first.
Engine = Callable[[str, int], Sequence[str]]


@dataclass(slots=True)
class Query:
    """What somebody types, which addresses may come first, and which may not come at all."""

    text: str
    group: str
    line: int
    right: list[str] = field(default_factory=list)
    never: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Score:
    """The places at which right answers came: 1 for the first, 0 for none among the first ten."""

    ranks: list[int] = field(default_factory=list)

    def success(self, most: int) -> float:
        """The share of queries with a right answer among the first `most`."""
        return sum(0 < rank <= most for rank in self.ranks) / max(1, len(self.ranks))

    @property
    def mrr(self) -> float:
        """The mean of one over the place of the first right answer."""
        return sum(1 / rank for rank in self.ranks if rank) / max(1, len(self.ranks))


@dataclass(frozen=True, slots=True)
class Judgement:
    """One query's outcome: where the right answer came, what came, and what should not have."""

    query: Query
    rank: int
    hits: tuple[str, ...]
    forbidden: tuple[str, ...]


def load(path: Path = QUERIES) -> list[Query]:
    """Read the queries; the file says how it is written. Raises ValueError with the line."""
    queries: list[Query] = []
    lists: dict[str, list[tuple[str, str]]] = {}
    group, named = "", ""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        words = line.split()
        if not words or words[0] == "#":
            continue
        if line.startswith("== "):
            group, named = line[3:], ""
        elif line.startswith("$"):
            named = line
            lists[named] = []
        elif not line.startswith("    "):
            queries.append(Query(line, group, number))
        elif named and len(words) == 2:
            lists[named].append((words[0], words[1]))
        elif words[0] != "never" and len(words) == 1:
            queries[-1].right.append(words[0])
        elif words[0] == "never" and words[1:2] and words[1] in lists:
            spared = words[3:] if words[2:3] == ["but"] else []
            queries[-1].never += [a for name, a in lists[words[1]] if name not in spared]
        elif words[0] == "never" and len(words) == 2:
            queries[-1].never.append(words[1])
        else:
            raise ValueError(f"{path}:{number}: neither a query nor an address: {line.strip()}")
    return queries


def judge(engine: Engine, queries: Iterable[Query]) -> list[Judgement]:
    """Ask an engine every query."""
    found = []
    for query in queries:
        hits = tuple(engine(query.text, DEPTH))
        rank = next((n for n, hit in enumerate(hits[:DEPTH], 1) if hit in query.right), 0)
        found.append(Judgement(query, rank, hits, tuple(h for h in hits if h in query.never)))
    return found


def scores(judgements: Iterable[Judgement]) -> dict[str, Score]:
    """The score of each class, and that of all under `all`."""
    found: dict[str, Score] = {}
    total = Score()
    for judgement in judgements:
        found.setdefault(judgement.query.group, Score()).ranks.append(judgement.rank)
        total.ranks.append(judgement.rank)
    return {**found, "all": total}
