"""What a new page is made of: as much as passes the check, with hints that no reader sees."""

from __future__ import annotations

import re
from typing import Literal

from kb.errors import KbError
from kb.terms.text import one_line, slug

Kind = Literal["equipment", "procedure"]

FOLDERS: dict[Kind, str] = {"equipment": "equipment", "procedure": "procedures"}

_PLAIN = re.compile(r"\w[^\x00-\x1f:#\[\]{}\"'`,&*!|>%@\\]*")
_MARKS = re.compile(r"([\\`*_\[\]<>#&|])")
_LONGEST = 60

_BODY: dict[Kind, str] = {
    "equipment": """\
<!--
What it is, maker and model, serial, since when it is here.
Held against the gear? kb verify {name}; with verify_every: 180d above it falls due again.
-->

## If you only have a minute

<!-- Five to eight lines: what somebody must know before they touch it. -->

## Differs from stock

<!-- One row for each modification: kb new mod {name} -->

| Where | Part | Stock | Here | Do | Since | By | Why |
|---|---|---|---|---|---|---|---|

## Known faults

<!-- kb new fault {name} -->

| Where | Symptom | Workaround | Reported | By | Cleared |
|---|---|---|---|---|---|
""",
    "procedure": """\
<!-- What it is for, who may do it, how long it takes. -->

## Steps

<!--
One step a line: - [ ] text
(!) at its end: stop if it fails. (sign-off tech): a second person, of that role.
-->

## When it fails

| What | Do | Ring |
|---|---|---|
""",
}


def path_of(kind: Kind, title: str) -> str:
    """The path of a page of this title. Raises KbError for a title no file can be named by."""
    name = re.sub(r"-{2,}", "-", slug(one_line(title)))[:_LONGEST].strip("-")
    if not name or not title.isprintable():
        raise KbError(f"{title!r} is no title: it needs letters or digits")
    return f"{FOLDERS[kind]}/{name}.md"


def page(kind: Kind, title: str, owner: str, room: str) -> str:
    """The text of a new page."""
    title = one_line(title)
    matter = {"title": title, "room": room, "owner": owner, "for": "assistant"}
    head = "".join(f"{key}: {_quoted(value)}\n" for key, value in matter.items() if value)
    body = _BODY[kind].replace("{name}", path_of(kind, title).rpartition("/")[2][:-3])
    heading = _MARKS.sub(r"\\\1", title)
    return f"---\n{head}---\n\n# {heading}\n\n{body}"


def _quoted(text: str) -> str:
    """A value of the front matter, in quotes where YAML would read it otherwise."""
    if _PLAIN.fullmatch(text) and not text.endswith(" "):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
