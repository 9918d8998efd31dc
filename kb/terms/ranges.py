"""Places and ranges of places: `Ch 17–24`, `C1–C48`, `tracks 1, 3, 5-8`.

A place is written `noun:member` (`ch:17`, `track:19`, `jack:c17`), so that a number never leaves
the noun it belongs to: channel 19 is not track 19.
"""

from __future__ import annotations

import re

LIMIT = 512

# Each noun of the room, with what people call it. A strip is a channel of the console.
NOUNS = {
    "ch": ("ch", "chs", "chan", "chans", "channel", "channels", "strip", "strips", "#"),
    "track": ("track", "tracks", "trk", "trks", "tk"),
    "group": ("group", "groups", "grp", "grps", "subgroup", "subgroups"),
    "bus": ("bus", "buss", "buses", "busses"),
    "vca": ("vca", "vcas"),
    "tie": ("tie", "ties", "tieline", "tielines", "tie line", "tie lines", "tie-line", "tie-lines"),
    "micline": ("mic line", "mic lines", "mic-line", "mic-lines", "micline", "miclines"),
    "aux": ("aux", "auxes", "auxs"),
    "cue": ("cue", "cues"),
    "row": ("row", "rows"),
    "mult": ("mult", "mults"),
    "box": ("box", "boxes"),
    "input": ("input", "inputs"),
    "output": ("output", "outputs"),
    "insert": ("insert", "inserts"),
    "return": ("return", "returns"),
    "send": ("send", "sends"),
    "meter": ("meter", "meters"),
    "head": ("head", "heads"),
    "pair": ("pair", "pairs"),
}
NOUN_OF = {word: noun for noun, words in NOUNS.items() for word in words}

_DASH = r"\s?(?:-|–|—|−|\bto\b|\.\.)\s?"
_NOUN = "|".join(sorted((re.escape(w).replace(r"\ ", r"\s") for w in NOUN_OF), key=len, reverse=True))
_PLACE = re.compile(
    rf"(?<![\w#])(?:(?P<noun>{_NOUN})[\s.]?)?(?P<first>\d{{1,4}}){_DASH}(?P<last>\d{{1,4}})(?!\w)"
    rf"|(?<![\w#])(?:(?P<one>{_NOUN})[\s.]?)?(?P<number>\d{{1,4}})(?!\w)"
    rf"|(?<!\w)(?:(?P<room>[A-Za-z]):)?(?P<row>[A-Za-z]{{1,2}})(?P<jack>\d{{1,3}})"
    rf"(?:{_DASH}(?:(?:[A-Za-z]:)?(?P<row2>[A-Za-z]{{1,2}}))?(?P<jack2>\d{{1,3}}))?(?!\w)",
    re.IGNORECASE,
)
_LETTER = re.compile(rf"(?<!\w)(?P<noun>{_NOUN})\s(?P<letter>[A-Z])(?!\w)", re.IGNORECASE)


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

    A number with no noun takes the one before it in the same cell, else `noun` (that of the
    column's heading), else it names no place. Without `jacks`, `U47` is no jack. Raises RangeError.
    """
    found: dict[str, None] = {}
    current = noun
    for match in _PLACE.finditer(text):
        if match["jack"]:
            row, row2 = match["row"].casefold(), (match["row2"] or match["row"]).casefold()
            word = NOUN_OF.get(row)
            last = int(match["jack2"] or match["jack"])
            room = f"{match['room'].casefold()}:" if match["room"] else ""
            if row2 != row:
                raise RangeError(f"range {match[0]} goes from row {row.upper()} to {row2.upper()}")
            for number in members(int(match["jack"]), last):
                if word and not room:
                    found[f"{word}:{number}"] = None
                    current = word
                elif jacks:
                    found[f"jack:{room}{row}{number}"] = None
            continue
        said = match["noun"] or match["one"]
        if said:
            current = NOUN_OF[re.sub(r"\s+", " ", said).casefold()]
        if not current:
            continue
        if match["first"]:
            for number in members(int(match["first"]), int(match["last"])):
                found[f"{current}:{number}"] = None
        else:
            found[f"{current}:{int(match['number'])}"] = None
    for match in _LETTER.finditer(text):
        found[f"{NOUN_OF[match['noun'].casefold()]}:{match['letter'].casefold()}"] = None
    return tuple(found)


def noun_of_heading(heading: str) -> str:
    """The noun that a column heading lends to bare numbers below it, or an empty string."""
    for word in re.findall(r"[a-z#]+", heading.casefold()):
        if word in NOUN_OF:
            return NOUN_OF[word]
    return ""
