"""The typed rows of the pages as the index carries them, whole and unranked."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from kb.search.engine import Reader
from kb.terms.glossary import Glossary


class FoundRow(NamedTuple):
    """A table row of a page. `cells` are keyed by lower-case column, in the order of the table.

    `path` is below the docs folder. `rooms` are lower-case letters, none for all rooms; `places`
    as in the page's Row, each jack also by its full name (`jack:a:c17`). `points` are the vertical
    pairs of a patch row, each (what it may be asked for by, top, out, normal, bottoms, input,
    wired to).
    """

    address: str
    page: str
    title: str
    section: str
    path: str
    line: int
    kind: str
    rooms: tuple[str, ...]
    cells: dict[str, str]
    places: tuple[str, ...]
    closed: bool
    points: tuple[tuple[list[str], str, str, str, list[str], str, str], ...] = ()


def rows(reader: Reader, *kinds: str) -> list[FoundRow]:
    """Every row of these kinds (`mod`, `patch`, `fault`, `table`), closed ones too, by page."""
    found = []
    for kind in kinds:
        for number in reader.numbers("facet", f"kind:{kind}"):
            found.append(found_row(json.loads(reader.stored(number))))
    return sorted(found, key=lambda row: (row.path, row.line))


def glossary_of(meta: dict[str, Any]) -> Glossary:
    """The studio's synonyms, as the index carries them."""
    return Glossary.from_json(meta["glossary"])


def found_row(stored: dict[str, Any]) -> FoundRow:
    """The row that the index keeps as this."""
    names = [column.casefold() for column in stored["cells"]]
    if stored["kind"] in ("mod", "fault"):
        names[0] = "where"  # the first column says where, whatever its heading
    cells: dict[str, str] = {}
    for name, cell in zip(names, stored["cells"].values(), strict=True):
        cells.setdefault(name, cell)
    return FoundRow(
        address=stored["address"],
        page=stored["page"],
        title=stored["title"],
        section=stored["heading"],
        path=stored["path"],
        line=stored["line"],
        kind=stored["kind"],
        rooms=tuple(stored.get("rooms", ())),
        cells=cells,
        places=tuple(stored.get("places", ())),
        closed="closed" in stored,
        points=tuple(map(tuple, stored.get("points", ()))),
    )
