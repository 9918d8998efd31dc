"""Links, anchors and images: whether what a page points to is there."""

from __future__ import annotations

import difflib
import posixpath
import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from kb.pages import links
from kb.pages.across import Finding, finding
from kb.pages.folder import Folder
from kb.pages.front import is_ours
from kb.pages.model import Link, Page

MOST_HINTS = 200  # looking for the nearest name takes a millisecond or more

_TEMPLATE = re.compile(r"[{}<>$]|%[s= ]")  # filled in by some program before anybody follows it
_PREFIX = "user-content-"  # what GitHub puts before every anchor


def broken(folder: Folder) -> Iterator[Finding]:
    """Every link and image of the pages that leads to nothing in the same docs."""
    names = _Names(folder.files.files)
    folded = {path.casefold(): path for path in folder.files.files}
    for page in folder.pages.values():
        ours = is_ours(page.path, page.front)
        told: set[str] = set()
        for link in page.links:
            if not ours and (link.target in told or link.target.startswith("/")):
                continue  # a habit of theirs: once is enough; `/x` is for some web server
            finding = _look(folder, names, folded, page, link)
            if finding:
                told.add(link.target)
                yield finding


def _look(
    folder: Folder, names: _Names, folded: dict[str, str], page: Page, link: Link
) -> Finding | None:
    found = links.resolve(page.path, link.target)
    if found is None or _TEMPLATE.search(link.target):
        return None
    file, _, anchor = found.partition("#")
    code = "image" if link.image else "link"
    if file not in folder.files.files:
        inside = _from_the_root(folder, file, link)
        if inside is None:
            message = f"{link.target}: {_missing(names, folded, page.path, file)}"
            return finding(page, link.line, code, message, file)
        file = inside
    if link.image or not anchor or file not in folder.pages:
        return None
    there = folder.pages[file]
    if _has(there, anchor):
        return None
    message = f"{link.target}: no heading or id of that name{_nearest(anchor, there.anchors)}"
    return finding(page, link.line, "anchor", message, file)


def _from_the_root(folder: Folder, file: str, link: Link) -> str | None:
    """A link that begins with `/` is taken from the root of the repository by GitHub."""
    if link.target.startswith("/") and file.startswith(f"{folder.files.name}/"):
        below = file.removeprefix(f"{folder.files.name}/")
        return below if below in folder.files.files else None
    return None


def _has(page: Page, anchor: str) -> bool:
    wanted = anchor.removeprefix(_PREFIX).casefold()
    return wanted in ("", "top") or wanted in {name.casefold() for name in page.anchors}


def _missing(names: _Names, folded: dict[str, str], path: str, file: str) -> str:
    if other := folded.get(file.casefold()):
        return f"no such file; it is written {posixpath.basename(other)}"
    if f"{file}.md" in folded:
        return "no such file; with .md at its end there is"
    near = names.nearest(file)
    if not near:
        return "no such file"
    return f"no such file; did you mean {posixpath.relpath(near, posixpath.dirname(path) or '.')}?"


def _nearest(anchor: str, anchors: Iterable[str]) -> str:
    near = difflib.get_close_matches(anchor.casefold(), list(anchors)[:500], 1, 0.6)
    return f"; did you mean #{near[0]}?" if near else ""


class _Names:
    """The files there are, by their last part."""

    def __init__(self, files: Iterable[str]) -> None:
        self.by_last: dict[str, str] = {}
        for path in sorted(files):
            self.by_last.setdefault(posixpath.basename(path).casefold(), path)
        self.left = MOST_HINTS

    def nearest(self, file: str) -> str:
        """The file that was meant, if one is near enough."""
        last = unquote(posixpath.basename(file)).casefold()
        if last in self.by_last:
            return self.by_last[last]
        if self.left <= 0 or len(self.by_last) > 5_000:
            return ""
        self.left -= 1
        stem, kind = posixpath.splitext(last)
        stems = [name.removesuffix(kind) for name in self.by_last if name.endswith(kind)]
        near = difflib.get_close_matches(stem, stems, 1, 0.7)
        return self.by_last[near[0] + kind] if near else ""
