"""What an event is, and the one line of text it is exchanged as; knows no database."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

VERSION = 1
LONGEST_LINE = 64 * 1024
HIGHEST = 2**47  # of lamport and seq: leaves room to count on from any line a stranger sends

_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MACHINE = re.compile(r"[0-9a-z]{1,32}")

Entropy = Callable[[int], bytes]


class BadEventError(ValueError):
    """A line or a row that is not a whole, untouched event; the message says why."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody did, before the store gives it an id, a time and a place in the order."""

    kind: str
    actor: str
    subject: str
    target: str = ""
    fingerprint: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. Never changed: a correction is another event.

    `lamport` then `id` is the order of all events; `at` is what the clock said, for people to read.
    `body` holds JSON values only. Kinds this kb does not know and a newer `v` are kept as is.
    """

    id: str
    v: int
    machine: str
    seq: int
    lamport: int
    at: datetime
    actor: str
    kind: str
    subject: str
    target: str
    fingerprint: str
    body: Mapping[str, Any]
    sha256: str = ""

    @property
    def order(self) -> tuple[int, str]:
        """Sorts events as they happened, the same on every machine."""
        return self.lamport, self.id

    @property
    def run(self) -> str:
        """The run of a checklist this belongs to, or nothing."""
        return self.text("run")

    def text(self, name: str) -> str:
        """What the body says under a name, if that is text; else nothing."""
        said = self.body.get(name)
        return said if isinstance(said, str) else ""


class Done(NamedTuple):
    """Which items of a checklist somebody has ticked, each at its wording then.

    Fingerprints and the time of the last tick are text as it comes from the store: a studio of a
    hundred people has thousands of these and looks into few.
    """

    actor: str
    subject: str
    fingerprints: str
    at: str

    @property
    def items(self) -> frozenset[str]:
        """The fingerprints of the items."""
        return frozenset(self.fingerprints.split())


class Said(NamedTuple):
    """An answer, or what was said of one later, as it lies in the store: a schedule reads
    thousands of these and looks into each for a word or two.
    """

    id: str
    kind: str
    actor: str
    subject: str
    target: str
    fingerprint: str
    at: str
    body: str


COLUMNS = tuple(f.name for f in fields(Event))
_TEXTS = ("actor", "kind", "subject", "target", "fingerprint")


def uuid7(now: datetime, entropy: Entropy) -> str:
    """A UUID that begins with the time (RFC 9562); Python has none of its own before 3.14."""
    number = int(now.timestamp() * 1000) & (2**48 - 1)
    number = number << 80 | int.from_bytes(entropy(10))
    number = number & ~(0xF << 76) | 7 << 76
    number = number & ~(0b11 << 62) | 0b10 << 62
    text = f"{number:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def make(
    draft: Draft,
    *,
    machine: str,
    seq: int,
    lamport: int,
    now: datetime,
    entropy: Entropy,
) -> Event:
    """The event that a draft becomes. Raises BadEventError where it could not be read back."""
    at = now.astimezone(UTC)
    event = Event(
        id=uuid7(now, entropy),
        v=VERSION,
        machine=machine,
        seq=seq,
        lamport=lamport,
        at=at.replace(microsecond=at.microsecond // 1000 * 1000),
        actor=draft.actor,
        kind=draft.kind,
        subject=draft.subject,
        target=draft.target,
        fingerprint=draft.fingerprint,
        body=draft.body,
    )
    event = replace(event, sha256=digest(event))
    return from_line(to_line(event).rstrip("\n"))


def digest(event: Event) -> str:
    """The sha256 over sorted compact JSON of everything else in the event."""
    plain = to_values(event)
    del plain["sha256"]
    return hashlib.sha256(compact(plain).encode("ascii")).hexdigest()


def to_line(event: Event) -> str:
    """The event as one line of the journal, its end of line included."""
    return compact(to_values(event)).replace("\x7f", "\\u007f") + "\n"  # JSON would leave it


def from_line(line: str | bytes) -> Event:
    """The event in a line of the journal. Raises BadEventError for anything but a whole one."""
    if len(line) > LONGEST_LINE:
        raise BadEventError(f"longer than {LONGEST_LINE // 1024} KiB")
    try:
        plain = json.loads(line, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BadEventError("not a line of JSON") from error
    if not isinstance(plain, dict) or "sha256" not in plain or "id" not in plain:
        raise BadEventError("not an event")
    if set(plain) != set(COLUMNS):
        odd = sorted(set(plain) ^ set(COLUMNS))
        raise BadEventError(f"not an event this kb can read ({', '.join(odd)[:80]})")
    return from_values(plain)


def from_values(plain: Mapping[str, Any]) -> Event:
    """The event of these values, `at` a text and `body` an object. Raises BadEventError."""
    for name in ("v", "seq", "lamport"):
        if type(plain[name]) is not int or not 0 < plain[name] < HIGHEST:
            raise BadEventError(f"{name} is not a sensible number")
    for name in _TEXTS:
        if not isinstance(plain[name], str) or not _storable(plain[name]):
            raise BadEventError(f"{name} is not text that can be kept")
    if not plain["kind"]:
        raise BadEventError("it has no kind")
    for name, form in (
        ("id", _ID),
        ("machine", _MACHINE),
        ("sha256", _SHA256),
        ("at", _AT),
    ):
        if not isinstance(plain[name], str) or not form.fullmatch(plain[name]):
            raise BadEventError(f"{name} is not in its form")
    if not isinstance(plain["body"], dict):
        raise BadEventError("body is not an object")
    try:
        at = datetime.fromisoformat(plain["at"])
        event = Event(**{**plain, "at": at})
        right = digest(event) == plain["sha256"]
    except (ValueError, TypeError, RecursionError) as error:
        raise BadEventError("time or body cannot be kept") from error
    if not right:
        raise BadEventError("hash does not fit")
    return event


def to_values(event: Event) -> dict[str, Any]:
    """All that an event holds, as `from_values` takes it."""
    plain = {name: getattr(event, name) for name in COLUMNS}
    plain["at"] = at_text(event.at)
    plain["body"] = dict(event.body)
    return plain


def at_text(at: datetime) -> str:
    """A time as events hold it: UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def compact(value: Any) -> str:
    """Sorted JSON without blanks, in ASCII: the same bytes everywhere, and never two lines."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _storable(text: str) -> bool:
    if "\0" in text:
        return False
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _no_constant(name: str) -> Any:
    raise ValueError(name)
