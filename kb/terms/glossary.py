"""Which words mean the same, and which one search should widen to which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

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


class Glossary:
    """The studio's synonyms: groups of terms that mean one thing, and one-way expansions.

    A key may stand in several groups; search takes them all, the page says which is meant.
    """

    longest = 4
    """The most words that one term may have."""

    def __init__(
        self,
        groups: Iterable[Sequence[str]] = (),
        one_way: Iterable[tuple[str, Sequence[str]]] = (),
    ) -> None:
        self._groups: list[list[Phrase]] = []
        self._of: dict[str, list[int]] = {}
        self._wide: dict[str, list[Phrase]] = {}
        for number, group in enumerate(groups):
            spelled: dict[Phrase, None] = {}
            for key, phrases in map(phrase, group):
                spelled.update(dict.fromkeys(phrases))
                if key:
                    self._of.setdefault(key, []).append(number)
            self._groups.append(list(spelled))
        for term, others in one_way:
            found = dict.fromkeys(p for other in others for p in phrase(other)[1])
            self._wide[phrase(term)[0]] = list(found)

    def as_json(self) -> dict[str, Any]:
        """All of it, read: `from_json` costs a search a tenth of what reading the terms does."""
        return {"groups": self._groups, "of": self._of, "wide": self._wide}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Glossary:
        """What `as_json` gave, or an empty glossary."""
        glossary = cls()
        glossary._groups = data.get("groups", [])
        glossary._of = data.get("of", {})
        glossary._wide = data.get("wide", {})
        return glossary

    def key(self, cores: Sequence[str]) -> str:
        """The key of these words if they are a term of the glossary, else an empty string."""
        key = key_of(cores)
        return key if key in self._of or key in self._wide else ""

    def synonyms(self, key: str) -> tuple[Phrase, ...]:
        """Every spelling of the groups that hold this key."""
        numbers = self._of.get(key, ())
        return tuple(dict.fromkeys(tuple(p) for number in numbers for p in self._groups[number]))

    def wider(self, key: str) -> tuple[Phrase, ...]:
        """What a search for this key should look at as well."""
        return tuple(map(tuple, self._wide.get(key, ())))
