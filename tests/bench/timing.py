"""Running whole processes: how long they take and how much memory they need."""

from __future__ import annotations

import math
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]

# A process is charged with the peak of whoever started it, so peaks are measured from a small one.
_SMALL = """
import os, sys, time
out = os.open(os.devnull, os.O_WRONLY)
start = time.perf_counter()
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=[
    (os.POSIX_SPAWN_DUP2, out, 1), (os.POSIX_SPAWN_DUP2, out, 2)])
_, status, usage = os.wait4(child, 0)
took = time.perf_counter() - start
print(os.waitstatus_to_exitcode(status), usage.ru_maxrss, took)
"""


class FailedError(Exception):
    """A measured command did not do what it was to be measured at."""


class Spent(NamedTuple):
    """Seconds by the clock on the wall, and of a processor's time."""

    wall: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Ratio:
    """The median of paired ratios of wall time, its quartiles, both sides' median seconds.

    `cpu` is the ratio of processor time: where it is far off, the machine was busy.
    """

    median: float
    low: float
    high: float
    over: float
    under: float
    cpu: float


def entry(module: str, *words: str) -> list[str]:
    """The command line of an installed program: what its `console_scripts` stub does."""
    code = f"import sys; sys.argv[0] = {module!r}; from {module} import main; sys.exit(main())"
    return [sys.executable, "-c", code, *words]


def environment(home: Path, **more: str) -> dict[str, str]:
    """Nothing of the tester's own settings, and this checkout before any installed kb."""
    dropped = ("KB_", "XDG_", "PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONWARNINGS")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    path = os.pathsep.join((str(ROOT), str(HERE)))
    return kept | {"HOME": str(home), "PYTHONPATH": path, "NO_COLOR": "1", "COLUMNS": "80"} | more


def compile_all() -> None:
    """Write .pyc files for all that is measured; compiling at every start is another benchmark."""
    code = (
        "import compileall, importlib.util as u, pathlib\n"
        "for name in ('whoosh', 'typer', 'markdown_it', 'yaml'):\n"
        "    found = u.find_spec(name)\n"
        "    if found: compileall.compile_dir(pathlib.Path(found.origin).parent, quiet=2)\n"
        f"compileall.compile_dir({str(ROOT / 'kb')!r}, quiet=2)\n"
        f"compileall.compile_dir({str(HERE)!r}, quiet=2)\n"
    )
    command = [sys.executable, "-W", "ignore", "-c", code]
    subprocess.run(command, env=environment(Path.home()), check=False, capture_output=True)


def output(command: Sequence[str], env: Mapping[str, str]) -> str:
    """What a command prints. Raises FailedError if it fails."""
    ran = subprocess.run(
        command, env=env, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8"
    )
    if ran.returncode:
        told = (ran.stderr.strip() or ran.stdout.strip()).splitlines()
        raise FailedError(f"exit {ran.returncode}: {told[-1] if told else 'not a word'}")
    return ran.stdout


def spent(command: Sequence[str], env: Mapping[str, str], allowed: Sequence[int] = (0,)) -> Spent:
    """What one run of a command takes. Raises FailedError if it fails."""
    start = time.perf_counter()
    ran = subprocess.Popen(
        command,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    cpu = math.nan
    if hasattr(os, "wait4"):
        _, status, usage = os.wait4(ran.pid, 0)
        ran.returncode = os.waitstatus_to_exitcode(status)
        cpu = usage.ru_utime + usage.ru_stime
    code = ran.wait()
    wall = time.perf_counter() - start
    if code not in allowed:
        raise FailedError(f"exit {code}: {' '.join(command[-6:])}")
    return Spent(wall, cpu)


def peak(command: Sequence[str], env: Mapping[str, str]) -> tuple[float, float]:
    """The most memory a command held, in MiB, and its seconds. Raises FailedError if it fails."""
    if not hasattr(os, "wait4"):
        raise FailedError("peak memory is not told on this system")
    small = [sys.executable, "-I", "-S", "-c", _SMALL, *command]
    code, most, took = output(small, env).split()
    if code != "0":
        raise FailedError(f"exit {code}: {' '.join(command[-6:])}")
    return int(most) / (1024 * 1024 if sys.platform == "darwin" else 1024), float(took)


def paired(under: Callable[[int], Spent], over: Callable[[int], Spent], pairs: int) -> Ratio:
    """Measure under, over, under, over …, after a first pair that does not count."""
    under(0), over(0)
    return ratio([(under(n), over(n)) for n in range(pairs)])


def ratio(found: Sequence[tuple[Spent, Spent]]) -> Ratio:
    """The ratio that pairs of (under, over) come to."""
    ratios = sorted(over.wall / under.wall for under, over in found)
    low, _, high = statistics.quantiles(ratios, n=4) if len(ratios) > 1 else ratios * 3
    middle = statistics.median
    return Ratio(
        middle(ratios),
        low,
        high,
        middle(over.wall for _, over in found),
        middle(under.wall for under, _ in found),
        middle(over.cpu / under.cpu for under, over in found),
    )
