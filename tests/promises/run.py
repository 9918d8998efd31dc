"""What kb promises, shown: every promise at its full numbers, each with a control that must fail.

    python tests/promises/run.py              all of them; a quarter of an hour
    python tests/promises/run.py P1 P7        some of them
    python tests/promises/run.py --short      the short form that the test suite runs

A control is the same check of a kb that was broken on purpose: a check that does not catch it does
not look. Prints a table; exit code 1 where a promise is broken or a control was not caught. Needs
a system that can fork; what needs another user's rights, or a disk of its own, runs as root only.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import forked
from promised import PROMISES, Size, trials
from trial import Trial, table


def main() -> int:
    """Run the checks and print what they come to."""
    names = [promise.name for promise in PROMISES]
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("promises", nargs="*", metavar="PROMISE", help=", ".join(names))
    parser.add_argument("--short", action="store_true")
    options = parser.parse_args()
    if unknown := set(options.promises) - set(names):
        parser.error(f"no such promise: {', '.join(sorted(unknown))}")
    found: list[tuple[str, str, list[Trial]]] = []
    with tempfile.TemporaryDirectory(prefix="kb-promises-") as name:
        home = Path(name)
        home.chmod(0o755)
        forked.import_everything(home)
        for promise in PROMISES:
            if options.promises and promise.name not in options.promises:
                continue
            print(f"{promise.name}  {promise.words}", flush=True)
            start, done = time.monotonic(), []
            for trial in trials(promise, home, Size(not options.short)):
                done.append(trial)
                print(f"{trial.row()}  [{time.monotonic() - start:.0f} s]", flush=True)
                for kind, detail in [] if trial.control else trial.faults[:10]:
                    print(f"      {kind}: {detail}", flush=True)
            found.append((promise.name, promise.words, done))
    print()
    print("\n".join(table(found)))
    return 0 if all(trial.kept for _, _, done in found for trial in done) else 1


if __name__ == "__main__":
    sys.exit(main())
