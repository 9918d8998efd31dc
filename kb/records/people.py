"""Who is who: handle, initials, name and role, told by events, and so with all their history."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from kb.errors import KbError
from kb.records.event import Draft, Event
from kb.records.store import Records

KINDS = ("person", "promote", "leave")

_HANDLE = re.compile(r"[^\W_][\w.-]{0,30}")
_INITIALS = re.compile(r"[^\W_]{1,4}")
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with records here; `left` keeps the history and takes them off the lists."""

    handle: str
    initials: str
    name: str
    role: str
    left: bool = False


@dataclass(frozen=True, slots=True)
class Roster:
    """Everybody, in the order they joined, and who had which role when."""

    people: dict[str, Person] = field(default_factory=dict)
    roles: dict[str, tuple[tuple[tuple[int, str], str], ...]] = field(default_factory=dict)

    @property
    def here(self) -> list[Person]:
        """Those who have not left."""
        return [person for person in self.people.values() if not person.left]

    def find(self, said: str) -> Person:
        """The person with this handle or these initials. Raises KbError with the nearest."""
        wanted = said.strip().casefold()
        if wanted in self.people:
            return self.people[wanted]
        for person in self.people.values():
            if person.initials.casefold() == wanted:
                return person
        names = {*self.people, *(p.initials.casefold() for p in self.people.values())}
        near = difflib.get_close_matches(wanted, sorted(names), 3, 0.5)
        if not self.people:
            raise KbError(
                f"nobody is called {said!r}, nobody is entered yet: "
                'kb people add HANDLE --name "…" --initials XX --role intern'
            )
        told = f"nearest: {', '.join(near)}" if near else "see them with kb people"
        raise KbError(f"nobody is called {said!r}; {told}")

    def initials(self, handle: str) -> str:
        """How somebody signs a sheet; the handle itself where nobody has it."""
        person = self.people.get(handle)
        return person.initials if person else handle

    def role_at(self, handle: str, order: tuple[int, str]) -> str:
        """The role somebody had when this event happened; empty for nobody's handle."""
        role = ""
        for since, name in self.roles.get(handle, ()):
            if since > order:
                break
            role = name
        return role


def roster(events: Iterable[Event]) -> Roster:
    """Everybody as these events, in order, tell it."""
    people: dict[str, Person] = {}
    roles: dict[str, tuple[tuple[tuple[int, str], str], ...]] = {}
    for event in events:
        handle = event.subject
        role = event.text("role")
        if event.kind == "person":
            old = people.get(handle)
            people[handle] = Person(
                handle,
                event.text("initials") or (old.initials if old else handle),
                event.text("name") or (old.name if old else handle),
                role or (old.role if old else ""),
            )
        elif handle not in people:
            continue
        elif event.kind == "promote" and role:
            people[handle] = replace(people[handle], role=role)
        elif event.kind == "leave":
            people[handle] = replace(people[handle], left=True)
        if role:
            roles[handle] = (*roles.get(handle, ()), (event.order, role))
    return Roster(people, roles)


def load(records: Records) -> Roster:
    """Everybody in the store."""
    return roster(records.find(*KINDS))


def add(records: Records, actor: str, new: Person, roles: Collection[str]) -> Person:
    """Have somebody join, or come back under their old handle. Raises KbError."""
    handle = new.handle.strip().casefold()
    initials = new.initials.strip().upper()
    name = " ".join(new.name.split())
    if new.role not in roles:
        raise KbError(f"{new.role!r} is no role here; choose from {', '.join(roles)}")
    if not _HANDLE.fullmatch(handle):
        raise KbError(f"{handle!r} is no handle: letters, digits, dots and hyphens, at most 31")
    if not _INITIALS.fullmatch(initials):
        raise KbError(f"{initials!r} are no initials: one to four letters or digits")
    if not name or len(name) > _LONGEST_NAME:
        raise KbError(f"a name has 1 to {_LONGEST_NAME} characters")

    def decide(now: Records) -> list[Draft]:
        known = load(now)
        old = known.people.get(handle)
        if old and not old.left:
            raise KbError(f"{handle} is here already: {old.initials}, {old.name}, {old.role}")
        for other in known.people.values():
            if other.handle == handle:
                continue
            taken = (other.handle, other.initials.casefold())
            if initials.casefold() in taken or handle in taken:
                raise KbError(f"{other.name} ({other.handle}) has the initials {other.initials}")
        body = {"name": name, "initials": initials, "role": new.role}
        return [Draft("person", actor or handle, handle, body=body)]

    records.decide(decide)
    return Person(handle, initials, name, new.role)


def promote(records: Records, actor: str, said: str, role: str, roles: Collection[str]) -> Person:
    """Give somebody another role. Raises KbError for a role the studio has not."""
    if role not in roles:
        raise KbError(f"{role!r} is no role here; choose from {', '.join(roles)}")
    person = _still_here(records, said)
    if person.role == role:
        raise KbError(f"{person.handle} is {role} already")
    records.append([Draft("promote", actor, person.handle, body={"role": role})])
    return replace(person, role=role)


def leave(records: Records, actor: str, said: str) -> Person:
    """Take somebody off the lists; what they did stays."""
    person = _still_here(records, said)
    records.append([Draft("leave", actor, person.handle)])
    return replace(person, left=True)


def _still_here(records: Records, said: str) -> Person:
    person = load(records).find(said)
    if person.left:
        raise KbError(f"{person.handle} has left")
    return person
