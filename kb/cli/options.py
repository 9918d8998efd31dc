"""Options that mean the same in every door."""

from __future__ import annotations

from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="As JSON.")]
