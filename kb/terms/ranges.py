"""Places and ranges of places: `Ch 17–24`, `C1–C48`, `tracks 1, 3, 5-8`.

A place is written `noun:member` (`ch:17`, `track:19`, `jack:c17`), so that a number never leaves
the noun it belongs to: channel 19 is not track 19.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable

from kb.terms.nouns import NOUN_OF

LIMIT = 512

_DASH = r"\s?(?:-|–|—|−|\bto\b|\.\.)\s?"
_NOUN = "|".join(
    sorted((re.escape(w).replace(r"\ ", r"\s") for w in NOUN_OF), key=len, reverse=True)
)
_PLACE = (  # compiled with the first number in a table: it is by far the dearest
    rf"(?i:(?<![\w#])(?:(?P<noun>{_NOUN})[\s.]?)?(?P<first>\d{{1,4}})"
    rf"(?:{_DASH}(?:[A-Za-z]{{2,9}}[\s.]?)?(?P<last>\d{{1,4}}))?(?!\w)"
    rf"|(?<!\w)(?:(?P<room>[A-Za-z]\w{{0,11}}):)?(?P<row>[A-Za-z]{{1,2}})(?P<jack>\d{{1,3}})"
    rf"(?:{_DASH}(?:(?:[A-Za-z]\w{{0,11}}:)?(?P<row2>[A-Za-z]{{1,2}}))?(?P<jack2>\d{{1,3}}))?(?!\w))"
)
_LETTER = re.compile(r"(?<!\w)(?P<noun>[A-Za-z]+)\s(?P<letter>[A-Za-z])(?!\w)")
_ANY = re.compile(r"\d|\s[A-Za-z](?!\w)")  # most cells name no place, and this is soon seen
# What stands between two numbers of one noun: `1, 3 and 5-8`, but not the blank in `17 +4 dBu`.
_NEXT = re.compile(r"\s*(?:(?:,|;|/|&|\+(?=\s)|\band\b|\bor\b)\s*)+")
# A lone jack of a higher number is the name of a machine: A827.
_HIGHEST_JACK = 192

# What only patch rows need is compiled with the first of them.
_JACKS = (
    rf"(?:(?P<room>[A-Za-z]\w{{0,11}}):)?(?P<row>[A-Za-z]{{1,2}})(?P<first>\d{{1,3}})"
    rf"(?:{_DASH}(?:(?:[A-Za-z]\w{{0,11}}:)?(?P<row2>[A-Za-z]{{1,2}}))?(?P<last>\d{{1,3}})"
    r"|(?P<more>(?:/[A-Za-z]{0,2}\d{1,3})+))?"
)
_FAR_JACKS = (
    r"(?<![\w:])[A-Za-z]\w{0,11}:[A-Za-z]{1,2}\d{1,3}"
    r"(?:\s?[-–—]\s?(?:[A-Za-z]\w{0,11}:)?[A-Za-z]{0,2}\d{1,3})?(?!\w)"
)
_ONE = rf"(?:[A-Za-z]{{1,2}})?\d{{1,4}}(?:{_DASH}(?:(?:{_NOUN})[\s.]?|[A-Za-z]{{1,2}})?\d{{1,4}})?"
_STEPPING = rf"(?i:(?<![\w/.+−-]){_ONE}(?:\s*,\s*{_ONE})*(?![\w/]))"
_SLASHED = r"(?<![\w/.+−-])\w+(?:/\w+)+(?![\w/\"″'′])"
_SPAN = rf"(?i:(?P<row>[A-Za-z]{{0,2}})(?P<first>\d+)(?:{_DASH}\D*?(?P<last>\d+))?$)"


class RangeError(ValueError):
    """A range that cannot be meant: it ends before it starts, or is longer than LIMIT."""


def members(first: int, last: int) -> range:
    """The numbers from first to last, both included."""
    if last < first:
        raise RangeError(f"range {first}–{last} ends before it starts")
    if last - first >= LIMIT:
        raise RangeError(f"range {first}–{last} has more than {LIMIT} members")
    return range(first, last + 1)


def places(text: str, noun: str = "", jacks: bool = True) -> tuple[str, ...]:
    """Every place that a cell of a place column names, in the order written.

    A number with no noun takes `noun` (that of the column's heading) if it comes first, or that
    of the number before it in a list (`tracks 1, 3, 5-8`); else it names no place. Without
    `jacks`, `U47` is no jack. Raises RangeError.
    """
    if not _ANY.search(text):
        return ()
    found: dict[str, None] = {}
    current, done = noun, 0
    for match in re.finditer(_PLACE, text):
        if done and not _NEXT.fullmatch(text, done, match.start()):
            current = ""
        done = match.end()
        if match["jack"]:
            if jacks:
                found |= dict.fromkeys(_jack_places(match))
            current = ""
            continue
        if said := match["noun"]:
            current = NOUN_OF[" ".join(said.split()).casefold()]
        if current:
            first = match["first"]
            for number in members(int(first), int(match["last"] or first)):
                found[f"{current}:{number}"] = None
    for match in _LETTER.finditer(text):
        if lettered := NOUN_OF.get(match["noun"].casefold()):
            found[f"{lettered}:{match['letter'].casefold()}"] = None
    return tuple(found)


def at_front(text: str) -> int:
    """How much of a text is the places it begins with: 5 of `ch 22 no output`.

    A number there must have its noun: `tie line 3`, `ch 17, 19 and 22–24`, `row C`, `A:C17`.
    """
    match = _LETTER.match(text)
    if match and NOUN_OF.get(match["noun"].casefold()):
        return match.end()
    place = re.compile(_PLACE)
    match = place.match(text)
    if match is None or not (match["noun"] or match["jack"]):
        return 0
    if match["jack"] and int(match["jack"]) > _HIGHEST_JACK:
        return 0
    end = match.end()
    while between := _NEXT.match(text, end):
        more = place.match(text, between.end())
        if not more or bool(more["jack"]) != bool(match["jack"]):
            break
        end = more.end()
    return end


def _jack_places(match: re.Match[str]) -> list[str]:
    row, row2 = match["row"], match["row2"] or match["row"]
    if row.casefold() != row2.casefold():
        raise RangeError(f"range {match[0]} goes from row {row.upper()} to row {row2.upper()}")
    first, last = int(match["jack"]), int(match["jack2"] or match["jack"])
    if first == last > _HIGHEST_JACK:
        return []
    room = f"{match['room']}:" if match["room"] else ""
    return [f"jack:{room}{row}{number}".casefold() for number in members(first, last)]


def jack_names(text: str) -> list[str]:
    """The jacks that a cell lists, upper-case: `C1–C48`, `G33/G34`, `C1, C3, B:C5–C8`.

    Raises RangeError, also where the text is anything but jacks.
    """
    names: list[str] = []
    for piece in text.split(","):
        match = re.fullmatch(_JACKS, piece.strip())
        if not match:
            raise RangeError(f'"{piece.strip()}" is not a jack (C17) or a range of jacks (C17–C24)')
        row, row2 = match["row"].upper(), (match["row2"] or match["row"]).upper()
        if row != row2:
            raise RangeError(f"range {match[0]} goes from row {row} to row {row2}")
        room = f"{match['room'].upper()}:" if match["room"] else ""
        first = int(match["first"])
        names += [f"{room}{row}{n}" for n in members(first, int(match["last"] or first))]
        for other in (match["more"] or "").split("/")[1:]:
            names.append(room + (other.upper() if other[0].isalpha() else f"{row}{other}"))
    if len(names) > LIMIT:
        raise RangeError(f"{text} has more than {LIMIT} members")
    if len(set(names)) < len(names):
        twice = next(n for n in names if names.count(n) > 1)
        raise RangeError(f"{text} names {twice} twice")
    return names


def wired_jacks(text: str) -> list[str]:
    """The jacks that a Wired to names: the whole cell (`N1–N24`), or those of a room (`B:H5`) in
    whatever else it says.
    """
    try:
        return jack_names(text)
    except RangeError:
        names: list[str] = []
        for match in re.finditer(_FAR_JACKS, text):
            with contextlib.suppress(RangeError):
                names += jack_names(match[0].replace(" ", ""))
        return names


def step(text: str, count: int, what: str = "") -> list[str]:
    """The text for each of `count` members, its own range replaced by one member at a time.

    `Ch 1–48 insert send` steps through 48 members, `Plate return L/R` through two. A text with
    no range is the same for all; one whose ranges are all of another length raises RangeError.
    """
    if count == 1 or not text:
        return [text] * count
    spans: list[tuple[int, int, list[str]]] = []
    wrong = ""
    for match in re.finditer(_STEPPING, text):
        if match[0].isalnum():
            continue  # one number is no range
        found = _stepped(match[0])
        if len(found) == count:
            spans.append((match.start(), match.end(), found))
        else:
            wrong = wrong or f"{match[0]} has {len(found)} members"
    for match in re.finditer(_SLASHED, text):
        if len(found := match[0].split("/")) == count:
            spans.append((match.start(), match.end(), found))
    if wrong and not spans:
        raise RangeError(f"{what} {wrong}, the row has {count}".strip())
    spans.sort()
    texts = []
    for n in range(count):
        pieces, done = [], 0
        for start, end, found in spans:
            pieces += [text[done:start], found[n]]
            done = end
        texts.append("".join(pieces) + text[done:])
    return texts


def _stepped(text: str) -> list[str]:
    found: list[str] = []
    for piece in text.split(","):
        match = re.fullmatch(_SPAN, piece.strip())
        if not match:
            return []
        first, last = match["first"], match["last"] or match["first"]
        width = len(first) if first[0] == "0" else 0
        found += [f"{match['row']}{n:0{width}}" for n in members(int(first), int(last))]
    return found


def spoken(places: Iterable[str]) -> str:
    """Places as people say them, runs drawn together: `ch 17–20, jack C5`."""
    runs: list[tuple[str, int, int]] = []
    others: list[str] = []
    for place in places:
        noun, _, member = place.rpartition(":")
        stem = member.rstrip("0123456789")
        number = member[len(stem) :]
        before = f"{noun.removeprefix('jack').lstrip(':').upper()}:" if "jack:" in noun else ""
        said = before + stem.upper() if noun.startswith("jack") else f"{noun} {stem}"
        if not number:
            others.append(said)
        elif runs and runs[-1][0] == said and runs[-1][2] + 1 == int(number):
            runs[-1] = (said, runs[-1][1], int(number))
        else:
            runs.append((said, int(number), int(number)))
    told = []
    for said, first, last in runs:
        end = said if " " not in said else ""
        told.append(f"{said}{first}" + (f"–{end}{last}" if last > first else ""))
    return ", ".join([*told, *others])


def noun_of_heading(heading: str) -> str:
    """The noun that a column heading lends to bare numbers below it, or an empty string."""
    for word in re.findall(r"[a-z#]+", heading.casefold()):
        if word in NOUN_OF:
            return NOUN_OF[word]
    return ""
