"""How the normal between two jacks is said, in front of the lower one."""

from __future__ import annotations

NORMAL = {
    "full": "full-normalled to",
    "half": "half-normalled to",
    "open": "open, no normal to",
    "parallel": "in parallel with",
}
