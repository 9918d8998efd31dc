"""An index may be damaged, killed, forged or out of reach: a search must still be right.

    python tests/promises/index_damage.py              200 damaged copies, 60 kills: ten minutes
    python tests/promises/index_damage.py --copies 24 --kills 8 --tries 12
    python tests/promises/index_damage.py --only damaged,killed

Each check has a control: the same check of a kb that was broken on purpose, which it must catch.
Exit code 1 where a promise is broken or a control is not caught. Needs a system that can fork;
what needs another user's rights runs as root only.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import changing
import damaged
import fenced
import forked
import killed
import pages
from trial import Trial, table


@dataclass(frozen=True, slots=True)
class Sizes:
    """How often each check tries."""

    copies: int = 200
    kills: int = 60
    tries: int = 60


def all_checks(home: Path, sizes: Sizes) -> dict[str, Callable[[], Iterator[Trial]]]:
    """The checks by name, each followed by its control, in a home that all may fill."""

    def fresh(name: str) -> Path:
        folder = home / name
        folder.mkdir()
        folder.chmod(0o755)  # what it holds is for another user too
        return folder

    def damage() -> Iterator[Trial]:
        house = pages.our_house(fresh("damaged") / "house")
        expected = pages.answers(house)
        vault = damaged.Vault(house.places(), home / "damaged" / "vault")
        yield damaged.check(house, vault, expected, sizes.copies)
        yield damaged.check(house, vault, expected, sizes.copies, keep_times=True)
        yield damaged.check(house, vault, expected, sizes.copies, broken=damaged.trust_manifest)

    def kills() -> Iterator[Trial]:
        house = pages.our_house(fresh("killed") / "house")
        expected = pages.answers(house)
        yield killed.check(house, expected, sizes.kills)
        yield killed.check(house, expected, max(8, sizes.kills // 4), broken=killed.in_place)

    def changes() -> Iterator[Trial]:
        house = pages.our_house(fresh("changing") / "house")
        few = max(12, sizes.tries // 5)
        yield changing.while_searching(house, 2 * sizes.tries)
        yield changing.while_searching(house, few, broken=changing.never_look)
        yield changing.same_stamp(house, sizes.tries)
        yield changing.same_stamp(house, few, broken=changing.only_sizes)
        yield changing.clocks(house, sizes.tries)
        yield changing.clocks(house, few, broken=changing.only_sizes)

    def rights() -> Iterator[Trial]:
        yield fenced.rights(fresh("rights"))
        yield fenced.rights(fresh("rights-control"), broken=changing.never_look)
        yield fenced.strangers_index(fresh("stranger"))
        yield fenced.strangers_index(fresh("stranger-control"), broken=fenced.trust_any_owner)

    def pickles() -> Iterator[Trial]:
        yield fenced.pickles(fresh("pickles"))
        yield fenced.pickles(fresh("pickles-control"), broken=fenced.let_any_class_in)

    checks = {"damaged": damage, "killed": kills, "changing": changes, "pickles": pickles}
    if os.geteuid() == 0:
        checks["rights"] = rights
    return checks


def main() -> int:
    """Run the checks and print what they come to."""
    parser, usual = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0]), Sizes()
    parser.add_argument("--copies", type=int, default=usual.copies)
    parser.add_argument("--kills", type=int, default=usual.kills)
    parser.add_argument("--tries", type=int, default=usual.tries)
    parser.add_argument("--only", default="damaged,killed,changing,rights,pickles")
    options = parser.parse_args()
    sizes = Sizes(options.copies, options.kills, options.tries)
    trials: list[Trial] = []
    with tempfile.TemporaryDirectory(prefix="kb-promises-") as name:
        home = Path(name)
        home.chmod(0o755)
        forked.import_everything(home)
        checks = all_checks(home, sizes)
        for chosen in options.only.split(","):
            if chosen not in checks:
                print(f"{chosen}: skipped, needs root", flush=True)
                continue
            start = time.monotonic()
            for trial in checks[chosen]():
                trials.append(trial)
                print(f"{trial.row()}  {time.monotonic() - start:.0f} s", flush=True)
                if not trial.control:
                    for kind, detail in trial.faults[:10]:
                        print(f"    {kind}: {detail}", flush=True)
    print()
    print("\n".join(table(trials)))
    return 0 if all(trial.kept for trial in trials) else 1


if __name__ == "__main__":
    sys.exit(main())
