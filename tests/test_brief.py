"""The visitor's sheet: what is on it, what it leaves out and tells, what hostile pages do to it."""

from __future__ import annotations

import html
import json
import re
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT, Ran
from kb.room.brief import broken, sheet
from kb.room.faultbook import of_row
from kb.room.sheet import Broken, Head, Note, Sheet
from kb.room.strips import key, number_of, spoken, strips, strips_of
from kb.search.rows import FoundRow
from kb.views import brief_html
from kb.views.brief import lines
from kb.views.terminal import Screen

CSS = (ROOT / "kb" / "views" / "brief.css").read_text(encoding="utf-8")
NOW = datetime(2026, 11, 22, 14, 3, tzinfo=UTC)
HEAD = Head("Kiln Lane", "A", "Studio A", (), NOW, "", None)


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory, run_kb: Callable[..., Ran]) -> Path:
    home = tmp_path_factory.mktemp("home")
    shutil.copytree(ROOT / "docs", home / "studio" / "docs")
    run_kb(home, "reindex")
    return home


class _Read(HTMLParser):
    """What a browser would make of a page: its text, its tags, its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.words: list[str] = []
        self._style = False
        self.feed(page)
        self.text = " ".join("".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update((name, value or "") for name, value in attrs)
        self._style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._style = False

    def handle_data(self, data: str) -> None:
        if not self._style:
            self.words.append(data)


def plain(text: str) -> str:
    return " ".join(text.split())


# --- what is on it -----------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["--html", "terminal"])
def told(request: pytest.FixtureRequest, studio: Path, run_kb: Callable[..., Ran]) -> str:
    """The sheet of room A in words."""
    if request.param == "--html":
        return _Read(run_kb(studio, "brief", "--room", "A", "--html", "-").stdout).text
    return plain(run_kb(studio, "brief", "--room", "A").stdout)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("where is the insert on channel 19?", r"Ch 17–24 Insert point: post-EQ"),
        ("and on the bay?", r"C1–C48 Ch 1–48 insert send .{0,30} D1–D48 Ch 1–48 insert return"),
        ("is the direct out pre or post?", r"Ch 17–32 Direct out: pre-fader.{0,60}stock: post"),
        ("what does dim do here?", r"Monitor controller DIM: −20 dB"),
        ("what is broken today?", r"Broken: \d\d.+Ch 22 Insert return thin.{0,80} do not use"),
        ("what may I not touch?", r"Nobody opens it, pulls a module .+ rows A or B with 48 V on"),
        ("who do I call?", r"ext 214 console, rails, smell"),
    ],
)
def test_who_has_never_seen_the_room_can_answer(question: str, answer: str, told: str) -> None:
    assert re.search(answer, told), question


def test_where_a_fault_is_told_stands_apart_from_what_to_do(
    studio: Path, run_kb: Callable[..., Ran]
) -> None:
    told = _Read(run_kb(studio, "brief", "--room", "A", "--html", "-").stdout).text
    assert "listen for the dim to let go · Console" in told


def test_every_open_mod_and_fault_of_the_room_is_there_and_nothing_that_is_over(
    studio: Path, run_kb: Callable[..., Ran], told: str
) -> None:
    def mods(*words: str) -> list[dict[str, str]]:
        return list(json.loads(run_kb(studio, "mods", *words, "--json").stdout)["mods"])

    open_ = mods("--room", "A")
    assert len(open_) > 100
    assert [mod["address"] for mod in open_ if plain(mod["here"]) not in told] == []
    assert "OPA2134" not in told  # taken out again
    assert "CUT thumped into the cues" not in told  # mended
    for page in (ROOT / "docs" / "equipment").glob("*.md"):
        text = page.read_text(encoding="utf-8")
        if not re.search(r"^room: .*\bA\b", text, re.M):
            continue
        for where, symptom in re.findall(
            r"^\| ([^|]+) \| ([^|]+) \| [^|]+ \| [\d-]+ \| \w+ \|\s*\|$", text, re.M
        ):
            assert plain(symptom) in told, (page.name, where)


def test_json_has_the_keys_that_its_help_lists(studio: Path, run_kb: Callable[..., Ran]) -> None:
    sheet = json.loads(run_kb(studio, "brief", "--room", "A", "--json").stdout)
    listed = run_kb(studio, "brief", "--help").stdout.partition("--json has:")[2].partition(".")[0]
    assert plain(listed).split(", ") == list(sheet)
    assert len(sheet["mods"]) > 100
    assert {"where", "part", "stock", "here", "do", "key", "address"} <= set(sheet["mods"][0])
    by_key = {mod["key"]: mod["strips"] for mod in sheet["strips"]["mods"]}
    vca = next(mod for mod in sheet["mods"] if mod["part"] == "Large fader VCA")
    assert by_key[vca["key"]] == [19]


def test_pages_that_are_named_are_the_only_ones(studio: Path, run_kb: Callable[..., Ran]) -> None:
    told = plain(run_kb(studio, "brief", "tape-machine").stdout)
    assert told.startswith("Studio A: Tape machine · Kiln Lane Studios")
    assert "Never stop a reel by hand" in told
    assert "Operating level" in told
    assert "Insert point" not in told
    assert "no page is called" in run_kb(studio, "brief", "piano").stdout


def test_strips_of_two_consoles_are_in_no_picture(studio: Path, run_kb: Callable[..., Ran]) -> None:
    told = json.loads(run_kb(studio, "brief", "console", "console-b", "--json").stdout)
    assert (told["room"], told["strips"], told["jacks"]) == ("", None, [])
    assert {mod["rooms"][0] for mod in told["mods"]} == {"A", "B"}
    told = json.loads(run_kb(studio, "brief", "console-b", "--room", "A", "--json").stdout)
    assert (told["room"], told["strips"]["last"]) == ("B", 24)


def test_the_room_must_be_said_where_there_are_several(
    studio: Path, run_kb: Callable[..., Ran]
) -> None:
    ran = run_kb(studio, "brief")
    assert (ran.returncode, ran.stdout) == (2, "kb: which room? --room A or --room B\n")
    ran = run_kb(studio, "brief", "--room", "C")
    assert (ran.returncode, ran.stdout) == (2, "kb: no room 'C'; there are: A, B\n")
    assert run_kb(studio, "brief", "--room", "a").stdout.startswith("Studio A")


# --- how it is chosen --------------------------------------------------------------------------


def row(kind: str, page: str, places: str = "", closed: bool = False, **cells: str) -> FoundRow:
    return FoundRow(
        address=f"{page}#x/{len(cells)}",
        page=page,
        title=page.title(),
        section="X",
        path=f"{page}.md",
        line=1,
        kind=kind,
        rooms=("a",),
        cells={name.rstrip("_"): cell for name, cell in cells.items()},
        places=tuple(places.split()),
        closed=closed,
    )


def mod(page: str, where: str, here: str, places: str = "", **more: str) -> FoundRow:
    cells = {"where": where, "part": "Part", "stock": "stock", "here": here, "do": "Mind it."}
    return row("mod", page, places, **{**cells, **more})


def fault(page: str, where: str, places: str = "", use: str = "Wait") -> Broken:
    cells = {"where": where, "symptom": f"{where} hums", "workaround": use}
    return broken(of_row(row("fault", page, places, **cells), NOW))


def made(
    mods: list[FoundRow],
    faults: list[Broken] | None = None,
    notes: list[Note] | None = None,
    rest: tuple[str, ...] = (),
    entries: dict[str, dict[str, Any]] | None = None,
) -> Sheet:
    first = list(dict.fromkeys(one.page for one in mods if one.page not in rest)) or ["desk"]
    pages = {a: {"title": f"{a.title()}, Studio A"} for a in [*first, *rest]}
    for address, more in (entries or {}).items():
        pages[address] |= more
    return sheet(HEAD, pages, first, rest, mods, faults or [], notes or [], [], [], [])


def strip_places(*numbers: int) -> str:
    return " ".join(f"ch:{number}" for number in numbers)


def test_strips_come_first_from_the_left_and_what_is_so_on_all_of_them_after() -> None:
    found = made(
        [
            mod("desk", "Master", "m"),
            mod("desk", "Ch 1–4", "all", strip_places(1, 2, 3, 4)),
            mod("desk", "Ch 3", "three", strip_places(3)),
            mod("desk", "Ch 1", "one", strip_places(1)),
            mod("desk", "Ch 1–2", "two", strip_places(1, 2)),
        ]
    )
    lines = found.groups[0].lines
    assert [line.where for line in lines] == ["Ch 1–2", "Ch 1", "Ch 3", "Ch 1–4", "Master"]
    assert [line.key for line in lines] == ["a", "b", "c", "d", ""]


def test_rows_that_differ_in_nothing_but_where_are_one_line() -> None:
    found = made([mod("desk", "Ch 1", "x"), mod("desk", "Ch 9", "x"), mod("desk", "Ch 2", "y")])
    assert [line.where for line in found.groups[0].lines] == ["Ch 1, Ch 9", "Ch 2"]


def test_stock_is_told_where_other_strips_have_it_and_nothing_to_do_is_not_told() -> None:
    some, all_, none = (
        made(
            [
                mod("desk", "Ch 1", "x", strip_places(1), do="Nothing. Quieter"),
                mod("desk", "Ch 1–2", "y", strip_places(1, 2), do="nothing"),
                mod("desk", "Bus", "z", do="Nothing above 0 on this one"),
            ]
        )
        .groups[0]
        .lines
    )
    assert (some.stock, all_.stock, none.stock) == ("stock", "", "")
    assert (some.do, all_.do, none.do) == ("Quieter", "", "Nothing above 0 on this one")


def test_today_stands_above_what_is_broken_and_lockout_above_today() -> None:
    notes = [
        Note("Ch 4", "patched", "MO", NOW, NOW.replace(hour=18, minute=0), "7"),
        Note("Studio A", "LOCKOUT: do not strike"),
    ]
    today = fault("desk", "Ch 9", "ch:9")._replace(label="12", by="JB", at=NOW)
    found = made([mod("desk", "Ch 1", "x")], [fault("desk", "Ch 2", "ch:2"), today], notes)
    for told in (_Read(brief_html.page(found)).text, plain("\n".join(lines(Screen(), found)))):
        said = [
            "Studio A LOCKOUT: do not strike",
            "Ch 4 patched until 18:00 · note 7, MO 14:03",
            "Broken: 2",
            "Ch 9 Ch 9 hums",
            "fault 12, JB 14:03",
            "Ch 2 Ch 2 hums",
        ]
        at = [told.index(text) for text in said]
        assert at == sorted(at)


def test_what_there_is_no_way_round_stands_above_what_there_is() -> None:
    faults = [fault("desk", "Ch 2", "ch:2"), fault("desk", "Ch 7", "ch:7", use="none: no use")]
    told = plain("\n".join(lines(Screen(), made([mod("desk", "Ch 1", "x")], faults))))
    assert told.index("Ch 7 hums") < told.index("Ch 2 hums")


def test_a_slip_of_the_fingers_in_the_fault_book_adds_no_strips_to_the_console() -> None:
    mods = [mod("desk", "Ch 1–2", "x", strip_places(1, 2))]
    mods.append(mod("desk", "Ch 3", "y", strip_places(3)))
    slip = fault("desk", "Ch 999", "ch:999")._replace(label="12", by="JB", at=NOW)
    drawn = made(mods, [slip, fault("desk", "Ch 4", "ch:4")]).strips
    assert drawn
    assert (drawn.last, drawn.broken) == (4, (4,))


def test_what_is_typed_in_one_terminal_is_on_the_sheet_of_its_room_in_another(
    tmp_path: Path, run_kb: Callable[..., Ran]
) -> None:
    shutil.copytree(ROOT / "docs", tmp_path / "studio" / "docs")
    run_kb(
        tmp_path,
        "people",
        "add",
        "mara",
        "--name",
        "Mara Ortiz",
        "--initials",
        "MO",
        "--role",
        "intern",
    )
    for words in (
        ("fault", "--room", "A", "ch 30", "fader dead", "--use", "ride on 31"),
        ("note", "studio a", "LOCKOUT: do not strike", "--until", "18:00"),
        ("fault", "--room", "B", "ch 2", "no EQ", "--use", "use 4"),
    ):
        ran = run_kb(tmp_path, "--as", "mara", *words)
        assert ran.returncode == 0, ran.stdout
    told = plain(run_kb(tmp_path, "brief", "--room", "A").stdout)
    assert "! Studio A LOCKOUT: do not strike until 18:00 · note 2, MO 14:03" in told
    assert "Ch 30 fader dead · fault 1, MO 14:03 → ride on 31" in told
    assert "no EQ" not in told
    page = run_kb(tmp_path, "brief", "--room", "A", "--html", "-").stdout
    assert '<span class="strip bad">30<b>!</b></span>' in page
    run_kb(tmp_path, "--as", "mara", "fault", "clear", "1")
    assert "fader dead" not in run_kb(tmp_path, "brief", "--room", "A").stdout
    assert "fader dead" not in run_kb(tmp_path, "brief", "tape-machine").stdout


def test_a_fault_book_that_cannot_be_read_is_told_of_on_the_sheet(
    tmp_path: Path, run_kb: Callable[..., Ran]
) -> None:
    shutil.copytree(ROOT / "docs", tmp_path / "studio" / "docs")
    run_kb(
        tmp_path,
        "people",
        "add",
        "mara",
        "--name",
        "Mara Ortiz",
        "--initials",
        "MO",
        "--role",
        "intern",
    )
    for file in (tmp_path / "records").rglob("*"):
        if file.is_file():
            file.write_bytes(b"no store at all")
    told = plain(run_kb(tmp_path, "brief", "--room", "A").stdout)
    assert "Today Fault book the fault book cannot be read" in told
    assert "Broken: " in told


def test_a_sheet_that_would_be_too_long_is_condensed_from_the_last_page_up_and_says_so() -> None:
    mods = [
        mod(page, f"Unit {page} {n}", f"here {page} {n}", do="Do as the label says. " * 5)
        for page in ("desk", "bay", "tape")
        for n in range(70)
    ]
    found = made(mods)
    assert [group.shown for group in found.groups] == ["full", "full", "short"]
    told = _Read(brief_html.page(found)).text
    assert [one for one in mods if one.cells["here"] not in told] == []

    more = [mod("rack", f"Unit {n}", f"here {n} " * 30, do="Do. " * 40) for n in range(300)]
    found = made([*mods, *more])
    assert [group.shown for group in found.groups] == ["short", "short", "short", "count"]
    assert "300 more, not on this sheet: kb show rack" in _Read(brief_html.page(found)).text
    assert "300 more, not on this sheet: kb show rack" in plain("\n".join(lines(Screen(), found)))


def test_faults_and_what_is_dangerous_are_never_condensed() -> None:
    faults = [fault("desk", f"Unit {n}", use="Do as the label says. " * 20) for n in range(200)]
    entries = {"desk": {"safety": ["Mind the rails."], "touch": "Techs"}}
    found = made([mod("desk", "Ch 1", "x")], faults, entries=entries)
    assert [group.shown for group in found.groups] == ["count"]
    told = _Read(brief_html.page(found)).text
    assert all(f"Unit {n} hums" in told for n in range(200))
    assert "Mind the rails. Techs" in told


def test_type_is_as_large_as_two_sides_allow() -> None:
    def size(length: int) -> float:
        mods = [mod("desk", f"Unit {n}", f"{n} " * 60) for n in range(length)]
        found = re.search(r"--print:([\d.]+)pt", brief_html.page(made(mods)))
        assert found
        return float(found[1])

    assert size(1) == 9
    assert 6.4 < size(110) < 8
    sizes = [size(length) for length in range(20, 110, 10)]
    assert sizes == sorted(sizes, reverse=True)


def test_two_rows_of_the_bay_that_go_on_from_one_another_are_one() -> None:
    def patch(top: str, out: str, bottom: str, input_: str, places: str = "ch:1") -> FoundRow:
        cells = {"top": top, "out": out, "normal": "half", "bottom": bottom, "in_": input_}
        return row("patch", "bay", places, **cells)

    rows = [
        patch("A1–A16", "Mic line 1–16", "B1–B16", "Ch 1–16 mic in"),
        patch("A17–A24", "Mic line 17–24", "B17–B24", "Ch 17–24 mic in"),
        patch("A26", "Mic line 26", "B26", "Ch 26 mic in"),
        patch("C1–C4", "Ch 1–4 insert send", "D1–D4", "Ch 1–4 insert return"),
        patch("L1", "1176 out", "M1", "1176 in", ""),
    ]
    mods = [mod("desk", "Ch 1", "x", strip_places(1))]
    pages = {"desk": {"title": "Desk"}}
    found = sheet(HEAD, pages, ["desk"], [], mods, [], [], rows, [], [])
    assert [tuple(jacks) for jacks in found.jacks] == [
        ("A1–A24", "Mic line 1–24", "half", "B1–B24", "Ch 1–24 mic in"),
        ("A26", "Mic line 26", "half", "B26", "Ch 26 mic in"),
        ("C1–C4", "Ch 1–4 insert send", "half", "D1–D4", "Ch 1–4 insert return"),
    ]


# --- strips ------------------------------------------------------------------------------------


def test_bars_of_one_lane_never_overlap() -> None:
    mods = [
        ("a", "Phantom", "", tuple(range(1, 17))),
        ("b", "Transformer", "", tuple(range(1, 9))),
        ("c", "Op-amp", "", tuple(range(9, 17))),
        ("d", "Out", "", (1, 2, 20)),
        ("e", "Computer", "", tuple(range(1, 25))),
    ]
    found = strips(24, mods, {3}, {3})
    assert found.everywhere == (("e", "Computer"),)
    assert [bar.lane for bar in found.bars] == [0, 1, 1, 2]
    for one, other in combinations(found.bars, 2):
        assert one.lane != other.lane or set(one.strips).isdisjoint(other.strips)
    by_strip = {strip: run.keys for run in found.runs for strip in run.strips}
    assert by_strip[1] == ("a", "b", "d")
    assert by_strip[16] == ("a", "c")
    assert 18 not in by_strip


def test_letters_leave_out_those_that_look_like_figures_and_go_on_after_z() -> None:
    keys = [key(number) for number in range(60)]
    assert keys[:9] == list("abcdefghj")
    assert keys[22:25] == ["z", "aa", "ab"]
    assert len(set(keys)) == 60
    assert [number_of(one) for one in keys] == list(range(60))


def test_numbers_are_said_with_runs_drawn_together() -> None:
    assert spoken((17, 18, 20, 21, 22, 23, 41)) == "17–18, 20–23, 41"
    assert strips_of(("ch:17", "jack:a:c17", "group:3", "ch:2")) == (2, 17)


def test_the_map_says_in_words_what_it_shows() -> None:
    faults = [
        fault("desk", "Ch 2", "ch:2"),
        fault("desk", "Ch 4", "ch:4", "none: do not use its insert"),
    ]
    page = brief_html.page(made([mod("desk", "Ch 1–3", "x", strip_places(1, 2, 3))], faults))
    assert '<span class="strip bad">2<b>!</b></span>' in page
    assert '<span class="strip out">4<b>×</b></span>' in page
    assert '<span class="bar t0" style="grid-row:2;grid-column:1/4"><b>a</b> Part: x</span>' in page
    assert "a Part 1–3 a ! fault on 2 × no way round it on 4" in _Read(page).text


# --- what it is made of ------------------------------------------------------------------------


def test_a_sheet_needs_nothing_from_anywhere(studio: Path, run_kb: Callable[..., Ran]) -> None:
    page = run_kb(studio, "brief", "--room", "A", "--html", "-").stdout
    read = _Read(page)
    assert read.tags.isdisjoint({"script", "link", "img", "iframe", "object", "base"})
    links = {value for name, value in read.attributes if name in ("href", "src", "srcset")}
    assert all(value.startswith("#") for value in links)
    assert {value[1:] for value in links} <= {v for n, v in read.attributes if n == "id"}
    assert not re.search(r"url\(|@import|https?:", page)
    assert len(page.encode()) < 100_000


HOSTILE = """---
title: 'Desk </title></style><script>alert(1)</script>'
room: A
safety: ['<img src=x onerror=alert(2)> "quoted" & \\u202egnp', "\\u001b[2J"]
touch: "</dd></style><script>"
---
# Desk

| Where | Part | Stock | Here | Do |
|---|---|---|---|---|
| Ch 1 | `</span><script>alert(3)</script>` | `"><b` | \x1b]0;x\x07 `<svg onload=alert(4)>` | d |
| Ch 2–3 | P | s | h | d |

| Where | Symptom | Workaround |
|---|---|---|
| Ch 1 `<u>` | `<iframe src=//x>` | none `</dl>` |

| Point | Level |
|---|---|
| `<a href=//x>` | `+4` |
"""


def test_whatever_a_page_says_stays_text(tmp_path: Path, run_kb: Callable[..., Ran]) -> None:
    docs = tmp_path / "studio" / "docs"
    (docs / "equipment").mkdir(parents=True)
    (docs / "equipment" / "desk.md").write_text(HOSTILE, encoding="utf-8")
    name = """</style><script>alert(5)</script>"; } } body { display: none } /*"""
    (docs / "studio.toml").write_text(
        f"name = '{name}'\n[[rooms]]\nletter = 'A'\nname = '<h1>'\n"
        "[[call]]\nfor = '<b>'\nwho = '\"><script>'\nring = '<script>'\n"
    )
    page = run_kb(tmp_path, "brief", "--html", "-").stdout
    read = _Read(page)
    assert read.tags.isdisjoint({"script", "img", "svg", "iframe", "u", "dl<"})
    assert not any(name.startswith("on") for name, _ in read.attributes)
    assert page.count("<style>") == page.count("</style>") == 1
    assert "body { display" not in page.partition("<style>")[2].partition("</style>")[0]
    for said in (
        '<img src=x onerror=alert(2)> "quoted" & \\u202egnp',
        "</span><script>alert(3)</script>: \\x1b]0;x\\x07 <svg onload=alert(4)>",
        "<iframe src=//x>",
        "<a href=//x> +4",
    ):
        assert said in read.text
    for text in (page, run_kb(tmp_path, "brief").stdout):
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e]", text)


PAIRS = [
    ("ink", "paper"),
    ("quiet", "paper"),
    ("alarm", "paper"),
    ("ink", "wash"),
    ("quiet", "wash"),
    ("alarm", "wash"),
    ("ink", "strip"),
    ("on-alarm", "alarm"),
    *(("ink", f"t{n}") for n in range(6)),
]


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_every_text_stands_out_from_its_ground(scheme: str) -> None:
    blocks = re.findall(r":root \{(.*?)\}", CSS, re.S)
    colours = dict(re.findall(r"--([\w-]+): (#\w+);", blocks[0]))
    if scheme != "light":
        at = {"dark": 1, "print": 2}[scheme]
        colours |= dict(re.findall(r"--([\w-]+): (#\w+);", blocks[at]))
    for text, ground in PAIRS:
        light, dark = sorted((luminance(colours[text]), luminance(colours[ground])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (text, ground)
    assert len({colours[f"t{n}"] for n in range(6)}) == 6


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    linear = [n / 12.92 if n <= 0.03928 else ((n + 0.055) / 1.055) ** 2.4 for n in parts]
    return sum(a * b for a, b in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


# --- where it goes -----------------------------------------------------------------------------


def test_a_sheet_replaces_a_sheet_and_nothing_else(
    studio: Path, run_kb: Callable[..., Ran]
) -> None:
    def write(name: str) -> tuple[int, str]:
        ran = run_kb(studio, "brief", "--room", "A", "--html", name)
        return ran.returncode, ran.stdout

    folder = studio / "studio"
    assert write("a.html") == (0, "wrote a.html\n")
    first = (folder / "a.html").read_text(encoding="utf-8")
    assert first.startswith("<!doctype html>")
    (folder / "a.html").write_text(first.replace("Studio A", "Studio Old"), encoding="utf-8")
    assert write("a.html") == (0, "wrote a.html\n")
    assert (folder / "a.html").read_text(encoding="utf-8") == first

    (folder / "mine.html").write_text("<p>my own page")
    told = "kb: mine.html is not a sheet of kb's and stays as it is; name another\n"
    assert write("mine.html") == (2, told)
    assert (folder / "mine.html").read_text() == "<p>my own page"
    assert write("docs") == (2, "kb: docs is no file; name another\n")
    code, told = write("nowhere/a.html")
    assert (code, told.splitlines()) == (
        4,
        ["kb: nowhere/a.html: not written: No such file or directory"],
    )
    assert sorted(path.name for path in folder.iterdir()) == ["a.html", "docs", "mine.html"]


def test_without_a_file_the_sheet_goes_to_standard_output(
    studio: Path, run_kb: Callable[..., Ran]
) -> None:
    bare = run_kb(studio, "brief", "--room", "A", "--html").stdout
    assert bare.startswith("<!doctype html>")
    assert bare == run_kb(studio, "brief", "--html", "-", "--room", "A").stdout
    ran = run_kb(studio, "brief", "--json", "--room", "A", "--html")
    assert (ran.returncode, ran.stdout) == (2, "kb: --json or --html, not both\n")


def test_the_head_says_of_when_it_is() -> None:
    found = made([mod("desk", "Ch 1", "x")])
    head = HEAD._replace(commit="0123456789", committed=date(2026, 11, 20))
    page = brief_html.page(found._replace(head=head))
    said = "as of 2026-11-22 14:03 · pages at 0123456789 of 2026-11-20"
    assert said in _Read(page).text
    assert html.unescape(page).count("Kiln") > 0
    assert (
        next(line for line in lines(Screen(), found._replace(head=head)) if "as of" in line) == said
    )
