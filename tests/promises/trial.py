"""What a check comes to: how many tries, what went wrong, and whether its control was caught."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field


@dataclass
class Trial:
    """One check. Without faults, kb kept its promise; a control is kept only with faults."""

    what: str
    control: bool = False
    tries: int = 0
    faults: list[tuple[str, str]] = field(default_factory=list)
    remarks: Counter[str] = field(default_factory=Counter)

    def fault(self, kind: str, detail: str) -> None:
        """Something that must not be: `kind` is `crash`, `wrong`, `empty`, `slow` or `ran`."""
        self.faults.append((kind, detail))

    def compare(self, expected: object, found: object, detail: str) -> None:
        """Count a try, and a fault where an answer is not what it must be."""
        self.tries += 1
        if found != expected:
            kind = "empty" if found == [] else "crash" if isinstance(found, str) else "wrong"
            self.fault(kind, f"{detail}: {_short(found)}")

    @property
    def kept(self) -> bool:
        """Whether all is as it must be."""
        return bool(self.faults) if self.control else not self.faults

    def row(self) -> str:
        """A line of the table."""
        kinds = Counter(kind for kind, _ in self.faults)
        said = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common()) or "none"
        more = "; ".join(f"{text} {count}" for text, count in self.remarks.most_common())
        verdict = (
            ("caught" if self.kept else "NOT CAUGHT")
            if self.control
            else ("kept" if self.kept else "BROKEN")
        )
        name = f"control: {self.what}" if self.control else self.what
        return f"| {name} | {self.tries} | {said} | {verdict} | {more} |"


def table(trials: Iterable[Trial]) -> Iterator[str]:
    """All checks as a Markdown table."""
    yield "| check | tries | faults | verdict | remarks |"
    yield "|---|---|---|---|---|"
    for trial in trials:
        yield trial.row()


def _short(found: object) -> str:
    text = repr(found)
    return text if len(text) < 160 else text[:157] + "..."
