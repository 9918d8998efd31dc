"""Where the links of a page lead."""

from __future__ import annotations

import posixpath
import re
from urllib.parse import unquote

from kb.pages.address import of_page

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")


def resolve(path: str, target: str) -> str | None:
    """The path below docs that a link in the page at `path` leads to, with its `#anchor`.

    None if it leads out of the docs: to the web, or above the docs folder.
    """
    if not target or _SCHEME.match(target):
        return None
    file, hash_, anchor = target.partition("#")
    file = unquote(file.partition("?")[0])
    if not file:
        where = path
    elif file.startswith("/"):
        where = posixpath.normpath(file.lstrip("/") or ".")
    else:
        where = posixpath.normpath(posixpath.join(posixpath.dirname(path), file))
    if where == ".." or where.startswith("../"):
        return None
    return where + hash_ + unquote(anchor)


def address(path: str, target: str) -> str | None:
    """The address of the page or section that a link leads to; None if it is none of ours."""
    found = resolve(path, target)
    if found is None:
        return None
    file, hash_, anchor = found.partition("#")
    if not file.lower().endswith(".md"):
        return None
    return of_page(file) + (hash_ + anchor if anchor else "")
