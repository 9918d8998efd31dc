"""The visitor's sheet as people see it: on a phone, in the dark, on paper. Needs a Chromium."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_brief import fault, made, mod

from conftest import ROOT, Ran
from kb.views import brief_html

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), "")
pytestmark = pytest.mark.skipif(
    not CHROMIUM, reason="no Chromium here; what can be told without one is in test_brief.py"
)
QUIET = """
--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync
--disable-background-networking --disable-component-update --virtual-time-budget=3000
--enable-logging=stderr --hide-scrollbars
""".split()

# What an eye would measure, told to the page around: how wide it is, and how well it can be read.
EYE = """
<script>
const parts = text => text.match(/[\\d.]+/g).map(Number);
const light = text => parts(text).slice(0, 3).map(n => n / 255)
  .map(n => n <= 0.03928 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4)
  .reduce((sum, n, i) => sum + n * [0.2126, 0.7152, 0.0722][i], 0);
const ground = element => {
  for (; element; element = element.parentElement) {
    const colour = getComputedStyle(element).backgroundColor;
    if (parts(colour)[3] !== 0) return colour;
  }
  return "rgb(255, 255, 255)";
};
let contrast = [22, ""];
for (const element of document.querySelectorAll("body, body *")) {
  const own = [...element.childNodes].filter(node => node.nodeType === 3);
  const text = own.map(node => node.data.trim()).join("");
  if (!text || element.tagName === "SCRIPT") continue;
  const pair = [light(getComputedStyle(element).color), light(ground(element))];
  const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
  if (ratio < contrast[0]) contrast = [ratio, text];
}
parent.postMessage({
  name,
  width: innerWidth,
  needs: document.documentElement.scrollWidth,
  dark: matchMedia("(prefers-color-scheme: dark)").matches,
  contrast,
  text: document.body.innerText,
}, "*");
</script>
"""
PHONE = (
    '<iframe name="{name}" src="{file}" style="color-scheme:{scheme};width:375px;height:800px">'
    "</iframe>"
)
TOLD = """<pre id="told">[</pre>
<script>onmessage = event => { told.textContent += JSON.stringify(event.data) + "," }</script>
"""
LIGHT_AND_DARK = ("light", "dark")
WRONG = """<!doctype html>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>p { color: #888; width: 500px; break-after: page }</style>
<p>grey<p>and<p>wide<img src="http://example.invalid/x.png">
"""


def browse(file: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [CHROMIUM, *QUIET, f"--user-data-dir={file.parent / 'profile'}", *options, file.as_uri()],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=True,
    )


def plain(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory, run_kb: Callable[..., Ran]) -> Path:
    home = tmp_path_factory.mktemp("home")
    shutil.copytree(ROOT / "docs", home / "studio" / "docs")
    run_kb(home, "reindex")
    return home


@pytest.fixture(scope="module")
def pages(studio: Path, run_kb: Callable[..., Ran]) -> dict[str, str]:
    """The sheet of each room, the longest there is, and a page that is wrong in every way."""
    sheets = {room: run_kb(studio, "brief", "--room", room, "--html", "-").stdout for room in "AB"}
    return {**sheets, "full": full(), "wrong": WRONG}


def full() -> str:
    """A sheet as long as one may be: with one mod more it would be condensed."""
    faults = [fault("desk", f"Unit {n}", use="Wait for it. " * 4) for n in range(60)]
    # Words that no line can hold, and a part that fits no bar.
    mods = [
        mod("desk", "W" * 90, "w" * 90, "ch:1 ch:2 ch:3", part="Part of it " * 9),
        mod("desk", "Ch 8", "", "ch:8", part="P" * 90),
    ]
    found = made([], faults)
    while True:
        text = "what it is in this room " * (1 + len(mods) % 4)
        mods.append(mod("desk", f"Unit {len(mods)}", f"{len(mods)} {text}"))
        longer = made(mods, faults)
        if longer.groups[0].shown != "full":
            return brief_html.page(found)
        found = longer


@pytest.fixture(scope="module")
def looks(
    pages: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, str], dict[str, Any]]:
    """How each page looks on a phone, in light and dark. Its own rules allow no script: here none.

    A frame has the colour scheme of the element that holds it.
    """
    folder = tmp_path_factory.mktemp("phones")
    frames = []
    for name, page in pages.items():
        eyed = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page) + EYE
        (folder / f"{name}.html").write_text(eyed, encoding="utf-8")
        for scheme in LIGHT_AND_DARK:
            frames.append(PHONE.format(name=f"{name} {scheme}", file=f"{name}.html", scheme=scheme))
    desk = folder / "desk.html"
    desk.write_text("<!doctype html>" + TOLD + "".join(frames), encoding="utf-8")
    dom = browse(desk, "--dump-dom").stdout
    told = re.search(r'<pre id="told">(.+?),</pre>', dom, re.S)
    assert told, dom[-2000:]
    seen = json.loads(html.unescape(told[1]) + "]")
    return {tuple(one["name"].split()): one for one in seen}


@pytest.fixture(scope="module")
def prints(
    pages: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[int, list[str]]]:
    """On how many sides each page prints, and what the browser complains of meanwhile."""
    folder = tmp_path_factory.mktemp("paper")
    found = {}
    for name, page in pages.items():
        file, paper = folder / f"{name}.html", folder / f"{name}.pdf"
        file.write_text(page, encoding="utf-8")
        log = browse(file, "--no-pdf-header-footer", f"--print-to-pdf={paper}").stderr
        count = len(re.findall(rb"/Type\s*/Page\b", paper.read_bytes()))
        found[name] = (count, [line for line in log.splitlines() if ":CONSOLE" in line])
    return found


@pytest.mark.parametrize("scheme", LIGHT_AND_DARK)
@pytest.mark.parametrize("room", ["A", "B"])
def test_on_a_phone_nothing_scrolls_sideways_and_all_can_be_read(
    room: str, scheme: str, looks: dict[tuple[str, str], dict[str, Any]]
) -> None:
    look = looks[room, scheme]
    assert look["dark"] == (scheme == "dark")
    assert (look["width"], look["needs"]) == (375, 375)
    assert look["contrast"][0] >= 4.5, look["contrast"]


@pytest.mark.parametrize("room", ["A", "B"])
def test_every_open_mod_of_the_room_is_to_be_seen(
    room: str,
    studio: Path,
    run_kb: Callable[..., Ran],
    looks: dict[tuple[str, str], dict[str, Any]],
) -> None:
    mods = json.loads(run_kb(studio, "mods", "--room", room, "--json").stdout)["mods"]
    assert len(mods) > 50
    text = plain(looks[room, "light"]["text"])
    assert [mod["address"] for mod in mods if plain(mod["here"]) not in text] == []


@pytest.mark.parametrize("room", ["A", "B", "full"])
def test_a_room_prints_on_two_sides_and_the_browser_has_nothing_to_say(
    room: str, prints: dict[str, tuple[int, list[str]]]
) -> None:
    assert prints[room] == (2, [])


def test_a_page_that_is_wrong_in_every_way_is_seen_to_be(
    looks: dict[tuple[str, str], dict[str, Any]], prints: dict[str, tuple[int, list[str]]]
) -> None:
    look = looks["wrong", "light"]
    assert look["needs"] > look["width"] == 375
    assert look["contrast"][0] < 4.5
    count, complaints = prints["wrong"]
    assert count > 2
    assert complaints
