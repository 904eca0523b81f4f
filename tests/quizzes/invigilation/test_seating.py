"""Who is shown on the live page, in which order: the same as in invigilation.js."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.quizzes.invigilation.board import Seen
from app.quizzes.invigilation.expected import Absence
from app.quizzes.invigilation.live import Seat
from app.quizzes.invigilation.rules import Bar
from app.quizzes.invigilation.seating import Show, Sort, Tally, View, chosen, chosen_absent, counts, tally
from app.quizzes.models import AttemptState

pytestmark = pytest.mark.no_database

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RUNNING, PAUSED, WAITING = AttemptState.IN_PROGRESS, AttemptState.PAUSED, AttemptState.WAITING
SUBMITTED, EXPIRED, VOIDED = AttemptState.SUBMITTED, AttemptState.EXPIRED, AttemptState.VOIDED


def person(name: str, values: dict[str, Any]) -> dict[str, Any]:
    about = {"organisation_id": None, "organisation": None, "group": "", "student_number": ""}
    return {"name": name, "candidate_id": uuid.uuid5(uuid.NAMESPACE_OID, name)} | about | values


def seat(name: str, state: AttemptState = RUNNING, attention: int = 1, minutes: int = 0, **values: Any) -> Seat:
    about = {
        "started_at": NOON,
        "deadline_at": NOON + minutes * MINUTE,
        "number": 1,
        "answered": 0,
        "questions": 3,
    }
    none = dict.fromkeys(("ended_at", "saved_at", "seen_at", "paused_at"))
    values = about | none | {"attempt_id": uuid.uuid4(), "flags": {}} | values
    return Seat(state=state, attention=attention, **person(name, values))


def absent(name: str, bar: Bar = Bar.NONE, **values: Any) -> Absence:
    return Absence(bar=bar, next_start=None, notes={}, **person(name, values))


def names(found: list[Any]) -> str:
    return "".join(each.name for each in found)


SEATS = [
    seat("a", minutes=5, saved_at=NOON + 3 * MINUTE),
    seat("b", minutes=2, attention=2, saved_at=NOON + 4 * MINUTE),
    seat("c", WAITING, 4, 9),
    seat("d", SUBMITTED, 0, 1),
    seat("e", EXPIRED, 0, 9),
    seat("f", VOIDED, 0, 1),
    seat("g", PAUSED, 1, 3, saved_at=NOON + MINUTE),
    seat("a", SUBMITTED, 0, 0, student_number="7"),
]
ABSENT = [
    absent("v", Bar.NONE_LEFT),
    absent("w", Bar.NOT_OPEN),
    absent("x"),
    absent("y", Bar.CLOSED),
    absent("z", Bar.COOLING_OFF),
    absent("t", Bar.NOT_ADMITTED),
    absent("x", student_number="1"),
]


@pytest.mark.parametrize(
    ("show", "shown"),
    [
        (Show.ALL, "cbgaeadf"),
        (Show.ATTENTION, "cb"),
        (Show.WAITING, "c"),
        (Show.RUNNING, "ba"),
        (Show.PAUSED, "g"),
        (Show.ENDED, "eadf"),
        (Show.ABSENT, "xxwy"),
        (Show.LOCKED, "zvt"),
    ],
)
def test_each_filter_shows_its_people_by_need(show: Show, shown: str) -> None:
    found = names(chosen(SEATS, View(show)) + chosen_absent(ABSENT, View(show)))
    assert found == shown
    assert counts(Seen(SEATS, ABSENT))[show] == len(shown)


def test_other_orders_are_asked_for() -> None:
    found = {sort: names(chosen(SEATS, View(sort=sort))) for sort in Sort if sort is not Sort.ATTENTION}
    assert found == {Sort.NAME: "aabcdefg", Sort.TIME: "bgaceadf", Sort.SAVED: "cgabeadf"}
    assert [each.student_number for each in chosen(SEATS, View(sort=Sort.NAME))][:2] == ["", "7"]
    assert names(chosen_absent(ABSENT, View(Show.ABSENT, Sort.NAME))) == "wxxy"


def test_heads_are_counted_once() -> None:
    assert tally(Seen(SEATS, ABSENT)) == Tally(expected=11, started=7, absent=4, submitted=2, expired=1)


def test_a_search_finds_all_its_words_anywhere_in_what_is_said_of_her() -> None:
    place = {"zh": "青石学院", "en": "Bluestone"}
    li = seat("Li Wei", student_number="S-17", group="夜班", organisation=place)
    for words in ("", "li", "WEI s-17", "夜 blue", "青石"):
        assert chosen([li], View(words=words)) == [li], words
    assert chosen([li], View(words="li jade")) == []
    assert chosen_absent([absent("Li")], View(Show.ABSENT, words="wei")) == []


def test_the_address_says_what_is_shown_and_nothing_that_goes_without_saying() -> None:
    view = View.of({"show": "paused", "sort": "time", "q": f"  {'x' * 81}", "group": "夜班"})
    assert view == View(Show.PAUSED, Sort.TIME, "x" * 80, "夜班")
    assert view.arguments() == {"show": "paused", "sort": "time", "q": "x" * 80, "group": "夜班"}
    assert view.arguments(Show.ALL) == {"sort": "time", "q": "x" * 80, "group": "夜班"}
    assert View.of({"show": "riddle", "sort": ""}) == View()
    assert View().arguments() == {}
    assert [show for show in Show if View(show).of_absent] == [Show.ABSENT, Show.LOCKED]
