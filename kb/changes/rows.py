"""Which rows of two states of a page are new, altered or gone: mods, faults, patch rows, others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from kb.changes.difference import Difference
from kb.pages.model import Fault, Mod, Page, Row, RowKind, Section
from kb.terms.text import one_line
from kb.training.pairing import Wording, pair

_CALLED: dict[RowKind, str] = {"mod": "mod", "fault": "fault", "patch": "patch row", "table": "row"}
# By these a row of each kind is known: its first cell says where, the rest tells it from others.
_KEYS: dict[RowKind, tuple[str, ...]] = {
    "mod": ("part",),
    "fault": ("symptom",),
    "patch": ("bottom",),
    "table": (),
}


class Placed(NamedTuple):
    """A row with its columns and the section it stands in."""

    row: Row
    columns: tuple[str, ...]
    section: Section

    @property
    def cells(self) -> dict[str, str]:
        """The filled cells by their columns."""
        cells = zip(self.columns, self.row.cells, strict=False)
        return {column: cell for column, cell in cells if cell}

    @property
    def title(self) -> str:
        """What a row is called: where, and for a mod which part."""
        mod = self.row.value if isinstance(self.row.value, Mod) else None
        first = next((cell for cell in self.row.cells if cell), "")
        return f"{first}, {mod.part}" if mod and mod.part else first


def placed(sections: Iterable[Section], kind: RowKind) -> list[Placed]:
    """The rows of a kind in these sections, in order."""
    return [
        Placed(row, table.columns, section)
        for section in sections
        for table in section.tables
        if table.kind == kind
        for row in table.rows
    ]


def rows(
    kind: RowKind, was: Sequence[Placed], now: Sequence[Placed], page: Page
) -> Iterator[Difference]:
    """What is different between these rows; `page` is where they stand today."""
    olds, news = [_wording(kind, one) for one in was], [_wording(kind, one) for one in now]
    # By identity: two rows may read the same.
    row_of = dict(zip(map(id, (*olds, *news)), (*was, *now), strict=True))
    for two in pair(olds, news):
        if two.same:
            continue
        old, new = row_of.get(id(two.was)), row_of.get(id(two.now))
        found = _said(kind, old, new)
        about = new or old
        if found is None or about is None:
            continue
        yield Difference(
            f"{_CALLED[kind]} {found[0]}",
            about.row.address,
            about.title,
            page.title,
            page.path,
            new.row.line if new else _line(page, about.section),
            found[1],
            found[2],
            page.front.room,
        )


def _said(kind: RowKind, old: Placed | None, new: Placed | None) -> tuple[str, str, str] | None:
    """What became of a row, what was, what is; None where it is no news."""
    open_before = old is not None and old.row.open
    open_now = new is not None and new.row.open
    if old and new and open_before == open_now:
        return ("altered", *_changed(kind, old, new)) if open_now else None
    if new and open_now:
        return "opened" if kind == "fault" else "added", "", _whole(new)
    if (old and open_before) or (new and not old):
        gone = old or new
        closed = _closed(new) if new else ""
        return "cleared" if kind == "fault" else "removed", _once(gone) if gone else "", closed
    return None


def _whole(one: Placed) -> str:
    """A row in a sentence."""
    value = one.row.value
    if isinstance(value, Mod):
        do = f"; do: {value.do}" if value.do else ""
        return f"{value.here} (stock: {value.stock}){do}"
    if isinstance(value, Fault):
        return f"{value.symptom}; meanwhile: {value.workaround}"
    rest = list(one.cells.items())[1:] if one.row.kind == "table" else list(one.cells.items())
    return "; ".join(f"{column}: {cell}" for column, cell in rest)


def _once(one: Placed) -> str:
    """What no longer holds, in short."""
    value = one.row.value
    if isinstance(value, Mod):
        return value.here
    return value.symptom if isinstance(value, Fault) else _whole(one)


def _closed(one: Placed) -> str:
    value = one.row.value
    if isinstance(value, Mod):
        return f"removed {value.removed}" + (f"; {value.do}" if value.do else "")
    return f"cleared {value.cleared}" if isinstance(value, Fault) else ""


def _changed(kind: RowKind, old: Placed, new: Placed) -> tuple[str, str]:
    """The cells that are not the same; a mod that differs in Here alone says just that."""
    was, now = old.cells, new.cells
    names = [c for c in dict.fromkeys([*was, *now]) if _text(was, c) != _text(now, c)]
    if kind == "mod" and [name.casefold() for name in names] == ["here"]:
        return was.get(names[0], ""), now.get(names[0], "")
    return _cells(was, names), _cells(now, names)


def _cells(cells: dict[str, str], names: Iterable[str]) -> str:
    return "; ".join(f"{name}: {cells.get(name, 'nothing')}" for name in names)


def _text(cells: dict[str, str], name: str) -> str:
    return one_line(cells.get(name, ""))


def _line(page: Page, gone: Section) -> int:
    """Where something stood, as far as that is still there."""
    return next((s.line for s in page.sections if s.address == gone.address), 1)


def _wording(kind: RowKind, one: Placed) -> Wording:
    named = {column.casefold(): cell for column, cell in one.cells.items()}
    first = one.row.cells[0] if one.row.cells else ""
    key = "|".join([first, *(named.get(name, "") for name in _KEYS[kind])])
    text = " ".join(one.row.cells)
    return Wording(one_line(key).casefold(), "", one.row.fingerprint, text)
