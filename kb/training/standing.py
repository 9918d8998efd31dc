"""How somebody stands with a checklist: what they have done, at which wording, seen by whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Literal

from kb.records.event import Done, Draft, Event
from kb.training.checklist import Checklist
from kb.training.ladder import Ladder
from kb.training.pairing import Pair, Wording, pair

State = Literal["never", "in progress", "current", "changed"]
Level = Literal["knows", "supervised", "alone"]
RoleAt = Callable[[str, tuple[int, str]], str]


@dataclass(frozen=True, slots=True)
class Change:
    """An item that is asked for again; nothing `before` where it is new."""

    item: Wording
    before: Wording | None = None

    @property
    def was(self) -> str:
        """The wording they did."""
        return self.before.text if self.before else ""

    @property
    def now(self) -> str:
        """The wording that is asked for."""
        return self.item.text


@dataclass(frozen=True, slots=True)
class Standing:
    """How one person stands with one thing. `missing` are the items they have yet to do.

    `questions` is how many a quiz stands on.
    """

    address: str
    title: str
    kind: Literal["checklist", "signoff", "quiz"]
    state: State
    at: datetime | None = None
    by: str = ""
    level: str = ""
    runs: int = 0
    changed: tuple[Change, ...] = ()
    missing: tuple[Wording, ...] = ()
    questions: int = 0


@dataclass(frozen=True, slots=True)
class SignOff:
    """What a second person says they saw. `items` are the fingerprints it covers."""

    signer: str
    learner: str
    subject: str
    level: str
    ok: bool
    note: str
    at: datetime
    version: str
    items: frozenset[str]
    roles: tuple[str, str]


@dataclass(frozen=True)
class History:
    """One checklist and all it was; what is worked out once for everybody."""

    now: Checklist
    versions: Sequence[tuple[Wording, ...]] = ()
    same: Mapping[str, str] = field(default_factory=dict)
    ladder: Ladder = field(default_factory=Ladder)

    def canon(self, fingerprint: str) -> str:
        """The fingerprint that stands for all wordings judged to be the same step."""
        return self.same.get(fingerprint, fingerprint)

    @cached_property
    def needed(self) -> list[tuple[Wording, str]]:
        """The items of today that a person does themselves, with what stands for them."""
        return [(i, self.canon(i.fingerprint)) for i in self.now.items if i.sign_off is None]

    @cached_property
    def watched(self) -> list[tuple[Wording, str]]:
        """The items of today that somebody else must have seen."""
        return [(i, self.canon(i.fingerprint)) for i in self.now.items if i.sign_off is not None]

    @cached_property
    def asks(self) -> dict[str, str]:
        """Which role must have watched what, in all wordings; the present one says last."""
        found = {}
        for items in (*self.versions, self.now.items):
            for item in items:
                if item.sign_off is not None:
                    found[self.canon(item.fingerprint)] = item.sign_off
        return found

    @cached_property
    def past(self) -> list[tuple[frozenset[str], frozenset[str], list[Pair]]]:
        """Older wordings, newest first: what was to be done, to be seen, and what became of it."""
        found = []
        for items in reversed(self.versions):
            if [i.fingerprint for i in items] == [i.fingerprint for i in self.now.items]:
                continue
            alone = frozenset(self.canon(i.fingerprint) for i in items if i.sign_off is None)
            seen = frozenset(self.canon(i.fingerprint) for i in items if i.sign_off is not None)
            found.append((alone, seen, pair(items, self.now.items)))
        return found


def standing(
    history: History, done: Done | None, signed: Sequence[SignOff] = (), runs: int = 0
) -> Standing:
    """How somebody stands who has done this, and for whom these have signed, oldest first."""
    now = history.now
    mine = frozenset(map(history.canon, done.items)) if done else frozenset()
    seen = _seen(history, signed)
    missing = [item for item, key in history.needed if key not in mine]
    missing += [item for item, key in history.watched if key not in seen]
    last = signed[-1] if signed else None
    times = list(seen.values())
    if done:
        times.append(datetime.fromisoformat(done.at))
    state: State = "current"
    changed: tuple[Change, ...] = ()
    if missing:
        state, changed = _asked_again(history, mine, frozenset(seen), missing)
    number = {item: n for n, item in enumerate(now.items)}
    missing.sort(key=number.__getitem__)
    return Standing(
        now.address,
        now.title,
        "checklist",
        state,
        at=max(times, default=None),
        by=last.signer if last else "",
        level=last.level if last and last.ok else "",
        runs=runs,
        changed=changed,
        missing=tuple(missing),
    )


def _asked_again(
    history: History, mine: frozenset[str], seen: frozenset[str], missing: Sequence[Wording]
) -> tuple[State, tuple[Change, ...]]:
    """Whether what is missing is only what was reworded or added since they had done it all."""
    if not mine and not seen:
        return "never", ()
    known = mine | seen
    was: dict[Wording, Wording] = {}
    complete = False
    for alone, watched, pairs in history.past:
        for two in pairs:
            if two.was is None or two.now is None or two.now not in missing:
                continue
            if history.canon(two.was.fingerprint) in known:
                was.setdefault(two.now, two.was)
        if alone <= mine and watched <= seen:
            complete = True
            break
    changed = tuple(Change(item, was.get(item)) for item in missing if complete or item in was)
    return ("changed" if len(changed) == len(missing) else "in progress"), changed


def signed_off(history: History, signed: Sequence[SignOff]) -> Standing:
    """How somebody stands by what others say of them; the newest word counts."""
    now = history.now
    if not signed:
        return Standing(now.address, now.title, "signoff", "never")
    last = signed[-1]
    state: State = "current"
    changed: tuple[Change, ...] = ()
    if not last.ok:
        state = "in progress"
    elif now.items:
        covered = {history.canon(fingerprint) for fingerprint in last.items}
        open_ = [i for i in now.items if history.canon(i.fingerprint) not in covered]
        if open_:
            _, changed = _asked_again(history, frozenset(covered), frozenset(covered), open_)
            named = {change.item for change in changed}
            changed += tuple(Change(i) for i in open_ if i not in named)
            state = "changed"
    elif last.version != now.version:
        state = "changed"
    return Standing(
        now.address, now.title, "signoff", state, last.at, last.signer, last.level, changed=changed
    )


def sign_offs(
    events: Iterable[Event], ladder: Ladder, role_at: RoleAt
) -> dict[tuple[str, str], list[SignOff]]:
    """The sign-offs that hold, by learner and subject, oldest first.

    Judged by the roles of that day: those of someone since promoted or gone stand.
    """
    found: dict[tuple[str, str], list[SignOff]] = {}
    for event in events:
        roles = role_at(event.actor, event.order), role_at(event.target, event.order)
        if event.kind != "signoff" or event.actor == event.target:
            continue
        if not ladder.may_sign(*roles):
            continue
        items = event.body.get("items")
        one = SignOff(
            event.actor,
            event.target,
            event.subject,
            event.text("level"),
            event.body.get("ok") is True,
            event.text("note"),
            event.at,
            event.fingerprint,
            frozenset(i for i in items if isinstance(i, str))
            if isinstance(items, list)
            else (frozenset()),
            roles,
        )
        found.setdefault((one.learner, one.subject), []).append(one)
    return found


def to_draft(
    signer: str,
    learner: str,
    now: Checklist,
    *,
    level: Level | None,
    ok: bool,
    note: str = "",
    run: str = "",
) -> Draft:
    """The event of a sign-off, with all it covers; what was to be watched in `run` is then done.

    Where it is not `ok`, `level` is what they did not show yet, if that was said.
    """
    body: dict[str, object] = {"ok": ok, "items": [item.fingerprint for item in now.items]}
    if level:
        body["level"] = level
    if note:
        body["note"] = note
    if run:
        body["run"] = run
        body["watched"] = [
            [item.address, item.fingerprint] for item in now.items if item.sign_off is not None
        ]
    return Draft("signoff", signer, now.address, learner, now.version, body)


def _seen(history: History, signed: Sequence[SignOff]) -> dict[str, datetime]:
    """What of the items to be watched was seen: for each the last word about it, if it was ok."""
    seen: dict[str, datetime] = {}
    for one in signed:
        for key in {history.canon(fingerprint) for fingerprint in one.items}:
            if not history.ladder.may_sign(*one.roles, history.asks.get(key, "")):
                continue
            if one.ok:
                seen[key] = one.at
            else:
                seen.pop(key, None)
    return {key: at for key, at in seen.items() if key in history.asks}
