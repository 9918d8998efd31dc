"""The peer of kb check: read every Markdown file of a folder and parse it, nothing more.

The whole parse, inline stage included, as any linter on markdown-it-py would do it.
"""

from __future__ import annotations

import gc
import sys
from pathlib import Path

from markdown_it import MarkdownIt


def main() -> None:
    """Parse what is below the folder named last."""
    gc.disable()  # as kb does
    parser = MarkdownIt("commonmark").enable("table")
    for page in sorted(Path(sys.argv[-1]).rglob("*.md")):
        parser.parse(page.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
