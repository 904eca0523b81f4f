"""What a published quiz says survives storage; what an older program stored is still read."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.quizzes.rules import (
    ALWAYS,
    MAX_ACCESS_CODE,
    MAX_MINUTES,
    NEVER,
    DoubleMarking,
    Feedback,
    Navigation,
    Phase,
    QuizSettings,
    Release,
    Review,
    ScoreKept,
    Section,
    Shown,
    general_end,
)

pytestmark = pytest.mark.no_database

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)

#: As the first version stored it.
FIRST: dict[str, Any] = {
    "minutes": 45,
    "pass_mark": 60,
    "attempts": 3,
    "cooling_off_hours": 24,
    "opens_at": None,
    "closes_at": NOON.isoformat(),
    "feedback": "after_close",
    "shuffle": True,
    "grace_seconds": 5,
}


def test_a_revision_of_the_first_version_is_read_and_keeps_its_digest() -> None:
    settings = QuizSettings.from_json(FIRST)
    assert settings.review == Review.of(Feedback.AFTER_CLOSE)
    assert (settings.score_kept, settings.navigation, settings.sections) == ("highest", "free", ())
    assert settings.as_json() == FIRST


def test_everything_survives_json_and_keys_of_a_newer_program_are_passed_over() -> None:
    settings = QuizSettings(
        minutes=5,
        pass_mark=80,
        attempts=3,
        opens_at=NOON,
        grace_seconds=9,
        score_kept=ScoreKept.AVERAGE,
        navigation=Navigation.FORWARD_SECTIONS,
        sections=(
            Section({"zh": "甲", "en": "A"}),
            Section({"zh": "乙", "en": "B"}, {"zh": "请先读。", "en": "Read first."}),
        ),
        review=Review(correct=NEVER, feedback=frozenset({Phase.IMMEDIATELY, Phase.AFTER_CLOSE})),
        access_code="青石 42",
        networks=("10.0.0.0/8", "2001:db8::/32"),
        honour={"zh": "我独立作答。", "en": "I work alone."},
        identity_check=True,
        double_marking=DoubleMarking(Decimal("12.5")),
        release=Release.TOGETHER,
        pause_minutes=10,
    )
    with pytest.raises(ValueError, match="sealed"):
        settings.as_json()
    stored = settings.sealed("exam-1").as_json()
    assert QuizSettings.from_json(stored) == settings.sealed("exam-1")
    assert settings.sealed("exam-1").sealed("exam-2") == settings.sealed("exam-1") != settings.sealed("exam-2")
    assert "青石" not in str(stored)
    settings = settings.sealed("exam-1")
    assert QuizSettings.from_json(stored | {"tomorrow": 1}) == settings
    assert "青石" not in repr(settings)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"minutes": 0}, "minutes"),
        ({"pass_mark": 101}, "pass_mark"),
        ({"attempts": 0}, "attempts"),
        ({"navigation": Navigation.FORWARD_SECTIONS}, "sections"),
        ({"access_code": " x"}, "access_code"),
        ({"networks": ("10.0.0.1/8",)}, "host bits"),
        ({"pause_minutes": -1}, "pause_minutes"),
        ({"pause_minutes": MAX_MINUTES + 1}, "pause_minutes"),
        ({"minutes": MAX_MINUTES + 1}, "minutes"),
        ({"pass_mark": -1}, "pass_mark"),
        ({"cooling_off_hours": -1}, "cooling_off_hours"),
        ({"grace_seconds": -1}, "grace_seconds"),
        ({"grace_seconds": 301}, "grace_seconds"),
        ({"opens_at": NOON, "closes_at": NOON}, "opens_at"),
        ({"access_code": "x" * (MAX_ACCESS_CODE + 1)}, "access_code"),
    ],
)
def test_rules_nobody_can_be_examined_under_are_refused(values: dict[str, Any], name: str) -> None:
    with pytest.raises(ValueError, match=name):
        QuizSettings(**{"minutes": 30, "pass_mark": 60} | values)


def test_the_bounds_themselves_are_rules() -> None:
    QuizSettings(1, 0, 1, grace_seconds=0, opens_at=NOON, closes_at=NOON + timedelta(microseconds=1))
    QuizSettings(MAX_MINUTES, 100, grace_seconds=300, access_code="x" * MAX_ACCESS_CODE, pause_minutes=MAX_MINUTES)
    for difference in (-1, 101):
        with pytest.raises(ValueError, match="difference"):
            DoubleMarking(Decimal(difference))
    assert [DoubleMarking(Decimal(bound)).difference for bound in (0, 100)] == [0, 100]


def test_from_when_on_a_candidate_could_read_what_is_right() -> None:
    ended = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    told, half_past, closes = (ended + timedelta(minutes=minutes) for minutes in (1, 30, 120))

    def since(review: Review, now: datetime, closes_at: datetime | None = closes) -> datetime | None:
        return QuizSettings(30, 60, review=review, closes_at=closes_at).told_since(ended, told, now)

    always, close, never = (Review.of(each) for each in Feedback)
    assert [since(always, now) for now in (ended, told, closes)] == [None, told, told]
    assert [since(close, now) for now in (half_past, closes)] == [None, closes]
    assert since(close, ended + timedelta(days=9), None) is None
    assert since(never, closes) is None
    for told_by in ("marks", "correct", "feedback"):  # each of the three tells
        one = Review(**dict.fromkeys(("marks", "correct", "feedback"), NEVER) | {told_by: ALWAYS})
        assert since(one, told) == told
    later = Review(marks=NEVER, correct=frozenset({Phase.WHILE_OPEN}), feedback=NEVER)
    assert [since(later, now) for now in (told, half_past)] == [None, half_past]


def test_an_extension_moves_the_general_end_and_a_later_occasion_does_not() -> None:
    first, second, third = (datetime(2026, 3, day, tzinfo=UTC) for day in (2, 9, 16))
    minute = timedelta(minutes=1)
    assert general_end(first, []) == first
    assert general_end(first, [(first - minute, second)]) == second
    assert general_end(first, [(first - minute, second), (second - minute, third)]) == third
    assert general_end(second, [(first, first + minute)]) == second  # brought forward: others may sit by the first
    assert general_end(first, [(first, second)]) == first
    assert general_end(first, [(first - minute, None), (second, third)]) is None
    assert general_end(None, [(first, second)]) is None


def test_the_matrix_says_what_is_seen_in_each_phase() -> None:
    review = Review(
        marks=frozenset({Phase.AFTER_CLOSE}),
        correct=NEVER,
        percentage=frozenset({Phase.IMMEDIATELY}),
    )
    seen = {
        phase: [
            name for name in ("answers", "marks", "correct", "percentage") if getattr(review.shown(phase), name)
        ]
        for phase in Phase
    }
    assert seen == {
        Phase.IMMEDIATELY: ["answers", "percentage"],
        Phase.WHILE_OPEN: ["answers"],
        Phase.AFTER_CLOSE: ["answers", "marks"],
    }
    assert [review.shown(phase).questions for phase in Phase] == [True] * 3
    nothing = dict.fromkeys(("answers", "marks", "correct", "feedback"), False)
    assert not Shown(**nothing).questions
    assert all(Shown(**nothing | {name: True}).questions for name in nothing)
    assert review.short is None
    assert review.waits_for_close
    assert [Review.of(feedback).short for feedback in Feedback] == list(Feedback)
