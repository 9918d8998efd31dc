"""One process that records and says so: `worker.py FOLDER NAME COUNT [broken way]`.

Each line on standard output is the id of an event that is saved, and how many milliseconds it
took. `broken` is a way of doing it wrong that the promises must notice: they would be worth
nothing if it passed.
"""

import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from kb.errors import KbError
from kb.records import connection, store
from kb.records.event import Draft
from kb.records.store import Records

PAIR = 2  # events to an append: half of one must never be seen


def main(folder: Path, name: str, count: int, broken: str) -> None:
    if broken == "hurried":  # says so before it is so
        settle = Records.append

        def hurry(self: Records, drafts: object) -> object:
            sys.stdout.write(f"{name}-{hurry.n} 0\n")
            sys.stdout.flush()
            hurry.n += 1
            return settle(self, drafts)

        hurry.n = 0
        Records.append = hurry
    elif broken == "impatient":  # gives up at once where another is writing
        connection.PATIENCE = store.PATIENCE = 0
    elif broken == "torn":  # each event on its own
        together = Records.append

        def apart(self: Records, drafts: list[Draft]) -> object:
            first = together(self, drafts[:1])
            time.sleep(0.02)
            return first + together(self, drafts[1:])

        Records.append = apart
    elif broken == "careless":  # takes no for an answer and says nothing
        careful = Records.append

        def careless(self: Records, drafts: list[Draft]) -> object:
            try:
                return careful(self, drafts)
            except KbError:
                return [type("Event", (), {"id": f"{name}-lost"})]

        Records.append = careless
    patience = 0 if broken == "impatient" else 30
    for n in range(count):
        start = time.monotonic()
        with Records(
            folder / "data", folder / "state", clock=lambda: datetime.now(UTC), patience=patience
        ) as records:
            body = {"n": f"{name}-{n}", "text": "x" * 200}
            events = records.append([Draft("tick", name, "open", f"i{k}", body=body) for k in "ab"])
        if broken != "hurried":
            took = (time.monotonic() - start) * 1000
            os.write(1, f"{events[0].id} {took:.0f}\n".encode())


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), [*sys.argv, ""][4])
