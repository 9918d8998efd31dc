"""Words without their endings."""

from __future__ import annotations

import re

from whoosh.lang.porter2 import stem as porter  # its first version does not undouble: swapping

from kb.terms.words import FAINT, STOP

_stems: dict[str, str] = {}
# Equaliser and equalizer, colour and color, centre and center have one stem.
_BRITISH = re.compile(r"(?<=..)(?:is(?=e|ing|ation)|our(?=s|ed|ing|$)|[tb]re(?=s?$))")
_ABBREVIATION = 3  # letters of VUs, EQs, DIs
_AMERICAN = {"is": "iz", "our": "or", "tre": "ter", "bre": "ber"}


def stem(word: str) -> str:
    """The word's stem after Porter's second algorithm; short ones and codes are their own."""
    found = _stems.get(word)
    if found is None:
        found = word
        if len(word) > 3 and word.isascii() and word.isalpha():
            found = porter(_BRITISH.sub(lambda m: _AMERICAN[m[0]], word))
        elif len(word) == _ABBREVIATION and word[-1] == "s" and word[:-1] not in STOP | FAINT:
            found = word[:-1]
        if len(_stems) > 200_000:
            _stems.clear()
        _stems[word] = found
    return found


def common(one: str, other: str) -> str:
    """What two words begin with alike."""
    at = 0
    while at < min(len(one), len(other)) and one[at] == other[at]:
        at += 1
    return one[:at]
