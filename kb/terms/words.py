"""Words as a studio writes them, split so that nothing that tells two things apart is lost.

`+4` is not `4`, `ch 5` is not `ch 6`, `A/B`, `1/4"` and `G+` are words; `U 47`, `U-47` and `U47`
are one. `chunks` cuts a text; `tokens` gives every spelling under which a chunk is to be found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Set
from functools import lru_cache

from kb.terms.nouns import NOUN_OF

# Signs that are spelled in several ways, one character each.
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–—−", "-"),
        **dict.fromkeys("‘’‛′`´", "'"),
        **dict.fromkeys("“”‟″", '"'),
        **dict.fromkeys("µμ", "u"),
        **dict.fromkeys("ΩωΩ", "ohm"),
        **dict.fromkeys("øØ⌀", "ø"),
        "×": "x",
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
    }
)

# Units, each with what people write for it. Only these bind to the number before them.
UNITS = {
    alias: unit
    for unit, aliases in {
        "v": "v volt volts",
        "mv": "mv millivolt millivolts",
        "db": "db decibel decibels",
        "dbu": "dbu",
        "dbv": "dbv",
        "dbm": "dbm",
        "dbfs": "dbfs",
        "hz": "hz hertz",
        "khz": "khz kilohertz",
        "ohm": "ohm ohms",
        "kohm": "kohm kohms",
        "ips": 'ips in/s "/s',
        "cm/s": "cm/s",
        "nwb/m": "nwb/m nwb nanoweber nanowebers",
        "us": "us usec microsecond microseconds",
        "ms": "ms msec millisecond milliseconds",
        "s": "s sec secs second seconds",
        "min": "min mins minute minutes",
        "h": "hour hours",
        "inch": '" inch inches',
        "mm": "mm",
        "cm": "cm",
        "ma": "ma milliamp milliamps",
        "bit": "bit bits",
        "%": "% percent",
    }.items()
    for alias in aliases.split()
}

# One value, two spellings: the right-hand one is indexed for both.
SAME_VALUE = {
    "+48": "48v",
    "+48v": "48v",
    "p48": "48v",
    "38cm/s": "15ips",
    "38.1cm/s": "15ips",
    "76cm/s": "30ips",
    "76.2cm/s": "30ips",
    "6.35mm": "1/4inch",
    "g250": "250nwb/m",
    "g320": "320nwb/m",
}

# Words that carry no subject. A question is searched without them as long as others remain.
STOP = frozenset(
    """a about all am an and any anybody anyone anything are aren't arent as at be been being but by
    can can't cannot cant could couldn't did didn't didnt do does doesn't doesnt doing don't
    dont each every everybody everyone everything for from had has hasn't have haven't having
    he her him his how hows i i'm if into is isn't isnt it its just let like may me might more
    most much must my of one only or our please she should shouldn't so some somebody someone
    something such than that thats the their them then there theres these they thing things
    this those to too very was wasn't we were weren't what whats when where wheres which who
    whom whos whose why will with won't wont would wouldn't you your yours""".split()
)
# Words that any sentence may hold: they are looked for, but a hit does without them.
FAINT = frozenset(
    """across after again against along already also always around away back before between came
    come comes coming difference down during ever even find finds gave get gets getting give gives
    given go goes going got happen happened happens here in inside keep keeps kept know knows look
    looks made make makes many mean meaning means need needed needs not now off on out outside
    over put puts said same saw say says see seem seems sees show shows sit sits sitting stay stays
    still take taken takes tell tells through took tried try trying turn turns under until up upon
    use used uses using want wanted wants went while within without work working works
    yet""".split()
)
# What people say, and what the pages write of it: a list of faults, a value with its unit.
PLAINLY = {
    said: tuple(written.split())
    for words, written in {
        "broke broken faulty": "fault",
        "bad fail fails failed failing issue issues problem problems trouble wrong": "fault fails",
        "voltage voltages": "v mv",
        "current": "ma",
        "resistor resistors resistance impedance": "ohm kohm",
        "frequency frequencies": "hz khz",
        "speed": "ips",
    }.items()
    for said in words.split()
}

# Nouns whose members may be letters: room A, row C, bus B.
_LETTERED = {
    "room": "room",
    "studio": "room",
    "row": "row",
    "rows": "row",
    "bus": "bus",
    "buss": "bus",
    "bay": "bay",
    "bank": "bank",
    "group": "group",
    "side": "side",
    "reel": "reel",
    "speaker": "speaker",
}
_TWO_WORD_NOUNS = {("tie", "line"), ("tie", "lines"), ("mic", "line"), ("mic", "lines")}

_CHUNK = re.compile(r"(?:[^\s\[\](){}<>|*;!?=~,…\\]|(?<=\d),(?=\d))+")
_EDGE = re.compile(r"^(?:[^\w+\-#]|_)+|(?:[^\w+\"%#]|_)+$")
_NUMBER = re.compile(r"^([+-]?)(\d+(?:[.,]\d+)?(?:/\d+)?)(.*)$")
_K_FOR_POINT = re.compile(r"^(\d+)([kr])(\d+)$")
_PART_NUMBER = re.compile(r"^(?:[^\W\d_]+(\d{2,})[a-z]{0,2}|(\d{3,})[a-z]{1,2})$")
_PLURAL = re.compile(r"[a-z]+\d+s$")
_JOINT = re.compile(r"[-_']+")
_PART = re.compile(r"[-_'/&:.+]+")
_SPELLED_SIGN = re.compile(
    r"\b(plus|minus)\s(\d+|one|two|three|four|five|six|seven|eight|nine|ten)\b"
)
_SPELLED = dict(
    zip("one two three four five six seven eight nine ten".split(), range(1, 11), strict=True)
)


def fold(text: str) -> str:
    """Lower case, without accents, each sign in one spelling."""
    if not text.isascii():
        # A file name or an argument need not be text; a term must.
        text = text.encode("utf-8", "replace").decode().translate(_SIGNS)
        if not text.isascii():
            text = unicodedata.normalize("NFKD", text)
            text = "".join(c for c in text if not unicodedata.combining(c)).translate(_SIGNS)
    text = text.lower()
    if "plus" in text or "minus" in text:
        text = _SPELLED_SIGN.sub(_sign, text)
    return text


def _sign(match: re.Match[str]) -> str:
    sign = "+" if match[1] == "plus" else "-"
    return f"{sign}{_SPELLED.get(match[2], match[2])}"


def chunks(folded: str) -> list[str]:
    """The folded text cut at blanks and brackets, punctuation still at the edges."""
    return _CHUNK.findall(folded)


@lru_cache(maxsize=65536)
def core(chunk: str) -> str:
    """The chunk without the punctuation and markup around it; a sign before a number stays."""
    text = _EDGE.sub("", chunk)
    while text[:1] in "+-" and not text[1:2].isdigit():
        if not text:
            return ""
        text = text[1:].lstrip("\"'/&:._")
    if text.endswith('"') and not text[-2:-1].isdigit():
        text = text.rstrip("\"'")
    if text.endswith("+") and not text[-2:-1].isalnum():
        text = text.rstrip("+")
    if text.endswith("'s"):
        text = text[:-2]
    return _EDGE.sub("", text)


@lru_cache(maxsize=65536)
def tokens(text: str) -> tuple[str, ...]:
    """Every token under which a core is found, the most exact first."""
    if text.isalpha():
        return (text,)
    if not text:
        return ()
    found: dict[str, None] = {}
    number = _NUMBER.match(
        _K_FOR_POINT.sub(r"\1.\3\2", text) if "k" in text or "r" in text else text
    )
    if number and (not number[3] or number[3].lstrip("-") in UNITS or number[3] in ("k", "r")):
        found.update(dict.fromkeys(value_tokens(number[1], number[2], number[3].lstrip("-"))))
    elif text[0] in "+-" and text[1:2].isdigit():
        found[text] = None
        found.update(dict.fromkeys(tokens(text[1:])))
    else:
        whole = _JOINT.sub("", text)
        if _PLURAL.match(whole):
            found[whole[:-1]] = None
        if text.replace("-", "").isdigit():
            whole = text  # 17-24 is not 1724
        found[whole] = None
        if whole in SAME_VALUE:
            found[SAME_VALUE[whole]] = None
        parts = [part for part in _PART.split(text) if part]
        if len(parts) > 1:
            for part in parts:
                found.update(dict.fromkeys(tokens(part)))
        elif digits := _PART_NUMBER.match(whole):
            found[digits[1] or digits[2]] = None
    return tuple(found)


def value_tokens(sign: str, number: str, unit: str) -> Iterator[str]:
    """The tokens of a number with its unit: `+4dbu`, `4dbu`, `+4`, `4`, `dbu`."""
    number = number.replace(",", ".")
    kilo = unit == "k"  # of ohms or of hertz: who says 10k means one of them
    unit = {"k": "kohm", "r": "ohm"}.get(unit, UNITS.get(unit, ""))
    if unit:
        for value in (f"{sign}{number}{unit}", f"{number}{unit}"):
            yield value
            if value in SAME_VALUE:
                yield SAME_VALUE[value]
    if kilo:
        yield f"{number}khz"
    if sign:
        yield f"{sign}{number}"
        if not unit and f"{sign}{number}" in SAME_VALUE:
            yield SAME_VALUE[f"{sign}{number}"]
    yield number
    if unit:
        yield unit


def joined(before: str, left: str, right: str) -> tuple[str, ...]:
    """What two neighbouring cores mean together, or nothing.

    A number and its unit (`+4` `dBu`), a noun and its number (`ch` `17`, with `before` for `tie
    line 3`), a letter of a noun (`room` `A`), the two halves of a part number (`U` `47`).
    """
    if right in UNITS and left[-1:].isdigit():
        number = _NUMBER.match(left)
        if not number or number[3]:
            return ()
        alone = (number[2], number[1] + number[2], UNITS[right])
        return tuple(t for t in value_tokens(number[1], number[2], right) if t not in alone)
    if not right[:1].isdigit():
        if len(right) == 1 and left in _LETTERED and right.isalpha():
            return (f"{_LETTERED[left]}:{right}",)
        return ()
    if noun := _noun(before, left):
        return tuple(f"{noun}:{int(n)}" for n in right.split("-") if n.isdigit() and len(n) < 5)
    if len(left) <= 4 and left.isalpha() and not {left} & (STOP | FAINT | UNITS.keys()):
        return (left + _JOINT.sub("", right),) if right.isalnum() else ()
    return ()


def _noun(before: str, left: str) -> str:
    if left in ("line", "lines"):
        return NOUN_OF.get(f"{before} {left}", "") if (before, left) in _TWO_WORD_NOUNS else ""
    return NOUN_OF.get(left, "")


def index_tokens(text: str) -> list[str]:
    """Every token of a text, repeated as often as it is there."""
    found: list[str] = []
    before = left = ""
    for chunk in chunks(fold(text)):
        right, spellings, joins = analysed(chunk)
        if not right:
            continue
        found += spellings
        if joins and left:
            found += joined(before, left, right)
        before, left = left, right
    return found


@lru_cache(maxsize=65536)
def analysed(chunk: str) -> tuple[str, tuple[str, ...], bool]:
    """A chunk's core, its tokens, and whether it may mean something with the core before it."""
    text = core(chunk)
    spellings = tokens(text)
    if text and not text.isalpha() and not text[0].isdigit():
        spellings += glued(text)
    return text, spellings, text[:1].isdigit() or text in UNITS or len(text) == 1


@lru_cache(maxsize=4096)
def glued(text: str) -> tuple[str, ...]:
    """The place a noun and number written together name: `ch17`, `#17`."""
    match = re.fullmatch(r"(#|[a-z]{2,8})[.-]?(\d{1,4})", text)
    noun = NOUN_OF.get(match[1], "") if match else ""
    return (f"{noun}:{int(match[2])}",) if match and noun else ()


def spans(
    text: str, marked: Set[str], stems: Set[str], stem: Callable[[str], str]
) -> Iterator[tuple[int, int]]:
    """Where in a text, as it stands, the chunks are that hold one of these tokens or stems."""
    before = left = ""
    start_of_left = 0
    for match in _CHUNK.finditer(text):
        right, spellings, joins = analysed(fold(match[0]))
        if not right:
            continue
        start = match.start() + len(match[0]) - len(match[0].lstrip("*_`\"'([#"))
        end = match.end() - (len(match[0]) - len(match[0].rstrip(".,:;*_`)]'")))
        if joins and left and not marked.isdisjoint(joined(before, left, right)):
            yield start_of_left, end
        elif not marked.isdisjoint(spellings) or (right.isalpha() and stem(right) in stems):
            yield start, end
        before, left, start_of_left = left, right, start
