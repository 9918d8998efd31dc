"""The pages that promises are kept on: the studio's own, and queries with answers in them."""

from __future__ import annotations

from pathlib import Path

from forked import House, new_house, settle, write

DOCS = Path(__file__).resolve().parents[2] / "docs"
QUERIES = (
    "ch 19",
    "ch 17 insert",
    "phantom power",
    "azimuth",
    "word clock master",
    "direct out",
    "A:C17",
    "how do i power down the console",
    "ribbon",
    "tape aligment",
    "group 7",
    "+4 dBu",
    "monitor controller",
    "zzyzx qqwq",
)


def our_house(home: Path) -> House:
    """A house with our own pages, indexed, then four of them edited: several segments."""
    pages = [(p.relative_to(DOCS).as_posix(), p.read_text("utf-8")) for p in DOCS.rglob("*.md")]
    house = new_house(home, sorted(pages))
    house.search("azimuth")
    edited = sorted(house.docs.rglob("*.md"))[1::3][:4]
    for number, page in enumerate(edited):
        write(page, page.read_text("utf-8") + f"\nLooked at again, entry {number}.\n")
        house.search("azimuth")
    settle()
    house.search("azimuth")
    return house


def answers(house: House) -> dict[str, object]:
    """What a fresh index answers to each query, with no hit for the last one only."""
    whole = House(house.home)
    whole.cache = house.home / "cache-anew"
    found = {query: whole.search(query).answer for query in QUERIES}
    assert [query for query, answer in found.items() if answer == []] == [QUERIES[-1]]
    return found
