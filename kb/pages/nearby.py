"""Which other pages the rules across pages could need, seen from a few: told by their bytes alone.

`kb check PAGE` is run at each commit, in studios of a thousand pages, and must not parse them all.
Too many is slow, too few is wrong: tests compare the outcome with that of all pages.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import unquote_to_bytes

from kb.pages import links
from kb.pages.model import Page, Patch

_PLAIN_NAME = re.compile(r"[A-Za-z0-9._-]+")
_WAS = re.compile(rb"^[\"']?was\b", re.M)
_ROOM = re.compile(rb"^[\"']?room\b", re.M)
_NORMAL = re.compile(rb"normal", re.IGNORECASE)


def nearby(seen_from: Sequence[Page], gone: Sequence[str], data: Mapping[str, bytes]) -> set[str]:
    """The paths of `data` that a rule may look at together with these pages.

    `gone` are the paths of pages that are there no longer.
    """
    near = _targets(seen_from)
    folded = {page.path.casefold() for page in seen_from}
    asked = list(_asked(seen_from, gone))
    for path, text in data.items():
        if path in near or path.casefold() in folded or any(ask.search(text) for ask in asked):
            near.add(path)
        elif b"%" in text or b"\\" in text or b"&" in text:
            plain = unquote_to_bytes(text.replace(b"\\", b""))
            if any(ask.search(plain) for ask in asked):
                near.add(path)
    return near & data.keys()


def _targets(pages: Sequence[Page]) -> set[str]:
    """The pages that these link to."""
    found = set()
    for page in pages:
        for link in page.links:
            where = links.resolve(page.path, link.target)
            if where is not None:
                file = where.partition("#")[0]
                found |= {file, file.partition("/")[2]}  # `/docs/x.md` is below docs too
    return found


def _asked(pages: Sequence[Page], gone: Sequence[str]) -> Iterator[re.Pattern[bytes]]:
    """What another page that may be needed holds."""
    yield _WAS
    names = {posixpath.basename(path) for path in (*(page.path for page in pages), *gone)}
    if all(map(_PLAIN_NAME.fullmatch, names)):
        yield _any(names)
    elif names:
        yield re.compile(rb"\]\(|\]:|<")  # who knows how such a name is written: any link may be it
    if ids := {question.id for page in pages for question in page.questions}:
        yield _any(ids)
    patches = [r.value for page in pages for r in page.rows if isinstance(r.value, Patch)]
    if patches:
        yield _NORMAL
    if any(":" in patch.wired_to for patch in patches):
        yield _ROOM


def _any(words: set[str]) -> re.Pattern[bytes]:
    found = sorted(word.encode("utf-8", "surrogateescape") for word in words)
    return re.compile(b"|".join(map(re.escape, found)))
