"""Questions from patch rows: what a cord does, and where the bay breaks its own pattern."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from kb.pages.fingerprint import fingerprint
from kb.pages.model import Choice, Option, Page, Patch, PatchPoint, Row, Table
from kb.pages.normals import Normal, breaks, normalled
from kb.training.bank import Ask, made_ask
from kb.training.options import choice, pick

_KEEPS = "It keeps its signal, and your cord gets the same"
_LOSES = "It loses its signal: the cord breaks the normal"
_NEVER = "Nothing: the two are not joined without a cord"
_CORD = "Your cord only: the normal is broken"
_BOTH = "Both, your cord and what fed it before"
_STAYS = "What fed it before: your cord goes nowhere"
_NOWHERE = "Nowhere, until it is patched"
_NUMBERS = re.compile(r"\d+")
_NORMALS: dict[Normal, str] = {
    "full": "full: a cord in either row breaks it",
    "half": "half: only a cord in the bottom breaks it",
    "open": "open: not joined without a cord",
    "parallel": "parallel: all jacks joined, always",
}


def questions(page: Page) -> Iterator[Ask]:
    """What can be asked of the patch rows of a page."""
    for section in page.reading:
        for table in section.tables:
            rows = [(row, row.value) for row in table.rows if isinstance(row.value, Patch)]
            pattern = Counter(patch.normal for _, patch in rows)
            usual = pattern.most_common(1)[0][0] if pattern else None
            cords: set[Normal] = set()
            broken: set[Normal] = set()
            for row, patch in rows:
                if patch.normal not in cords and _has_one_normal(patch):
                    cords.add(patch.normal)
                    yield from _cord(page, row, patch)
                rare = patch.normal != usual and pattern[patch.normal] < pattern.total() / 2
                if rare and patch.normal not in broken and patch.top and patch.bottom:
                    broken.add(patch.normal)  # five boxes in a row, all open, are one thing to know
                    yield from _breaks(page, row, patch)
                yield from _goes(page, table, row, patch)


def _cord(page: Page, row: Row, patch: Patch) -> Iterator[Ask]:
    """What a cord does in the top and in the bottom, of one jack of the row."""
    point = _one(row, patch)
    top = _LOSES if breaks(patch.normal, "top") else _KEEPS
    yield _ask(
        page,
        row,
        "top",
        f"A cord goes into {point.top} ({point.out}) and nowhere else. "
        f"What becomes of {point.bottoms[0]}, {point.input}?",
        _options(top, (_KEEPS, _LOSES, _NEVER)),
        fingerprint("made top", patch.top, patch.out, patch.normal, patch.bottom, patch.input),
    )
    yield _ask(
        page,
        row,
        "bottom",
        f"A cord brings another signal to {point.bottoms[0]}. What reaches {point.input}?",
        _options(_CORD, (_CORD, _BOTH, _STAYS)),
        fingerprint("made bottom", patch.top, patch.out, patch.normal, patch.bottom, patch.input),
    )


def _breaks(page: Page, row: Row, patch: Patch) -> Iterator[Ask]:
    """A row whose normal is not that of its neighbours."""
    yield _ask(
        page,
        row,
        "normal",
        f"{patch.out} at {patch.top}, over {patch.bottom}: which normal is it?",
        _options(_NORMALS[patch.normal], tuple(_NORMALS.values())),
        fingerprint("made normal", patch.top, patch.out, patch.normal, patch.bottom),
    )


def _goes(page: Page, table: Table, row: Row, patch: Patch) -> Iterator[Ask]:
    """Where something goes by itself, unless that goes without saying."""
    if not patch.out or not patch.input or _straight(patch) or patch.normal == "parallel":
        return
    others = [
        other.value
        for other in table.rows
        if isinstance(other.value, Patch) and other is not row and other.value.input
    ]
    joined = normalled(patch.normal)
    right = patch.input if joined else _NOWHERE
    wrong = [other.input for other in others if len(other.points) == len(patch.points)]
    wrong += [_NOWHERE] if joined else [patch.input]
    key = choice(right, wrong, patch.out)
    if key is None:
        return
    yield _ask(
        page,
        row,
        "goes",
        f"Nothing is patched. Where does {patch.out} ({patch.top}) go?",
        key,
        fingerprint("made goes", patch.top, patch.out, patch.normal, patch.bottom, patch.input),
    )


def _straight(patch: Patch) -> bool:
    """Whether out and in say the same numbers or the same name: nobody needs to learn that."""
    out, into = _NUMBERS.findall(patch.out), _NUMBERS.findall(patch.input)
    if out and out == into:
        return True
    one, other = (_stem(text) for text in (patch.out, patch.input))
    return one == other


def _stem(text: str) -> frozenset[str]:
    return frozenset(text.casefold().split()) - set("out in send return l/r".split())


def _has_one_normal(patch: Patch) -> bool:
    """Whether each source of a row is normalled to one place; of two, a cord breaks only one."""
    return normalled(patch.normal) and all(
        point.top and len(point.bottoms) == 1 for point in patch.points
    )


def _one(row: Row, patch: Patch) -> PatchPoint:
    tops = [point.top for point in patch.points]
    name = pick(tops, row.address)
    return patch.points[tops.index(name)]


def _options(right: str, all_: tuple[str, ...]) -> Choice:
    return Choice(tuple(Option(text, text == right) for text in all_))


def _ask(page: Page, row: Row, what: str, prompt: str, key: Choice, print_: str) -> Ask:
    return made_ask(
        page,
        f"{row.address}:{what}",
        prompt,
        key,
        print_,
        address=row.address,
        line=row.line,
        about=row.address,
    )
