"""Coverage-guided fuzzing of kb's own code, by Atheris: `pip install -e '.[fuzz]'`, then

    python tests/fuzz/run.py                      every target for 20 minutes, two at a time
    python tests/fuzz/run.py page query --minutes 5 --at-once 1

Prints a table: runs, code that was reached, when something new was last reached, what was found.
A find is kept in `.fuzz/<target>/`; mend it, and put it as a case where cases of its kind are.
Exit code 1 where something was found.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
KEPT = ROOT / ".fuzz"


def fuzz(name: str, minutes: float) -> str:
    """Run one target in a process of its own; a row of the table."""
    folder = KEPT / name
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    _sow(name, corpus)
    log = folder / "log"
    end = time.time() + 60 * minutes
    runs, reached, newest, ended = 0, "0", 0, 0
    while (left := end - time.time()) > 1:  # a find ends a round, not the search
        with log.open("wb") as file:
            ended = subprocess.run(
                [sys.executable, __file__, "--in-process", name, f"-max_total_time={left:.0f}",
                 "-timeout=20", "-rss_limit_mb=2048", "-max_len=2000", "-print_final_stats=1",
                 f"-artifact_prefix={folder}/found-", str(corpus)],
                stdout=file, stderr=file, check=False,
            ).returncode  # fmt: skip
        told = log.read_text("utf-8", "replace")
        for number, covered in re.findall(r"^#(\d+)\s+NEW\s+cov: (\d+)", told, re.M):
            newest, reached = runs + int(number), covered
        runs += int((re.findall(r"^stat::number_of_executed_units: (\d+)", told, re.M) or [0])[-1])
        if ended:
            (folder / f"log-{time.time():.0f}").write_bytes(log.read_bytes())
    found = sorted(path.name for path in folder.glob("found-*"))
    verdict = ", ".join(found) or (f"exit {ended}" if ended else "nothing")
    return f"| {name} | {minutes:g} min | {runs:,} | {reached} | {newest:,} | {verdict} |"


def _sow(name: str, corpus: Path) -> None:
    """Something to begin with: our own pages and cases, whole and in parts."""
    import targets

    cases = [
        part.encode()
        for file in sorted((ROOT / "tests" / "cases").rglob("*.*"))
        for part in file.read_text("utf-8").split("\n.\n" if file.suffix == ".md" else "\n")
    ]
    asked = (ROOT / "tests" / "relevance" / "queries.txt").read_bytes().splitlines()
    seeds = {
        "query": [line for line in asked if line[:1].isalnum()][::5],
        "answer": [bytes([0, n % 40]) + case[:60] for n, case in enumerate(cases)],
        "key": [case.partition(b"### ")[2].partition(b"\n")[2] + b"\n\0\na" for case in cases],
        "line": [targets.A_LINE],
        "history": targets.BODIES,
        "files": [
            (ROOT / "docs/studio.toml").read_bytes(),
            b"Top,Out,Normal\nC1,a,half\n",
            targets.A_LINE,
        ],
    }.get(name, cases)
    for number, seed in enumerate(seeds):
        (corpus / f"seed-{number}").write_bytes(seed[:2000])


def in_process(name: str, options: list[str]) -> None:
    """Fuzz here and do not come back."""
    import atheris

    atheris.instrument_imports(include=["kb"]).__enter__()  # to the end: kb imports late
    import targets

    target = targets.TARGETS[name]
    target(b"")  # what is made once is made now
    atheris.Setup([sys.argv[0], *options], target)
    atheris.Fuzz()


def main() -> int:
    """Fuzz the targets asked for and print what they came to."""
    if sys.argv[1:2] == ["--in-process"]:
        in_process(sys.argv[2], sys.argv[3:])
    sys.path.insert(0, str(HERE))
    import targets

    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("targets", nargs="*", choices=[*targets.TARGETS, []])
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--at-once", type=int, default=2)
    options = parser.parse_args()
    names = options.targets or list(targets.TARGETS)
    print("| target | time | runs | reached | last new at run | found |\n|---|---|---|---|---|---|")
    with ThreadPoolExecutor(options.at_once) as pool:
        rows = []
        for row in pool.map(lambda name: fuzz(name, options.minutes), names):
            rows.append(row)
            print(row, flush=True)
    return 0 if all(row.endswith("| nothing |") for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
