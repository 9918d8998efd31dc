"""The rules by their codes, with why each is there: read from rules.md beside this file."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kb.errors import KbError

_RULE = re.compile(
    r"^## (?P<code>[a-z-]+)(?P<warning> \(warning\))?\n(?P<body>.*?)(?=^## |\Z)", re.M | re.S
)
_EXAMPLE = re.compile(r"^````?markdown (?P<kind>wrong|right)\n(?P<text>.*?)\n````?$", re.M | re.S)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `warning` means that it does not make `kb check` fail by itself."""

    code: str
    warning: bool
    why: tuple[str, ...]
    wrong: str
    right: str


@cache
def rules() -> dict[str, Rule]:
    """Every rule by its code."""
    text = Path(__file__).with_name("rules.md").read_text(encoding="utf-8")
    known = {}
    for match in _RULE.finditer(text):
        examples = {
            example["kind"]: example["text"] for example in _EXAMPLE.finditer(match["body"])
        }
        prose = _EXAMPLE.sub("", match["body"])
        why = tuple(" ".join(part.split()) for part in prose.split("\n\n") if part.strip())
        known[match["code"]] = Rule(
            match["code"],
            bool(match["warning"]),
            why,
            examples.get("wrong", ""),
            examples.get("right", ""),
        )
    return known


def rule(code: str) -> Rule:
    """The rule of this code. Raises KbError where there is none."""
    known = rules()
    if code in known:
        return known[code]
    near = difflib.get_close_matches(code, known, 1, 0.6)
    hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(sorted(known))}"
    raise KbError(f"no rule is called {code!r}; {hint}")
