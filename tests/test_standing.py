from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import KbError
from kb.house import studio_day
from kb.records.event import Done, Draft, Event, make
from kb.records.people import Roster, roster
from kb.training import runs, samestep, standing
from kb.training.checklist import Checklist, to_draft, versions
from kb.training.ladder import Ladder
from kb.training.pairing import Pair, Wording, pair
from kb.training.standing import History, SignOff, sign_offs, signed_off
from kb.training.standing import standing as stands

NOW = datetime(2026, 11, 22, 14, 3, tzinfo=UTC)
OLD = (
    "Mains and UPS on, no smell or trip",
    "Console PSU: all rail LEDs (!)",
    "Word clock master first, then converters",
    "Drives, then computer",
    "Monitors last, level down",
)


def print_(text: str) -> str:
    return "1:" + text.replace(" ", "_")


def items(*texts: str, sign: str | None = None) -> tuple[Wording, ...]:
    """Items of these texts; `(!)` and `(sign-off)` at the end say what they say in a page."""
    found = []
    for number, text in enumerate(texts, 1):
        sign_off = sign or "" if text.endswith("(sign-off)") else None
        critical = text.endswith("(!)")
        found.append(Wording(f"open/{text}", str(number), print_(text), text, critical, sign_off))
    return tuple(found)


def listed(*texts: str, sign: str | None = None) -> Checklist:
    return Checklist("open", "Open the room", items(*texts, sign=sign))


def did(*texts: str) -> Done | None:
    prints = " ".join(print_(text) for text in texts)
    return Done("mara", "open", prints, "2026-11-22T14:03:00.000Z") if texts else None


def events(*drafts: Draft) -> list[Event]:
    return [
        make(draft, machine="m", seq=n, lamport=n, now=NOW, entropy=lambda k, n=n: n.to_bytes(k))
        for n, draft in enumerate(drafts, 1)
    ]


def signed(*texts: str, ok: bool = True, level: str = "alone", by: str = "engineer") -> SignOff:
    prints = frozenset(map(print_, texts))
    return SignOff("rh", "mara", "open", level, ok, "", NOW, "", prints, (by, "intern"))


def asked(history: History, done: Sequence[str]) -> list[tuple[str, str]]:
    return [(change.was, change.now) for change in stands(history, did(*done)).changed]


def state(history: History, done: Sequence[str], *signs: SignOff) -> str:
    return stands(history, did(*done), signs).state


def test_somebody_who_has_done_every_item_at_its_present_wording_is_current() -> None:
    history = History(listed(*OLD))
    assert state(history, ()) == "never"
    assert state(history, OLD[:4]) == "in progress"
    assert state(history, OLD) == "current"
    assert [i.text for i in stands(history, did(*OLD[:4])).missing] == [OLD[4]]


def test_a_reworded_item_is_asked_for_again_and_only_that_item() -> None:
    new = (*OLD[:3], "Drives first, then the computer", OLD[4])
    history = History(listed(*new), [items(*OLD)])
    assert state(history, OLD) == "changed"
    assert asked(history, OLD) == [(OLD[3], new[3])]
    assert state(history, (*OLD, new[3])) == "current"


def test_an_added_item_is_asked_for_with_nothing_before_it() -> None:
    new = (*OLD[:2], "Log who has the keys", *OLD[2:])
    history = History(listed(*new), [items(*OLD)])
    assert asked(history, OLD) == [("", "Log who has the keys")]


def test_a_removed_or_moved_item_asks_nothing_of_anyone() -> None:
    assert state(History(listed(*OLD[1:]), [items(*OLD)]), OLD) == "current"
    assert state(History(listed(*OLD[::-1]), [items(*OLD)]), OLD) == "current"


def test_what_was_never_done_is_in_progress_and_not_changed() -> None:
    new = (*OLD[:3], "Drives first, then the computer", OLD[4])
    history = History(listed(*new), [items(*OLD)])
    assert state(history, OLD[:2]) == "in progress"
    assert state(history, OLD[:4]) == "in progress"
    assert asked(history, OLD[:4]) == [(OLD[3], new[3])]


def test_every_step_done_once_at_some_wording_is_changed_though_never_at_one_time() -> None:
    middle = (*OLD[:3], "Drives first, then the computer", OLD[4])
    new = ("Mains and UPS on; no smell, no trip", *middle[1:])
    history = History(listed(*new), [items(*OLD), items(*middle)])
    done = (*OLD[:3], *middle[3:])
    assert state(history, done) == "changed"
    assert asked(history, done) == [(OLD[0], new[0])]


def test_a_wording_that_comes_back_is_not_asked_for() -> None:
    new = (*OLD[:3], "Something else altogether", OLD[4])
    history = History(listed(*OLD), [items(*OLD), items(*new)])
    assert state(history, OLD) == "current"


def test_was_is_the_newest_wording_they_completed() -> None:
    second = (*OLD[:3], "Drives first, then computer", OLD[4])
    third = (*OLD[:3], "Drives first, then the computer, wait", OLD[4])
    history = History(listed(*third), [items(*OLD), items(*second)])
    assert asked(history, OLD) == [(OLD[3], third[3])]
    assert asked(history, (*OLD, second[3])) == [(second[3], third[3])]


def test_an_item_to_be_signed_for_is_done_by_the_sign_off_alone() -> None:
    texts = (*OLD, "Levels within a tenth (sign-off)")
    history = History(listed(*texts))
    assert state(history, texts) == "in progress"
    assert state(history, OLD, signed(*texts)) == "current"
    assert state(history, OLD, signed(*texts, ok=False)) == "in progress"
    assert state(history, OLD, signed(*texts), signed(*texts, ok=False)) == "in progress"
    assert state(history, OLD, signed(*texts, ok=False), signed(*texts)) == "current"


def test_an_item_that_asks_for_the_bench_is_not_signed_for_by_an_engineer() -> None:
    texts = (*OLD, "Levels within a tenth (sign-off)")
    history = History(listed(*texts, sign="tech"))
    assert state(history, OLD, signed(*texts, by="engineer")) == "in progress"
    assert state(history, OLD, signed(*texts, by="tech")) == "current"


def test_a_sign_off_is_out_of_date_once_what_was_watched_has_changed() -> None:
    new = (*OLD[:3], "Drives first, then the computer", OLD[4])
    seen = signed(*OLD, level="supervised")
    assert signed_off(History(listed(*OLD)), []).state == "never"
    now = signed_off(History(listed(*OLD)), [seen])
    assert (now.state, now.level, now.by) == ("current", "supervised", "rh")
    later = signed_off(History(listed(*new), [items(*OLD)]), [seen])
    assert later.state == "changed"
    assert [(c.was, c.now) for c in later.changed] == [(OLD[3], new[3])]
    assert signed_off(History(listed(*OLD)), [signed(*OLD, ok=False)]).state == "in progress"


def test_same_step_new_words_asks_nobody_again() -> None:
    new = (*OLD[:3], "Drives first, then the computer", OLD[4])
    two = pair(items(*OLD), items(*new))[3]
    same = samestep.same_steps(events(samestep.to_draft("rh", "open", two)))["open"]
    assert state(History(listed(*new), [items(*OLD)], same), OLD) == "current"
    third = (*OLD[:3], "First drives, then the computer", OLD[4])
    again = pair(items(*new), items(*third))[3]
    drafts = [samestep.to_draft("rh", "open", t) for t in (again, two)]
    same = samestep.same_steps(events(*drafts))["open"]
    assert state(History(listed(*third), [items(*OLD)], same), OLD) == "current"


@pytest.mark.parametrize(
    ("was", "now", "may"),
    [
        ("Gain to −18 dBFS", "Set the gain to -18 dBFS", True),
        ("Gain to −18 dBFS", "Gain to −12 dBFS", False),
        ("Gain to −18 dBFS", "Gain to +18 dBFS", False),
        ("Heater 5 mV", "Heater 5 MV", False),
        ("Rails lit", "Rails lit (!)", False),
        ("Rails lit", "Rails lit (sign-off)", False),
        ("Rails lit", "Rails lit", False),
    ],
)
def test_a_new_value_is_never_the_same_step(was: str, now: str, may: bool) -> None:
    two = Pair(items(was)[0], items(now)[0])
    assert samestep.judgeable(two) is may
    if not may:
        with pytest.raises(KbError):
            samestep.to_draft("rh", "open", two)


TEXTS = st.lists(
    st.sampled_from([*OLD, "INSERT out", "INSERT in", "Send cord out", ""]) | st.text(max_size=12),
    max_size=9,
)


@given(TEXTS, TEXTS)
def test_pairing_takes_each_item_once_and_keeps_the_order_of_now(
    was: list[str], now: list[str]
) -> None:
    olds, news = items(*was), items(*now)
    pairs = pair(olds, news)
    assert [two.now for two in pairs if two.now] == list(news)
    assert sorted(int(two.was.number) for two in pairs if two.was) == list(range(1, len(olds) + 1))
    for two in pairs:
        assert two.was or two.now


@given(TEXTS, st.randoms())
def test_equal_items_are_paired_wherever_they_have_gone(texts: list[str], chance) -> None:  # type: ignore[no-untyped-def]
    moved = list(texts)
    chance.shuffle(moved)
    assert all(two.same for two in pair(items(*texts), items(*moved)))


def test_two_rewritten_neighbours_are_paired_in_their_order() -> None:
    was = ("INSERT out of the bay", "Return cord out of the bay", "Send cord out of the bay")
    now = ("Return cord out of bay C", "Send cord out of bay C")
    told = [
        (two.was and two.was.text, two.now and two.now.text)
        for two in pair(items(*was), items(*now))
    ]
    assert told == [(was[0], None), (was[1], now[0]), (was[2], now[1])]


def test_a_page_rewritten_from_end_to_end_is_paired_in_good_time() -> None:
    was = items(*(f"Old step {n} of the very long page" for n in range(300)))
    now = items(*(f"New step {n} of a quite long page" for n in range(300)))
    assert len(pair(was, now)) == 600


LADDER = Ladder()


@pytest.mark.parametrize(
    ("signer", "learner", "wanted", "may"),
    [
        ("intern", "intern", "", False),
        ("assistant", "intern", "", True),
        ("intern", "assistant", "", False),
        ("engineer", "engineer", "", True),
        ("assistant", "assistant", "", False),
        ("tech", "engineer", "", True),
        ("chief", "tech", "", True),
        ("engineer", "chief", "", True),
        ("engineer", "intern", "tech", False),
        ("chief", "intern", "tech", False),
        ("tech", "intern", "tech", True),
        ("assistant", "intern", "engineer", False),
        ("tech", "intern", "engineer", True),
        ("", "intern", "", False),
        ("wizard", "intern", "", False),
    ],
)
def test_who_may_sign_for_whom(signer: str, learner: str, wanted: str, may: bool) -> None:
    assert LADDER.may_sign(signer, learner, wanted) is may


def who(handle: str, role: str) -> Draft:
    body = {"name": handle, "initials": handle[:2].upper(), "role": role}
    return Draft("person", handle, handle, body=body)


def told(*drafts: Draft) -> tuple[Roster, list[Event]]:
    all_ = events(*drafts)
    return roster(all_), all_


def test_a_sign_off_is_judged_by_the_roles_of_its_day() -> None:
    before = standing.to_draft("mara", "jo", listed(*OLD), level="alone", ok=True)
    people, all_ = told(
        who("mara", "engineer"),
        who("jo", "intern"),
        before,
        Draft("promote", "rh", "jo", body={"role": "engineer"}),
        Draft("leave", "rh", "mara"),
    )
    assert len(sign_offs(all_, LADDER, people.role_at)[("jo", "open")]) == 1
    people, all_ = told(
        who("mara", "intern"),
        who("jo", "intern"),
        before,
        Draft("promote", "rh", "mara", body={"role": "engineer"}),
    )
    assert sign_offs(all_, LADDER, people.role_at) == {}


def test_no_one_signs_for_themselves_whatever_the_file_says() -> None:
    forged = standing.to_draft("mara", "mara", listed(*OLD), level="alone", ok=True)
    people, all_ = told(who("mara", "engineer"), forged)
    assert sign_offs(all_, LADDER, people.role_at) == {}


def test_the_wordings_that_were_ticked_are_kept_once_each_in_order() -> None:
    first, second = listed(*OLD), listed(*OLD[:2])
    all_ = events(to_draft("m", first), to_draft("m", second), to_draft("jt", first))
    assert versions(all_) == {"open": [first.items, second.items]}


@pytest.mark.parametrize(
    ("clock", "day"),
    [
        ((2026, 11, 22, 14, 3), "2026-11-22"),
        ((2026, 11, 22, 3, 20), "2026-11-21"),
        ((2026, 11, 22, 6, 0), "2026-11-22"),
        ((2026, 11, 22, 5, 59), "2026-11-21"),
    ],
)
def test_a_session_that_ends_at_three_is_still_last_night(clock: tuple[int, ...], day: str) -> None:
    assert str(studio_day(datetime(*clock), time(6))) == day  # type: ignore[arg-type,misc]  # noqa: DTZ001


DAY = NOW.date()


def test_a_crew_shares_one_run_and_everyone_keeps_their_own_initials() -> None:
    checklist = listed(*OLD)
    run = runs.current([], "open", DAY, "a")
    assert run.name == "2026-11-22/A/1"
    all_ = events(
        runs.to_draft("tick", "mara", run, checklist.items[0]),
        runs.to_draft("tick", "jt", run, checklist.items[1], at=NOW - timedelta(hours=1)),
        runs.to_draft("skip", "jt", run, checklist.items[2], reason="no clock today"),
        runs.to_draft("note", "jt", run, checklist.items[2], reason="ask TK"),
    )
    (now,) = runs.runs(all_)
    assert now.crew == ("mara", "jt")
    assert [now.state(item) for item in checklist.items] == [
        "done",
        "done",
        "not applicable",
        None,
        None,
    ]
    assert now.marks[1].at == NOW - timedelta(hours=1)
    assert now.notes == (("jt", checklist.items[2].address, "ask TK"),)
    assert not now.finished(checklist)
    assert runs.current([now], "open", DAY, "a") == now
    assert runs.current([now], "open", DAY, "b").name == "2026-11-22/B/1"
    assert runs.current([now], "open", DAY, "a", new=True).name == "2026-11-22/A/2"
    assert runs.current([now], "open", DAY + timedelta(days=1), "a").marks == ()


def test_a_failed_critical_item_stops_the_run_until_it_is_done() -> None:
    checklist = listed(*OLD)
    run = runs.current([], "open", DAY, "")
    failed = runs.to_draft("fail", "mara", run, checklist.items[1], reason="-18 V rail dark")
    (now,) = runs.runs(events(failed))
    assert now.stopped(checklist) == now.marks[0]
    assert now.stopped(checklist).reason == "-18 V rail dark"  # type: ignore[union-attr]
    (later,) = runs.runs(events(failed, runs.to_draft("tick", "tk", run, checklist.items[1])))
    assert later.stopped(checklist) is None
    (other,) = runs.runs(events(runs.to_draft("fail", "mara", run, checklist.items[0])))
    assert other.stopped(checklist) is None
    assert len(other.open(checklist)) == 5


def test_an_untick_takes_back_the_last_word_and_no_more() -> None:
    checklist = listed(*OLD)
    run = runs.current([], "open", DAY, "a")
    ticks = [runs.to_draft("tick", who, run, checklist.items[0]) for who in ("mara", "jt")]
    (now,) = runs.runs(events(*ticks))
    back = runs.untick("jt", now, checklist.items[0])
    (later,) = runs.runs(events(*ticks, *back))
    assert later.crew == ("mara",)
    with pytest.raises(KbError, match="not ticked"):
        runs.untick("jt", later, checklist.items[1])


def test_an_item_reworded_during_a_run_is_open_again() -> None:
    run = runs.current([], "open", DAY, "a")
    checklist = listed(*OLD)
    ticks = [runs.to_draft("tick", "mara", run, item) for item in checklist.items]
    (now,) = runs.runs(events(*ticks))
    assert now.finished(checklist)
    assert not now.finished(listed(*OLD[:4], "Monitors last, DIM in"))


def test_a_sign_off_does_the_watched_items_of_the_run_they_were_seen_in() -> None:
    checklist = listed("Demagnetise the heads", "Levels within a tenth (sign-off)")
    run = runs.current([], "open", DAY, "a")
    ticked = runs.to_draft("tick", "mara", run, checklist.items[0])
    seen = standing.to_draft("tk", "mara", checklist, level="supervised", ok=True, run=run.name)
    not_yet = standing.to_draft("tk", "mara", checklist, level="knows", ok=False, run=run.name)
    (now,) = runs.runs(events(ticked, not_yet))
    assert not now.finished(checklist)
    (now,) = runs.runs(events(ticked, not_yet, seen))
    assert now.finished(checklist)
    assert now.crew == ("mara", "tk")
