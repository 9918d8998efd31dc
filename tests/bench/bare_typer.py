"""A bare Typer program: what any command costs before it does a thing."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def hello(name: Annotated[str, typer.Argument(help="Whom to greet.")] = "studio") -> None:
    """Say a word."""
    sys.stdout.write(f"hello {name}\n")


def main() -> None:
    """Run the program."""
    app()
