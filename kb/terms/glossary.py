"""Which words mean the same, and which one search should widen to which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kb.terms.words import analysed, chunks, fold

Phrase = tuple[str, ...]


def key_of(cores: Iterable[str]) -> str:
    """One key for `patch bay`, `patch-bay`, `patchbay` and `patchbays`."""
    key = "".join(core.replace("-", "").replace("'", "") for core in cores)
    return key[:-1] if len(key) > 3 and key.endswith("s") and not key.endswith("ss") else key


def phrase(text: str) -> tuple[str, tuple[Phrase, ...]]:
    """A term's key and the tokens it is found by: the words of it, and the words run together."""
    cores = [core for core, _, _ in map(analysed, chunks(fold(text))) if core]
    words = tuple(token for core in cores for token in analysed(core)[1][:1])
    together = "".join(core.replace("-", "") for core in cores)
    found = {words: None, (together,): None} if len(words) > 1 else {words: None}
    return key_of(cores), tuple(p for p in found if p)


@dataclass(frozen=True, slots=True)
class Glossary:
    """The studio's synonyms: `groups` of terms that mean one thing, `one_way` expansions.

    Both hold terms as written. A key may stand in several groups; search takes them all, the
    page says which is meant.
    """

    groups: tuple[tuple[str, ...], ...] = ()
    one_way: tuple[tuple[str, tuple[str, ...]], ...] = ()
    _of: dict[str, list[int]] = field(default_factory=dict, compare=False, repr=False)
    _wide: dict[str, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        for number, group in enumerate(self.groups):
            for term in group:
                key = phrase(term)[0]
                if key:
                    self._of.setdefault(key, []).append(number)
        for term, others in self.one_way:
            self._wide[phrase(term)[0]] = others

    @property
    def longest(self) -> int:
        """The most words that one term may have."""
        return 4

    def key(self, cores: Sequence[str]) -> str:
        """The key of these words if they are a term of the glossary, else an empty string."""
        key = key_of(cores)
        return key if key in self._of or key in self._wide else ""

    def synonyms(self, key: str) -> tuple[Phrase, ...]:
        """Every other spelling of the groups that hold this key."""
        found: dict[Phrase, None] = {}
        for number in self._of.get(key, ()):
            for term in self.groups[number]:
                found.update(dict.fromkeys(phrase(term)[1]))
        return tuple(found)

    def wider(self, key: str) -> tuple[Phrase, ...]:
        """What a search for this key should look at as well."""
        found: dict[Phrase, None] = {}
        for term in self._wide.get(key, ()):
            found.update(dict.fromkeys(phrase(term)[1]))
        return tuple(found)
