"""Queries as people type them: a few words that stand together somewhere in the pages."""

from __future__ import annotations

import random
import re
from pathlib import Path


def queries(docs: Path, count: int, seed: int = 1) -> list[str]:
    """That many queries of one to four words, each with at least one hit."""
    chance = random.Random(seed)
    pages = sorted(docs.rglob("*.md"))
    found: list[str] = []
    while len(found) < count:
        lines = chance.choice(pages).read_text(encoding="utf-8", errors="replace").splitlines()
        line = chance.choice([line for line in lines if line.strip()] or [""])
        words = re.findall(r"[A-Za-z]{4,}", line)
        if line.startswith("|") and (place := re.match(r"\| *(ch|group|track) (\d+)", line, re.I)):
            words = [place[1].lower(), place[2], *words[5:]]
        if len(words) > 4:
            start = chance.randrange(len(words) - 3) if words[0] not in ("ch", "group") else 0
            found.append(" ".join(words[start : start + chance.choice([1, 2, 2, 3, 3, 4])]))
    return found
