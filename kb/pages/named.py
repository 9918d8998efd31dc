"""From the name that somebody types to the page it means, without reading a page."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence
from pathlib import Path, PurePosixPath

from kb.errors import KbError
from kb.pages.read import scan
from kb.terms.text import clean, slug

_MOST = 8


class UnknownPageError(KbError):
    """No page has such a name."""


class SeveralPagesError(KbError):
    """More than one page could be meant: those of `addresses`."""

    def __init__(self, name: str, addresses: Sequence[str]) -> None:
        super().__init__(several(name, addresses))
        self.addresses = tuple(addresses)


def page_path(docs: Path, name: str) -> str:
    """The path of the page that a name means. Raises KbError where it fits none, or several."""
    if ".." in PurePosixPath(name.replace("\\", "/")).parts:
        raise KbError(f"{name} is outside docs")
    return path_of(docs, name, name)


def path_of(docs: Path, part: str, name: str) -> str:
    """The path of the page that this part of a name means. Raises KbError, as of the name."""
    paths = [entry.path for _, entries in scan(docs) for entry in entries]
    wanted = part.removeprefix(f"{docs.name}/") if part.startswith(f"{docs.name}/") else part
    wanted = wanted.removesuffix(".md")
    addresses = {path.removesuffix(".md"): path for path in paths}
    if wanted in addresses:
        return addresses[wanted]
    shown = {clean(address): path for address, path in addresses.items()}
    if wanted in shown:
        return shown[wanted]
    wanted = "/".join(slug(piece) for piece in wanted.split("/"))
    folded = {address.casefold(): address for address in addresses}
    for fits in (
        [a for a in folded if a == wanted],
        [a for a in folded if a.rpartition("/")[2] == wanted],
        [a for a in folded if wanted and wanted in a],
        [a for a in folded if wanted and _joined(a) == _joined(wanted)],
    ):
        if len(fits) == 1:
            return addresses[folded[fits[0]]]
        if fits:
            raise SeveralPagesError(name, [folded[a] for a in fits])
    raise UnknownPageError(unknown(name, wanted, list(addresses), "page"))


def _joined(address: str) -> str:
    """The last part of an address as one word: power-up is powerup."""
    return address.rpartition("/")[2].replace("-", "")


def several(name: str, addresses: Sequence[str]) -> str:
    """What to say of a name that fits several addresses."""
    more = f" and {len(addresses) - _MOST} more" if len(addresses) > _MOST else ""
    return f"{name!r} fits several: {', '.join(sorted(addresses)[:_MOST])}{more}"


def meant(word: str, known: Collection[str]) -> str:
    """What to say of a word that is none of those known: which was meant, else all of them."""
    near = difflib.get_close_matches(word.casefold(), known, 1, 0.6)
    return f'did you mean "{near[0]}"?' if near else f"known: {', '.join(known)}"


def unknown(name: str, wanted: str, known: Sequence[str], what: str) -> str:
    """What to say of a name that fits nothing of what is known."""
    by_last = {address.rpartition("/")[2]: address for address in known}
    close = difflib.get_close_matches(slug(wanted), [*by_last, *known], 4, 0.5)
    nearest = dict.fromkeys(by_last.get(c, c) for c in close)
    told = f"nearest: {', '.join(nearest)}" if nearest else "see them with kb list"
    return f"no {what} is called {name!r}; {told}"
