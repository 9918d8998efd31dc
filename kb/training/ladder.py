"""The roles of the studio: who is above whom, and who may say of another that they can do it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ladder:
    """`steps` from the lowest to the highest role; those `beside` are senior and on no step."""

    steps: tuple[str, ...] = ("intern", "assistant", "engineer")
    beside: tuple[str, ...] = ("chief", "tech")

    @property
    def roles(self) -> tuple[str, ...]:
        """Every role there is."""
        return self.steps + self.beside

    def rank(self, role: str) -> int:
        """How high a role stands; those beside stand with the top, an unknown one below all."""
        if role in self.beside:
            return len(self.steps) - 1
        return self.steps.index(role) if role in self.steps else -1

    def next(self, role: str) -> str:
        """The role above, or nothing."""
        if role in self.steps[:-1]:
            return self.steps[self.steps.index(role) + 1]
        return ""

    def must_know(self, role: str, lowest: str) -> bool:
        """Whether somebody of `role` must know what is for `lowest` and up; no word is for all."""
        if not lowest or lowest == role:
            return True
        if lowest in self.beside:
            return False
        return self.rank(role) >= self.rank(lowest)

    def may_sign(self, signer: str, learner: str, wanted: str = "") -> bool:
        """Whether a role may sign for another one; `wanted` is the role an item asks for.

        Above on the ladder, or at its top among peers. A role beside the ladder is asked for by
        name: no one else has the bench.
        """
        if self.rank(signer) < 0:
            return False
        if wanted in self.beside:
            return signer == wanted
        if wanted and self.rank(signer) < self.rank(wanted):
            return False
        top = len(self.steps) - 1
        return self.rank(signer) > self.rank(learner) or self.rank(signer) == top
