"""The four normals of a patchbay: what is joined with no cord in it, and what a cord breaks."""

from __future__ import annotations

from typing import Literal, get_args

Normal = Literal["full", "half", "open", "parallel"]
End = Literal["top", "bottom"]

NORMALS: tuple[Normal, ...] = get_args(Normal)


def normalled(normal: Normal) -> bool:
    """Whether the top feeds the bottom for as long as no cord says otherwise."""
    return normal in ("full", "half")


def breaks(normal: Normal, end: End) -> bool:
    """Whether a cord in this end parts the top from the bottom."""
    return normal == "full" or (normal == "half" and end == "bottom")
