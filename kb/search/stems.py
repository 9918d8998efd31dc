"""Words without their endings."""

from __future__ import annotations

from whoosh.lang.porter import stem as porter

_stems: dict[str, str] = {}


def stem(word: str) -> str:
    """The word's stem after Porter; anything but plain letters is its own."""
    found = _stems.get(word)
    if found is None:
        found = porter(word) if word.isascii() and word.isalpha() and len(word) > 2 else word
        if len(_stems) > 200_000:
            _stems.clear()
        _stems[word] = found
    return found
