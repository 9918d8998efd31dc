"""The answer to a search: the best hit in full, the others in a line or two."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from kb.search.hit import Hit, Result
from kb.search.stems import stem
from kb.terms.words import spans
from kb.views import faults
from kb.views.normals import NORMAL
from kb.views.terminal import Screen, cells, crumbs, pairs

_CLEAR = 1.25
_BLOCK_LINES = 14
_LONG_QUERY = 48
_NAMED = ("stock", "here")  # one cannot be told from the other by what they say


def answer(screen: Screen, result: Result, numbered: bool = False) -> Iterator[str]:
    """The lines of an answer. With `numbered`, each hit has the number that opens it."""
    mark = _marker(screen, result)
    if result.open and result.now:
        yield from faults.marked(screen, result.open, result.now)
        if result.hits:
            yield ""
    if result.place:
        yield from _card(screen, result, mark, numbered)
        return
    told = {hit.address for hit in result.hits[:1]}
    for number, hit in enumerate(result.hits, 1):
        if number > 1:
            yield ""
        yield _title(screen, hit, number if numbered else 0)
        if hit.row is not None:
            yield from _row(screen, hit, mark, whole=number == 1)
        else:
            yield from _section(screen, hit, mark, whole=number == 1 and _clear(result))
        yield from _warnings(screen, hit, told)
        told |= {fault.address for fault in hit.faults}
        if result.now and (more := [entry for entry in hit.open if entry not in result.open]):
            yield from faults.marked(screen, more, result.now, "    ")


def remarks(result: Result, screen: Screen) -> Iterator[str]:
    """What to tell beside the answer: repairs, missing words, an index that is behind."""
    guesses = [(screen.text(typed), screen.text(guess)) for typed, guess in result.guesses]
    for typed, guess in guesses:
        yield f"nobody wrote “{typed}”; looked for “{guess}”"
    if result.hits and result.missing:
        missing = ", ".join(f"“{screen.text(word)}”" for word in result.missing)
        yield f"nothing holds every word; the first hit lacks {missing}"
    yield from result.notes


def nothing(result: Result, screen: Screen) -> str:
    """What to say where there is no hit at all."""
    query = screen.text(result.query)
    shown = query if len(query) < _LONG_QUERY else f"{query[: _LONG_QUERY - 1]}…"
    return f"nothing on “{shown}”; try fewer words, or see the pages: kb list"


def _marker(screen: Screen, result: Result) -> Callable[[str], str]:
    def mark(text: str) -> str:
        text = screen.text(text)
        if not screen.styled:
            return text
        matches: list[tuple[int, int]] = []
        for start, end in spans(text, result.matched, result.stems, stem):
            if matches and start < matches[-1][1]:  # 48, and 48 V
                start, end = matches[-1][0], max(end, matches.pop()[1])
            matches.append((start, end))
        out, at = [], 0
        for start, end in matches:
            out += [text[at:start], screen.mark(text[start:end])]
            at = end
        return "".join([*out, text[at:]])

    return mark


def _title(screen: Screen, hit: Hit, number: int) -> str:
    lead = f"{number} " if number else ""
    where = screen.text(f"{hit.path}:{hit.line}")
    room = screen.width - len(lead) - cells(where) - 2
    told = crumbs(screen, hit.breadcrumb, room)
    return f"{screen.dim(lead) if lead else ''}{screen.bold(where)}  {told}"


def _row(screen: Screen, hit: Hit, mark: Callable[[str], str], whole: bool) -> Iterator[str]:
    filled = [(column, cell) for column, cell in (hit.row or {}).items() if cell]
    if hit.points:
        yield from _points(screen, hit, mark)
        extra = [(c, v) for c, v in filled if c.casefold() in ("notes", "setup")]
        yield from pairs(screen, extra, mark)
    elif whole:
        yield from pairs(screen, filled, mark)
    else:
        named = (f"{c.casefold()}: {v}" if c.casefold() in _NAMED else v for c, v in filled)
        yield from map(mark, screen.wrap(" · ".join(named), "    ", "    ", most=2))


def _points(screen: Screen, hit: Hit, mark: Callable[[str], str]) -> Iterator[str]:
    for top, out, normal, bottoms, input_, wired in hit.points:
        ends = " + ".join(bottom for bottom in bottoms if bottom)
        parts = [f"{top} {out}".strip()]
        if ends or input_:
            parts.append(f"{NORMAL.get(normal, normal)} {ends} {input_}".strip())
        if wired:
            parts.append(f"wired to {wired}")
        for line in screen.wrap(" — ".join(parts), "    ", "        "):
            yield mark(line)


def _section(screen: Screen, hit: Hit, mark: Callable[[str], str], whole: bool) -> Iterator[str]:
    if whole:
        lines = [line for line in hit.text.split("\n") if line.strip()]
        shown = lines[:_BLOCK_LINES]
    else:
        lines = shown = [line for _, line in hit.lines]
    for line in shown:
        for text in screen.wrap(line.strip(), "    ", "      "):
            yield mark(text)
    if len(lines) > len(shown):
        yield screen.dim(
            f"    … {len(lines) - len(shown)} more lines: kb show {screen.text(hit.address)}"
        )


def _clear(result: Result) -> bool:
    """Whether the first hit stands well above the second."""
    if len(result.hits) < 2:
        return True
    return result.hits[0].score > _CLEAR * result.hits[1].score


def _warnings(screen: Screen, hit: Hit, told: Collection[str] = ()) -> Iterator[str]:
    """What makes a hit doubtful; a fault told of above is only named."""
    if hit.closed:
        yield screen.dim(f"    no longer so: {'cleared' if hit.kind == 'fault' else 'removed'}")
    for fault in hit.faults:
        said = f"{fault.where}: {fault.symptom} Meanwhile: {fault.workaround}"
        text = f"{fault.where}, as above" if fault.address in told else said
        lead = "    open fault  "
        lines = list(screen.wrap(screen.text(text), lead, " " * 16))
        yield screen.warn(lead) + lines[0][len(lead) :]
        yield from lines[1:]
    if hit.changed:
        yield screen.warn(
            f"    changed since it was verified on {hit.changed}: trust the gear first"
        )
    elif hit.stale:
        yield screen.warn(f"    not checked since it fell due on {hit.due}: trust the gear first")


def _card(
    screen: Screen, result: Result, mark: Callable[[str], str], numbered: bool
) -> Iterator[str]:
    """Everything the room does to one place, by kind."""
    heads = {
        "mod": "Differs from stock",
        "patch": "Patch points",
        "fault": "Faults",
        "table": "Also in a table",
        "checklist": "Also mentioned",
        "section": "Also mentioned",
    }
    last = ""
    for number, hit in enumerate(result.hits, 1):
        head = heads[hit.kind]
        if head != last:
            if last:
                yield ""
            yield screen.bold(head)
            last = head
        lead = screen.dim(f"{number} ") if numbered else ""
        where = screen.dim(screen.text(f"{hit.path}:{hit.line}"))
        room = screen.width - cells(f"{hit.path}:{hit.line}") - 6
        yield f"  {lead}{where}  {crumbs(screen, hit.breadcrumb, room)}"
        if hit.row is not None:
            yield from _row(screen, hit, mark, whole=hit.kind in ("mod", "fault"))
        else:
            yield from _section(screen, hit, mark, whole=False)
        if hit.closed or hit.stale:
            yield from _warnings(screen, hit)
