"""What a published quiz says survives storage; what an older program stored is still read."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.quizzes.rules import (
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
    ],
)
def test_rules_nobody_can_be_examined_under_are_refused(values: dict[str, Any], name: str) -> None:
    with pytest.raises(ValueError, match=name):
        QuizSettings(**{"minutes": 30, "pass_mark": 60} | values)


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
    assert review.short is None
    assert review.waits_for_close
    assert [Review.of(feedback).short for feedback in Feedback] == list(Feedback)
