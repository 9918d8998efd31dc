"""When two typed answers are the same words: what is folded is listed here, and nothing else is.

Case, white space, kinds of dash and quote, `&` and `and`, accents, a final full stop, and British
and American spelling of the words a studio uses. `U 47`, `U-47` and `U47` are one name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

_DASHES = "‐‑‒–—―−﹣－"
_SIGNS = str.maketrans(
    {
        **dict.fromkeys(_DASHES, "-"),
        **dict.fromkeys("‘’‚‛′`´", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        "µ": "μ",
    }
)
_AND = re.compile(r"\s*&\s*")
# Where a letter meets a figure, a blank or a hyphen between them is a habit, not a meaning.
_JOINTS = re.compile(r"(?<=[^\W\d_])[ -](?=\d)|(?<=\d)[ -](?=[^\W\d_])")
_ACCENT = 200  # combining classes from here on stand above or below; those of other scripts do not
_WORD = re.compile(r"[^\W\d_]+")

# British, American. A stem with a star also has s, d, r, rs and ing; one with a plus has s.
_PAIRS = """
centre+ center+, colour+ color+, metre+ meter+, litre+ liter+, fibre+ fiber+, theatre+ theater+,
calibre+ caliber+, analogue analog, catalogue+ catalog+, dialogue+ dialog+, programme+ program+,
grey+ gray+, disc+ disk+, licence+ license+, defence defense, behaviour+ behavior+,
neighbour+ neighbor+, neighbouring neighboring, favourite+ favorite+, humour humor, honour+ honor+,
labour labor, vapour vapor, odour odor, harbour harbor, mould+ mold+, aluminium aluminum,
sulphur sulfur, draught+ draft+, artefact+ artifact+, gauge+ gage+,
normalled normaled, denormalled denormaled, labelled labeled, labelling labeling,
cancelled canceled, cancelling canceling, modelled modeled, modelling modeling,
signalled signaled, signalling signaling, channelled channeled, levelled leveled,
levelling leveling, panelled paneled, totalled totaled, travelled traveled, dialled dialed,
trialled trialed, unlabelled unlabeled, equalled equaled,
millimetre+ millimeter+, centimetre+ centimeter+, kilometre+ kilometer+, routeing routing,
ageing aging, judgement judgment, practise+ practice+,
coloured colored, colouring coloring, centred centered,
analyse* analyze*, paralyse* paralyze*, catalyse* catalyze*,
equalise* equalize*, normalise* normalize*, synchronise* synchronize*, digitise* digitize*,
magnetise* magnetize*, demagnetise* demagnetize*, organise* organize*, recognise* recognize*,
stabilise* stabilize*, minimise* minimize*, maximise* maximize*, optimise* optimize*,
neutralise* neutralize*, polarise* polarize*, quantise* quantize*, initialise* initialize*,
finalise* finalize*, localise* localize*, visualise* visualize*, customise* customize*,
energise* energize*, standardise* standardize*, specialise* specialize*, summarise* summarize*,
symmetrise* symmetrize*, amortise* amortize*, pressurise* pressurize*, harmonise* harmonize*,
equalisation equalization, normalisation normalization, synchronisation synchronization,
digitisation digitization, magnetisation magnetization, demagnetisation demagnetization,
organisation+ organization+, stabilisation stabilization, optimisation optimization,
polarisation polarization, quantisation quantization, initialisation initialization,
localisation localization, visualisation visualization, customisation+ customization+,
standardisation standardization, specialisation specialization
"""


def _spellings() -> Iterator[tuple[str, str]]:
    for pair in _PAIRS.replace("\n", " ").split(","):
        british, american = pair.split()
        ends: Iterable[str] = ("",)
        if british.endswith("+"):
            ends = ("", "s")
        elif british.endswith("*"):
            ends = ("", "s", "d", "r", "rs")
            yield british[:-2] + "ing", american[:-2] + "ing"
        british, american = british.rstrip("+*"), american.rstrip("+*")
        for end in ends:
            yield british + end, american + end


_AMERICAN = {british: american for british, american in _spellings() if british != american}


def fold(text: str) -> str:
    """The text with one spelling for whatever is not a difference of meaning here."""
    return _JOINTS.sub("", _plain(text))


def _plain(text: str) -> str:
    """The same, with the blanks and hyphens inside names still there."""
    text = unicodedata.normalize("NFC", text).translate(_SIGNS)
    text = _without_accents(text).casefold()
    text = " ".join(_AND.sub(" and ", text).split())
    if len(text) > 2 and text[0] == text[-1] and text[0] in "\"'" and text.count(text[0]) == 2:
        text = text[1:-1].strip()
    if text.endswith(".") and not text.endswith(".."):
        text = text[:-1].rstrip()
    return _WORD.sub(lambda word: _AMERICAN.get(word[0], word[0]), text)


def _without_accents(text: str) -> str:
    """é as e; but a stroke through a sign is no accent: ≠ is not =."""
    if text.isascii():
        return text
    kept: list[str] = []
    for character in text:
        parts = unicodedata.normalize("NFD", character)
        first, marks = parts[:1], parts[1:]
        accents = all(unicodedata.combining(mark) >= _ACCENT for mark in marks)
        kept.append(first if marks and accents and first.isalpha() else character)
    return "".join(kept)


class Synonyms:
    """The terms of the glossary, as whole words of folded answers."""

    _LONGEST = 4  # words of one term
    _MOST = 32  # readings of one answer, where terms belong to several groups

    def __init__(self, groups: Iterable[Sequence[str]] = ()) -> None:
        self._of: dict[str, set[int]] = {}
        for number, group in enumerate(groups):
            for term in group:
                if folded := fold(term):
                    self._of.setdefault(folded, set()).add(number)

    def same(self, one: str, other: str) -> bool:
        """Whether two answers say the same; an empty one says nothing."""
        folded, wanted = fold(one), fold(other)
        if not folded or not wanted:
            return False
        return folded == wanted or not self._readings(one).isdisjoint(self._readings(other))

    def _readings(self, text: str) -> frozenset[str]:
        """The answer with the number of a group in place of each term, in every way there is."""
        words = _plain(text).split()
        found = [""]
        while words:
            for count in range(min(self._LONGEST, len(words)), 0, -1):
                term = " ".join(words[:count])
                groups = self._of.get(_JOINTS.sub("", term))
                if groups or count == 1:
                    break
            meant = [f"<{number}>" for number in sorted(groups)] if groups else [term]
            found = [f"{start} {one}" for start in found for one in meant][: self._MOST]
            words = words[count:]
        return frozenset(_JOINTS.sub("", reading) for reading in found)
