"""Keys of typed answers: `**Answer:** `6.8 kΩ ± 0.05`` to a number, or to the texts accepted."""

from __future__ import annotations

import re
from itertools import pairwise

from kb.pages import inline
from kb.pages.model import Cloze, Numeric, Short
from kb.terms import units
from kb.terms.text import clean, one_line
from kb.terms.units import AmbiguousError, Quantity, UnitError, UnknownUnitError

_LABEL = re.compile(r"\s*(?:\*\*|__)answers?(?::(?:\*\*|__)|(?:\*\*|__)\s*:)", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:,\s*)?(?:[*_]*or[*_]*|,)\s*", re.IGNORECASE)
_TOLERANCE = re.compile(r"\s*(?:±|\+/?[-−])\s*")
_TO = re.compile(r"\s*\.\.\.?\s*")
_STARTS_AS_NUMBER = re.compile(r"[+\-−–]?\s?[.,]?\d")


class KeyProblemError(ValueError):
    """A key that cannot be meant; the message is for the author of the page."""


def is_answer(paragraph: str) -> bool:
    """Whether a paragraph begins with **Answer:**."""
    return _LABEL.match(paragraph) is not None


def typed_key(paragraph: str, wanted: str = "") -> Short | Numeric:
    """The key of an **Answer:** paragraph; `wanted` is short, numeric or empty.

    Raises KeyProblemError.
    """
    spans = _spans(_LABEL.sub("", paragraph, count=1))
    if len(spans) == 1 and wanted != "short":
        if numeric := _numeric(spans[0], sure=wanted == "numeric"):
            return numeric
    elif wanted == "numeric":
        raise KeyProblemError("a number has one answer: give a tolerance in place of a second one")
    return Short(tuple(dict.fromkeys(spans)))


def _spans(rest: str) -> list[str]:
    found = inline.code_spans(rest)
    between = [rest[a[1] : b[0]] for a, b in pairwise(found)]
    around = rest[: found[0][0]].strip() + rest[found[-1][1] :].strip().strip(".") if found else ""
    if not found or around or not all(_BETWEEN.fullmatch(text) for text in between):
        raise KeyProblemError(
            "after **Answer:** stand code spans joined by or, and nothing else: `this` or `that`"
        )
    spans = [_typable(inside) for _, _, inside in found]
    if not all(spans):
        raise KeyProblemError("an empty answer")
    return spans


def _typable(text: str) -> str:
    """The text on one line. Raises KeyProblemError where nobody could ever type it."""
    text = one_line(text)
    if (shown := clean(text)) != text:
        raise KeyProblemError(f'no keyboard types "{shown}"')
    return text


def _numeric(span: str, sure: bool) -> Numeric | None:
    text = units.fold(span)
    if not _STARTS_AS_NUMBER.match(text):
        if sure:
            raise KeyProblemError(f'"{span}" is not a number')
        return None
    pair = _TOLERANCE.split(text)
    ends = _TO.split(text)
    try:
        if len(pair) == 2:
            return _with_tolerance(span, *pair)
        if len(ends) == 2:
            return _with_ends(span, *ends)
        given = units.quantity(text)
    except UnknownUnitError as error:
        raise KeyProblemError(
            f"{error}; for an answer in words write `type=short` in its comment"
        ) from error
    except UnitError as error:
        certain = sure or len(pair) == 2 or isinstance(error, AmbiguousError)
        if certain or re.fullmatch(r"[\d.,eE+-]+", text):
            raise KeyProblemError(str(error)) from error
        return None
    if not given.number.is_integer():
        raise KeyProblemError(
            f'"{span}" is no whole number: give a tolerance, as in `{span} ± 0.1`'
        )
    return Numeric(given.number, given.number, given.number, given.unit, one_line(span))


def _with_tolerance(span: str, value: str, tolerance: str) -> Numeric:
    given = units.quantity(value)
    room = units.quantity(tolerance)
    if not given.unit and room.unit not in ("", "%"):
        given = Quantity(given.number, room.unit)
    if room.unit == "%" and given.unit != "%":
        width = abs(given.number) * room.number / 100
    elif room.unit == "dB" and given.unit[:2] in ("dB", "VU", "LU"):
        width = room.number
    else:
        width = units.convert(room, given.unit)
    if width < 0:
        raise UnitError(f'"{span}": a tolerance cannot be negative')
    low, high = _round(given.number - width), _round(given.number + width)
    return Numeric(given.number, low, high, given.unit, one_line(span))


def _with_ends(span: str, low: str, high: str) -> Numeric:
    top = units.quantity(high)
    bottom = units.quantity(low)
    unit = bottom.unit or top.unit
    first, last = bottom.number, units.convert(top, unit)
    if first > last:
        raise KeyProblemError(f'"{span}" ends before it starts')
    return Numeric(_round((first + last) / 2), first, last, unit, one_line(span))


def _round(number: float) -> float:
    return float(f"{number:.12g}")  # 6.8 - 0.05 is 6.75, not 6.749999999999999


def cloze(paragraphs: list[str]) -> Cloze:
    """The gaps of a text: its bold words, or the code spans inside them joined by or.

    Raises KeyProblemError.
    """
    parts = [""]
    blanks: list[tuple[str, ...]] = []
    for n, paragraph in enumerate(paragraphs):
        if n:
            parts[-1] += "\n\n"
        for text, bold, codes in inline.bold_and_code(paragraph):
            if not bold:
                parts[-1] += re.sub(r"\s+", " ", text)
                continue
            accepted = tuple(_typable(code) for code in codes) or (_typable(text),)
            if not all(accepted):
                raise KeyProblemError("an empty blank")
            blanks.append(accepted)
            parts.append("")
    if not blanks:
        raise KeyProblemError("type=cloze, but no bold words to leave out")
    if len(blanks) > 1 and any("|" in text for blank in blanks for text in blank):
        raise KeyProblemError("a blank with | in it: that sign stands between the answers to two")
    parts[0], parts[-1] = parts[0].lstrip(), parts[-1].rstrip()
    return Cloze(tuple(parts), tuple(blanks))


def has_bold(paragraph: str) -> bool:
    """Whether there are bold words in a paragraph."""
    return any(bold for _, bold, _ in inline.bold_and_code(paragraph))
