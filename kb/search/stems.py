"""Words without their endings."""

from __future__ import annotations

from whoosh.lang.porter2 import stem as porter  # its first version does not undouble: swapping

_stems: dict[str, str] = {}


def stem(word: str) -> str:
    """The word's stem after Porter's second algorithm; short ones and codes are their own."""
    found = _stems.get(word)
    if found is None:
        found = porter(word) if word.isascii() and word.isalpha() and len(word) > 3 else word
        if len(_stems) > 200_000:
            _stems.clear()
        _stems[word] = found
    return found
