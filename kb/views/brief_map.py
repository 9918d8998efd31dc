"""The strips of a console as a picture: banks as on the desk, a bar across what a mod holds for.

A bar is told by its letter as well as by its colour, and all of it once more in words.
"""

from __future__ import annotations

import html
from collections.abc import Iterator

from kb.room.strips import Bar, Strips, number_of, spoken
from kb.terms.text import clean

TINTS = 6
_BANK = 8  # strips, as consoles are built
_LABELLED = 3  # strips that a bar must cover to have room for its name


def figure(strips: Strips) -> str:
    """The picture and the words."""
    banks = [
        range(first, min(first + _BANK, strips.last + 1))
        for first in range(1, strips.last + 1, _BANK)
    ]
    pictures = "\n".join(_bank(strips, bank) for bank in banks)
    return (
        f'<figure id="strips" style="--banks:{len(banks)};--lanes:{_lanes(strips)}">\n'
        f"<h2>Strips 1–{strips.last}: what is modified</h2>\n"
        '<div class="banks" role="img" aria-label="The strips as a picture; below in words">\n'
        f"{pictures}\n</div>\n"
        f"<figcaption>\n<p>{_names(strips)}</p>\n<p>{_by_strip(strips)}</p>\n</figcaption>\n"
        "</figure>"
    )


def lines(strips: Strips) -> float:
    """How high it is printed, in lines of text."""
    rows = -(-strips.last // (6 * _BANK))
    words = sum(len(bar.what) + 8 for bar in strips.bars) + 12 * len(strips.runs) + 80
    return 4 + rows * (3 + 1.3 * _lanes(strips)) + words / 130


def chip(key: str) -> str:
    """The letter of a mod on its colour."""
    return f'<span class="key {_tint(key)}">{key}</span>'


def _lanes(strips: Strips) -> int:
    return 1 + max((bar.lane for bar in strips.bars), default=-1)


def _tint(key: str) -> str:
    return f"t{number_of(key) % TINTS}"


def _bank(strips: Strips, bank: range) -> str:
    cells = [_strip(strips, number) for number in bank]
    for bar in strips.bars:
        cells += [_bar(bar, bank, first, last) for first, last in _stretches(bar, bank)]
    return f'<div class="bank">{"".join(cells)}</div>'


def _strip(strips: Strips, number: int) -> str:
    if number in strips.no_way_round:
        return f'<span class="strip out">{number}<b>×</b></span>'
    if number in strips.broken:
        return f'<span class="strip bad">{number}<b>!</b></span>'
    return f'<span class="strip">{number}<b></b></span>'


def _stretches(bar: Bar, bank: range) -> Iterator[tuple[int, int]]:
    """The strips of a bank that a bar covers without a gap, as first and last."""
    first = None
    for number in [*bank, bank.stop]:
        covered = number in bank and number in bar.strips
        if covered and first is None:
            first = number
        elif not covered and first is not None:
            yield first, number - 1
            first = None


def _bar(bar: Bar, bank: range, first: int, last: int) -> str:
    at = f"grid-row:{bar.lane + 2};grid-column:{first - bank.start + 1}/{last - bank.start + 2}"
    if last - first + 1 < _LABELLED:
        return f'<span class="bar narrow {_tint(bar.key)}" style="{at}"><b>{bar.key}</b></span>'
    told = f"<b>{bar.key}</b> {safe(': '.join(filter(None, (bar.what, bar.how))))}"
    return f'<span class="bar {_tint(bar.key)}" style="{at}">{told}</span>'


def _names(strips: Strips) -> str:
    names = [(bar.key, bar.what) for bar in strips.bars] + list(strips.everywhere)
    return "\n".join(f'<span class="pair">{chip(key)} {safe(what)}</span>' for key, what in names)


def _by_strip(strips: Strips) -> str:
    told = [(spoken(run.strips), " ".join(run.keys)) for run in strips.runs]
    if strips.everywhere:
        told.append(("every strip", " ".join(key for key, _ in strips.everywhere)))
    usable = [number for number in strips.broken if number not in strips.no_way_round]
    if usable:
        told.append(("!", f"fault on {spoken(usable)}"))
    if strips.no_way_round:
        told.append(("×", f"no way round it on {spoken(strips.no_way_round)}"))
    return "\n".join(f'<span class="pair"><b>{which}</b> {what}</span>' for which, what in told)


def safe(text: str) -> str:
    """A text as HTML shows it, with nothing in it that could do anything."""
    return html.escape(clean(text))
