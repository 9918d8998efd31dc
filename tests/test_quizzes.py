"""Which questions are asked, when they come again, and what a passed quiz is worth later."""

from __future__ import annotations

import json
import time as clock
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

from fsrs import Card, Rating, Scheduler
from hypothesis import given
from hypothesis import strategies as st

from kb.pages.model import Choice, Option, Short
from kb.records.event import Draft, Event, Said, make
from kb.training import attempt as events
from kb.training.attempt import Answered, Attempt, Finished, Scope, Word
from kb.training.bank import Ask
from kb.training.grading import Verdict
from kb.training.picked import chosen
from kb.training.quizzes import Quizzes
from kb.training.report import report
from kb.training.review import apart, coming, in_turn, schedule

NOW = datetime(2026, 11, 22, 14, 3, tzinfo=UTC)
ENDS = time(6)
SCOPE = Scope("equipment/desk", "Desk")


def ask(name: str, about: str = "", page: str = "equipment/desk", **more: object) -> Ask:
    plain = Ask(
        id=name,
        prompt=f"What of {name}?",
        key=Short(("yes",)),
        fingerprint=f"1:{name}",
        page=page,
        title="Desk",
        address=page,
        path=f"{page}.md",
        line=1,
        about=about or name,
    )
    return plain._replace(**more)  # type: ignore[arg-type]


def answered(
    name: str,
    word: Word = "right",
    days: float = 0,
    actor: str = "mara",
    print_: str = "",
    given: str = "",
) -> Answered:
    at = NOW - timedelta(days=days)
    credit = {"right": 1.0, "partly": 0.6}.get(word, 0.0)
    return Answered("e", actor, name, print_ or f"1:{name}", "a", at, word, credit, given, False)


# Choosing


@given(st.integers(0, 10**6), st.integers(1, 20))
def test_the_same_seed_asks_the_same_and_each_question_once(seed: int, count: int) -> None:
    asks = [ask(f"q{n}", page=f"p{n % 3}", made=n % 2 == 0) for n in range(12)]
    found = chosen(asks, {}, count, seed, NOW.date())
    assert found == chosen(asks, {}, count, seed, NOW.date())
    assert len({one.id for one in found}) == len(found) == min(count, 12)


def test_the_weakest_and_the_newest_come_first_by_turns() -> None:
    asks = [ask(f"q{n}") for n in range(9)]
    given = [answered(f"q{n}", "wrong" if n < 3 else "right") for n in range(6)]
    dues = schedule(asks, given, NOW, ENDS)
    found = {one.id for one in chosen(asks, dues, 6, 1, NOW.date())}
    assert found == {"q0", "q1", "q2", "q6", "q7", "q8"}
    assert {one.id for one in chosen(asks, dues, 2, 1, NOW.date())} & {"q0", "q1", "q2"}


def test_a_question_that_means_something_else_now_is_among_the_weakest() -> None:
    asks = [ask("old"), ask("new", fingerprint="1:other"), ask("known")]
    dues = schedule(asks, [answered(n) for n in ("old", "new", "known")], NOW, ENDS)
    assert [one.id for one in chosen(asks, dues, 1, 1, NOW.date())] == ["new"]


def test_one_question_on_a_row_while_there_are_others() -> None:
    asks = [ask(f"row{n // 3}:{n}", about=f"row{n // 3}") for n in range(12)]
    for seed in range(20):
        found = chosen(asks, {}, 4, seed, NOW.date())
        assert len({one.about for one in found}) == 4
        assert all(a.about != b.about for a, b in pairwise(chosen(asks, {}, 12, seed, NOW.date())))


def test_pages_take_turns_and_written_ones_are_two_of_three() -> None:
    asks = [ask(f"{page}{n}", page=page, made=n > 5) for page in "abc" for n in range(20)]
    found = chosen(asks, {}, 9, 3, NOW.date())
    assert sum(not one.made for one in found) == 6
    assert {sum(one.page == page for one in found) for page in "abc"} == {3}


# Review


def test_what_was_missed_is_due_the_next_day_and_what_was_right_later() -> None:
    asks = [ask("right"), ask("missed"), ask("never")]
    dues = schedule(asks, [answered("right"), answered("missed", "wrong")], NOW, ENDS)
    assert set(dues) == {"right", "missed"}
    assert (dues["missed"].day - NOW.date()).days == 1
    assert (dues["right"].day - NOW.date()).days > 1
    assert coming(dues, NOW.date())[0] == (NOW.date() + timedelta(days=1), 1)


def test_due_is_a_studio_day_not_an_hour() -> None:
    asks = [ask("missed")]
    given = [answered("missed", "wrong")]
    morning = NOW.replace(hour=9) + timedelta(days=1)
    night = NOW.replace(hour=3) + timedelta(days=1)
    assert schedule(asks, given, morning, ENDS)["missed"].day == morning.date()
    assert schedule(asks, given, night, ENDS)["missed"].day > night.date() - timedelta(days=1)


def test_each_right_answer_in_time_makes_the_next_wait_longer() -> None:
    asks, given, waits, days = [ask("q")], [], [], 0
    for _ in range(5):
        given.append(answered("q")._replace(at=NOW + timedelta(days=days)))
        due = schedule(asks, given, NOW + timedelta(days=days), ENDS)["q"]
        waits.append((due.at - given[-1].at).days)
        days += waits[-1]
    assert waits == sorted(waits)
    assert waits[-1] > 10 * waits[0]


def test_critical_and_missed_ones_come_first_of_those_due() -> None:
    asks = [
        ask("plain"),
        ask("missed"),
        ask("critical", critical=True),
        ask("fresh", critical=True),
    ]
    given = [
        answered("plain", days=9),
        answered("missed", "wrong", days=9),
        answered("critical", days=9),
        answered("fresh"),
    ]
    dues = schedule(asks, given, NOW, ENDS).values()
    found = [due.ask.id for due in in_turn(dues, NOW.date())]
    assert found == ["critical", "missed", "plain", "fresh"]


def test_a_reworded_question_is_due_at_once_and_one_that_is_gone_never() -> None:
    given = [answered("q"), answered("gone")]
    dues = schedule([ask("q", fingerprint="1:new")], given, NOW, ENDS)
    assert dues["q"].reworded
    assert dues["q"].day == NOW.date()
    assert "gone" not in dues


def test_a_disputed_answer_says_nothing_of_what_somebody_knows() -> None:
    assert schedule([ask("q")], [answered("q", "disputed")], NOW, ENDS) == {}


@given(st.lists(st.sampled_from("aabbc"), max_size=12))
def test_never_two_on_one_row_running(rows: list[str]) -> None:
    asks = [ask(f"q{n}", about=row) for n, row in enumerate(rows)]
    found = apart(asks)
    assert all(one.about != other.about for one, other in pairwise(found))
    assert bool(found) == bool(asks)


def many(count: int) -> tuple[list[Ask], list[Answered]]:
    asks = [ask(f"q{n}") for n in range(200)]
    words: list[Word] = ["right", "right", "partly", "wrong", "right"]
    given = [answered(f"q{n % 200}", words[n * 7 % 5], days=(count - n) / 50) for n in range(count)]
    return asks, given


def test_a_schedule_of_twenty_thousand_answers_costs_what_the_library_costs() -> None:
    asks, given = many(20_000)
    scheduler = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    ratios = []
    for _ in range(3):
        started = clock.perf_counter()
        first = schedule(asks, given, NOW, ENDS)
        ours = clock.perf_counter() - started
        card = Card(card_id=0, due=NOW)
        started = clock.perf_counter()
        for n in range(20_000):
            card, _ = scheduler.review_card(card, Rating.Good, NOW + timedelta(days=n // 100))
        ratios.append(ours / (clock.perf_counter() - started))
    assert min(ratios) < 2.5
    assert schedule(asks, given, NOW, ENDS) == first


# Standing


def finish(*rows: str, passed: bool = True, days: float = 0, again: bool = False) -> Finished:
    asked = tuple((row, f"1:{row}", f"What of {row}?") for row in rows)
    return Finished("a", "mara", SCOPE, passed, again, NOW - timedelta(days=days), asked)


def state(asks: list[Ask], given: list[Answered], *over: Finished) -> tuple[str, list[str]]:
    (one,) = Quizzes(asks, given, over).of("mara")
    return one.state, [change.item.address for change in one.changed]


def test_a_passed_quiz_is_current_until_a_question_it_stood_on_means_something_else() -> None:
    asks = [ask("a"), ask("b"), ask("c", fingerprint="1:other")]
    assert state(asks, [], finish("a", "b")) == ("current", [])
    asks[1] = ask("b", fingerprint="1:other")
    assert state(asks, [], finish("a", "b")) == ("changed", ["b"])


def test_it_is_current_again_once_the_changed_one_is_answered_right() -> None:
    asks = [ask("a"), ask("b", fingerprint="1:other")]
    again = finish("b", again=True)
    assert state(asks, [answered("b", "wrong", print_="1:other")], finish("a", "b"), again)[0] == (
        "changed"
    )
    assert state(asks, [answered("b", print_="1:other")], finish("a", "b"), again)[0] == "current"


def test_a_question_that_is_gone_is_let_go_and_a_reworded_heading_is_followed() -> None:
    page = "equipment/desk#"
    was = (f"{page}what-is-stock", "1:x", "What is stock on strip 19 here?")
    over = Finished("a", "mara", SCOPE, True, False, NOW, (was, ("gone", "1:gone", "Gone?")))
    now = ask(f"{page}what-is-odd", prompt="What is odd on strip 19 here?", fingerprint="1:y")
    assert state([now], [], over) == ("changed", [f"{page}what-is-odd"])
    assert state([ask("other")], [], over) == ("current", [])


def test_a_row_whose_range_has_changed_is_followed() -> None:
    id_ = "equipment/desk#mods/ch-17-24:here"
    was = (id_, "1:x", "Ch 17–24, insert point: which is it here?")
    over = Finished("a", "mara", SCOPE, True, False, NOW, (was,))
    now = ask("equipment/desk#mods/ch-9-24:here", prompt=was[2].replace("17", "9"), made=True)
    other = ask(
        "equipment/desk#mods/ch-1-8:here", prompt="Ch 1–8, EQ: which is it here?", made=True
    )
    assert state([other, now], [], over) == ("changed", [now.id])
    assert state([other], [], over) == ("current", [])


def test_passes_add_up_and_a_quiz_only_tried_is_in_progress() -> None:
    asks = [ask("a", fingerprint="1:other"), ask("b")]
    assert state(asks, [], finish("a"), finish("b", passed=False)) == ("changed", ["a"])
    assert state(asks, [], finish("a"), finish("b")) == ("changed", ["a"])
    assert state(asks, [], finish("b", passed=False)) == ("in progress", [])


# Events


def event(draft: Draft) -> Event:
    return make(draft, machine="m", seq=1, lamport=1, now=NOW, entropy=lambda n: b"x" * n)


def said(one: Event) -> Said:
    return Said(
        one.id,
        one.kind,
        one.actor,
        one.subject,
        one.target,
        one.fingerprint,
        NOW.isoformat(),
        json.dumps(dict(one.body)),
    )


def test_an_answer_keeps_what_was_shown_and_said_and_comes_back_as_it_was() -> None:
    options = (Option("Silence", False), Option("The cough", True))
    question = ask("q", key=Choice(options), critical=True)
    verdict = Verdict("wrong", 0.0, "Silence")
    draft = events.answer(
        "mara", question, (1, 0), verdict, attempt="a1", seed=7, said="b", hinted=True
    )
    one = event(draft)
    assert one.body["shown"] == ["The cough", "Silence"]
    assert one.body["key"] == "The cough"
    assert (one.body["said"], one.body["given"], one.body["seed"]) == ("b", "Silence", 7)
    (back,) = events.answers([said(one)])
    assert (back.question, back.attempt, back.word, back.hinted) == ("q", "a1", "wrong", True)
    assert back.fingerprint == question.fingerprint


def test_a_dispute_counts_an_answer_neither_way() -> None:
    one = event(events.answer("m", ask("q"), (), Verdict("wrong"), attempt="a", seed=1, said="x"))
    other = event(events.dispute("m", ask("q"), one.id, "the meter reads -20"))
    assert [a.word for a in events.answers([said(one), said(other)])] == ["disputed"]


def test_an_answer_that_cannot_be_read_is_left_out() -> None:
    one = said(event(Draft("answer", "m", "q", body={"verdict": "sideways"})))
    assert events.answers([one, one._replace(body="{"), one._replace(body="[]")]) == []


def begun(name: str, *options: str) -> Event:
    attempt = Attempt(name, "mara", SCOPE, 7, (("q", "1:q"),), options, NOW)
    return event(events.begin("mara", attempt))


def test_only_the_newest_attempt_of_the_same_quiz_is_gone_on_with() -> None:
    attempt = Attempt("a2", "mara", SCOPE, 7, (("q", "1:q"),), (), NOW)
    over = event(events.finish("mara", attempt, [ask("q")], passed=True, right=1, credit=1.0))
    log = [begun("a1"), begun("a2")]
    found = events.unfinished(log, "mara", SCOPE, ())
    assert found is not None
    assert (found.id, found.seed, found.asked) == ("a2", 7, (("q", "1:q"),))
    assert events.unfinished([*log, over], "mara", SCOPE, ()) is None
    assert events.unfinished(log, "jt", SCOPE, ()) is None
    assert events.unfinished(log, "mara", Scope("other", ""), ()) is None
    assert events.unfinished(log, "mara", SCOPE, ("8",)) is None


# Report


def crowd(*words: Word, given: str = "RH") -> list[Answered]:
    return [
        answered("q", word, actor=f"p{n}", given=given if word != "right" else "TK")
        for n, word in enumerate(words)
    ]


def test_nothing_is_claimed_of_fewer_than_five_people() -> None:
    (item,) = report([ask("q")], crowd("wrong", "wrong", "wrong", "wrong"))
    assert (item.asked, item.right, item.wrong, item.word) == (4, None, None, "")
    (item,) = report([ask("q")], crowd("wrong", "wrong", "wrong", "wrong", "disputed"))
    assert (item.asked, item.right, item.disputes) == (4, None, 1)


def test_what_everybody_misses_is_named_with_what_most_of_them_said() -> None:
    given = crowd("wrong", "wrong", "wrong", "wrong", "wrong")
    given[4] = given[4]._replace(given="JB")
    (item,) = report([ask("q")], given)
    assert (item.asked, item.right, item.wrong) == (5, 0, ("RH", 4))
    assert item.word == "everybody misses this: check the key or the page"


def test_only_first_attempts_at_the_present_wording_count() -> None:
    given = crowd("right", "right", "right", "right", "right")
    later = [answered("q", "wrong", actor="p0") for _ in range(9)]
    older = [answered("q", "wrong", actor=f"p{n}", print_="1:older") for n in range(5)]
    (item,) = report([ask("q")], [*older, *given, *later])
    assert (item.asked, item.right, item.word) == (5, 5, "")


def test_those_that_want_looking_at_come_first() -> None:
    good = [a._replace(question="good", fingerprint="1:good") for a in crowd(*["right"] * 5)]
    items = report([ask("good"), ask("q"), ask("none")], [*good, *crowd(*["wrong"] * 6)])
    assert [item.ask.id for item in items] == ["q", "good"]
