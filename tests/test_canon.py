"""The studio's own pages agree with one another: figures, rows, questions, links, counts."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from kb.pages import model
from kb.pages.links import resolve
from kb.pages.parse import parse

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGES = {
    page.path: page
    for page in (
        parse(path.relative_to(DOCS).as_posix(), path.read_bytes())
        for path in sorted(DOCS.rglob("*.md"))
    )
}
EQUIPMENT = [page for path, page in PAGES.items() if path.startswith("equipment/")]
QUESTIONS = [
    (page, question)
    for page in PAGES.values()
    for section in page.sections
    for question in section.questions
]
CHOICES = [question for _, question in QUESTIONS if isinstance(question.key, model.Choice)]


class Placed(NamedTuple):
    """A row with the page it stands on."""

    page: model.Page
    row: model.Row


ROWS = [
    Placed(page, row)
    for page in PAGES.values()
    for section in page.sections
    for table in section.tables
    for row in table.rows
]
MODS = [placed for placed in ROWS if isinstance(placed.row.value, model.Mod)]
FAULTS = [placed for placed in ROWS if isinstance(placed.row.value, model.Fault)]


def jacks() -> Iterator[tuple[str, model.PatchPoint]]:
    """Every vertical pair of every bay, with the letter of its room."""
    for page, row in ROWS:
        if isinstance(row.value, model.Patch):
            for point in row.value.points:
                yield page.front.room, point


def words(section: model.Section) -> str:
    """All that a section says to a reader: its text, and its tables as lines."""
    tables = [
        " | ".join(cells)
        for table in section.tables
        for cells in (table.columns, *(row.cells for row in table.rows))
    ]
    return "\n".join([section.text, *tables])


def claims(page: model.Page) -> Iterator[str]:
    """What a page says of this house, a line at a time: what was stock, or has gone, is not."""
    yield from page.front.safety
    for section in page.sections:
        if section.kind == "quiz" or section.heading == "Other people's alignments":
            continue
        yield from section.text.splitlines()
        for table in section.tables:
            stock = (
                [name.casefold() for name in table.columns].index("stock")
                if (table.kind == "mod")
                else -1
            )
            for row in table.rows:
                yield " | ".join(c for n, c in enumerate(row.cells) if n != stock)


def folded(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("−", "-").replace("–", "-").casefold())


def named(page: model.Page, heading: str) -> model.Section:
    return next(section for section in page.sections if section.heading == heading)


# ---- figures -------------------------------------------------------------------------------

# What is looked for in each line; what must be found in its group, and on how many pages at least.
CANON = {
    "0 VU in dBu": (r"0 VU (?:\(.*?\) )?= ([+−]\d+) dBu", "+4", 4),
    "+4 dBu as 0 VU": (r"([+−]\d+) dBu = 0 VU", "+4", 4),
    "+4 dBu in volts": (r"\+4 dBu = ([\d.]+) V RMS", "1.228", 4),
    "0 VU in dBFS": (r"= \+4 dBu (?:= 1\.228 V RMS )?= (−\d+) dBFS", "−18", 4),
    "tape to DAW": (r"[Tt]ape 0 VU = (−\d+) dBFS", "−18", 3),
    "tracking average": (r"[Aa]verage near (−\d+) dBFS", "−18", 3),
    "tracking peaks": (r"peaks (?:about )?(−\d+ to −\d+)", "−10 to −6", 4),
    "converters clip": (r"clips? at (\+\d+) dBu", "+22", 4),
    "0 dBFS": (r"(\+\d+) dBu at 0 dBFS", "+22", 1),
    "line-up tone": (r"(\d+) Hz (?:when it comes )?from a digital generator", "997", 2),
    "operating level": (r"(\+\d+/185 (?:= |\()\d+) nWb/m", r"\+6/185 (?:= |\()370", 2),
    "30 ips curve": (r"30 ips \| AES \(IEC2\) \| ([\d.]+) µs", "17.5", 1),
    "15 ips curve": (r"15 ips \| NAB \| ([\d]+ µs and [\d]+ µs)", "50 µs and 3180 µs", 1),
    "250 tape": (r"250 nWb/m(?:, \d\d ips \w+| tape for \+6/185)\D*?([+−][\d.]+) VU", "−3.4", 2),
    "timecode level": (r"[Tt]imecode.*?about (−\d+) VU", "−10", 2),
    "timecode track": (r"[Tt]rack (\d+) is timecode|[Tt]imecode, track (\d+) \|", "24", 1),
    "guard track": (r"[Tt]rack (\d+) (?:is left empty|\| Use \| guard)", "23", 1),
    "reel at 30": (r"2500 ft (?:lasts|\|) (\d+ min \d+ s)", "16 min 40 s", 2),
    "monitor reference": (r"(\d+) dB SPL", "79", 3),
    "monitor noise": (r"(?:noise at |speaker\S*, |pink, )(−\d+) dBFS RMS", "−20", 3),
    "DIM": (r"DIM is (−\d+) dB|DIM \|(?:.*\|)? (−\d+) dB", "−20", 3),
    "talkback dim": (r"Talkback dim \| (−\d+) dB", "−20", 3),
    "talkback dims by": (r"dims? (?:the room )?by (?:the same )?(?:−)?(\d+) dB", "20", 1),
    "wait with a ribbon": (r"(?:wait|Wait):? (\d+ \w+) with a ribbon", "2 minutes", 2),
    "wait without": (r"(?:rows, |rows, )else (\d+ \w+)", "30 seconds", 2),
    "monitors off": (r"[Mm]onitors .*?[Ww]ait (\d+ seconds)", "30 seconds", 2),
    "tube supply off": (r"(?i)suppl\w+ off, (?:wait )?(\d \w+), (?:then )?unplug", "2 minutes", 4),
    "blackout": (r"(?:power cut|Power cut).*?(\d+ minutes)", "2 minutes", 2),
    "tubes settle": (r"(?:settled? in|Trust it after|trust it after) (\d+–\d+) min", "15–30", 3),
    "assistant's call": (r"assistant (\d+)\.", "60", 1),
    "intern's call": (r"(?i)\bin (\d+) minutes before", "90", 3),
    "session": (r"(\d\d-bit, \d\d kHz)", "24-bit, 48 kHz", 2),
    "clock line": (r"(\d+) Ω coax", "75", 2),
    "1176 attack": (r"[Aa]ttack (?:is )?(\d+–\d+) µs", "20–800", 2),
    "aligning takes": (r"give (?:it|us) an? (\w+)", "hour", 2),
    "two references": (r"([\d.]+) dB\*{0,2} (?:apart|under)", "11.8", 3),
}


@pytest.mark.parametrize("name", CANON)
def test_a_house_figure_is_the_same_wherever_it_stands(name: str) -> None:
    pattern, wanted, least = CANON[name]
    where = defaultdict(list)
    for page in PAGES.values():
        for line in claims(page):
            for match in re.finditer(pattern, line):
                said = next(group for group in match.groups() if group)
                where[said].append(page.path)
    wrong = {
        said: paths
        for said, paths in where.items()
        if said != wanted and not re.fullmatch(wanted, said)
    }
    assert not wrong
    assert len({path for paths in where.values() for path in paths}) >= least, "not found any more"


def test_waits_of_the_phantom_page_are_the_house_waits() -> None:
    table = named(PAGES["procedures/phantom-power.md"], "Waits").tables[0]
    waits = {(row.cells[0].split(",")[-1].strip(), row.cells[2]) for row in table.rows}
    assert waits == {
        ("a ribbon or other passive mic on the rows", "2 minutes"),
        ("none on the rows", "30 seconds"),
        ("48 V on", "10 seconds"),
        ("Tube supply off", "2 minutes"),
    }


def test_extensions_ring_where_the_list_says() -> None:
    known = {"200", "210", "214", "215"}
    for page in PAGES.values():
        for section in page.sections:
            said = set(re.findall(r"\bext (\d+)", words(section)))
            assert said <= known, (page.path, section.heading)
    minute = words(named(PAGES["procedures/emergencies.md"], "If you only have a minute"))
    for who, ring in {"Front desk": 200, "tech": 214, "bench": 215, "chief": 210}.items():
        assert re.search(rf"{who}\W* ext {ring}", minute)


# ---- rows ----------------------------------------------------------------------------------


def test_every_page_reads_without_a_problem() -> None:
    assert [problem for page in PAGES.values() for problem in page.problems] == []


def test_a_jack_has_one_normal_in_its_room() -> None:
    count = Counter(
        (room, jack) for room, point in jacks() for jack in (point.top, *point.bottoms) if jack
    )
    assert {room for room, _ in count} == {"A", "B"}
    assert [jack for jack, times in count.items() if times > 1] == []
    for room in "AB":
        assert sum(where == room for where, _ in count) >= 96


def test_tie_lines_agree_at_both_ends() -> None:
    ends = {}
    for room, point in jacks():
        if re.fullmatch(r"[A-Z]:[A-Z]+\d+", point.wired_to):
            ends[f"{room}:{point.top}"] = point.wired_to
            assert point.normal == "open", "a tie line is never normalled"
    assert len(ends) == 48
    for here, there in ends.items():
        assert ends[there] == here
        assert here.split(":")[1] == there.split(":")[1]


def test_a_jack_that_is_named_with_its_room_is_there() -> None:
    known = {f"{room}:{jack}" for room, p in jacks() for jack in (p.top, *p.bottoms)}
    for page in PAGES.values():
        text = (DOCS / page.path).read_text("utf-8")
        for jack in re.findall(r"\b[AB]:[A-Z]\d+", text):
            assert jack in known, (page.path, jack)


def test_a_row_about_jacks_or_channels_names_some_that_exist() -> None:
    known = {(room, jack) for room, p in jacks() for jack in (p.top, *p.bottoms)}
    most = {"A": 48, "B": 24}
    for page, row in [*MODS, *FAULTS]:
        for place in row.places:
            kind, _, member = place.partition(":")
            room = page.front.room
            if kind == "jack" and re.fullmatch(r"[a-z]\d+", member) and room in most:
                assert (room, member.upper()) in known, (page.path, row.line)
            if kind == "ch" and room in most:
                assert 1 <= int(member) <= most[room], (page.path, row.line)


CREW = {"RH": 1998, "PL": 2001, "TK": 2009, "JB": 2024, "MO": 2026}  # since when
B_WAS_BUILT = "2006-09-11"


def test_mods_and_faults_are_dated_and_initialled() -> None:
    for page, row in [*MODS, *FAULTS]:
        value = row.value
        if isinstance(value, model.Mod):
            dates = [value.since, *([value.removed] if value.removed else [])]
            assert value.do, (page.path, row.line)
        else:
            assert isinstance(value, model.Fault)
            dates = [value.reported, *([value.cleared] if value.cleared else [])]
        assert [date.fromisoformat(d) for d in dates] == sorted(map(date.fromisoformat, dates))
        assert value.by in CREW, (page.path, row.line)
        assert min(map(int, (d[:4] for d in dates))) >= CREW[value.by], (page.path, row.line)
        if page.front.room == "B" or page.path == "equipment/tie-lines.md":
            assert min(dates) >= B_WAS_BUILT, (page.path, row.line)
    open_mods = Counter((p.path, r.cells[0], r.cells[1]) for p, r in MODS if r.open)
    assert max(open_mods.values()) == 1


# ---- pages ---------------------------------------------------------------------------------


@pytest.mark.parametrize("page", EQUIPMENT, ids=lambda page: page.address)
def test_an_equipment_page_has_what_it_owes(page: model.Page) -> None:
    front = page.front
    for key in ("tag", "location", "aliases", "owner", "touch", "verified", "verify_days"):
        assert getattr(front, key), key
    headings = {section.heading for section in page.sections}
    wanted = {"If you only have a minute", "Known faults", "Tell the visiting engineer"}
    assert wanted <= headings
    assert any(heading.startswith("Levels") for heading in headings)
    minute = named(page, "If you only have a minute").text
    assert 1 <= len(re.findall(r"^- ", minute, re.MULTILINE)) <= 8
    assert any(placed.page is page and placed.row.open for placed in FAULTS)
    assert "patch" in {t.kind for s in page.sections for t in s.tables} or headings & {
        "Patch points",
        "Running it",
        "Cues and talkback",
    }


CHECKLISTS = {
    "power-up#open-the-room": 12,
    "power-down#close-the-room": 12,
    "tracking-setup#set-up-for-tracking": 15,
    "line-check#check-every-line": 10,
    "phantom-power#put-up-a-ribbon": 10,
    "phantom-power#put-up-a-tube-mic": 10,
    "tape-alignment#align-the-a827": 16,
    "patch-an-insert#patch-the-box-in": 10,
    "recall#take-a-recall": 11,
    "backup#back-up-a-session": 10,
    "tear-down#strike": 15,
    "talkback-check#check-the-talkback": 9,
    "client-arrival#welcome-the-client": 10,
    "interns-day#open-the-day": 8,
    "emergencies#liquid-on-the-console": 9,
}


def test_the_fifteen_checklists_are_there() -> None:
    found = {s.address: s for page in PAGES.values() for s in page.sections if s.items}
    for address, least in CHECKLISTS.items():
        section = found[f"procedures/{address}"]
        assert sum("." not in item.number for item in section.items) >= least, address
    items = [item for section in found.values() for item in section.items]
    assert sum(item.critical for item in items) >= 30
    assert sum(item.sign_off is not None for item in items) >= 12


def test_links_anchors_and_pictures_resolve() -> None:
    for page in PAGES.values():
        for link in page.links:
            target = resolve(page.path, link.target)
            assert target is not None, (page.path, link)
            file, _, anchor = target.partition("#")
            if file.endswith(".md"):
                assert file in PAGES, (page.path, link)
                assert not anchor or anchor in PAGES[file].anchors, (page.path, link)
            else:
                assert (DOCS / file).is_file(), (page.path, link)


def test_pictures_are_our_own_and_say_what_they_show() -> None:
    pictures = sorted(DOCS.rglob("*.svg"))
    texts = "".join(path.read_text("utf-8") for path in DOCS.rglob("*.md"))
    assert len(pictures) >= 3
    for picture in pictures:
        drawn = picture.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "<title" in drawn
        assert "<desc" in drawn
        assert not re.search(r"href|https?:|<script|<image|@import|url\((?!#)", drawn)
        alt = re.search(rf"!\[([^\]]{{80,}})\]\([^)]*{picture.name}\)", texts)
        assert alt, f"{picture.name} has no alternative text to speak of"


def test_there_are_enough_pages_mods_and_faults() -> None:
    on_strips = [m for m in MODS if any(place.startswith("ch:") for place in m.row.places)]
    assert len(PAGES) >= 30
    assert len(MODS) >= 45
    assert len(on_strips) >= 30
    assert len(FAULTS) >= 12
    assert sum(not placed.row.open for placed in FAULTS) >= 3


# ---- questions -----------------------------------------------------------------------------


KINDS = ("choice", "multiple", "short", "numeric", "order", "match", "cloze")


def test_there_are_enough_questions_of_every_kind() -> None:
    kinds = Counter(question.key.kind for _, question in QUESTIONS)
    assert len(QUESTIONS) >= 120
    assert min(kinds[kind] for kind in KINDS) >= 5, kinds
    assert sum(question.critical for _, question in QUESTIONS) >= 25
    ids = Counter(question.id for _, question in QUESTIONS)
    assert max(ids.values()) == 1


def test_no_place_among_the_options_is_the_safe_bet() -> None:
    keys = [q.key for q in CHOICES if isinstance(q.key, model.Choice)]
    place = Counter([option.right for option in key.options].index(True) for key in keys)
    assert max(place.values()) <= 0.4 * len(keys), place
    longest = sum(max(key.options, key=lambda option: len(option.text)).right for key in keys)
    assert longest <= 0.3 * len(keys)


@pytest.mark.parametrize(
    ("page", "question"), QUESTIONS, ids=[question.id for _, question in QUESTIONS]
)
def test_a_question_is_answered_where_its_why_points(
    page: model.Page, question: model.Question
) -> None:
    assert question.pinned
    assert question.why_links, page.path
    told = ""
    for link in question.why_links:
        address, _, anchor = link.partition("#")
        assert anchor, "the section that teaches it, not the page"
        sections = PAGES[f"{address}.md"].sections
        section = next(s for s in sections if anchor in (s.anchor, s.address.partition("#")[2]))
        assert section.kind != "quiz"
        told += words(section) + "\n"
    told = folded(told)
    key = question.key
    if isinstance(key, model.Numeric):
        number = re.escape(re.findall(r"[\d.]+", key.shown)[0])
        assert re.search(rf"(?<![\d.]){number}(?![\d]|\.\d)", told), key.shown
    elif isinstance(key, model.Short):
        assert any(folded(answer) in told for answer in key.answers), key.answers
    elif isinstance(key, model.Cloze):
        for blank in key.blanks:
            assert any(folded(answer) in told for answer in blank), blank
