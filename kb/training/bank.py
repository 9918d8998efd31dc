"""Every question that can be asked, written or made, with what asking it needs of its page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from kb.pages.model import Key, Page, Section


class Ask(NamedTuple):
    """A question ready to be asked.

    `address`, `path` and `line` say where to read; `about` is the row, step or question it is
    made of, so that two about one row never follow each other.
    """

    id: str
    prompt: str
    key: Key
    fingerprint: str
    page: str
    title: str
    address: str
    path: str
    line: int
    about: str
    made: bool = False
    critical: bool = False
    hint: str = ""
    why: str = ""

    @property
    def kind(self) -> str:
        """One of the seven kinds."""
        return self.key.kind


def written(pages: Iterable[Page]) -> Iterator[Ask]:
    """The questions of all Quiz sections, in the order of the pages."""
    known = list(pages)
    lines = places(known)
    for page in known:
        for question in page.questions:
            links = [link for link in question.why_links if link in lines]
            address = links[0] if links else page.address
            path, line = lines[address]
            yield Ask(
                id=question.id,
                prompt=question.prompt,
                key=question.key,
                fingerprint=question.fingerprint,
                page=page.address,
                title=page.title,
                address=address,
                path=path,
                line=line,
                about=question.id,
                critical=question.critical,
                hint=question.hint,
                why=question.why,
            )


def made_ask(
    page: Page,
    id_: str,
    prompt: str,
    key: Key,
    print_: str,
    *,
    address: str,
    line: int,
    about: str,
    hint: str = "",
    why: str = "",
) -> Ask:
    """A question made from what stands on a page; the other values are those of an Ask."""
    return Ask(
        id=id_,
        prompt=prompt,
        key=key,
        fingerprint=print_,
        page=page.address,
        title=page.title,
        address=address,
        path=page.path,
        line=line,
        about=about,
        made=True,
        hint=hint,
        why=why,
    )


def about(asks: Iterable[Ask], page: Page, section: Section | None) -> list[Ask]:
    """The questions of a page, or of what one of its sections says."""
    mine = [ask for ask in asks if ask.page == page.address]
    if section is None:
        return mine
    inside = f"{section.address}/"
    return [ask for ask in mine if ask.address == section.address or ask.address.startswith(inside)]


def places(pages: Iterable[Page]) -> Mapping[str, tuple[str, int]]:
    """The file and line of each address that a reader can be sent to."""
    found = {}
    for page in pages:
        found[page.address] = page.path, 1
        for section in page.reading:
            for address in (section.address, f"{page.address}#{section.anchor}"):
                found.setdefault(address, (page.path, section.line))
    return found
