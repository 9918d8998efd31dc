"""Whether an answer is right, for each of the seven kinds; never raises, whatever was typed."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from kb.pages.model import (
    Choice,
    Cloze,
    Key,
    Matching,
    Multiple,
    Numeric,
    Option,
    Ordering,
    Short,
)
from kb.terms import units
from kb.terms.spelling import Synonyms
from kb.terms.text import one_line
from kb.terms.units import Quantity, UnitError
from kb.training.pairing import rising
from kb.training.reading import (
    BAR,
    UnclearError,
    all_of,
    blanks_of,
    legible,
    letter,
    one_of,
    pairs_of,
    some_of,
)

Word = Literal["right", "partly", "wrong", "wrong unit", "again"]

NOTHING = Synonyms()
_SLACK = 1e-9  # of a number that was converted: 6.8 kΩ is 6800.000000000001 Ω
_ROUNDED = 0.005  # 38 cm/s is 15 ips, as everybody says it
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):([0-5]\d)(?:\s*(\D*))?")
_MIXED = re.compile(
    r"(?:(\d+)\s*h(?:ours?|rs?)?)?\s*(?:(\d+)\s*(?:m|mins?|minutes?|'))?\s*"
    r"(?:(\d+)\s*(?:s|secs?|seconds?|\"))?",
    re.IGNORECASE,
)
_SECONDS = {"s": 1, "min": 60, "h": 3600}


class Verdict(NamedTuple):
    """How an answer was judged. `again` is no judgement: `remark` says what would be an answer.

    `given` is what was understood, in the question's own words; `remarks` are the author's on it,
    and which of several blanks are wrong.
    """

    word: Word
    credit: float = 0.0
    given: str = ""
    remark: str = ""
    remarks: tuple[str, ...] = ()


def grade(
    key: Key,
    answer: str,
    *,
    order: Sequence[int] = (),
    critical: bool = False,
    synonyms: Synonyms = NOTHING,
) -> Verdict:
    """Judge an answer in the plain form; letters mean the options as `order` showed them."""
    try:
        said = legible(answer)
        if not said:
            return Verdict("wrong", remark="no answer")
        if isinstance(key, Choice):
            return _choice(key, said, order)
        if isinstance(key, Multiple):
            return _multiple(key, said, order, critical)
        if isinstance(key, Short):
            return _short(key, said, synonyms)
        if isinstance(key, Numeric):
            return _numeric(key, said)
        if isinstance(key, Ordering):
            return _ordering(key, said, order, critical)
        if isinstance(key, Matching):
            return _matching(key, said, order)
        return _cloze(key, said, synonyms)
    except UnclearError as unclear:
        return Verdict("again", remark=str(unclear))


def shown(key: Key, order: Sequence[int] = ()) -> tuple[str, ...]:
    """The texts that letters stand for, in the order shown; none where the answer is typed."""
    texts: tuple[str, ...] = ()
    if isinstance(key, Choice | Multiple):
        texts = tuple(option.text for option in key.options)
    elif isinstance(key, Ordering):
        texts = key.steps
    elif isinstance(key, Matching):
        texts = (*(right for _, right in key.pairs), *key.distractors)
    return tuple(texts[n] for n in order) if order else texts


def expected(key: Key) -> str:
    """The right answer in the question's own words."""
    if isinstance(key, Choice | Multiple):
        return BAR.join(one_line(option.text) for option in key.options if option.right)
    if isinstance(key, Short):
        return key.answers[0]
    if isinstance(key, Numeric):
        return key.shown
    if isinstance(key, Ordering):
        return BAR.join(map(one_line, key.steps))
    if isinstance(key, Matching):
        return BAR.join(f"{one_line(left)} = {one_line(right)}" for left, right in key.pairs)
    return BAR.join(blank[0] for blank in key.blanks)


def own_answer(key: Key, order: Sequence[int] = ()) -> str:
    """An answer that is right, as somebody would type it."""
    at = {n: place for place, n in enumerate(order)} if order else None

    def name(number: int) -> str:
        return letter(number if at is None else at[number])

    if isinstance(key, Choice | Multiple):
        return " ".join(name(n) for n, option in enumerate(key.options) if option.right)
    if isinstance(key, Ordering):
        return " ".join(name(n) for n in range(len(key.steps)))
    if isinstance(key, Matching):
        return " ".join(f"{n + 1}{name(n)}" for n in range(len(key.pairs)))
    return expected(key)


def _choice(key: Choice, said: str, order: Sequence[int]) -> Verdict:
    options = _in_order(key.options, order)
    chosen = options[one_of(said, [option.text for option in options])]
    remarks = (chosen.feedback,) if chosen.feedback else ()
    return _whole(chosen.right, one_line(chosen.text), remarks=remarks)


def _multiple(key: Multiple, said: str, order: Sequence[int], critical: bool) -> Verdict:
    options = _in_order(key.options, order)
    picked = {options[n] for n in some_of(said, [option.text for option in options])}
    right = [option for option in options if option.right]
    hits = sum(option in picked for option in right)
    misses = len(picked) - hits
    credit = max(0.0, (hits - misses) / len(right)) if right else 0.0
    given = BAR.join(one_line(option.text) for option in options if option in picked)
    wrong = [option for option in options if (option in picked) != option.right]
    remarks = tuple(option.feedback for option in wrong if option.feedback)
    return _parts(credit, given, critical, remarks)


def _short(key: Short, said: str, synonyms: Synonyms) -> Verdict:
    return _whole(_says(said, key.answers, synonyms), said)


def _ordering(key: Ordering, said: str, order: Sequence[int], critical: bool) -> Verdict:
    steps = list(order) or list(range(len(key.steps)))
    said_order = [steps[n] for n in all_of(said, [key.steps[n] for n in steps])]
    run = len(rising(list(enumerate(said_order))))
    credit = (run - 1) / (len(steps) - 1) if len(steps) > 1 else 1.0
    given = BAR.join(one_line(key.steps[n]) for n in said_order)
    return _parts(credit, given, critical)


def _matching(key: Matching, said: str, order: Sequence[int]) -> Verdict:
    lefts = [one_line(left) for left, _ in key.pairs]
    rights = [one_line(text) for text in shown(key, order)]
    paired = pairs_of(said, lefts, rights)
    hits = sum(rights[b] == one_line(key.pairs[a][1]) for a, b in paired.items())
    given = BAR.join(f"{lefts[a]} = {rights[b]}" for a, b in sorted(paired.items()))
    return _parts(hits / len(lefts), given)


def _cloze(key: Cloze, said: str, synonyms: Synonyms) -> Verdict:
    if said == one_line(expected(key)):
        return Verdict("right", 1.0, said)
    filled = blanks_of(said, len(key.blanks))
    hits = [_says(text, blank, synonyms) for text, blank in zip(filled, key.blanks, strict=True)]
    wrong = [str(n) for n, hit in enumerate(hits, 1) if not hit]
    remarks: tuple[str, ...] = ()
    if 0 < len(wrong) < len(hits):
        which = f"blank {wrong[0]} is" if len(wrong) == 1 else f"blanks {', '.join(wrong)} are"
        remarks = (f"{which} wrong",)
    return _parts(sum(hits) / len(hits), BAR.join(filled), remarks=remarks)


# Numbers


def _numeric(key: Numeric, said: str) -> Verdict:
    if said == one_line(key.shown):
        return Verdict("right", 1.0, said)
    given = _quantity(said, key.unit)
    if key.unit and not given.unit:
        raise UnclearError(f"{said} what? say the unit too")
    try:
        number = units.convert(given, key.unit)
    except UnitError:
        return _other_unit(key, given, said)
    if _within(key, number, _room(given, key.unit)):
        return Verdict("right", 1.0, said)
    return _other_unit(key, given, said)


def _quantity(said: str, wanted: str) -> Quantity:
    if time := _time(said, wanted):
        return time
    try:
        return units.quantity(said, wanted)
    except UnitError as error:
        raise UnclearError(str(error)) from error


def _time(said: str, wanted: str) -> Quantity | None:
    """`16:40`, `1:02:30` and `16 min 40 s` where a time is asked for; the key says if h or min."""
    if wanted not in _SECONDS:
        return None
    text = units.fold(said)
    if clock := _CLOCK.fullmatch(text):
        first, second, third, name = clock.groups()
        unit = units.unit(name) if name else units.UNITS[wanted]
        if unit is None or unit.name not in _SECONDS:
            raise UnclearError(f'"{said}" is not a time here')
        if first is not None:
            seconds = int(first) * 3600 + int(second) * 60 + int(third)
        else:
            seconds = int(second) * 60 + int(third)
            if unit.name == "h":
                seconds *= 60
        return Quantity(seconds / _SECONDS[wanted], wanted)
    mixed = _MIXED.fullmatch(text)
    if mixed and sum(part is not None for part in mixed.groups()) > 1:
        hours, minutes, rest = (int(part or 0) for part in mixed.groups())
        return Quantity((hours * 3600 + minutes * 60 + rest) / _SECONDS[wanted], wanted)
    return None


def _room(given: Quantity, wanted: str) -> float:
    """What the last figure said leaves open, where the unit said is no power of ten of the key's.

    Nobody says 38.1 cm/s for 15 ips; but 7 kΩ is not 6800 Ω.
    """
    if given.unit in ("", wanted) or wanted not in units.UNITS:
        return 0.0
    ratio = units.UNITS[given.unit].factor / units.UNITS[wanted].factor
    power = math.log10(ratio)
    if abs(power - round(power)) < _SLACK:
        return 0.0
    figures = f"{given.number:.12g}".partition("e")[0].partition(".")[2]
    half = 0.5 * 10.0 ** -len(figures)
    return min(half, abs(given.number) * _ROUNDED) * ratio


def _other_unit(key: Numeric, given: Quantity, said: str) -> Verdict:
    if given.unit != key.unit and _within(key, given.number, 0.0):
        what = "wrong unit" if key.unit else "but it is a bare number"
        return Verdict("wrong unit", 0.0, said, f"right number, {what}")
    return Verdict("wrong", 0.0, said)


def _within(key: Numeric, number: float, room: float) -> bool:
    room += _SLACK * max(1.0, abs(key.low), abs(key.high)) * bool(key.low or key.high)
    return key.low - room <= number <= key.high + room


# What the kinds share


def _says(said: str, accepted: Sequence[str], synonyms: Synonyms) -> bool:
    if not said:
        return False
    return any(one_line(text) == said or synonyms.same(said, text) for text in accepted)


def _whole(right: bool, given: str, *, remarks: tuple[str, ...] = ()) -> Verdict:
    return Verdict("right" if right else "wrong", float(right), given, remarks=remarks)


def _parts(
    credit: float, given: str, whole_only: bool = False, remarks: tuple[str, ...] = ()
) -> Verdict:
    if credit >= 1.0:
        return Verdict("right", 1.0, given, remarks=remarks)
    if whole_only or credit <= 0.0:
        return Verdict("wrong", 0.0, given, remarks=remarks)
    return Verdict("partly", round(credit, 4), given, remarks=remarks)


def _in_order(options: Sequence[Option], order: Sequence[int]) -> list[Option]:
    return [options[n] for n in order] if order else list(options)
