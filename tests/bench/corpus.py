"""A made-up studio's pages: varied Markdown in any number, the same for the same seed."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

# The head of the vocabulary. The tail is made of syllables, so that there is always a rarer word.
COMMON = """the of and to in is a on for with it at from by this that before after when
channel insert patch console track tape level gain return send group fader mic line input output
monitor room bus row jack cord normal switch button meter signal cue headphone preamp compressor
limiter equaliser reverb delay plate oscillator tone alignment bias head azimuth reel speed hub
capstan spindle brake clock word sync master slave sample rate converter interface session take
overdub punch roll rewind locate remote control power supply rack fuse breaker sequence amplifier
speaker nearfield main dim mono mute solo phase polarity pad filter phantom ribbon condenser
dynamic valve tube transformer cable connector pin ground shield hum buzz noise crackle dropout
distortion click pop hiss left right front rear upper lower first last next other every stock
here engineer assistant intern chief tech studio control live booth machine desk bay wall box
drawer shelf label card sheet log book check clean press hold turn set leave lift wait measure
read write note ask ring call open close start stop up down full half dead loud quiet warm
cold""".split()
SYLLABLES = """ba be bi bo ca ce co cu da de di do fa fe fi fo ga ge go gu ha he hi ho ja jo ka ke
ki la le li lo lu ma me mi mo mu na ne ni no nu pa pe pi po ra re ri ro ru sa se si so su ta te ti
to tu va ve vi vo wa we wi ya yo za ze zo""".split()
ENDINGS = ["", "", "", "n", "r", "s", "t", "l", "ing", "ed", "er", "ation", "ment", "ly"]
GEAR = ["U 47", "LA-2A", "A827", "M-149", "SM57", "C12", "1176LN", "DI-10", "RE20", "KM84"]
UNITS = ["+4 dBu", "-10 dBV", "48 V", "15 ips", "30 ips", "6.8 kΩ", "250 nWb/m", "10 kHz", "35 °C"]
NOUNS = ["Ch", "Group", "Track", "Tie line", "Mic line", "Bus", "Cue"]
PER_PAGE = 10
WORDS = 30_000


class Corpus:
    """A stream of pages: about ten sections and 7.5 kB each, one section in nine with a table."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)
        found = dict.fromkeys(COMMON)
        while len(found) < WORDS:
            pieces = self._random.choices(SYLLABLES, k=self._random.choice([2, 2, 3, 3, 4]))
            found["".join(pieces) + self._random.choice(ENDINGS)] = None
        self._words = list(found)
        # Zipf with a shift, or the first ten words would be half of the text.
        self._weights = list(accumulate(1 / (rank + 4) for rank in range(len(self._words))))

    def pages(self, count: int) -> Iterator[tuple[str, str]]:
        """Pages as (path below docs, text): 6 in 10 about equipment."""
        for number in range(count):
            folder = "equipment" if number % 10 < 6 else "procedures"
            yield f"{folder}/{self._word()}-{number:05}.md", self.page(number)

    def page(self, number: int) -> str:
        """One page."""
        title = f"{self._phrase(2)} {number}"
        lines = ["---", f"title: {title}", f"room: {'AB'[number % 2]}", "owner: TK"]
        lines += [f"tags: [{self._word()}, {self._word()}]", "verified: 2026-11-02", "---", ""]
        lines += [f"# {title}", "", self._paragraph(), ""]
        sections = PER_PAGE - 1 + self._random.choice([-3, -2, -1, 0, 0, 0, 1, 2, 3])
        for section in range(sections):
            level = "##" if section == 0 or self._random.random() < 0.6 else "###"
            heading = self._phrase(self._random.choice([1, 2, 3, 4])).capitalize()
            lines += [f"{level} {heading}", "", self._paragraph(), ""]
            lines += self._block()
        return "\n".join(lines) + "\n"

    def _block(self) -> list[str]:
        draw = self._random.random()
        if draw < 0.04:
            return self._mods()
        if draw < 0.07:
            return self._patch()
        if draw < 0.11:
            return self._plain_table()
        if draw < 0.22:
            return [*(f"- {self._phrase(self._size(4, 14))}." for _ in range(self._size(3, 7))), ""]
        if draw < 0.29:
            many = self._size(3, 8)
            return [*(f"{n}. {self._phrase(self._size(5, 15))}." for n in range(1, many)), ""]
        if draw < 0.34:
            return [
                *(f"- [ ] {self._phrase(self._size(4, 9))}" for _ in range(self._size(3, 7))),
                "",
            ]
        if draw < 0.39:
            return ["```", *(self._phrase(5) for _ in range(self._size(2, 7))), "```", ""]
        return [line for _ in range(self._size(0, 2)) for line in (self._paragraph(), "")]

    def _mods(self) -> list[str]:
        lines = [
            "| Where | Part | Stock | Here | Do | Since | By |",
            "|---|---|---|---|---|---|---|",
        ]
        for row in range(self._size(3, 9)):
            first = row * 16 + self._size(1, 8)
            where = f"{self._random.choice(NOUNS)} {first}–{first + self._size(1, 7)}"
            cells = [self._phrase(self._size(1, 6)) for _ in range(3)]
            do = f"{self._phrase(self._size(3, 12))}, {self._random.choice(UNITS)}"
            lines.append(f"| {where} | {' | '.join(cells)} | {do} | 2019-08-06 | PL |")
        return [*lines, ""]

    def _patch(self) -> list[str]:
        top, bottom = self._random.choice(["AB", "CD", "EF", "GH", "LM"])
        lines = ["| Top | Out | Normal | Bottom | In |", "|---|---|---|---|---|"]
        for row in range(self._size(2, 6)):
            first, last = row * 12 + 1, row * 12 + 8
            normal = self._random.choice(["full", "half", "open"])
            ends = [f"{side}{first}–{side}{last}" for side in (top, bottom)]
            out = f"Ch {first}–{last} {self._phrase(2)}"
            lines.append(f"| {ends[0]} | {out} | {normal} | {ends[1]} | {out} |")
        return [*lines, ""]

    def _plain_table(self) -> list[str]:
        columns = self._size(2, 4)
        lines = [f"| {' | '.join(self._word().capitalize() for _ in range(columns))} |"]
        lines.append("|---" * columns + "|")
        for _ in range(self._size(3, 10)):
            cells = [self._phrase(self._size(1, 5)) for _ in range(columns - 1)]
            lines.append(f"| {' | '.join([*cells, self._random.choice(UNITS + GEAR)])} |")
        return [*lines, ""]

    def _paragraph(self) -> str:
        sentences = []
        for _ in range(self._size(2, 6)):
            words = self._phrase(self._size(6, 20)).split()
            draw = self._random.random()
            if draw < 0.15:
                words.insert(len(words) // 2, f"**{self._word()}**")
            elif draw < 0.25:
                words.append(self._random.choice(UNITS))
            elif draw < 0.32:
                words.insert(1, self._random.choice(GEAR))
            elif draw < 0.38:
                words.append(f"`{self._word()}`")
            elif draw < 0.42:
                words.append(f"([{self._word()}](https://example.org/{self._word()}))")
            elif draw < 0.47:
                words.append(f"on {self._random.choice(NOUNS).lower()} {self._size(1, 48)}")
            sentences.append(words[0].capitalize() + " " + " ".join(words[1:]) + ".")
        return " ".join(sentences)

    def _size(self, least: int, most: int) -> int:
        return self._random.randint(least, most)

    def _word(self) -> str:
        return self._random.choices(self._words, cum_weights=self._weights)[0]

    def _phrase(self, count: int) -> str:
        return " ".join(self._random.choices(self._words, cum_weights=self._weights, k=count))


def write(folder: Path, count: int, seed: int = 1) -> None:
    """Write that many pages below a folder."""
    for name in ("equipment", "procedures"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for path, text in Corpus(seed).pages(count):
        (folder / path).write_text(text, encoding="utf-8")


def edit(page: Path, chance: random.Random, turn: int) -> None:
    """Change one line of a page, as a technician would: a sentence more in one paragraph."""
    lines = page.read_text(encoding="utf-8").split("\n")
    prose = [n for n, text in enumerate(lines) if text[:1].isalpha() and text.endswith(".")]
    more = f" Looked at again, entry {turn} {chance.randrange(10**6)}."
    if prose:
        lines[chance.choice(prose)] += more
    else:
        lines += ["", more.strip(), ""]
    page.write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))
