"""Questions from the open faults of a page: which workaround belongs to which."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kb.pages.fingerprint import fingerprint
from kb.pages.model import Fault, Matching, Page, Section
from kb.terms.spelling import fold
from kb.training.bank import Ask, made_ask
from kb.training.options import clause

_MOST = 5
_FEWEST = 2
_IDLE = "live with it"
_DO_NOT_USE = "none: do not use"


def questions(page: Page) -> Iterator[Ask]:
    """The open faults of a section, a few at a time, to be paired with what to do meanwhile.

    All at once, since a workaround gives itself away among those of other faults one by one.
    """
    for section in page.reading:
        faults = [
            row.value
            for row in section.rows
            if isinstance(row.value, Fault) and row.open and _worth(row.value)
        ]
        alone = _each_its_own(faults)
        count = -(-len(alone) // _MOST)
        for number in range(count):
            part = alone[number::count]
            if len(part) >= _FEWEST:
                yield _ask(page, section, part, number + 1, count)


def _worth(fault: Fault) -> bool:
    return bool(fault.symptom) and not fault.workaround.casefold().startswith(_IDLE)


def _each_its_own(faults: Sequence[Fault]) -> list[Fault]:
    """The faults whose workaround no other one has."""
    found: dict[str, Fault] = {}
    for fault in faults:
        if fault.workaround:
            found.setdefault(fold(fault.workaround), fault)
    return list(found.values())


def _ask(page: Page, section: Section, faults: Sequence[Fault], number: int, count: int) -> Ask:
    pairs = tuple(
        (f"{fault.where}: {clause(fault.symptom)}", clause(fault.workaround)) for fault in faults
    )
    others = {fold(right) for _, right in pairs}
    few = len(pairs) == _FEWEST and fold(_DO_NOT_USE) not in others
    name = f"{section.address}:workarounds" + (f"-{number}" if count > 1 else "")
    return made_ask(
        page,
        name,
        f"{page.title}, open faults: what do you do meanwhile?",
        Matching(pairs, (_DO_NOT_USE,) if few else ()),
        fingerprint("made faults", [[f.where, f.symptom, f.workaround] for f in faults]),
        address=section.address,
        line=section.line,
        about=name,
    )
