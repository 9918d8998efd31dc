"""Questions from the mods of a page: what is here, where it is so, what a visitor does about it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kb.pages.fingerprint import fingerprint
from kb.pages.model import Choice, Key, Mod, Page, Patch, Row
from kb.training.bank import Ask, made_ask
from kb.training.options import choice, clause, echoes, names_a_place, words

_NOTHING = ("nothing", "none", "as before", "-")
_DIGITS = re.compile(r"\d+")


def questions(page: Page) -> Iterator[Ask]:
    """What can be asked of the open mods of a page; not of those that change nothing for anyone."""
    rows = [
        (row, row.value)
        for section in page.reading
        for row in section.rows
        if isinstance(row.value, Mod) and row.open and row.value.here
    ]
    for row, mod in rows:
        if not mod.do or mod.do.casefold().startswith(_NOTHING):
            continue
        others = [(other, m) for other, m in rows if other is not row]
        yield from _here(page, row, mod, others)
        yield from _where(page, row, mod, others)
        yield from _do(page, row, mod, others)


def _here(page: Page, row: Row, mod: Mod, others: Sequence[tuple[Row, Mod]]) -> Iterator[Ask]:
    """Stock is the likeliest mistake; beside it stand neighbours of the same sort of part.

    Stock alone is enough where there are numbers, since the same thing is otherwise next door;
    of a thing there is one of, this or that is a coin tossed.
    """
    also = mod.here.casefold().startswith("also ")  # stock holds as well
    stock, right = clause(mod.stock), clause(mod.here)
    if also or _says_nothing(mod.stock) or _says_nothing(mod.here) or _same_numbers(mod, right):
        return
    near = [clause(m.here) for _, m in others if _same_sort(m, mod) and not _says_nothing(m.here)]
    noun = _noun(row)
    numbered = noun and (noun != "jack" or _is_bay(page))  # an R44 is no jack
    fewest = 1 if numbered else 2
    key = choice(right, [stock, *near], f"{mod.stock} {mod.stock}", fewest)
    if key is None or all(option.text != stock for option in key.options):
        return
    prompt = f"{mod.where}, {_small(mod.part)}: which is it here?"
    print_ = fingerprint("made here", mod.where, mod.part, mod.stock, mod.here)
    yield _ask(page, row, mod, "here", prompt, key, print_)


def _where(page: Page, row: Row, mod: Mod, others: Sequence[tuple[Row, Mod]]) -> Iterator[Ask]:
    """Of places with numbers, and none that this mod reaches as well.

    Not of jacks: the part says already which row of the bay it is. Nor where what is here says
    the numbers itself.
    """
    noun = _noun(row)
    if noun in ("", "jack") or _says_nothing(mod.here) or _same_numbers(mod, clause(mod.here)):
        return
    same = [
        other.cells[0]
        for other, m in others
        if _noun(other) == noun and not overlap(row, other) and not _same_mod(mod, m)
    ]
    key = choice(mod.where, same, noun)
    if key is None:
        return
    prompt = f"{mod.part}: {clause(mod.here)}. Where is it so?"
    print_ = fingerprint("made where", mod.where, mod.part, mod.here)
    yield _ask(page, row, mod, "where", prompt, key, print_)


def _do(page: Page, row: Row, mod: Mod, others: Sequence[tuple[Row, Mod]]) -> Iterator[Ask]:
    """What is said of other mods of the same family is wrong here, if they are elsewhere.

    Of the same thing it is true as well, unless that is a whole section of the desk and the parts
    have nothing in common.
    """
    if names_a_place(clause(mod.do)) or _same_numbers(mod, clause(mod.do)):
        return  # the jack that the answer names is the one that was asked about
    family = [(other, m) for other, m in others if _noun(other) == _noun(row)]
    same = [(other, m) for other, m in family if other.cells[0] == row.cells[0]]
    if not _noun(row) and 2 * (len(family) + 1) <= len(others) + 1:
        family = [(o, m) for o, m in same if words(m.part).isdisjoint(words(mod.part))]
    else:
        family = [pair for pair in family if pair not in same]
    wrong = [
        clause(m.do)
        for other, m in family
        if not m.do.casefold().startswith(_NOTHING)
        and not (row.places and overlap(row, other))
        and not names_a_place(clause(m.do), row.places)
    ]
    key = choice(clause(mod.do), wrong, f"{mod.part} {mod.here}")
    if key is None or echoes(words(mod.part), key):
        return  # picked by ear, by somebody who has never seen the room
    prompt = f"{mod.where}, {_small(mod.part)}: what do you tell the visitor?"
    print_ = fingerprint("made do", mod.where, mod.part, mod.here, mod.do)
    yield _ask(page, row, mod, "do", prompt, key, print_)


def _is_bay(page: Page) -> bool:
    return any(isinstance(row.value, Patch) for section in page.reading for row in section.rows)


def _noun(row: Row) -> str:
    """What the numbers of a row count: channels, jacks; nothing where it has none."""
    nouns = {place.partition(":")[0] for place in row.places}
    return nouns.pop() if len(nouns) == 1 else ""


def overlap(row: Row, other: Row) -> bool:
    """Whether two rows are about some place in common; without numbers, the same first cell."""
    if row.places and other.places:
        return not set(row.places).isdisjoint(other.places)
    return row.cells[0] == other.cells[0]


def _ask(page: Page, row: Row, mod: Mod, what: str, prompt: str, key: Key, print_: str) -> Ask:
    told = _says_nothing(mod.mark) or (isinstance(key, Choice) and echoes(words(mod.mark), key))
    hint = "" if told else f"on the spot: {mod.mark}"
    return made_ask(
        page,
        f"{row.address}:{what}",
        prompt,
        key,
        print_,
        address=row.address,
        line=row.line,
        about=row.address,
        hint=hint,
        why="" if _says_nothing(mod.why) else mod.why,
    )


def _same_numbers(mod: Mod, text: str) -> bool:
    """Whether a text says all the numbers of the place that it is about."""
    numbers = set(_DIGITS.findall(mod.where))
    return bool(numbers) and numbers.issubset(_DIGITS.findall(text))


def _same_sort(mod: Mod, other: Mod) -> bool:
    return mod.part == other.part or len(words(mod.part) & words(other.part)) > 1


def _same_mod(mod: Mod, other: Mod) -> bool:
    return (mod.part, mod.here) == (other.part, other.here)


def _says_nothing(text: str) -> bool:
    return text.strip().casefold() in ("", "none", "-", "–", "no", "any")


def _small(part: str) -> str:
    """A part in the middle of a sentence; EQ and LA-2A keep their capitals."""
    first, blank, rest = part.partition(" ")
    return (first.lower() if first[1:].islower() else first) + blank + rest
