"""Inline markup taken off: emphasis, code marks, links, images, comments, escapes, entities.

Every step is linear in the text, as the inline stage of a Markdown parser is not.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from typing import NamedTuple
from unicodedata import category

LONGEST = 16_384  # characters of a paragraph; a longer one is kept as it is written

OnLink = Callable[[str, int, bool], None]

# What a code span or a backslash protects from the steps after it is moved out of the way, to
# the last private plane of Unicode, and back at the end.
_AWAY = {n: chr(0x10FF00 + n) for n in range(33, 127) if not chr(n).isalnum()}
_BACK = {0x10FF00 + n: chr(n) for n in _AWAY}

_CODE_STARTS, _CODE_ENDS = "\U0010fffc", "\U0010fffd"

MARKED = re.compile(r"[\\`*_\[<&]")
# Those below are compiled when a text first needs them: few pages need them all.
_ESCAPE = r"\\([!-/:-@\[-`{-~\n])"
_TICKS = re.compile(r"`+")
_TEXT = r"(?P<text>(?:[^\[\]]++|\[[^\[\]]*+\])*+)"
_DEST = r"(?:<(?P<angle>[^<>\n]*+)>|(?P<plain>[^\s()<>]*+(?:\([^\s()]*+\)[^\s()<>]*+)*+))"
_TITLE = r"""(?:\s++(?:"[^"]*+"|'[^']*+'|\([^()]*+\)))?"""
_LINK = rf"\[{_TEXT}\]\(\s*+{_DEST}{_TITLE}\s*+\)"
_IMAGE = "!" + _LINK
_REFERENCE = r"(!?)\[([^\[\]]++)\](?:\[([^\[\]]*+)\])?"
_AUTOLINK = r"<([a-zA-Z][a-zA-Z0-9+.-]{1,31}:[^\s<>]*+|[^\s<>@]++@[^\s<>@]++)>"
_TAGS = "a|abbr|b|big|br|cite|code|del|details|div|em|font|i|img|ins|kbd|mark|p|q|s|samp|small"
_TAG = rf"(?i:</?(?:{_TAGS}|span|strike|strong|sub|summary|sup|tt|u|var|wbr)(?:\s[^<>]*+)?/?>)"
_ENTITY = r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});"
_RUN = re.compile(r"\*+|_+")


class Emphasis(NamedTuple):
    """A pair of marks: its outer bounds, and how many marks there are at each end."""

    start: int
    end: int
    width: int


def plain(text: str, labels: Mapping[str, str] | None = None, on_link: OnLink | None = None) -> str:
    """The text without its marks, as many lines as before.

    `labels` are the page's link definitions; `on_link` is told each target, the line of the text
    it stands in (from 0), and whether it is an image.
    """
    if not MARKED.search(text) or len(text) > LONGEST:
        return text
    text = _protected(text)
    if "](" in text:
        if "![" in text:
            text = re.sub(_IMAGE, lambda m: _link(m, on_link, image=True), text)
        text = re.sub(_LINK, lambda m: _link(m, on_link, image=False), text)
    if labels and "[" in text:
        text = _references(text, labels, on_link)
    if "<" in text:
        text = re.sub(_AUTOLINK, r"\1", text)
        text = re.sub(_TAG, lambda m: " " * (m[0][:3].lower() == "<br") + _ends(m[0]), text)
    if "&" in text:
        text = re.sub(_ENTITY, lambda m: html.unescape(m[0]).replace("\n", " "), text)
    if "*" in text or "_" in text:
        text = _without_emphasis(text)
    return text.translate(_BACK)


def bold_and_code(text: str) -> list[tuple[str, bool, tuple[str, ...]]]:
    """A text in pieces: each without its marks, whether it was bold, and its code spans."""
    if len(text) > LONGEST:
        return [(text, False, ())]
    text = re.sub(_IMAGE, lambda m: m["text"], _protected(text, True))
    text = re.sub(_LINK, lambda m: m["text"], text)
    pieces = []
    done = 0
    for pair in sorted(emphases(text), key=lambda pair: pair.start):
        if pair.width < 2 or pair.start < done:
            continue
        pieces.append((text[done : pair.start], False))
        pieces.append((text[pair.start + pair.width : pair.end - pair.width], True))
        done = pair.end
    pieces.append((text[done:], False))
    return [(_bare(piece), bold, _codes(piece)) for piece, bold in pieces]


def emphasised(text: str) -> tuple[str, ...]:
    """What stands in italics or bold in a text."""
    if len(text) > LONGEST or not _RUN.search(text):
        return ()
    text = _protected(text)
    pairs = [text[pair.start + pair.width : pair.end - pair.width] for pair in emphases(text)]
    return tuple(_bare(inside) for inside in pairs)


def _bare(piece: str) -> str:
    piece = piece.replace(_CODE_STARTS, "").replace(_CODE_ENDS, "")
    piece = re.sub(_ENTITY, lambda m: html.unescape(m[0]), re.sub(_TAG, "", piece))
    return _without_emphasis(piece).translate(_BACK)


def _codes(piece: str) -> tuple[str, ...]:
    spans = piece.split(_CODE_STARTS)[1:]
    return tuple(span.partition(_CODE_ENDS)[0].translate(_BACK) for span in spans)


def _ends(gone: str) -> str:
    return "\n" * gone.count("\n")


def _protected(text: str, marked: bool = False) -> str:
    if "`" in text:
        text = _code(text, marked)
    if "\\" in text:
        text = re.sub(_ESCAPE, lambda m: m[1].translate(_AWAY), text)
    return without_comments(text) if "<!--" in text else text


def code_spans(text: str) -> list[tuple[int, int, str]]:
    """The code spans of a text: start, end, and what stands inside, on one line."""
    if "`" not in text:
        return []
    runs = [(m.start(), m.end()) for m in _TICKS.finditer(text)]
    by_width: dict[int, list[int]] = {}
    for start, end in runs:
        by_width.setdefault(end - start, []).append(start)
    spans = []
    done = 0
    for start, end in runs:
        if start < done:
            continue
        before = text[:start] if start < 8 else text[start - 8 : start]
        if (len(before) - len(before.rstrip("\\"))) % 2:
            start += 1  # the first mark is escaped
            if start == end:
                continue
        same = by_width.get(end - start, [])
        nearest = bisect_right(same, end - 1)
        if nearest == len(same):
            continue
        close = same[nearest]
        inside = text[end:close].replace("\n", " ")
        if inside.strip() and inside[0] == inside[-1] == " ":
            inside = inside[1:-1]
        done = close + end - start
        spans.append((start, done, inside))
    return spans


def _code(text: str, marked: bool) -> str:
    left, right = (_CODE_STARTS, _CODE_ENDS) if marked else ("", "")
    pieces = []
    done = 0
    for start, end, inside in code_spans(text):
        pieces += [text[done:start], left, inside.translate(_AWAY), right, _ends(text[start:end])]
        done = end
    return "".join(pieces) + text[done:]


def without_comments(text: str) -> str:
    """The text with its HTML comments gone, as many lines as before."""
    pieces = []
    done = 0
    while (start := text.find("<!--", done)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        pieces += [text[done:start], _ends(text[start:end])]
        done = end + 3
    return "".join(pieces) + text[done:]


def _link(match: re.Match[str], on_link: OnLink | None, image: bool) -> str:
    if on_link:
        target = match["plain"] if match["angle"] is None else match["angle"]
        line = match.string.count("\n", 0, match.start())
        on_link(target.translate(_BACK), line, image)
    return match["text"] + "\n" * (match[0].count("\n") - match["text"].count("\n"))


def label(text: str) -> str:
    """The form in which a link's label is looked up, as CommonMark has it."""
    return " ".join(text.split()).lower().upper()


def _references(text: str, labels: Mapping[str, str], on_link: OnLink | None) -> str:
    def replace(match: re.Match[str]) -> str:
        target = labels.get(label((match[3] or match[2]).translate(_BACK)))
        if target is None:
            return match[0]
        if on_link:
            on_link(target, text.count("\n", 0, match.start()), bool(match[1]))
        return match[2] + _ends(match[3] or "")

    return re.sub(_REFERENCE, replace, text)


def _is_mark(character: str) -> bool:
    return bool(character) and (category(character)[0] in "PS" or ord(character) >= 0x10FF00)


def emphases(text: str) -> list[Emphasis]:
    """The pairs of `*` and `_` that mark emphasis; code and escapes must be out of the way.

    CommonMark's rule of what may open and close, but for two things: a single `*` inside a word
    is left alone, and only runs of the same length make a pair.
    """
    openers: dict[str, list[int]] = {}
    pairs = []
    for match in _RUN.finditer(text):
        run, start, end = match[0], match.start(), match.end()
        if len(run) > 3:
            continue
        before, after = text[start - 1 : start], text[end : end + 1]
        spaced_before, spaced_after = not before or before.isspace(), not after or after.isspace()
        left = not spaced_after and (not _is_mark(after) or spaced_before or _is_mark(before))
        right = not spaced_before and (not _is_mark(before) or spaced_after or _is_mark(after))
        if run[0] == "_" or len(run) == 1:
            left = left and not before.isalnum()
            right = right and not after.isalnum()
        if right and openers.get(run):
            opened = openers[run][-1]
            pairs.append(Emphasis(opened, end, len(run)))
            for starts in openers.values():
                while starts and starts[-1] >= opened:
                    starts.pop()
        elif left:
            openers.setdefault(run, []).append(start)
    return pairs


def _without_emphasis(text: str) -> str:
    cuts = []
    for pair in emphases(text):
        cuts += [(pair.start, pair.width), (pair.end - pair.width, pair.width)]
    pieces = []
    done = 0
    for start, width in sorted(cuts):
        pieces.append(text[done:start])
        done = start + width
    return "".join(pieces) + text[done:]
