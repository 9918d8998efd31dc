"""What a check comes to: how many tries, what went wrong, and whether its control was caught."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field


@dataclass
class Trial:
    """One check. Without faults, kb kept its promise; a control is kept only with faults.

    `what` says what was tried, behind the number of tries; of a control, how it was broken.
    """

    what: str
    control: bool = False
    tries: int = 0
    faults: list[tuple[str, str]] = field(default_factory=list)
    remarks: Counter[str] = field(default_factory=Counter)

    def fault(self, kind: str, detail: str) -> None:
        """Something that must not be: `kind` is `crash`, `wrong`, `missing`, `slow` or `ran`."""
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
        return bool(self.faults) if self.control else self.tries > 0 and not self.faults

    @property
    def found(self) -> str:
        """The faults by kind."""
        kinds = Counter(kind for kind, _ in self.faults)
        return ", ".join(f"{count:,} {kind}" for kind, count in kinds.most_common()) or "nothing"

    @property
    def done(self) -> str:
        """What was tried, and how often."""
        more = "; ".join(f"{text} {count:,}" for text, count in self.remarks.most_common())
        return f"{self.tries:,} {self.what}" + (f" ({more})" if more else "")

    def row(self) -> str:
        """A line of the log."""
        if self.control:
            verdict = "caught" if self.kept else "NOT CAUGHT"
            return f"  control, {self.what}: {self.found}: {verdict}"
        return f"  {self.done}: {self.found}{'' if self.kept else '  BROKEN'}"


def table(promises: Iterable[tuple[str, str, list[Trial]]]) -> Iterator[str]:
    """All promises as a Markdown table: name, words, what it came to."""
    yield "| | promise | what was done | found | control caught |"
    yield "|---|---|---|---|---|"
    for name, words, trials in promises:
        real = [trial for trial in trials if not trial.control]
        controls = [trial for trial in trials if trial.control]
        done = "; ".join(trial.done for trial in real)
        bad = [trial.found for trial in real if not trial.kept]
        missed = [trial.what for trial in controls if not trial.kept]
        caught = f"NO: {'; '.join(missed)}" if missed else "yes" if controls else "NO: none"
        if len(controls) > 1 and not missed:
            caught = f"yes, {len(controls)} of {len(controls)}"
        yield f"| {name} | {words} | {done} | {'; '.join(bad) or 'nothing'} | {caught} |"


def _short(found: object) -> str:
    text = repr(found)
    return text if len(text) < 160 else text[:157] + "..."
