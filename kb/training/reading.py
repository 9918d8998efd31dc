"""What a typed answer means before anybody judges it: letters, pairs, or the words themselves.

The plain form, the same at a terminal and in a pipe: `b` · `a c` · `c a b` · `1b 2a 3c` ·
blanks with ` | ` between them; in place of letters the words of the options, with ` | ` between.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.terms.spelling import fold
from kb.terms.text import one_line

BAR = " | "
LONGEST = 2000
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_PAIR = re.compile(r"(\d{1,3})\s*[-=:.)]?\s*([a-z]{1,2})(?![a-z])")


class UnclearError(ValueError):
    """An answer that cannot be meant; the message says what would be one. It is asked again."""


def letter(number: int) -> str:
    """The name of an option, from 0: a to z, then aa, ab."""
    first, last = divmod(number, len(_LETTERS))
    return (_LETTERS[first - 1] if first else "") + _LETTERS[last]


def legible(answer: str) -> str:
    """The answer on one line. Raises UnclearError for what no keyboard types."""
    if len(answer) > LONGEST:
        raise UnclearError("that answer is too long")
    if _CONTROL.search(answer):
        raise UnclearError("that answer has control characters in it")
    return one_line(answer)


def one_of(answer: str, texts: Sequence[str]) -> int:
    """The option meant, by its letter or its words. Raises UnclearError."""
    meant = _lookup(answer, texts)
    if meant is None:
        raise UnclearError(f"a letter from a to {letter(len(texts) - 1)}")
    return meant


def some_of(answer: str, texts: Sequence[str]) -> list[int]:
    """The options meant, each once, in the order said. Raises UnclearError."""
    single = _by_words(answer, texts)
    if single is not None and _by_letter(answer, texts) is None:
        return [single]
    meant: list[int] = []
    try:
        if "|" in answer:
            meant = [one_of(part, texts) for part in answer.split("|") if part.strip()]
        else:
            meant = _letters(answer, texts)
    except UnclearError:
        meant = []
    if not meant:
        raise UnclearError(f"letters from a to {letter(len(texts) - 1)}: a c")
    return list(dict.fromkeys(meant))


def all_of(answer: str, texts: Sequence[str]) -> list[int]:
    """Every step once, in the order said. Raises UnclearError."""
    try:
        meant = some_of(answer, texts)
    except UnclearError:
        meant = []
    if len(meant) != len(texts):
        raise UnclearError(f"all {len(texts)} letters, each once, in order")
    return meant


def pairs_of(answer: str, lefts: Sequence[str], rights: Sequence[str]) -> dict[int, int]:
    """Which right-hand text goes with which left-hand one. Raises UnclearError."""
    found: dict[int, int] = {}
    if "|" in answer or "=" in answer:
        found = _by_text(answer, lefts, rights)
    try:
        found = found or _by_letters(answer, lefts, rights)
    except UnclearError:
        found = {}
    if not found or max(found) >= len(lefts):
        last = letter(len(rights) - 1)
        raise UnclearError(f"pairs, 1 to {len(lefts)} with a to {last}: 1b 2a")
    return found


def blanks_of(answer: str, count: int) -> list[str]:
    """What goes into each blank; one not said is empty. Raises UnclearError."""
    parts = [answer] if count == 1 else [part.strip() for part in answer.split("|")]
    if len(parts) > count:
        raise UnclearError(f"{count} blanks, with | between them")
    return parts + [""] * (count - len(parts))


def _lookup(answer: str, texts: Sequence[str]) -> int | None:
    found = _by_letter(answer, texts)
    return _by_words(answer, texts) if found is None else found


def _by_letter(answer: str, texts: Sequence[str]) -> int | None:
    name = answer.strip().casefold().rstrip(".)")
    for number in range(len(texts)):
        if letter(number) == name:
            return number
    return None


def _by_words(answer: str, texts: Sequence[str]) -> int | None:
    exact = [n for n, text in enumerate(texts) if one_line(text) == one_line(answer)]
    fits = exact or [n for n, text in enumerate(texts) if fold(text) == fold(answer)]
    return fits[0] if len(fits) == 1 and answer.strip() else None


def _letters(answer: str, texts: Sequence[str]) -> list[int]:
    words = re.split(r"[\s,;>]+|->|→", answer.strip())
    words = [word for word in words if word]
    if len(words) == 1 and _by_letter(words[0], texts) is None and words[0].isalpha():
        words = list(words[0])  # `acd`
    return [one_of(word, texts) for word in words]


def _by_letters(answer: str, lefts: Sequence[str], rights: Sequence[str]) -> dict[int, int]:
    said = _PAIR.findall(answer.lower())
    if said and not _PAIR.sub("", answer.lower()).strip(" ,;|"):
        return {_left(number, lefts): one_of(name, rights) for number, name in said}
    return dict(enumerate(_letters(answer, rights)))


def _by_text(answer: str, lefts: Sequence[str], rights: Sequence[str]) -> dict[int, int]:
    found = {}
    for part in answer.split("|"):
        ways = [
            (_lookup_left(part[: sign.start()], lefts), _lookup(part[sign.end() :].strip(), rights))
            for sign in re.finditer("=", part)
        ]
        whole = [(left, right) for left, right in ways if left is not None and right is not None]
        if len(whole) != 1:
            return {}
        found[whole[0][0]] = whole[0][1]
    return found


def _lookup_left(said: str, lefts: Sequence[str]) -> int | None:
    meant = _by_words(said.strip(), lefts)
    if meant is None and said.strip().isdecimal() and 0 < int(said) <= len(lefts):
        return int(said) - 1
    return meant


def _left(number: str, lefts: Sequence[str]) -> int:
    if not 0 < int(number) <= len(lefts):
        raise UnclearError(f"the left-hand side goes from 1 to {len(lefts)}")
    return int(number) - 1
