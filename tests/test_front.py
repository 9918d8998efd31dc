"""Plain front matter means to kb what it means to YAML."""

from __future__ import annotations

import yaml
from hypothesis import given
from hypothesis import strategies as st

from kb.pages.front import _events, plain_events

VALUES = st.text(alphabet="ab1 +-,.'\"()[]{}:#é%&*!|>@~?=/\\\n", max_size=30)
LINES = st.one_of(
    st.builds("{}: {}".format, st.sampled_from(["title", "for", "a_b"]), VALUES),
    st.builds("  - {}".format, VALUES),
    st.sampled_from(["tags:", "for:"]),
    st.builds("tags: [{}]".format, VALUES),
)


@given(st.lists(LINES, max_size=5).map("\n".join))
def test_what_is_read_without_yaml_is_what_yaml_reads(inside: str) -> None:
    events = plain_events(inside)
    if events is not None and len(events) > 2:
        told = list(_events(yaml.parse(inside, Loader=yaml.BaseLoader)))
        assert [event[:2] for event in events] == [event[:2] for event in told]


def test_the_usual_front_matter_needs_no_yaml() -> None:
    inside = "title: Console, Studio A\naliases: [desk, the board]\nsafety:\n  - Off, then blot.\n"
    assert plain_events(inside) is not None
    assert plain_events('title: "Pro Tools: set-up"\n') is None
