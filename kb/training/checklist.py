"""A checklist as the rules see it: its items as worded now, and as they were worded before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kb.pages.model import Item, Page, Section
from kb.records.event import Draft, Event
from kb.terms.text import rooms_in
from kb.training.pairing import Wording


@dataclass(frozen=True, slots=True)
class Checklist:
    """A section with items; `address` is the section's.

    A page without items can be signed for too: `text` is then the fingerprint of what it says.
    """

    address: str
    title: str
    items: tuple[Wording, ...]
    for_role: str = ""
    rooms: tuple[str, ...] = ()
    safety: bool = False
    path: str = ""
    line: int = 0
    text: str = ""

    @property
    def version(self) -> str:
        """Names this wording of all items."""
        return version([item.fingerprint for item in self.items] or [self.text])


def checklist(page: Page, section: Section) -> Checklist:
    """The checklist in a section of a page."""
    alone = sum(1 for other in page.sections if other.items) == 1
    return Checklist(
        address=section.address,
        title=page.title if alone else f"{page.title}: {section.heading}",
        items=tuple(map(wording, section.items)),
        for_role=page.front.for_role,
        rooms=rooms_in(page.front.room),
        safety=bool(page.front.safety),
        path=page.path,
        line=section.line,
    )


def checklists(page: Page) -> list[Checklist]:
    """Every checklist of a page."""
    return [checklist(page, section) for section in page.sections if section.items]


def whole(page: Page) -> Checklist:
    """A page without items, as a thing to be signed for."""
    text = version([s.fingerprint for s in page.reading])
    front = page.front
    return Checklist(
        page.address,
        page.title,
        (),
        front.for_role,
        rooms_in(page.front.room),
        bool(front.safety),
        page.path,
        text=text,
    )


def wording(item: Item) -> Wording:
    """An item of a page as the rules see it."""
    return Wording(
        item.address, item.number, item.fingerprint, item.text, item.critical, item.sign_off
    )


def version(fingerprints: Sequence[str]) -> str:
    """A name for these items in this order."""
    return hashlib.sha256("\n".join(fingerprints).encode("utf-8", "replace")).hexdigest()[:16]


def to_draft(actor: str, now: Checklist) -> Draft:
    """The event that keeps the wording everybody ticked, written once for each version."""
    items = [
        [i.address, i.number, i.fingerprint, i.text, i.critical, i.sign_off] for i in now.items
    ]
    return Draft("wording", actor, now.address, fingerprint=now.version, body={"items": items})


def versions(events: Iterable[Event]) -> dict[str, list[tuple[Wording, ...]]]:
    """The wordings of each checklist that were ever ticked or signed, oldest first."""
    found: dict[str, dict[str, tuple[Wording, ...]]] = {}
    for event in events:
        items = _items(event)
        if event.kind == "wording" and items:
            found.setdefault(event.subject, {}).setdefault(event.fingerprint, items)
    return {address: list(known.values()) for address, known in found.items()}


def _items(event: Event) -> tuple[Wording, ...]:
    items = event.body.get("items")
    if not isinstance(items, list):
        return ()
    read = []
    for item in items:
        match item:
            case [str(address), str(number), str(print_), str(text), bool(critical), sign_off]:
                sign = sign_off if isinstance(sign_off, str) else None
                read.append(Wording(address, number, print_, text, critical, sign))
            case _:
                return ()
    return tuple(read)
